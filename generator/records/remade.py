"""What the manifest says of the paper's other figures, remade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.pictures import Length, Picture, Plot
from generator.records.units import Labelled

NumberTable = tuple[tuple[float, ...], ...]


# Figure 3


@dataclass(frozen=True)
class LayoutBox:
    """One box of the layout. ``lines`` are told below its name.

    ``kind`` is input, convolution, linear, or a kind of pool; ``size`` is (C, H, W) or
    (features,).
    """

    name: str
    kind: str
    lines: tuple[str, ...]
    size: tuple[int, ...]


@dataclass(frozen=True)
class LayoutPlots:
    """The boxes drawn from left to right, and for a phone from top to bottom."""

    wide: Plot
    tall: Plot


@dataclass(frozen=True)
class Layout:
    """What the network is built of; ``grouped`` says that a box may hold several parts."""

    boxes: tuple[LayoutBox, ...]
    parameters: int
    grouped: bool
    figures: LayoutPlots


# Figure 7


@dataclass(frozen=True)
class Plain:
    """What the network says of the photograph with nothing covered."""

    activity: float
    probability: float


class LegendEntry(Labelled, frozen=True):
    """A class that comes first at some ``places``, and its colour for CSS."""

    label: str
    colour: str
    places: int


@dataclass(frozen=True)
class CoveredPictures:
    """The photograph, the worst place of the square, three maps and a projection."""

    photograph: Picture
    covered: Picture
    activity: Picture
    probability: Picture
    classes: Picture
    projection: Picture


class Covered(Labelled, frozen=True):
    """One photograph under the square.

    ``label`` is the class watched, right by its folder (``by_folder``) or the network's
    ``first_guess``. ``channel``, ``row`` and ``column`` are where the last layer answers most.
    ``activity`` and ``probability`` hold a number for each place of the square and ``best`` the
    most probable class there; ``worst`` is the row and column that cost the class most.
    """

    image: int | None
    name: str
    photograph: str
    label: str
    by_folder: bool
    first_guess: str
    channel: int
    row: int
    column: int
    plain: Plain
    worst: tuple[int, int]
    legend: tuple[LegendEntry, ...]
    other_places: int
    activity: NumberTable
    probability: NumberTable
    best: tuple[tuple[str, ...], ...]
    figures: CoveredPictures


@dataclass(frozen=True)
class Occlusion:
    """A grey square of ``square`` pixels, moved by ``stride``, over several photographs.

    ``classes_known`` says that somebody told what the outputs mean; ``scale`` are the colours of
    the maps for CSS, from zero up.
    """

    square: int
    stride: int
    layer: int
    classes_known: bool
    scale: tuple[str, ...]
    photographs: tuple[Covered, ...]


# Figure 5


class MovedPhotograph(Labelled, frozen=True):
    """A photograph that was moved; ``label`` is its class and ``probability`` that of the class."""

    image: int | None
    name: str
    photograph: str
    label: str
    by_folder: bool
    probability: float


@dataclass(frozen=True)
class ChangePictures:
    """Samples of a change, and a plot of each of its tables."""

    samples: Picture
    first: Plot
    last: Plot
    probability: Plot


@dataclass(frozen=True)
class ChangeCurves:
    """Photographs moved by each of ``values``: a row a photograph in each table.

    ``first`` and ``last`` are how far the features of the first layer and the top ones went from
    those of the photograph as it is, ``probability`` is what its class gets.
    """

    kind: str
    values: tuple[float, ...]
    first: NumberTable
    last: NumberTable
    probability: NumberTable
    figures: ChangePictures


@dataclass(frozen=True)
class Invariance:
    """Photographs shifted, enlarged and turned; ``dashes`` tell their lines apart."""

    layer: int
    top: str
    photographs: tuple[MovedPhotograph, ...]
    dashes: tuple[str, ...]
    changes: tuple[ChangeCurves, ...]


# Figure 6


@dataclass(frozen=True)
class FilterSheets:
    """All filters on one scale, as learned and clipped."""

    plain: Picture
    clipped: Picture


@dataclass(frozen=True)
class Filters:
    """The first layer's filters.

    ``strengths`` are their RMS; ``faint`` counts those below a tenth of the strongest, ``dead``
    are those that no image made fire (None where that is not known). ``folded`` holds for each
    stride the share of every filter's answer that it folds.
    """

    module: str
    count: int
    kernel: tuple[int, int]
    stride: int
    paper_radius: float
    over_paper_radius: int
    radius: float
    strengths: tuple[float, ...]
    faint: int
    dead: tuple[int, ...] | None
    folded: Mapping[int, tuple[float, ...]]
    figures: FilterSheets


# Figure 1


@dataclass(frozen=True)
class MapWindow:
    """The part of a map that gets anything."""

    top: int
    left: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Kept:
    """How many numbers of all maps are not zero, before a step and after it."""

    before: int
    after: int


@dataclass(frozen=True)
class StepDown:
    """One step on the way down; shapes are (C, H, W).

    ``values`` are those of one map in its ``window``, and ``seen`` what the way up had there;
    both None, and no ``figure``, where there is too much to read.
    """

    kind: str
    module: str
    before: tuple[int, int, int]
    after: tuple[int, int, int]
    channel: int | None
    window: MapWindow
    kept: Kept
    values: NumberTable | None
    seen: NumberTable | None
    figure: Plot | None


@dataclass(frozen=True)
class Ends:
    """What the unit saw, and what the way down ends with."""

    patch: Picture
    projection: Picture


@dataclass(frozen=True)
class WayDown:
    """One activation followed down to the pixels; ``field`` is how many of these the unit sees."""

    module: str
    channel: int
    row: int
    column: int
    value: float
    field: Length
    photograph: str
    steps: tuple[StepDown, ...]
    figures: Ends
