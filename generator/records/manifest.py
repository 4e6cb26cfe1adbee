"""The manifest of a figure store: all that a page or another program needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.ablation import Ablation
from generator.records.collections import Credit, Refusal
from generator.records.course import FeatureMaps, NetworkParts, PatchQuestion
from generator.records.learned import Forming, Likeness, PreferredInputs
from generator.records.live import LiveNetwork
from generator.records.measured import Depths, Stimuli
from generator.records.networks import Provenance
from generator.records.pictures import Length
from generator.records.remade import Filters, Invariance, Layout, Occlusion, WayDown
from generator.records.scans import Shortened
from generator.records.units import (
    Control,
    DrawingsSection,
    LayerEntry,
    Sheets,
    SpreadSection,
    Walls,
    Whole,
)


@dataclass(frozen=True, kw_only=True)
class NetworkEntry(Provenance):
    """Which network it is, how many pixels across its input is, and how that is normalised."""

    name: str
    input_size: Length
    mean: tuple[float, float, float] | None = None  # in a store from before this was written down
    std: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class CollectionEntry:
    """Which images: ``count`` of them could be read, cut from so many ``photographs``.

    ``skipped`` are pictures that took no part, ``passed_over`` all else that was there.
    ``class_names`` are what ``classes`` are called, one for one. ``uncredited`` names the
    photographs without a credit where others have one.
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
    passed_over: tuple[Refusal, ...] = ()
    uncredited: tuple[str, ...] = ()


@dataclass(frozen=True)
class SettingsEntry:
    """What the figures were made with: ``k`` images a unit, ``per_source`` of one photograph."""

    k: int
    per_source: int | None
    photographs: tuple[str, ...]
    precision: str | None = None
    decode: str | None = None
    follow_links: bool = False


@dataclass(frozen=True)
class ClassesMeasured:
    """On how many photographs claims about classes rest, and by ``auroc`` or ``ratio``."""

    images: int
    measure: str


@dataclass(frozen=True)
class Tuning:
    """What the curves of units run over: degrees, hues, and these as colours for CSS."""

    angles: tuple[float, ...]
    hues: tuple[float, ...]
    swatches: tuple[str, ...]


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
    settings: SettingsEntry
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
    walls: Walls | None = None
    drawings: DrawingsSection | None = None
    likeness: Mapping[int, Mapping[int, Likeness]]
    photographs: Mapping[int, Whole]
    layout: Layout
    occlusion: Occlusion | None
    invariance: Invariance | None
    filters: Filters | None
    steps: WayDown | None
    live: LiveNetwork
    featuremaps: FeatureMaps
    quiz: tuple[PatchQuestion, ...]
    preferred: PreferredInputs | None
    forming: Forming | None
    ablation: Ablation | None = None


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
