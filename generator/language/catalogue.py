"""The catalogues: what each sentence of the program is in another language.

They are read as translators write them, so that there is nothing to compile.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from generator.errors import GeneratorError, unknown

ENGLISH = "en"
FOLDER = Path(__file__).parent
SCRIPTS = "docs/assets/js/"  # where the sentences of the pages' scripts stand


class Catalogue:
    """What one language has."""

    def __init__(self, language: str) -> None:
        self._language = language

    @cached_property
    def _file(self) -> Catalog:
        path = po_file(self._language)
        try:
            with path.open("rb") as file:
                return read_po(file, locale=self._language, abort_invalid=True)
        except (ValueError, OSError) as error:
            raise GeneratorError(f"{path}: can't be read as a catalogue ({error})") from error

    @cached_property
    def _translations(self) -> Translations:
        if self._language == ENGLISH:
            return Translations()
        compiled = BytesIO()
        write_mo(compiled, self._file)
        compiled.seek(0)
        return Translations(compiled)

    @cached_property
    def signs(self) -> dict[int, str]:
        """The signs in numbers by those that Python writes."""
        symbols = Locale.parse(self._language).number_symbols["latn"]
        return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})

    def gettext(self, text: str) -> str:
        """A sentence."""
        return self._translations.gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """A sentence for a number."""
        return self._translations.ngettext(one, many, number)

    def word(self, kind: str, word: str) -> str | None:
        """A word of a kind; None where there is none."""
        told = self._translations.pgettext(kind, word)
        return None if told == word and self._file.get(word, kind) is None else str(told)

    def words(self, kind: str) -> dict[str, str]:
        """All words of a kind."""
        return {
            str(message.id): str(message.string)
            for message in self._file
            if message.context == kind and message.string
        }

    def written_signs(self) -> dict[str, str]:
        """The signs in numbers by those that scripts write."""
        return {chr(sign): own for sign, own in self.signs.items()}

    def scripts(self) -> dict[str, str | list[str]]:
        """The sentences of the pages' scripts: several where they depend on a number."""
        told: dict[str, str | list[str]] = {}
        for message in self._file:
            if message.string and any(place.startswith(SCRIPTS) for place, _ in message.locations):
                plural = isinstance(message.id, (list, tuple))
                told[str(message.id[0] if plural else message.id)] = (
                    list(message.string) if plural else str(message.string)
                )
        return told


def languages() -> list[str]:
    """The languages that there are catalogues of, besides English."""
    return sorted(path.stem for path in FOLDER.glob("*.po"))


def po_file(language: str) -> Path:
    """The catalogue of a language."""
    return FOLDER / f"{language}.po"


def catalogue(language: str) -> Catalogue:
    """The catalogue of a language, read again where its file has changed.

    Raises GeneratorError for a language without one.
    """
    if language == ENGLISH:
        return _kept(language, 0)
    try:
        return _kept(language, po_file(language).stat().st_mtime_ns)
    except FileNotFoundError:
        raise unknown("language of the lesson", language, [ENGLISH, *languages()]) from None


@lru_cache(maxsize=4)
def _kept(language: str, written: int) -> Catalogue:
    del written
    return Catalogue(language)
