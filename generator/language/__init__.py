"""The language that a page is told in: its sentences, its plurals, its numbers.

Sentences stand in English where they are made, as ``say("Layer {index}", index=3)``, and are looked
up in the catalogue of the language that is spoken, a ``.po`` file beside this one. English needs
none: what is looked up there is the sentence itself. What a translation lacks stays English, and
a test finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from generator.language.catalogue import ENGLISH, Catalogue, catalogue

__all__ = [
    "ENGLISH",
    "english",
    "figure",
    "later",
    "named",
    "own_word",
    "say",
    "say_count",
    "speaking",
    "spoken",
]

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say all that is said meanwhile in a language, such as ``de``.

    Raises GeneratorError where there is no catalogue of it.
    """
    catalogue(language)
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The language that is spoken, as ``en``."""
    return _spoken.get()


def english() -> bool:
    """Whether that is English, for what only its grammar asks."""
    return spoken() == ENGLISH


def say(text: str, /, **values: object) -> str:
    """A sentence, or a part of one, with its values filled in.

    >>> say("Layer {index}", index=3)
    'Layer 3'
    """
    told = text if english() else _own().gettext(text)
    return told.format(**values) if values else told


def say_count(one: str, many: str, number: int, /, **values: object) -> str:
    """A sentence whose words depend on a number; each language has its own rule for that.

    >>> say_count("{number} unit is dead", "{number} units are dead", 2, number="two")
    'two units are dead'
    """
    told = (one if number == 1 else many) if english() else _own().ngettext(one, many, number)
    return told.format(**values)


def own_word(kind: str, word: str) -> str | None:
    """What the language has for a word of a kind, as ``Rad`` for the *name* ``wheel``.

    None in English, and where the language has nothing: the names of classes are anyone's. The
    kinds are in ``translate.py``, which gathers such words.

    >>> own_word("name", "wheel") is None
    True
    """
    return None if english() else _own().word(kind, word)


def named(kind: str, word: str) -> str:
    """The word of a language for a thing, or the English one where it has none of its own."""
    return own_word(kind, word) or word


def later(text: str) -> str:
    """A text of a table, which is translated when it is said; so it is found for the catalogue."""
    return text


def figure(number: str) -> str:
    """A number as it is written in the language; given as Python writes it, as ``1,234.5``.

    >>> with speaking("de"):
    ...     figure("1,234.5")
    '1.234,5'
    """
    return number if english() else number.translate(_own().signs)


def _own() -> Catalogue:
    return catalogue(spoken())
