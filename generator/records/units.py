"""What the manifest says of a layer's units: their images, numbers and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from generator.records.measured import Cell, Claim, ColourNumbers, OrientationNumbers
from generator.records.networks import Layer
from generator.records.pictures import Length, Picture, Tile


class Labelled(Struct, frozen=True, rename={"label": "class"}):
    """A record with a ``label`` that JSON calls ``class``, as no field of Python can be called."""


class Top(Labelled, frozen=True):
    """One of a unit's strongest images.

    ``row`` and ``column`` are in the layer's map, ``box`` (left, top, right, bottom) in pixels
    of the photograph, which is counted ``source``. ``label`` is the image's class, if it has one.
    """

    value: float
    image: int
    name: str
    label: str | None
    row: int
    column: int
    box: tuple[int, int, int, int]
    photograph: str
    source: int


class Called(Labelled, frozen=True):
    """What a network takes a picture for: the class, and its probability."""

    label: str
    probability: float


@dataclass(frozen=True)
class Answered:
    """What a unit answers to its preferred input.

    ``multiple`` is that over the activation of its strongest photograph; None where none made
    it fire. ``called`` is what the network takes the picture for, where it is a whole input.
    """

    activation: float
    multiple: float | None
    called: Called | None


@dataclass(frozen=True)
class Feed:
    """A unit of the shown layer below, by its ``channel``, and what it brings to one above.

    ``share`` is that in shares of the upper unit's mean answer to its strongest images; below 0
    it holds that unit back.
    """

    channel: int
    share: float


@dataclass(frozen=True)
class Feeds:
    """The units below that ``drive`` a unit most, and those that ``hold`` it back, most first."""

    drive: tuple[Feed, ...]
    hold: tuple[Feed, ...]


@dataclass(frozen=True)
class UnitEntry:
    """One channel of a layer; ``concepts`` holds its held-out score for each drawn concept.

    ``feeds`` are the units that feed it, None in the first layer.

    ``figures`` are its pictures by name, None for a unit without any; ``white``, ``clipped`` and
    ``frame`` are those of ``UnitPictures``.
    """

    channel: int
    dead: bool
    top: tuple[Top, ...]
    claims: tuple[Claim, ...]
    orientation: OrientationNumbers
    colour: ColourNumbers
    concepts: tuple[float, ...]
    figures: Mapping[str, Picture] | None
    preferred: Answered | None = None
    feeds: Feeds | None = None
    white: tuple[float, ...] = ()
    clipped: float = 0.0
    frame: int = 0

    @property
    def projections(self) -> Picture | None:
        """Its nine patches projected back to pixels."""
        return (self.figures or {}).get("projections")


@dataclass(frozen=True)
class LayerFigure:
    """The cells of a layer's figure in the lesson."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class LayerEntry(Layer):
    """A layer, how its tiles are drawn, its figure in the lesson, and all its units."""

    tile: Tile
    figure: LayerFigure
    units: tuple[UnitEntry, ...]


@dataclass(frozen=True)
class UnitPictures:
    """A unit's nine patches, and these projected back to pixels.

    ``white`` is for each projection the value that is drawn white, and its negative black;
    ``clipped`` the mean share of their pixels, of those with anything on them, that lie beyond.
    A tile shows ``frame`` pixels of the input: the whole field, or the part of it where the unit
    draws.
    """

    projections: Picture
    patches: Picture
    white: tuple[float, ...]
    clipped: float
    frame: Length


@dataclass(frozen=True)
class SpreadPicture(Picture):
    """A grid of patches for each percentile, side by side; ``tile`` and ``gap`` in pixels."""

    tile: Length
    gap: int


@dataclass(frozen=True)
class SpreadPart:
    """Patches from around one percentile; ``level`` is the activation there."""

    level: float
    values: tuple[float, ...]
    images: tuple[int, ...]
    photographs: tuple[str, ...]


@dataclass(frozen=True)
class UnitSpread:
    """How often a unit fires, 0 to 1, and patches from the middle of its answers.

    A dead unit has neither ``picture`` nor ``parts``; else there is a part for each percentile.
    """

    fires: float
    picture: SpreadPicture | None
    parts: tuple[SpreadPart, ...]


@dataclass(frozen=True)
class SpreadSection:
    """The rule of the draw, and for each layer its units.

    Up to ``patches`` images are drawn within ``around`` percentile points of each of
    ``percentiles`` of a unit's answers.
    """

    percentiles: tuple[int, ...]
    around: float
    patches: int
    layers: tuple[tuple[UnitSpread, ...], ...]
    seed: int = 0


@dataclass(frozen=True)
class UnitDrawings:
    """The drawings that a unit answers to most and least, a grid of nine each.

    ``most`` and ``less`` name what they show, in the order of the tiles.
    """

    strongest: Picture
    weakest: Picture
    most: tuple[str, ...]
    less: tuple[str, ...]


@dataclass(frozen=True)
class DrawingsSection:
    """For each layer its units, None for one that no drawing moves."""

    layers: tuple[tuple[UnitDrawings | None, ...], ...]


@dataclass(frozen=True)
class LayerSheets:
    """A layer's sprite sheets: a ``unit`` is so many pixels across, the next one ``step`` on."""

    unit: Length
    step: Length
    files: tuple[Picture, ...]


@dataclass(frozen=True)
class Sheets:
    """Sprite sheets of every layer, with so many ``units`` on each."""

    units: Length
    layers: tuple[LayerSheets, ...]


@dataclass(frozen=True)
class Walls:
    """Other views of all units, on sheets that match those of their patches.

    For each layer ``projections``, ``preferred`` and ``drawings``; a view that lacks units is
    left out.
    """

    layers: tuple[Mapping[str, tuple[Picture, ...]], ...]


@dataclass(frozen=True)
class Whole(Picture):
    """A small picture of a whole photograph; ``of`` is the width and height of the photograph."""

    of: tuple[Length, Length]


@dataclass(frozen=True)
class Controls:
    """A unit's patches projected in two other ways."""

    random: Picture
    shuffled: Picture


@dataclass(frozen=True)
class Control:
    """One unit again: through ``random`` weights, and through ``shuffled`` switches."""

    layer: int
    channel: int
    figures: Controls
