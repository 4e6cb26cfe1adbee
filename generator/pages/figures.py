"""What a writer can say in a page of ``docs/``: the figures and the measured sentences.

Such as ``{{ layer_figure(3) }}`` and ``{{ named(3) }}``. Figures come out as one block of HTML, so
a writer sets them on a line of their own; sentences come out as text that holds no markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator import caption
from generator.caption import places
from generator.caption.credit import terms_address
from generator.caption.preferred import called
from generator.caption.words import count_of
from generator.language import say
from generator.pages.manifest import LayerFigures, Unit
from generator.pages.page import PREFERRED, STRIP_TILE, Image, Page, text_alternative
from generator.records import Cell

LEAST_TILE = 40  # pixels: nothing smaller can be made out; on a phone a figure scrolls instead
PATTERN = 3  # how much larger a tile is when one pattern stands for a unit: as wide as its nine
ALONE = 216  # pixels across a pattern shown alone, at most; the factor stays whole
CONTROL = 320  # pixels across each picture of the control, at most
WISH = 192  # pixels across a preferred input as its file has it, at most
MANY = 100  # credits that a page shows unfolded, at most
SHEET = 340  # pixels across a unit's nine patches shown alone, at most


@dataclass(frozen=True)
class Pattern:
    """One tile cut from a unit's projections: the whole image behind a window of ``size``."""

    image: Image
    size: int
    left: int
    top: int


@dataclass(frozen=True)
class Shown:
    """One unit in a figure; a picture is None where the unit is dead."""

    channel: int
    link: str
    named: str  # "held", "missed" or "": what became of the name of its cell
    projections: Image | None
    patches: Image | None
    pattern: Pattern | None
    wish: Image | None
    called: str  # what the network takes its preferred input for, where it is more sure than not


@dataclass(frozen=True)
class NamedCell:
    """A named cell: where it is, one line about it, and the drawings that its unit likes best.

    ``strip`` has a second row, the drawings that the unit likes least; ``height`` is that of the
    first row alone, in the pixels of the page.
    """

    link: str
    where: str
    line: str
    strip: Image | None
    height: int


