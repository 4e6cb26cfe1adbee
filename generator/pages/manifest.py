"""The figure store as the pages read it: its records, with all that is told of a unit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msgspec import structs

from generator.errors import StoreError
from generator.pages.titles import titled
from generator.records import Cell, Claim, Layer, Part, Picture
from generator.records.ablation import Ablation
from generator.records.collections import Credit
from generator.records.course import FeatureMaps, PatchQuestion
from generator.records.learned import Forming, Likeness, PreferredInputs
from generator.records.live import LiveNetwork
from generator.records.manifest import (
    BuildRecord,
    ClassesMeasured,
    CollectionEntry,
    NetworkEntry,
    SettingsEntry,
    StoredManifest,
    Tuning,
)
from generator.records.measured import ColourNumbers, Depths, OrientationNumbers, Stimuli
from generator.records.remade import Filters, Invariance, Layout, Occlusion, WayDown
from generator.records.scans import Shortened
from generator.records.units import (
    Answered,
    Control,
    Feeds,
    LayerEntry,
    LayerSheets,
    SpreadPart,
    SpreadPicture,
    SpreadSection,
    Top,
    UnitDrawings,
    UnitEntry,
    UnitSpread,
    Whole,
)
from generator.store.manifest import MANIFEST, read_build, read_manifest


@dataclass(frozen=True)
class Middle:
    """Patches from the middle: a grid for each percentile and its part, in one picture."""

    picture: SpreadPicture
    parts: tuple[tuple[int, SpreadPart], ...]


@dataclass(frozen=True)
class Numbers:
    """What was measured of a unit, claimed or not.

    ``concepts`` are its held-out scores for each drawn concept, ``fires`` the share of images
    that it fires for.
    """

    orientation: OrientationNumbers
    colour: ColourNumbers
    concepts: tuple[float, ...]
    fires: float
    spread: Middle | None


@dataclass(frozen=True)
class Unit:
    """One channel of a layer with its ``pictures`` by name, in order.

    A dead unit has a preferred input at the most; ``preferred`` is what it answers to that.
    ``drawings`` are those that it answers to most and least. ``white``, ``clipped`` and ``frame``
    tell how its projections were drawn, as in ``UnitPictures``.
    """

    channel: int
    dead: bool
    top: tuple[Top, ...]
    claims: tuple[Claim, ...]
    pictures: Mapping[str, Picture]
    numbers: Numbers
    preferred: Answered | None
    feeds: Feeds | None = None
    drawings: UnitDrawings | None = None
    clipped: float = 0.0
    white: tuple[float, ...] = ()
    frame: int = 0

    @property
    def projections(self) -> Picture | None:
        """Its nine patches projected back to pixels."""
        return self.pictures.get("projections")

    @property
    def patches(self) -> Picture | None:
        """The nine patches that made it answer most."""
        return self.pictures.get("patches")


def last_over_first(units: Iterable[Unit], k: int) -> list[float]:
    """The last activation over the first, 0 to 1, of each unit that has ``k`` patches."""
    return [
        unit.top[-1].value / unit.top[0].value
        for unit in units
        if len(unit.top) == k and unit.top[0].value > 0
    ]


@dataclass(frozen=True)
class LayerFigures:
    """One layer with all its units and the cells of its figure in the lesson.

    ``tile`` and ``gap`` are the pixels of one tile and between two tiles in a unit's pictures;
    ``crisp`` says that a tile is its pixels enlarged by a whole factor. A sprite sheet holds
    ``a_sheet`` units.
    """

    layer: Layer
    tile: int
    gap: int
    crisp: bool
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    units: Mapping[int, Unit]
    sheets: LayerSheets
    a_sheet: int
    walls: Mapping[str, tuple[Picture, ...]]

    @property
    def preferred(self) -> bool:
        """Whether this build made preferred inputs for units of this layer."""
        return any(unit.preferred for unit in self.units.values())


@dataclass(frozen=True)
class PaperFigures:
    """The paper's other figures; a network may have no plain filters, or no such way down."""

    layout: Layout
    occlusion: Occlusion | None
    invariance: Invariance | None
    filters: Filters | None
    steps: WayDown | None


