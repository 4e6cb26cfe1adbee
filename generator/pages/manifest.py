"""The figure store as the pages read it: ``manifest.json`` and ``build.json``, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import StoreError
from generator.pages import unit_records as units
from generator.pages.unit_records import Numbers, Picture, Sheets, Top, Whole
from generator.records import (
    Against,
    Backing,
    Best,
    Cell,
    Claim,
    Giveaway,
    Hierarchy,
    Layer,
    Part,
    ReceptiveField,
    Taught,
)
from generator.store.folder import FORMAT, read_record

__all__ = [
    "Control",
    "Depths",
    "LayerFigures",
    "Manifest",
    "Picture",
    "Preferred",
    "Sheet",
    "Top",
    "Unit",
    "read",
]

# The sections of the paper's other figures, which pages read as they are.
REMADE = ("layout", "occlusion", "invariance", "filters", "steps")


@dataclass(frozen=True)
class Preferred:
    """A unit's preferred input and what the unit answers to it.

    ``multiple`` is that over the activation of its strongest photograph; None where none made
    it fire. ``called`` is the ``class`` that the network takes the picture for and its
    ``probability``.
    """

    picture: Picture
    activation: float
    multiple: float | None
    called: Mapping[str, Any] | None


@dataclass(frozen=True)
class Unit:
    """One channel of a layer with its ``pictures`` by name, in order.

    A dead unit has a preferred input at the most.
    """

    channel: int
    dead: bool
    top: tuple[Top, ...]
    claims: tuple[Claim, ...]
    pictures: Mapping[str, Picture]
    numbers: Numbers
    preferred: Preferred | None

    @property
    def projections(self) -> Picture | None:
        """Its nine patches projected back to pixels."""
        return self.pictures.get("projections")

    @property
    def patches(self) -> Picture | None:
        """The nine patches that made it answer most."""
        return self.pictures.get("patches")


@dataclass(frozen=True)
class LayerFigures:
    """One layer with all its units and the cells of its figure in the lesson.

    ``tile`` and ``gap`` are the pixels of one tile and between two tiles in a unit's pictures;
    ``crisp`` says that a tile is its pixels enlarged by a whole factor.
    """

    layer: Layer
    tile: int
    gap: int
    crisp: bool
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    units: Mapping[int, Unit]
    sheets: Sheets

    @property
    def preferred(self) -> bool:
        """Whether this build made preferred inputs for units of this layer."""
        return any(unit.preferred for unit in self.units.values())


@dataclass(frozen=True)
class Control:
    """One unit's patches projected in two other ways: ``random`` weights, ``shuffled`` switches."""

    layer: int
    channel: int
    pictures: Mapping[str, Picture]


@dataclass(frozen=True)
class Depths:
    """Concept by layer with its two plots: ``map`` and ``curves``."""

    found: Hierarchy
    plots: Mapping[str, Picture]


@dataclass(frozen=True)
class Sheet:
    """The drawn stimuli: a row for each of ``concepts``; ``tile`` and ``gap`` in pixels."""

    picture: Picture
    concepts: tuple[str, ...]
    per_concept: int
    tile: int
    gap: int


@dataclass(frozen=True)
class Manifest:
    """All that a page may say. The plain mappings are as the store holds them."""

    root: Path
    exhibit: str
    network: Mapping[str, Any]
    collection: Mapping[str, Any]
    versions: Mapping[str, str]
    settings: Mapping[str, Any]
    device: str
    class_statistics: Mapping[str, Any] | None
    class_groups: Mapping[str, str]
    layers: Mapping[int, LayerFigures]
    hierarchy: Depths
    tuning: Mapping[str, Any]
    spread: Mapping[str, Any]
    likeness: Mapping[str, Any]
    photographs: Mapping[int, Whole]
    stimuli: Sheet
    control: Control | None
    remade: Mapping[str, Any]
    architecture: tuple[Part, ...]
    featuremaps: Mapping[str, Any]
    questions: tuple[Mapping[str, Any], ...]
    preferred_inputs: Mapping[str, Any] | None
    forming: Mapping[str, Any] | None
    shortcuts: Mapping[str, Any] | None
    build: Mapping[str, Any]


def read(store: Path) -> Manifest:
    """The manifest of a store.

    Raises StoreError where the store holds none, or one that this version can't read.
    """
    said = _load(store / "manifest.json")
    if said.get("format") != FORMAT:
        raise StoreError(
            f"{store / 'manifest.json'}: format {said.get('format')!r}, but this version reads"
            f" format {FORMAT}; make the figures anew with `python -m generator figures`"
        )
    try:
        layers = [_layer(said, number) for number in range(len(said["layers"]))]
        return Manifest(
            root=store,
            exhibit=said["exhibit"],
            network=said["network"],
            collection=said["collection"],
            versions=said["versions"],
            settings=said["settings"],
            device=said["device"],
            class_statistics=said.get("class_statistics"),
            class_groups=said["class_groups"],
            layers={one.layer.index: one for one in layers},
            hierarchy=_depths(said["hierarchy"]),
            tuning=said["tuning"],
            spread={name: said["spread"][name] for name in ("percentiles", "around")},
            likeness=said["likeness"],
            photographs={
                int(number): units.whole(one) for number, one in said["photographs"].items()
            },
            stimuli=_sheet(said["stimuli"]),
            control=_control(said.get("control")),
            preferred_inputs=said["preferred"],
            forming=said["forming"],
            shortcuts=said.get("shortcuts"),
            remade={name: said[name] for name in REMADE},
            architecture=tuple(_part(one) for one in said["architecture"]["parts"]),
            featuremaps=said["featuremaps"],
            questions=tuple(said["quiz"]),
            build=_load(store / "build.json"),
        )
    except KeyError as error:
        raise StoreError(
            f"{store / 'manifest.json'}: holds no {error}, so an older version made it; make the"
            " figures again with `python -m generator figures`"
        ) from error
    except (TypeError, IndexError, AttributeError, ValueError) as error:
        raise StoreError(
            f"{store / 'manifest.json'}: incomplete ({error!r}); delete the store and build again"
        ) from error


