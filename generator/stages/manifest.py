"""Records into the manifest: everything that a page or another program needs."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import structs

from generator import __version__
from generator.draw.unit_pictures import layer_style
from generator.errors import one_line
from generator.exhibit import Exhibit
from generator.images.collection import Collection
from generator.images.credits import uncredited
from generator.measure.colour import swatch
from generator.measure.imagenet import class_name, group_of
from generator.networks.network import Network
from generator.networks.own import public_name
from generator.records import Cell, Claim, Layer, Measured, MeasuredLayer, Picture, TopActivations
from generator.records.collections import Refusal
from generator.records.learned import Wish
from generator.records.manifest import (
    ClassesMeasured,
    CollectionEntry,
    NetworkEntry,
    SettingsEntry,
    StoredManifest,
    Tuning,
)
from generator.records.measured import DepthPlots, Depths
from generator.records.rounding import EXACT, rounded
from generator.records.units import (
    Answered,
    Feeds,
    LayerEntry,
    LayerFigure,
    Top,
    UnitEntry,
    UnitPictures,
)
from generator.stages import feeding, preferred
from generator.stages.build import Build
from generator.stages.read import Backing, read_effect, read_evidence, read_refused, read_skipped
from generator.store.manifest import FORMAT

LIBRARIES = ("torch", "torchvision", "numpy", "pillow", "scikit-image", "mkdocs")


def make_manifest(
    exhibit: Exhibit, key: str, build: Build, sections: Mapping[str, Any]
) -> StoredManifest:
    """The manifest; ``sections`` are those of the stages that have one, by name."""
    network, measured = build.network, build.measured
    backing = read_evidence(build.folders["evidence"])
    wishes = preferred.wishes(build.folders["preferred"], build)
    fed = feeding.read_feeds(build.folders["feeding"])
    return StoredManifest(
        format=FORMAT,
        key=key,
        exhibit=exhibit.name,
        network=network_entry(network),
        collection=collection_entry(build),
        versions=versions(),
        device=exhibit.device,
        settings=settings_entry(build),
        shortcuts=read_effect(build.folders["scan"]),
        class_statistics=class_statistics(measured.layers),
        class_groups=class_groups(measured.layers),
        layers=tuple(
            layer_entry(build, *parts, backing, wishes, fed)
            for parts in zip(network.layers, build.top, measured.layers, strict=True)
        ),
        hierarchy=depths_entry(measured, backing.depths),
        tuning=Tuning(
            angles=measured.angles,
            hues=measured.hues,
            swatches=tuple(map(swatch, measured.hues)),
        ),
        stimuli=backing.stimuli,
        **sections,
    )


def network_entry(network: Network) -> NetworkEntry:
    """Which network it is, and what its input is."""
    return NetworkEntry(
        **vars(network.provenance),
        name=public_name(network.name),
        input_size=network.size,
        mean=network.preprocess.mean,
        std=network.preprocess.std,
    )


def settings_entry(build: Build) -> SettingsEntry:
    """What the figures were made with."""
    exhibit = build.exhibit
    return SettingsEntry(
        k=exhibit.k,
        per_source=build.collection.per_source,
        # Of a file its name only: where it lies is nobody's business.
        photographs=tuple(Path(name).name for name in exhibit.photographs or ()),
        precision=exhibit.precision,
        decode=exhibit.decode,
        follow_links=exhibit.follow_links,
    )


def collection_entry(build: Build) -> CollectionEntry:
    """Which images were looked at, not counting unreadable ones, and what took no part."""
    collection = build.collection
    unreadable = {file.name for file in read_skipped(build.folders["scan"])}
    count = len(collection) - len(unreadable)
    whole = collection.sources == len(collection)
    return CollectionEntry(
        name=collection.name,
        title=collection.title,
        count=count,
        photographs=count if whole else collection.sources,
        sha256=collection.sha256,
        classes=tuple(collection.classes),
        class_names=tuple(map(class_name, collection.classes)),
        skipped=tuple(read_refused(build.folders["scan"], collection)),
        passed_over=tuple(
            Refusal(one_line(name), reason) for name, reason in collection.passed_over
        ),
        credits=tuple(credit for _, credit in sorted(collection.credits.items())),
        uncredited=tuple(
            one_line(name)
            for name in (uncredited(collection) if collection.credits else ())
            if name not in unreadable
        ),
    )


def versions() -> dict[str, str]:
    """What this build was made with."""
    installed = {"visualizing-cnns": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue
    return installed


def class_statistics(measured: Sequence[MeasuredLayer]) -> ClassesMeasured | None:
    """On how many photographs the claims about classes rest, and which measure they use.

    ``ratio`` for the statistics that ship with the bundled network, ``auroc`` for the labels of
    the collection; None where nothing is known about classes.
    """
    for layer in measured:
        for claims in layer.claims:
            for claim in claims:
                detail = claim.detail
                if claim.kind == "class" and detail.images is not None and detail.measure:
                    return ClassesMeasured(detail.images, detail.measure)
    return None


def class_groups(measured: Sequence[MeasuredLayer]) -> dict[str, str]:
    """The group of each class that a unit was told by, where it belongs to one."""
    told = {
        claim.label
        for layer in measured
        for claims in layer.claims
        for claim in claims
        if claim.kind == "class"
    }
    return {label: group for label in sorted(told) if (group := group_of(label))}


def layer_entry(
    build: Build,
    layer: Layer,
    top: TopActivations,
    measured: MeasuredLayer,
    backing: Backing,
    wishes: Mapping[int, Mapping[int, Wish]],
    fed: Mapping[int, Sequence[Feeds]],
) -> LayerEntry:
    """One layer: its map and field, the cells of its figure, and all of its units."""
    drawn, asked = build.drawn[layer.index], wishes.get(layer.index, {})
    feeds = fed.get(layer.index)
    cells = [
        cell_entry(cell, backing, f"{layer.index}-{cell.row}-{cell.column}")
        for cell in measured.cells
    ]
    return LayerEntry(
        **vars(layer),
        tile=layer_style(layer, build.network.size),
        figure=LayerFigure(measured.rows, measured.columns, tuple(cells)),
        units=tuple(
            UnitEntry(
                channel=channel,
                dead=bool((top.images[channel] < 0).all()),
                top=unit_top(build.network, build.collection, layer, top, channel),
                claims=tuple(map(claim_entry, measured.claims[channel])),
                orientation=measured.orientation[channel],
                colour=measured.colour[channel],
                concepts=measured.concepts[channel],
                figures=unit_pictures(pictures, asked.get(channel)),
                preferred=answered(asked.get(channel)),
                feeds=feeds[channel] if feeds else None,
                white=pictures.white if pictures else (),
                clipped=pictures.clipped if pictures else 0.0,
                frame=pictures.frame if pictures else 0,
            )
            for channel, pictures in ((at, drawn.get(at)) for at in range(layer.channels))
        ),
    )


def unit_top(
    network: Network, collection: Collection, layer: Layer, top: TopActivations, channel: int
) -> tuple[Top, ...]:
    """A unit's strongest images: activation, image, class, place, and field in the photograph."""
    entries = []
    for slot in np.flatnonzero(top.images[channel] >= 0):
        image = int(top.images[channel, slot])
        item = collection.items[image]
        row, column = (int(value) for value in top.positions[channel, slot])
        width, height = collection.size(image)
        field = layer.field.box(row, column)
        left, upper, right, lower = network.preprocess.box_in_image(field, width, height)
        entries.append(
            Top(
                value=rounded(float(top.values[channel, slot]), EXACT),
                image=image,
                name=item.name,
                label=collection.classes[item.label] if item.label >= 0 else None,
                row=row,
                column=column,
                box=(
                    left + item.left,
                    upper + item.top,
                    right + item.left,
                    lower + item.top,
                ),
                photograph=collection.photograph(image),
                source=item.source,
            )
        )
    return tuple(entries)


