"""What was measured of units, and what may be said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from generator.records.pictures import Length, Picture, Plot


@dataclass(frozen=True)
class ClassStatistics:
    """Mean maximum activation of each unit for each class: ``means`` (2, C, classes) float32.

    The two are over the two halves of each class's photographs: one to choose the preferred
    class by, one to report it on. ``strongest`` (2, S, C) int64 are the classes of the photographs
    of either half that each unit answers to most, the strongest first.
    """

    classes: tuple[str, ...]
    means: npt.NDArray[np.float32]
    strongest: npt.NDArray[np.int64]
    images: int  # photographs that the means were taken over


@dataclass(frozen=True)
class ClassScore:
    """How well a unit tells one class: a share of pairs, or a multiple of the mean."""

    name: str
    score: float


class Detail(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The numbers behind a claim, each where its kind has it.

    Lines have an ``angle`` and a ``selectivity``, colours a ``hue`` and the ``orientation``
    selectivity that a blob must not have; ``drawings`` or ``images`` is how many pictures it was
    measured on, of which ``positives`` show what is claimed. ``low`` to ``high`` is the 95 %
    interval of the score, ``chosen`` the score of the half that it was chosen on, ``random``
    what random weights reach and ``chance`` what guessing does. Of a class, ``measure`` is
    ``auroc`` or ``ratio``, ``shown`` the share of the photographs that the unit answers to most,
    where they are known, and ``classes`` are the few that the unit tells best.
    """

    angle: float | None = None
    selectivity: float | None = None
    hue: float | None = None
    orientation: float | None = None
    drawings: int | None = None
    images: int | None = None
    positives: int | None = None
    low: float | None = None
    high: float | None = None
    chosen: float | None = None
    random: float | None = None
    chance: float | None = None
    measure: str | None = None
    shown: float | None = None
    classes: tuple[ClassScore, ...] = ()


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
class NameTests:
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
    may be a wider name as ``faces of people and dogs``, has ``tests``.
    """

    kind: str
    label: str
    score: float
    bar: float
    held: bool
    detail: Detail = field(default_factory=Detail)
    tests: NameTests | None = None


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
class OrientationNumbers:
    """A unit's tuning to lines and gratings.

    ``angle`` in degrees, ``selectivity`` 0 to 1; ``single`` tells whether the angle is one that
    the unit likes, or lies between several. ``peak`` is its best activation and ``curve`` the
    shares of it over the angles.
    """

    angle: float
    single: bool
    selectivity: float
    peak: float
    curve: tuple[float, ...]


@dataclass(frozen=True)
class ColourNumbers:
    """A unit's tuning to colours.

    ``hue`` in degrees of CIELAB, ``share`` of colour 0 to 1; ``compared`` tells whether any line
    or grating moved the unit, without which a share says nothing. ``on_off`` and ``opponent`` are
    -1 to 1, ``peak`` and ``curve`` as of orientation.
    """

    hue: float
    share: float
    compared: bool
    on_off: float
    opponent: float
    peak: float
    curve: tuple[float, ...]


@dataclass(frozen=True)
class Tunings:
    """One unit's tuning to lines and to colours."""

    orientation: OrientationNumbers
    colour: ColourNumbers


@dataclass(frozen=True)
class Stimulus:
    """A drawn stimulus: the same ``seed`` and ``concept`` give the same picture again."""

    concept: str
    seed: int


@dataclass(frozen=True)
class Extremes:
    """The held-out drawings that a unit answers to most, and least; the outermost first.

    Both are empty for a unit that no drawing moves.
    """

    strongest: tuple[Stimulus, ...] = ()
    weakest: tuple[Stimulus, ...] = ()


@dataclass(frozen=True)
class Interval:
    """A score with the ends of its 95 % interval; None where it has none."""

    score: float
    low: float | None
    high: float | None


class Evidence(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What backs the claim of a cell, for *How do we know?*.

    ``low`` to ``high`` is the 95 % interval of the score (None where a score has none), ``count``
    how many pictures it was taken over, of which ``positives`` show what the claim names, and
    ``of`` what they are; ``random`` is the same for the network with random weights. Concepts add
    the ``strongest`` and the ``weakest`` of the held-out drawings, which ``strip`` shows; lines
    and colours the unit's ``tuning``, which ``curve`` shows.
    """

    kind: str
    score: float
    low: float | None
    high: float | None
    of: str
    count: int | None
    positives: int | None
    random: Interval
    strip: Picture | None
    curve: Plot | None
    tuning: Tunings | None = None
    strongest: tuple[Stimulus, ...] = ()
    weakest: tuple[Stimulus, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell of a layer's figure in the lesson: the unit that stands there, and why.

    ``wanted`` is the concept that the cell is named for (None where any unit may stand) and
    ``claim`` what was measured for the unit that stands there, backed by ``evidence``. Where no
    unit holds the concept, it may be one about a class of photographs instead. ``taught`` is what
    photographs say to a concept, where their classes are known.
    """

    row: int
    column: int
    channel: int
    wanted: str | None
    claim: Claim | None
    evidence: Evidence | None = None
    taught: Taught | None = None

    @property
    def earned(self) -> bool:
        """Whether the unit has earned the name that the cell is kept for."""
        claim = self.claim
        return bool(self.wanted and claim and claim.held and claim.kind != "class")


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
    orientation and to colour. ``concepts`` holds for each unit its held-out score for every
    drawn concept, in the order of the hierarchy's, and ``drawings`` which ones move it most.
    """

    claims: tuple[tuple[Claim, ...], ...]
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    orientation: tuple[OrientationNumbers, ...] = ()
    colour: tuple[ColourNumbers, ...] = ()
    concepts: tuple[tuple[float, ...], ...] = ()
    drawings: tuple[Extremes, ...] = ()


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


@dataclass(frozen=True)
class DepthPlots:
    """Concept by layer as a map, and as curves."""

    map: Plot
    curves: Plot


@dataclass(frozen=True, kw_only=True)
class Depths(Hierarchy):
    """Concept by layer with its two plots; ``layers`` are counted from 1."""

    layers: tuple[int, ...]
    figures: DepthPlots


@dataclass(frozen=True)
class Stimuli(Picture):
    """The drawn stimuli: a row for each of ``concepts``; ``tile`` and ``gap`` in pixels."""

    concepts: tuple[str, ...]
    per_concept: int
    tile: Length
    gap: int
