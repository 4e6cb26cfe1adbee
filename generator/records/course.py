"""What the manifest says for the pages around the lesson: parts, maps, filters, questions."""

from __future__ import annotations

from dataclasses import dataclass

from generator.records.networks import Part
from generator.records.pictures import Picture


@dataclass(frozen=True)
class NetworkParts:
    """The network's parts in order of execution."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Photograph(Picture):
    """The photograph that runs through the layers: its name, and its number as an image."""

    name: str
    image: int


@dataclass(frozen=True)
class StrongUnit:
    """A unit's strongest activation in the photograph, and its ``share`` of that anywhere."""

    channel: int
    strongest: float
    share: float


@dataclass(frozen=True)
class LayerMaps(Picture):
    """Maps of a few strong units of a layer, side by side."""

    layer: int
    units: tuple[StrongUnit, ...]


@dataclass(frozen=True)
class ShiftedMaps(Picture):
    """The map of one unit for each place of the photograph, side by side.

    ``places`` are the moves in places of the map, rounded; ``whole`` says which needed no
    rounding, and ``follows`` how well the map then matches the first one, up to 1.
    """

    layer: int
    channel: int
    stride: int
    places: tuple[int, ...]
    whole: tuple[bool, ...]
    follows: tuple[float, ...]


@dataclass(frozen=True)
class Shifted(Picture):
    """The photograph at several places, moved by each of ``shifts`` pixels."""

    shifts: tuple[int, ...]
    layers: tuple[ShiftedMaps, ...]


@dataclass(frozen=True)
class Filter:
    """One filter of the first convolution: (3, kernel, kernel) weights and a bias."""

    channel: int
    weights: tuple[tuple[tuple[float, ...], ...], ...]
    bias: float


@dataclass(frozen=True)
class FilterBank(Picture):
    """All filters of the first convolution, and some of them to slide over a patch.

    ``pixels`` are rows of (red, green, blue), cut by ``box`` from the ``photograph``; ``mean``
    and ``std`` turn them into what the network is given.
    """

    layer: str
    count: int
    kernel: int
    stride: int
    padding: int
    tile: int
    gap: int
    columns: int
    photograph: str
    box: tuple[int, int, int, int]
    pixels: tuple[tuple[tuple[int, int, int], ...], ...]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    units: tuple[Filter, ...]


@dataclass(frozen=True)
class FeatureMaps:
    """One photograph through the layers, the same moved, and the filters of the first layer.

    ``moved`` is None for a network too small to move in, ``filters`` for one that does not begin
    with a plain convolution of small windows.
    """

    photograph: Photograph
    layers: tuple[LayerMaps, ...]
    moved: Shifted | None
    filters: FilterBank | None


@dataclass(frozen=True)
class PatchOption:
    """A patch to choose: that of ``channel`` in ``slot``, from an image answered by ``value``."""

    channel: int
    slot: int
    value: float
    right: bool


@dataclass(frozen=True)
class PatchQuestion:
    """Which of these patches fires this unit? ``examples`` are slots of its own patches."""

    layer: int
    channel: int
    examples: tuple[int, ...]
    options: tuple[PatchOption, ...]
