"""What the manifest says of preferred inputs, of training and of how alike patches are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from generator.records.pictures import Picture, Plot
from generator.records.units import Answered


@dataclass(frozen=True)
class Likeness:
    """Of a set of patches, over all pairs.

    ``colours`` is how far the mean colours of two lie apart at the most. ``light`` is the mean
    correlation of their lightness and ``least`` the smallest; None where no pair can be compared.
    """

    colours: float
    light: float | None
    least: float | None


@dataclass(frozen=True)
class Ascent:
    """How a preferred input was climbed to: see ``generator.techniques.preferred``."""

    steps: int
    rate: float
    noise: float
    seed: int


@dataclass(frozen=True)
class WaveAscent(Ascent):
    """An ascent by waves: how the picture was kept moving, and how long it stood ``still``."""

    shift: float
    scales: tuple[float, float]
    swing: float
    fall: float
    still: float


@dataclass(frozen=True)
class PixelAscent(Ascent):
    """An ascent pixel by pixel: what kept the picture smooth."""

    decay: float
    blur: float
    every: int
    weak: float
    idle: float


@dataclass(frozen=True)
class Methods:
    """The settings of both ways to make a preferred input."""

    waves: WaveAscent
    pixels: PixelAscent


@dataclass(frozen=True)
class Moves:
    """How far a picture ``side`` pixels wide is shifted and scaled between two steps.

    ``shift`` in pixels each way, and the ``least`` and the ``largest`` scale.
    """

    side: int
    shift: int
    least: float
    largest: float


@dataclass(frozen=True)
class Reach:
    """Of ``units`` that a photograph made fire, how many ``reached`` as much by their picture.

    ``least`` and ``median`` are of their answers over those to the strongest photograph; None
    where there are no such units.
    """

    units: int
    reached: int
    least: float | None
    median: float | None


@dataclass(frozen=True)
class Wish(Answered):
    """A preferred input with what the unit answers to it."""

    picture: Picture


@dataclass(frozen=True)
class BothWays:
    """One unit's preferred input made of waves, and made of pixels."""

    waves: Wish
    pixels: Wish


@dataclass(frozen=True)
class PreferredInputs:
    """What is told of all preferred inputs; each unit's own stands with the unit.

    ``shipped`` says that they came with the weights, ``every`` that each unit has one. By layer:
    ``moves`` on the way and the ``layers``' reach; ``compared`` by layer and channel.
    """

    shipped: bool
    every: bool
    settings: Methods
    moves: Mapping[int, Moves]
    layers: Mapping[int, Reach]
    all: Reach
    compared: Mapping[int, Mapping[int, BothWays]]


class FormingUnit(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A unit's strongest image at one epoch; ``image`` is -1, without names, where none fired."""

    channel: int
    value: float
    image: int
    row: int
    column: int
    name: str | None = None
    photograph: str | None = None


@dataclass(frozen=True)
class Columns:
    """A column of tiles each: projections, and the patches."""

    projections: Picture
    patches: Picture


@dataclass(frozen=True)
class FormingMoment:
    """A layer at one epoch."""

    units: tuple[FormingUnit, ...]
    figures: Columns


@dataclass(frozen=True)
class FormingLayer:
    """The units of a layer that are followed, and a moment for each epoch."""

    index: int
    channels: tuple[int, ...]
    epochs: tuple[FormingMoment, ...]


@dataclass(frozen=True)
class Comparisons:
    """In how many of all comparisons something held."""

    held: int
    of: int


@dataclass(frozen=True)
class Forming:
    """Features forming, at each of ``epochs``, sought among so many ``images``.

    Of these, ``spread`` lie evenly over the collection; over them ``similarity`` tells for each
    layer and epoch how like the answers are to the last ones, 0 to 1.
    """

    epochs: tuple[int, ...]
    images: int
    spread: int
    similarity: tuple[tuple[float, ...], ...]
    lower_nearer: Comparisons
    layers: tuple[FormingLayer, ...]
    figure: Plot
