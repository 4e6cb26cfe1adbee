"""The atlas: every unit of a layer as a tile, its numbers as a table, and what was found where."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator import caption
from generator.caption.claims import UNCLEAR
from generator.caption.places import little_to_show
from generator.language import say
from generator.pages.manifest import LayerFigures, Unit
from generator.pages.page import Image, Page
from generator.pages.unit_data import INDEX, TITLES, unit_file

PHOTOGRAPHS, PREFERRED = "photographs", "preferred"  # views of all units of a layer
THINGS_FROM = 4  # layers before this one look for lines and shapes, which any photograph has
FULL = 330  # pixels across a unit's picture where its tile opens in place, by a whole factor


@dataclass(frozen=True)
class SheetWindow:
    """One unit of a sprite sheet: the whole sheet behind a window, in percent of the window."""

    image: Image
    width: float
    left: float


@dataclass(frozen=True)
class AtlasTile:
    """One unit of the atlas."""

    channel: int
    window: SheetWindow | None  # None for a dead unit
    pictures: list[tuple[str, Image]]  # at full size, with what each is called
    name: str  # what was found first, in a word or two
    claims: list[str]
    missed: str
    data: str


@dataclass(frozen=True)
class UnitRow:
    """One unit in the table of a layer's numbers."""

    channel: int
    link: str
    swatch: str
    numbers: tuple[str, ...]
    fires: str
    strongest: str
    found: str
    missed: str


class Atlas(Page):
    """The words of the atlas."""

    MACROS = "atlas.html"

    def first_view(self, index: int) -> str:
        """What the page of a layer shows of its units first: photographs, or preferred inputs.

        These where units look for things, and the photographs are too few to have them.
        """
        few = little_to_show(self._manifest.collection.photographs)
        wishes = PREFERRED in self._figures(index).walls
        return PREFERRED if wishes and few and index >= THINGS_FROM else PHOTOGRAPHS

    def atlas(self, index: int) -> Markup:
        """Every unit of a layer as a tile, in the order of the channels."""
        figures = self._figures(index)
        tiles = [self._tile(figures, unit) for unit in figures.units.values()]
        data = self.link(f"layers/{index}/")
        views = {PHOTOGRAPHS: figures.sheets.files, **figures.walls}
        walls = {view: [self.link(file.file) for file in files] for view, files in views.items()}
        return self._html(
            "atlas", figures, tiles, self.link(INDEX), data, walls, self.first_view(index)
        )

    def numbers_table(self, index: int) -> Markup:
        """Every unit of a layer: its numbers, and all its claims, held or not."""
        figures = self._figures(index)
        return self._html(
            "numbers_table", index, [self._row(figures, u) for u in figures.units.values()]
        )

    def finder(self) -> Markup:
        """The place where a script puts the units that a reader looks for."""
        return self._html("finder", self.link(INDEX))

    def found_everywhere(self) -> Markup:
        """What was found in which layer, as a table of links: it needs no script."""
        places: dict[str, dict[int, list[tuple[str, int]]]] = {}
        for index, figures in self._manifest.layers.items():
            for unit in figures.units.values():
                link = self.link(f"layers/{index}.md#unit-{unit.channel}")
                for name in caption.names(unit.claims):
                    places.setdefault(name, {}).setdefault(index, []).append((link, unit.channel))
        return self._html("found_everywhere", list(self._manifest.layers), sorted(places.items()))

    def _tile(self, figures: LayerFigures, unit: Unit) -> AtlasTile:
        names = caption.names(unit.claims)
        factor = max(1, FULL // (3 * figures.tile))
        pictures = [
            (
                say(TITLES[kind]) if kind in TITLES else caption.capital(kind),
                self._image(kind, figures, unit, picture, factor),
            )
            for kind, picture in unit.pictures.items()
        ]
        return AtlasTile(
            channel=unit.channel,
            window=self._window(figures, unit),
            pictures=[(title, image) for title, image in pictures if image]
            + self._spread(figures, unit),
            name=names[0] if names else "",
            claims=caption.described(unit.claims),
            missed=caption.missed(unit.claims),
            data=self.link(unit_file(figures.layer.index, unit.channel)),
        )

    def _spread(self, figures: LayerFigures, unit: Unit) -> list[tuple[str, Image]]:
        """Patches from the middle of its answers; none of a unit that has too few."""
        spread = unit.numbers.spread
        if spread is None:
            return []
        title = caption.spread_title([percentile for percentile, _ in spread.parts])
        factor = max(1, FULL // (3 * spread.picture.tile))
        width, height = (factor * side for side in (spread.picture.width, spread.picture.height))
        alt = caption.spread_pictures(figures.layer.index, unit.channel)
        return [(title, Image(self.link(spread.picture.file), width, height, alt))]

    def _window(self, figures: LayerFigures, unit: Unit) -> SheetWindow | None:
        if unit.dead:
            return None
        sheets = figures.sheets
        number, place = divmod(unit.channel, figures.a_sheet)
        index, sheet = figures.layer.index, sheets.files[number]
        if self.first_view(index) == PREFERRED:
            sheet = figures.walls[PREFERRED][number]
            alt = caption.preferred_tile(index, unit.channel)
        else:
            alt = caption.tile_picture(index, unit.channel, [top.photograph for top in unit.top])
        image = Image(self.link(sheet.file), sheet.width, sheet.height, alt)
        return SheetWindow(
            image, 100 * sheet.width / sheets.unit, 100 * place * sheets.step / sheets.unit
        )

    def _row(self, figures: LayerFigures, unit: Unit) -> UnitRow:
        numbers = unit.numbers
        swatches = self._manifest.tuning.swatches
        turn = 360 / len(swatches)
        coloured = numbers.colour.peak > 0
        return UnitRow(
            channel=unit.channel,
            link=self.link(f"layers/{figures.layer.index}.md#unit-{unit.channel}"),
            swatch=swatches[round(numbers.colour.hue / turn) % len(swatches)] if coloured else "",
            numbers=caption.unit_row(numbers.orientation, numbers.colour),
            fires=caption.fires(numbers.fires).removesuffix(say(" of the images")),
            strongest=caption.number_of(unit.top[0].value) if unit.top else "",
            found="; ".join(caption.described(unit.claims)),
            missed=caption.missed(unit.claims).removeprefix(say(UNCLEAR)),
        )