def unit_pictures(drawn: UnitPictures | None, wish: Wish | None) -> dict[str, Picture] | None:
    """A unit's pictures by name: those of its patches, and its preferred input; None without."""
    pictures: dict[str, Picture] = {}
    if drawn:
        pictures |= {"projections": drawn.projections, "patches": drawn.patches}
    if wish:
        pictures["preferred"] = wish.picture
    return pictures or None


def answered(wish: Wish | None) -> Answered | None:
    """What a unit answers to its preferred input; the picture stands with its others."""
    return None if wish is None else Answered(wish.activation, wish.multiple, wish.called)


def cell_entry(cell: Cell, backing: Backing, place: str) -> Cell:
    """A cell of a layer's figure, with the drawings or the curve that back its claim."""
    evidence = cell.evidence
    if evidence is not None:
        strip, curve = backing.strips.get(place), backing.curves.get(place)
        evidence = structs.replace(evidence, strip=strip, curve=curve)
    return replace(cell, claim=cell.claim and claim_entry(cell.claim), evidence=evidence)


def depths_entry(measured: Measured, plots: DepthPlots) -> Depths:
    """Concept by layer with its two plots."""
    hierarchy = measured.hierarchy
    layers = tuple(range(1, len(hierarchy.trained) + 1))
    return Depths(**vars(hierarchy), layers=layers, figures=plots)


def claim_entry(claim: Claim) -> Claim:
    """A claim with its numbers as short as they are told."""
    return replace(claim, score=rounded(claim.score, EXACT), bar=rounded(claim.bar, EXACT))
