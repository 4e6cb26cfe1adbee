"""The manifest of a figure store: all that a page or another program needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from generator.records.collections import Credit, Refusal
from generator.records.course import FeatureMaps, NetworkParts, PatchQuestion
from generator.records.learned import Forming, Likeness, PreferredInputs
from generator.records.measured import Hierarchy
from generator.records.networks import Provenance
from generator.records.pictures import Length, Picture, Plot
from generator.records.remade import Filters, Invariance, Layout, Occlusion, WayDown
from generator.records.units import Control, LayerEntry, Sheets, SpreadSection, Whole


@dataclass(frozen=True, kw_only=True)
class NetworkEntry(Provenance):
    """Which network it is, and how many pixels across its input is."""

    name: str
    input_size: Length


@dataclass(frozen=True)
class CollectionEntry:
    """Which images: ``count`` of them, cut from so many ``photographs``.

    ``class_names`` are what ``classes`` are called, one for one.
    """

    name: str
    title: str
    count: int
    photographs: int
    sha256: str
    classes: tuple[str, ...]
    skipped: tuple[Refusal, ...]
    credits: tuple[Credit, ...]
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What the figures were made with: ``k`` images a unit, ``per_source`` of one photograph."""

    k: int
    per_source: int | None
    photographs: tuple[str, ...]
    precision: str | None = None
    decode: str | None = None


class Shortened(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What shortcuts of the scan changed, as it was measured.

    ``numbers`` or ``jpeg`` or both say what is not exact. So many ``images``, drawn by ``seed``
    ``of`` all, were looked at again: the share ``same`` of the ``entries`` among units' ``k``
    strongest stayed, and no activation lies further ``apart``, as a share of its unit's strongest.
    """

    numbers: str | None = None
    jpeg: str | None = None
    of: int
    k: int
    images: int
    seed: int = 0
    entries: int
    same: float
    apart: float


@dataclass(frozen=True)
class ClassesMeasured:
    """On how many photographs claims about classes rest, and by ``auroc`` or ``ratio``."""

    images: int
    measure: str


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
class Tuning:
    """What the curves of units run over: degrees, hues, and these as colours for CSS."""

    angles: tuple[float, ...]
    hues: tuple[float, ...]
    swatches: tuple[str, ...]


@dataclass(frozen=True)
class Stimuli(Picture):
    """The drawn stimuli: a row for each of ``concepts``; ``tile`` and ``gap`` in pixels."""

    concepts: tuple[str, ...]
    per_concept: int
    tile: Length
    gap: int


@dataclass(frozen=True, kw_only=True)
class StoredManifest:
    """All sections; what a network or a build lacks is None.

    ``key`` changes with whatever the figures depend on. ``likeness`` is by layer and channel,
    ``photographs`` by the number of the photograph.
    """

    format: int
    key: str
    exhibit: str
    network: NetworkEntry
    collection: CollectionEntry
    versions: Mapping[str, str]
    device: str
    settings: Settings
    shortcuts: Shortened | None = None
    class_statistics: ClassesMeasured | None = None
    class_groups: Mapping[str, str]
    layers: tuple[LayerEntry, ...]
    hierarchy: Depths
    tuning: Tuning
    stimuli: Stimuli
    architecture: NetworkParts
    control: Control | None = None
    spread: SpreadSection
    sheets: Sheets
    likeness: Mapping[int, Mapping[int, Likeness]]
    photographs: Mapping[int, Whole]
    layout: Layout
    occlusion: Occlusion
    invariance: Invariance
    filters: Filters | None
    steps: WayDown | None
    featuremaps: FeatureMaps
    quiz: tuple[PatchQuestion, ...]
    preferred: PreferredInputs | None
    forming: Forming | None


@dataclass(frozen=True)
class StageTime:
    """Seconds and peak megabytes of a stage; None where they are not written down."""

    name: str
    seconds: float | None
    peak_mb: int | None
    from_store: bool


@dataclass(frozen=True)
class BuildRecord:
    """How a store was made: each stage, and on what machine, in words that name no one."""

    stages: tuple[StageTime, ...]
    machine: str