class Words(Page):
    """The figures of a page and the sentences about them."""

    # Sentences

    def network_sentence(self) -> str:
        """Which network made the figures of this build."""
        network = self._manifest.network
        return caption.network(
            network.name,
            network.trained_on,
            network.accuracy,
            network.accuracy_on,
            network.random,
            network.title,
        )

    def constants_words(self) -> str:
        """How the network's input is normalised, and whether that was assumed."""
        network = self._manifest.network
        if not (network.mean and network.std):  # a store that was made before this was written down
            return say("not recorded")
        return caption.normalisation_words(
            network.mean, network.std, network.constants, network.random
        )

    def patches_of_a_unit(self) -> str:
        """How many patches the units of this build have, as "nine patches"; few images give few."""
        units = [unit for one in self._manifest.layers.values() for unit in one.units.values()]
        return count_of(max((len(unit.top) for unit in units), default=0), "patch")

    def collection_sentence(self) -> str:
        """Which images the patches were cut from."""
        collection = self._manifest.collection
        return caption.collection(collection.title, collection.count, collection.photographs)

    def credits_table(self) -> Markup:
        """Whose the photographs are."""
        known = [(one, terms_address(one.licence)) for one in self._manifest.collection.credits]
        return self._course("credits_table", known, len(known) > MANY)

    def uncredited(self) -> Markup:
        """The photographs without a credit, by name."""
        names = self._manifest.collection.uncredited
        return self._course("uncredited", names, len(names) > MANY)

    def shortcuts_sentence(self) -> str:
        """By what the scan was faster and less exact, and by how much; empty for an exact one."""
        effect = self._manifest.shortcuts
        return caption.shortcuts(effect) if effect else ""

    def named(self, index: int) -> Markup:
        """What became of all named cells of a layer's figure, as a list."""
        figures = self._figures(index)
        entries = [
            (
                caption.title(place, figures.rows, figures.columns),
                caption.capital(caption.verdict(place, figures.units[place.channel].claims)),
            )
            for place in figures.cells
            if place.wanted
        ]
        return self._html("named", entries)

    def holds(self, index: int, row: int, column: int) -> bool:
        """Whether the unit in a cell earned the name that the cell is kept for."""
        place = self._cell(index, row, column)
        return place is not None and place.earned

    # Facts

    def has_layer(self, index: int) -> bool:
        """Whether this build shows a layer with that number; exhibits differ."""
        return index in self._manifest.layers

    def layer(self, index: int) -> LayerFigures:
        """All that is known of one layer."""
        return self._figures(index)

    def found_in(self, index: int, classes: bool = False) -> Markup:
        """What was found in a layer, as a list: each finding with its units, the best first.

        In drawings, or with ``classes`` in classes of photographs; empty where nothing was.
        """
        units: dict[str, list[tuple[float, int]]] = {}
        order: dict[str, tuple[str, float, str]] = {}
        for unit in self._figures(index).units.values():
            for claim in unit.claims:
                if claim.held and (claim.kind == "class") == classes:
                    heading = caption.heading(claim)
                    order[heading] = (claim.kind, caption.nominal_angle(claim), heading)
                    units.setdefault(heading, []).append((-claim.score, unit.channel))
        findings = [
            (heading, [channel for _, channel in sorted(units[heading])])
            for heading in sorted(units, key=order.__getitem__)
        ]
        return self._html("found_in", findings)

    # Figures

    def layer_figure(
        self, index: int, text: str, patterns: bool = False, wishes_first: bool = False
    ) -> Markup:
        """A layer's grids: projections, patches, preferred inputs; ``text`` is the caption.

        With ``patterns`` a cell of the left grid shows one pattern, not nine projections: in a
        first layer the nine are copies of one another, because nothing lies between its filter
        and the pixels. With ``wishes_first`` the preferred inputs stand before the others; a
        layer for which none were made has two grids.
        """
        figures = self._figures(index)
        cells = [self._shown(figures, figures.units[cell.channel], cell) for cell in figures.cells]
        entries = [self._place(figures, cell) for cell in figures.cells if cell.wanted]
        width = _width(figures)
        look = places.where_to_look(figures.cells, self._manifest.collection.photographs)
        return self._html(
            "layer_figure", figures, cells, text, patterns, width, wishes_first, entries, look
        )

    def alone(self, index: int, row: int, column: int, text: str) -> Markup:
        """The pattern of one cell, alone and larger."""
        figures, unit = self._standing(index, row, column)
        pattern = self._pattern(figures, unit, max(1, ALONE // figures.tile))
        return self._html("alone", figures, unit.channel, pattern, text)

    def patches(self, index: int, row: int, column: int, text: str) -> Markup:
        """The nine patches of the unit in one cell, larger."""
        figures, unit = self._standing(index, row, column)
        picture = unit.patches
        factor = max(1, SHEET // picture.width) if picture else 1
        image = self._image("patches", figures, unit, picture, factor)
        return self._html("sheet", figures, unit.channel, image, text)

    def control_figure(self, text: str, controls: Sequence[str] = ("random", "shuffled")) -> Markup:
        """One unit again and again: its patches, their projections, and the controls beside them.

        ``random`` weights project the same patches, ``shuffled`` switches send the network's own
        answer back on other paths.
        """
        control = self._manifest.control
        if control is None:
            return Markup()
        figures = self._figures(control.layer)
        unit = figures.units[control.channel]
        factor = max(_factor(figures), CONTROL // control.figures.random.width)
        titles = {
            "random": say("Through random weights"),
            "shuffled": say("With switches shuffled"),
        }
        through = (
            say("Through this network")
            if self._manifest.network.random
            else say("Through the trained network")
        )
        parts = [
            (say("The patches"), "patches", unit.patches),
            (through, "projections", unit.projections),
            *((titles[kind], kind, getattr(control.figures, kind)) for kind in controls),
        ]
        images = [
            (title, self._image(kind, figures, unit, picture, factor))
            for title, kind, picture in parts
        ]
        return self._html("control_figure", figures, images, text)

    # What lies beneath

    def _shown(self, figures: LayerFigures, unit: Unit, place: Cell | None = None) -> Shown:
        named = ""
        if place and place.wanted:
            named = "held" if place.earned else "missed"
        guess = unit.preferred.called if unit.preferred else None
        return Shown(
            channel=unit.channel,
            link=self.link(f"layers/{figures.layer.index}.md#unit-{unit.channel}"),
            named=named,
            projections=self._image(
                "projections", figures, unit, unit.projections, _factor(figures)
            ),
            patches=self._image("patches", figures, unit, unit.patches, _factor(figures)),
            pattern=self._pattern(figures, unit, PATTERN * _factor(figures)),
            wish=self._wish(figures, unit),
            called=called(guess) if guess else "",
        )

    def _place(self, figures: LayerFigures, cell: Cell) -> NamedCell:
        index = figures.layer.index
        return NamedCell(
            link=self.link(f"layers/{index}.md#unit-{cell.channel}"),
            where=places.where(cell, figures.rows, figures.columns),
            line=places.plain_line(cell),
            strip=self._strip(index, cell),
            height=STRIP_TILE,
        )

    def _wish(self, figures: LayerFigures, unit: Unit) -> Image | None:
        """The preferred input of a unit."""
        if unit.preferred is None:
            return None
        picture = unit.pictures[PREFERRED]
        height = round(WISH * picture.height / picture.width)
        return Image(
            self.link(picture.file), WISH, height, text_alternative(PREFERRED, figures, unit)
        )

    def _pattern(self, figures: LayerFigures, unit: Unit, factor: int) -> Pattern | None:
        """The strongest projection that is whole: a field over the border of its image is cut."""
        image = self._image("pattern", figures, unit, unit.projections, factor)
        if image is None:
            return None
        size = self._manifest.network.input_size
        boxes = [figures.layer.field.box(top.row, top.column) for top in unit.top]
        whole = (at for at, box in enumerate(boxes) if min(box) >= 0 and max(box) <= size)
        row, column = divmod(next(whole, 0), 3)  # a unit's picture is 3 by 3 tiles
        step = (figures.tile + figures.gap) * factor
        return Pattern(image, figures.tile * factor, column * step, row * step)


def _factor(figures: LayerFigures) -> int:
    """How much larger than its file a unit's picture is shown: small tiles by a whole factor."""
    return -(-LEAST_TILE // figures.tile)


def _width(figures: LayerFigures) -> int:
    """Pixels across one unit's picture on the page, where there is room."""
    return (3 * figures.tile + 2 * figures.gap) * _factor(figures)