def _load(path: Path) -> dict[str, Any]:
    try:
        said = read_record(path)
    except FileNotFoundError:
        raise StoreError(f"{path}: not found; is {path.parent} a figure store?") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: can't be read: {error}") from error
    if not isinstance(said, dict):
        raise StoreError(f"{path}: holds no mapping")
    return said


def _layer(manifest: Mapping[str, Any], number: int) -> LayerFigures:
    said = manifest["layers"][number]
    tile, figure = said["tile"], said["figure"]
    layer = Layer(
        name=said["name"],
        index=said["index"],
        channels=said["channels"],
        height=said["height"],
        width=said["width"],
        field=ReceptiveField(**said["field"]),
    )
    named = manifest["collection"]
    names = dict(zip(named["classes"], named.get("class_names", named["classes"]), strict=True))
    spread, sheets = manifest["spread"], manifest["sheets"]
    found = [
        _unit(one, spread["layers"][number][channel], spread["percentiles"], names)
        for channel, one in enumerate(said["units"])
    ]
    return LayerFigures(
        layer=layer,
        tile=tile["size"],
        gap=tile["gap"],
        crisp=tile["crisp"],
        rows=figure["rows"],
        columns=figure["columns"],
        cells=tuple(_cell(one) for one in figure["cells"]),
        units={unit.channel: unit for unit in found},
        sheets=units.sheets(sheets, sheets["layers"][number]),
    )


def _unit(
    said: Mapping[str, Any],
    spread: Mapping[str, Any],
    percentiles: Sequence[int],
    names: Mapping[str, str],
) -> Unit:
    pictures = {kind: units.picture(one) for kind, one in (said["figures"] or {}).items()}
    return Unit(
        channel=said["channel"],
        dead=said["dead"],
        top=tuple(units.top(one, names) for one in said["top"]),
        claims=tuple(_claim(one) for one in said["claims"]),
        pictures={kind: one for kind, one in pictures.items() if one},
        numbers=units.numbers(said, spread, percentiles),
        preferred=_preferred(said.get("preferred"), pictures.get("preferred")),
    )


def _preferred(said: Mapping[str, Any] | None, picture: Picture | None) -> Preferred | None:
    if said is None or picture is None:
        return None
    return Preferred(picture, said["activation"], said["multiple"], said["called"])


def _cell(said: Mapping[str, Any]) -> Cell:
    claim = said["claim"]
    return Cell(
        row=said["row"],
        column=said["column"],
        channel=said["channel"],
        wanted=said["wanted"],
        claim=None if claim is None else _claim(claim),
        evidence=None if said["evidence"] is None else _evidence(said["evidence"]),
        taught=None if said.get("taught") is None else Taught(**said["taught"]),
    )


def _evidence(said: Mapping[str, Any]) -> dict[str, Any]:
    """As the store holds it, but for its pictures."""
    pictures = {"strip": units.picture(said["strip"]), "curve": units.picture(said["curve"])}
    return {**said, **pictures}


def _claim(said: Mapping[str, Any]) -> Claim:
    return Claim(
        kind=said["kind"],
        label=said["label"],
        score=said["score"],
        bar=said["bar"],
        held=said["held"],
        detail=said["detail"],
        backing=None if said.get("backing") is None else _backing(said["backing"]),
    )


def _backing(said: Mapping[str, Any]) -> Backing:
    tests = tuple(Against(**one) for one in said["against"])
    return Backing(**{**said, "members": tuple(said["members"]), "against": tests})


def _control(said: Mapping[str, Any] | None) -> Control | None:
    if said is None:
        return None
    files = said["figures"]
    pictures = {kind: Picture(**files[kind]) for kind in ("random", "shuffled")}
    return Control(said["layer"], said["channel"], pictures)


def _part(said: Mapping[str, Any]) -> Part:
    pairs: dict[str, Any] = {}
    for name, value in said.items():
        pairs[name] = tuple(value) if isinstance(value, list) else value
    return Part(**pairs)


def _depths(said: Mapping[str, Any]) -> Depths:
    def table(name: str) -> tuple[tuple[Best, ...], ...]:
        return tuple(tuple(Best(**one) for one in layer) for layer in said[name])

    found = Hierarchy(
        concepts=tuple(said["concepts"]),
        trained=table("trained"),
        random=table("random"),
        bars=tuple(map(tuple, said["bars"])),
        drawings=said["drawings"],
        giveaways=tuple(Giveaway(**one) for one in said["giveaways"]),
    )
    files = said["figures"]
    return Depths(found, {kind: Picture(**files[kind]) for kind in ("map", "curves")})


def _sheet(said: Mapping[str, Any]) -> Sheet:
    return Sheet(
        picture=Picture(said["file"], said["width"], said["height"]),
        concepts=tuple(said["concepts"]),
        per_concept=said["per_concept"],
        tile=said["tile"],
        gap=said["gap"],
    )
