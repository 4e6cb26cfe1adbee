"""One page: what it knows of the build, and how it makes links and HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from generator import caption
from generator.caption.credit import author_and_terms
from generator.caption.preferred import preferred_picture
from generator.errors import GeneratorError, StoreError
from generator.pages.links import relative
from generator.pages.manifest import LayerFigures, Manifest, Unit
from generator.pages.sources import Sources
from generator.pages.text import plain
from generator.records import Cell, Picture


@dataclass(frozen=True)
class Image:
    """An <img> as the templates need it; sizes in CSS pixels."""

    src: str
    width: int
    height: int
    alt: str


STRIP_TILE = 48  # pixels across a drawing in a strip: six fit on a phone
FILE_TILE = 64  # pixels across a drawing in the file of a strip
PREFERRED, DRAWINGS = "preferred", "drawings"  # pictures of a unit without its nine patches


def text_alternative(kind: str, figures: LayerFigures, unit: Unit) -> str:
    """The text alternative of one of a unit's pictures."""
    index, channel = figures.layer.index, unit.channel
    if kind == PREFERRED and unit.preferred:
        return preferred_picture(index, channel, unit.preferred.activation, unit.preferred.multiple)
    if kind == DRAWINGS and unit.drawings:
        return caption.drawings(index, channel, unit.drawings.most, most=True)
    sources = [top.photograph for top in unit.top]
    return caption.picture(kind, index, channel, unit.top[0].value, sources)


def registered(pages: Iterable[Page]) -> dict[str, Callable[..., Any]]:
    """The words of all of these by name, for the templates; what all of them share once.

    Raises GeneratorError where two give a word of the same name.
    """
    words: dict[str, Callable[..., Any]] = {}
    for page in pages:
        for name, word in page.names().items():
            other = words.get(name, word)
            if _written(word) is not _written(other):
                raise GeneratorError(
                    f"two words of the pages are called {name}: {word.__qualname__} and "
                    f"{other.__qualname__}; give one of them another name"
                )
            words[name] = word
    return words


def _written(word: Callable[..., Any]) -> object:
    """The function behind a method, whichever object it is taken from."""
    return getattr(word, "__func__", word)


class Page:
    """One page; ``page`` is its source file, as ``layers/3.md``.

    Every public method is a word of the templates. ``MACROS`` is the file in ``templates/`` that
    makes their HTML.
    """

    MACROS = "figures.html"

    def __init__(
        self, manifest: Manifest, sources: Sources, page: str, directory_urls: bool
    ) -> None:
        self._manifest = manifest
        self._sources = sources
        self._page = page
        self._directory_urls = directory_urls
        self._macros = self._made_from(f"templates/{self.MACROS}")

    def names(self) -> dict[str, Callable[..., Any]]:
        """The words by name, for the templates."""
        words = {name: getattr(self, name) for name in dir(self) if name[0].islower()}
        return {name: word for name, word in words.items() if name != "names"}

    def link(self, target: str) -> str:
        """The address of another source file from this page, for HTML."""
        return relative(self._page, target, self._directory_urls)

    def credit(self, photograph: str, titled: bool = False) -> Markup:
        """Whose a photograph is, for a caption; empty where that is not known.

        ``titled`` says that the title stands there already.
        """
        known = self._manifest.credits.get(photograph)
        if known is None:
            return Markup()
        terms = author_and_terms(known.author, known.licence)
        return self._course("credit", known, terms, titled)

    def _made_from(self, template: str) -> Any:
        """The macros of a template, which can say under a figure what made it."""
        network, images = self._manifest.network, self._manifest.collection
        said = caption.made_by(
            network.name, network.title, network.random, images.name, images.title
        )
        made = {"made_by": said, "about": self.link("about.md")}
        return self._sources.get_template(template).make_module(made)

    def _figures(self, index: int) -> LayerFigures:
        if index not in self._manifest.layers:
            known = ", ".join(map(str, self._manifest.layers))
            raise StoreError(f"{self._page}: this build has no layer {index}; it has {known}")
        return self._manifest.layers[index]

    def _cell(self, index: int, row: int, column: int) -> Cell | None:
        cells = self._figures(index).cells
        return next((cell for cell in cells if (cell.row, cell.column) == (row, column)), None)

    def _standing(self, index: int, row: int, column: int) -> tuple[LayerFigures, Unit]:
        place = self._cell(index, row, column)
        if place is None:
            raise StoreError(f"{self._page}: layer {index} has no cell in row {row}, {column}")
        figures = self._figures(index)
        return figures, figures.units[place.channel]

    def _image(
        self, kind: str, figures: LayerFigures, unit: Unit, picture: Picture | None, factor: int = 1
    ) -> Image | None:
        if picture is None or not (unit.top or kind == PREFERRED):
            return None
        return Image(
            src=self.link(picture.file),
            width=picture.width * factor,
            height=picture.height * factor,
            alt=text_alternative(kind, figures, unit),
        )

    def _strip(self, index: int, cell: Cell) -> Image | None:
        """The drawings that the unit of a cell answers to most, above those it answers to least."""
        evidence = cell.evidence
        if evidence is None or evidence.strip is None:
            return None
        strip, scale = evidence.strip, STRIP_TILE / FILE_TILE
        return Image(
            src=self.link(strip.file),
            width=round(strip.width * scale),
            height=round(strip.height * scale),
            alt=caption.strip_picture(index, cell.channel, evidence),
        )

    def _svg(self, picture: Picture, alt: str) -> Markup:
        """A plot as a part of the page, so that it follows the page's light and dark."""
        root = self._manifest.root
        path = root / picture.file
        if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
            raise StoreError(
                f"{root}: the manifest names {picture.file!r}, which is not in the store"
            )
        svg = path.read_text(encoding="utf-8").strip()
        if not svg.startswith("<svg ") or "<script" in svg:
            raise StoreError(f"{path}: is not a plot that a page can hold")
        return Markup('<svg role="img" aria-label="{}" ').format(plain(alt)) + Markup(  # noqa: S704
            svg.removeprefix("<svg ")
        )

    def _course(self, macro: str, *arguments: Any) -> Markup:
        """A block of the pages around the lesson."""
        module = self._sources.get_template("templates/course.html").module
        return self._block(getattr(module, macro)(*arguments))

    def _html(self, macro: str, *arguments: Any) -> Markup:
        return self._block(getattr(self._macros, macro)(*arguments))

    @staticmethod
    def _block(made: Markup) -> Markup:
        # Markdown takes the block as it is; without indents it can't take it for code.
        return Markup(re.sub(r"\s*\n\s*", "\n", made.strip()))  # noqa: S704
