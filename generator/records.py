"""The plain records that travel between the stages. They import nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_K = 1000  # of a unit's strongest images; more would no longer be a selection


@dataclass(frozen=True)
class Shortcuts:
    """By what a scan may be faster and less exact.

    ``half`` runs the network's convolutions and matrix products with numbers of 16 bits,
    ``device_jpeg`` has plain JPEGs decoded where the network runs.
    """

    half: bool = False  # the strongest nine of a unit are not quite the same nine
    device_jpeg: bool = False  # a GPU's decoder rounds in ways of its own

    def __bool__(self) -> bool:
        return self.half or self.device_jpeg

    def named(self, device: str) -> dict[str, str]:
        """What is not exact on a device such as ``cuda:1``, for keys and for readers.

        >>> Shortcuts(half=True, device_jpeg=True).named("cuda:1")
        {'numbers': 'float16', 'jpeg': 'cuda'}
        >>> Shortcuts().named("cuda:1")
        {}
        """
        kind = device.partition(":")[0]
        numbers = {"numbers": half_format(kind)} if self.half else {}
        return {**numbers, **({"jpeg": kind} if self.device_jpeg else {})}


def half_format(kind: str) -> str:
    """Torch's name for the 16-bit numbers that a kind of device is quick with.

    Those of a processor keep two digits in place of float16's three, but the range of float32.
    """
    return "float16" if kind == "cuda" else "bfloat16"


EXACT = Shortcuts()


@dataclass(frozen=True)
class ReceptiveField:
    """Which input pixels a unit sees.

    The unit at row r of its map sees the input rows ``offset + r * stride`` up to, but not
    including, ``offset + r * stride + size``; columns likewise. ``offset`` is negative where
    padding lets the field reach over the border of the image.
    """

    size: int
    stride: int
    offset: int

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of one unit's field in input pixels, right and bottom out."""
        left, top = self.offset + column * self.stride, self.offset + row * self.stride
        return left, top, left + self.size, top + self.size

    def shown(self, row: int, column: int, length: int) -> tuple[int, int, int, int]:
        """The part of an image of ``length`` pixels square that stands for one unit, as a box.

        It is the unit's field; where that is larger than the image it is the whole image, since
        all that the field adds is border.
        """
        return self.box(row, column) if self.size <= length else (0, 0, length, length)

    def window(self, place: int, length: int) -> tuple[int, int]:
        """Start and end, along one direction, of the part of an image that a unit needs.

        A crop that holds the field, starts at a multiple of the stride and ends at the image's
        own border where the field crosses it, gives the unit at ``place - start // stride``
        exactly what the whole image of ``length`` pixels gives the unit at ``place``. A field
        larger than the image needs all of it.
        """
        if self.size > length:
            return 0, length
        first = self.offset + place * self.stride
        start = max(0, first // self.stride * self.stride)
        return start, min(length, first + self.size)


@dataclass(frozen=True)
class Part:
    """One operation of a network, as it runs: a convolution, a pool, a linear layer, ...

    ``name`` is the module at work, ``kind`` one of ``convolution``, ``max-pool``,
    ``average-pool``, ``adaptive-max-pool``, ``adaptive-average-pool``, ``linear``,
    ``batch-norm``, ``layer-norm``, ``contrast``, or the name of another operation with
    parameters. The pairs are down and across, in places of the input map; they are None for a
    part that slides no window. ``ceil_mode`` says that sizes are rounded up, not down. Shapes
    are (C, H, W) for maps and (features,) for vectors. Parameters that several parts share are
    counted at the first of them.
    """

    name: str
    kind: str
    kernel: tuple[int, int] | None
    stride: tuple[int, int] | None
    padding: tuple[int, int] | None
    dilation: tuple[int, int] | None
    groups: int
    ceil_mode: bool
    input: tuple[int, ...]
    output: tuple[int, ...]
    weights: int
    biases: int


@dataclass(frozen=True)
class Layer:
    """A layer whose units are shown; ``index`` counts from 1, ``name`` is its module's."""

    name: str
    index: int
    channels: int
    height: int
    width: int
    field: ReceptiveField


@dataclass(frozen=True)
class TopActivations:
    """The k strongest images of every unit of one layer, strongest first.

    ``values`` (C, k) float32, ``images`` (C, k) int64, ``positions`` (C, k, 2) int64 as row,
    column in the layer's map. At most one entry per image and unit; ties go to the earlier
    image. Where a unit fired for fewer than k images the rest are image -1, value 0.
    """

    values: npt.NDArray[np.float32]
    images: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClassStatistics:
    """Mean maximum activation of each unit for each class: ``means`` (2, C, classes) float32.

    The two are over the two halves of each class's photographs: one to choose the preferred
    class by, one to report it on.
    """

    classes: tuple[str, ...]
    means: npt.NDArray[np.float32]
    images: int  # photographs that the means were taken over


@dataclass(frozen=True)
class Against:
    """How well a unit tells a name from some other ``drawings``.

    ``score`` is the held-out AUROC in 0 to 1, ``low`` the lower end of its 95 % interval, ``bar``
    what that has to clear.
    """

    drawings: str
    score: float
    low: float
    bar: float

    @property
    def held(self) -> bool:
        """Whether it cleared the bar."""
        return self.low > self.bar


@dataclass(frozen=True)
class Backing:
    """What a name by drawings rests on, besides the score against all other drawings.

    ``members`` are the concepts that it stands for, ``against`` the tests against each rival and,
    for a wider name, of each member alone. Of the ``of`` held-out drawings that the unit answers to
    most a share ``shown`` shows what the name says. ``spread`` tells that its answer is the mean of
    its map, and not the largest value.
    """

    members: tuple[str, ...]
    against: tuple[Against, ...]
    shown: float
    of: int
    spread: bool = False


@dataclass(frozen=True)
class Claim:
    """Something measured about a unit.

    ``kind`` is ``orientation``, ``colour``, ``concept`` or ``class``; ``label`` is what was
    found (``line -45``, ``green blob``, ``wheel``, ``Yorkshire terrier``); ``score`` is the
    number that backs it and ``held`` says whether it passes the bar for its kind. A concept, which
    may be a wider name as ``faces of people and dogs``, has a ``backing``.
    """

    kind: str
    label: str
    score: float
    bar: float
    held: bool
    detail: Mapping[str, Any] = field(default_factory=dict)
    backing: Backing | None = None


@dataclass(frozen=True)
class Taught:
    """What a unit that stands for a drawn thing answers to among photographs of known classes.

    ``verdict`` is ``same`` where that is a class or a group of the thing's own family, ``other``
    where it is another class, and ``untaught`` where the network knows no class of that family.
    ``label`` names the class or group (empty if untaught); ``score`` is held out, ``bar`` is what
    it had to clear.
    """

    verdict: str
    label: str = ""
    score: float = 0.0
    bar: float = 0.0


@dataclass(frozen=True)
class Cell:
    """One cell of a layer's figure in the lesson: the unit that stands there, and why.

    ``wanted`` is the concept that the cell is named for (None where any unit may stand) and
    ``claim`` what was measured for the unit that stands there. ``evidence`` is what backs the
    claim, as JSON values: see ``generator.measure.evidence``. ``taught`` is what photographs say to
    it, where their classes are known.
    """

    row: int
    column: int
    channel: int
    wanted: str | None
    claim: Claim | None
    evidence: Mapping[str, Any] | None = None
    taught: Taught | None = None


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
class OrientationTuning:
    """How each unit of a layer answers to lines and gratings of every orientation.

    ``angle`` (C,) degrees in (-90, 90], ``selectivity`` (C,) in 0 to 1, ``curves`` (C, A) in
    units of activation.
    """

    angle: npt.NDArray[np.float64]
    selectivity: npt.NDArray[np.float64]
    curves: npt.NDArray[np.float64]


@dataclass(frozen=True)
class ColourTuning:
    """How each unit of a layer answers to colours.

    ``hue`` (C,) degrees in 0 to 360, ``share`` (C,) in 0 to 1, ``curves`` (C, H) in units of
    activation; ``on_off`` and ``opponent`` (C,) in -1 to 1.
    """

    hue: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    curves: npt.NDArray[np.float64]
    on_off: npt.NDArray[np.float64]
    opponent: npt.NDArray[np.float64]


@dataclass(frozen=True)
class MeasuredLayer:
    """What was measured of one layer.

    Each unit's claims, the cells of the layer's figure, and for every unit its tuning to
    orientation and to colour, as JSON values. ``concepts`` holds for each unit its held-out
    score for every drawn concept, in the order of the hierarchy's.
    """

    claims: tuple[tuple[Claim, ...], ...]
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    orientation: tuple[Mapping[str, Any], ...] = ()
    colour: tuple[Mapping[str, Any], ...] = ()
    concepts: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Best:
    """The unit that tells a concept best on one half of the drawings, and its score on the other.

    ``low`` and ``high`` are the ends of the 95 % interval of ``score``, an AUROC in 0 to 1.
    """

    channel: int
    score: float
    low: float
    high: float


@dataclass(frozen=True)
class Giveaway:
    """How well a plain number about a picture, a ``statistic``, tells one concept from all others.

    ``score`` is its AUROC, 0.5 to 1, for the ``concept`` that it tells best.
    """

    statistic: str
    concept: str
    score: float


@dataclass(frozen=True)
class Hierarchy:
    """Concept by layer: the best unit of the network beside the best with random weights.

    ``trained`` and ``random`` hold for each layer one ``Best`` for each of ``concepts``;
    ``bars`` what the lower end of an interval has to clear for a claim to hold. ``drawings``
    counts those of a half: per concept for the network (``trained``) and for its random copy
    (``random``), and per distractor for the network (``distractors``). ``giveaways`` tells for
    each plain number about the drawings, that of the ground last, how much it gives away.
    """

    concepts: tuple[str, ...]
    trained: tuple[tuple[Best, ...], ...]
    random: tuple[tuple[Best, ...], ...]
    bars: tuple[tuple[float, ...], ...]
    drawings: Mapping[str, int]
    giveaways: tuple[Giveaway, ...] = ()


@dataclass(frozen=True)
class Measured:
    """All that was measured of a network: one record a layer, and the layers side by side."""

    layers: tuple[MeasuredLayer, ...]
    hierarchy: Hierarchy
    angles: tuple[float, ...] = ()  # degrees, of the curves of orientation
    hues: tuple[float, ...] = ()  # degrees in CIELAB, of the curves of colour