@dataclass(frozen=True)
class Manifest:
    """All that a page may say."""

    root: Path
    key: str
    exhibit: str
    network: NetworkEntry
    collection: CollectionEntry
    versions: Mapping[str, str]
    settings: SettingsEntry
    device: str
    class_statistics: ClassesMeasured | None
    class_groups: Mapping[str, str]
    layers: Mapping[int, LayerFigures]
    hierarchy: Depths
    tuning: Tuning
    spread: SpreadSection
    likeness: Mapping[int, Mapping[int, Likeness]]
    photographs: Mapping[int, Whole]
    stimuli: Stimuli
    control: Control | None
    remade: PaperFigures
    architecture: tuple[Part, ...]
    featuremaps: FeatureMaps
    questions: tuple[PatchQuestion, ...]
    preferred_inputs: PreferredInputs | None
    forming: Forming | None
    ablation: Ablation | None
    shortcuts: Shortened | None
    live: LiveNetwork
    build: BuildRecord

    @cached_property
    def credits(self) -> Mapping[str, Credit]:
        """Whose the photographs are, by their titles; of some it may not be known."""
        return {credit.title: credit for credit in self.collection.credits}


def load_manifest(store: Path) -> Manifest:
    """The manifest of a store.

    Raises StoreError where the store holds none, or one that this version can't read.
    """
    stored = titled(read_manifest(store))
    try:
        layers = {layer.index: _layer(stored, number) for number, layer in enumerate(stored.layers)}
    except (IndexError, ValueError) as error:
        raise StoreError(
            f"{store / MANIFEST}: its sections do not fit together ({error}); make the figures"
            " again with `python -m generator figures`"
        ) from error
    return Manifest(
        root=store,
        key=stored.key,
        exhibit=stored.exhibit,
        network=stored.network,
        collection=stored.collection,
        versions=stored.versions,
        settings=stored.settings,
        device=stored.device,
        class_statistics=stored.class_statistics,
        class_groups=stored.class_groups,
        layers=layers,
        hierarchy=stored.hierarchy,
        tuning=stored.tuning,
        spread=stored.spread,
        likeness=stored.likeness,
        photographs=stored.photographs,
        stimuli=stored.stimuli,
        control=stored.control,
        preferred_inputs=stored.preferred,
        forming=stored.forming,
        ablation=_asked(stored),
        shortcuts=stored.shortcuts,
        remade=PaperFigures(
            stored.layout, stored.occlusion, stored.invariance, stored.filters, stored.steps
        ),
        architecture=stored.architecture.parts,
        featuremaps=stored.featuremaps,
        questions=stored.quiz,
        live=stored.live,
        build=read_build(store),
    )


def _asked(manifest: StoredManifest) -> Ablation | None:
    """What was found of classes, where its layer is shown."""
    found = manifest.ablation
    shown = {layer.index for layer in manifest.layers}
    return found if found and found.layer in shown else None


def _layer(manifest: StoredManifest, number: int) -> LayerFigures:
    entry, collection = manifest.layers[number], manifest.collection
    called = collection.class_names or collection.classes
    names = dict(zip(collection.classes, called, strict=True))
    spread, drawn = manifest.spread, manifest.drawings
    drawings = drawn.layers[number] if drawn else (None,) * len(entry.units)
    units = (
        _unit(unit, own, spread.percentiles, names, liked)
        for unit, own, liked in zip(entry.units, spread.layers[number], drawings, strict=True)
    )
    return LayerFigures(
        layer=_plain(entry),
        tile=entry.tile.size,
        gap=entry.tile.gap,
        crisp=entry.tile.crisp,
        rows=entry.figure.rows,
        columns=entry.figure.columns,
        cells=entry.figure.cells,
        units={unit.channel: unit for unit in units},
        sheets=manifest.sheets.layers[number],
        a_sheet=manifest.sheets.units,
        walls=manifest.walls.layers[number] if manifest.walls else {},
    )


def _plain(entry: LayerEntry) -> Layer:
    return Layer(entry.name, entry.index, entry.channels, entry.height, entry.width, entry.field)


def _unit(
    entry: UnitEntry,
    spread: UnitSpread,
    percentiles: Sequence[int],
    names: Mapping[str, str],
    liked: UnitDrawings | None,
) -> Unit:
    pictures = dict(entry.figures or {})
    if liked:
        pictures["drawings"] = liked.strongest
    drawn = None
    if spread.picture is not None:
        drawn = Middle(spread.picture, tuple(zip(percentiles, spread.parts, strict=True)))
    return Unit(
        channel=entry.channel,
        dead=entry.dead,
        top=tuple(_named(activation, names) for activation in entry.top),
        claims=entry.claims,
        pictures=pictures,
        numbers=Numbers(entry.orientation, entry.colour, entry.concepts, spread.fires, drawn),
        preferred=entry.preferred if "preferred" in pictures else None,
        feeds=entry.feeds,
        drawings=liked,
        clipped=entry.clipped,
        white=entry.white,
        frame=entry.frame,
    )


def _named(top: Top, names: Mapping[str, str]) -> Top:
    """With what its class is called in place of what its folder is called."""
    name = None if top.label is None else names.get(top.label, top.label)
    return top if name == top.label else structs.replace(top, label=name)
