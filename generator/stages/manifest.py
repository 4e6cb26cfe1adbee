"""Records into the manifest: everything that a page or another program needs."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from generator import __version__
from generator.draw.raster import Tile
from generator.draw.unit_pictures import figure_files, layer_style, picture_size
from generator.errors import one_line
from generator.exhibit import Exhibit
from generator.images.collection import Collection
from generator.measure.colour import swatch
from generator.measure.imagenet import class_name, group_of
from generator.networks.network import Network
from generator.records import Cell, Claim, Hierarchy, Layer, MeasuredLayer, TopActivations
from generator.stages.build import Build
from generator.stages.read import read_effect, read_evidence, read_refused, read_skipped
from generator.store.folder import FORMAT

LIBRARIES = ("torch", "torchvision", "numpy", "pillow", "scikit-image", "mkdocs")


def make_manifest(
    exhibit: Exhibit, key: str, build: Build, sections: Mapping[str, Any]
) -> dict[str, Any]:
    """The manifest as JSON values; ``sections`` are those of the stages that have one."""
    network, collection, measured = build.network, build.collection, build.measured
    provenance = network.provenance
    skipped = read_refused(build.folders["scan"], collection)
    evidence = read_evidence(build.folders["evidence"])
    figures = build.folders["figures"].name
    # The pictures of units stand with the units, not with the section that tells of them all.
    asked = dict(sections["preferred"] or {"units": {}})
    wishes = asked.pop("units")
    return {
        "format": FORMAT,
        "key": key,
        "exhibit": exhibit.name,
        "network": {
            "name": network.name,
            **asdict(provenance),
            "input_size": network.size,
        },
        "collection": {
            "name": collection.name,
            "title": collection.title,
            **seen(build),
            "sha256": collection.sha256,
            "classes": list(collection.classes),
            "class_names": list(map(class_name, collection.classes)),
            "skipped": skipped,
            "passed_over": [
                {"name": one_line(name), "reason": reason}
                for name, reason in collection.passed_over
            ],
            "credits": [asdict(credit) for credit in collection.credits],
        },
        "versions": versions(),
        "device": exhibit.device,
        "settings": {
            "k": exhibit.k,
            "per_source": collection.per_source,
            # Of a file its name only: where it lies is nobody's business.
            "photographs": [Path(name).name for name in exhibit.photographs or ()],
            "precision": exhibit.precision,
            "decode": exhibit.decode,
            "follow_links": exhibit.follow_links,
        },
        "shortcuts": read_effect(build.folders["scan"]),
        "class_statistics": class_statistics(measured.layers),
        "class_groups": class_groups(measured.layers),
        "layers": [
            layer_entry(network, collection, *parts, figures, evidence, wishes, exhibit.k)
            for parts in zip(network.layers, build.top, measured.layers, strict=True)
        ],
        "hierarchy": hierarchy_entry(measured.hierarchy, evidence["plots"]["hierarchy"]),
        "tuning": {
            "angles": list(measured.angles),
            "hues": list(measured.hues),
            "swatches": list(map(swatch, measured.hues)),
        },
        "stimuli": evidence["stimuli"],
        **sections,
        "preferred": asked or None,
    }


def seen(build: Build) -> dict[str, int]:
    """How many images were looked at, not counting unreadable ones, and of how many photographs."""
    collection = build.collection
    count = len(collection) - len(read_skipped(build.folders["scan"]))
    whole = collection.sources == len(collection)
    return {"count": count, "photographs": count if whole else collection.sources}


def versions() -> dict[str, str]:
    """What this build was made with."""
    found = {"visualizing-cnns": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def class_statistics(measured: Sequence[MeasuredLayer]) -> dict[str, Any] | None:
    """On how many photographs the claims about classes rest, and which measure they use.

    ``ratio`` for the statistics that ship with the bundled network, ``auroc`` for the labels of
    the collection; None where nothing is known about classes.
    """
    for layer in measured:
        for claims in layer.claims:
            for claim in claims:
                if claim.kind == "class":
                    images = int(claim.detail["images"])
                    return {"images": images, "measure": claim.detail["measure"]}
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
    network: Network,
    collection: Collection,
    layer: Layer,
    top: TopActivations,
    measured: MeasuredLayer,
    figures: str,
    evidence: Mapping[str, Any],
    wishes: Mapping[str, Any],
    k: int,
) -> dict[str, Any]:
    """One layer: its map and field, the cells of its figure, and all of its units."""
    style = layer_style(layer, network.size)
    own = wishes.get(str(layer.index), {})
    return {
        **asdict(layer),
        "tile": asdict(style),
        "figure": {
            "rows": measured.rows,
            "columns": measured.columns,
            "cells": [
                cell_entry(cell, evidence, f"{layer.index}-{cell.row}-{cell.column}")
                for cell in measured.cells
            ],
        },
        "units": [
            {
                "channel": channel,
                "dead": bool((top.images[channel] < 0).all()),
                "top": unit_top(network, collection, layer, top, channel),
                "claims": [claim_entry(claim) for claim in measured.claims[channel]],
                "orientation": measured.orientation[channel],
                "colour": measured.colour[channel],
                "concepts": measured.concepts[channel],
                **unit_pictures(
                    unit_figures(layer, style, top, channel, figures, k), own.get(str(channel))
                ),
            }
            for channel in range(layer.channels)
        ],
    }


def unit_top(
    network: Network, collection: Collection, layer: Layer, top: TopActivations, channel: int
) -> list[dict[str, Any]]:
    """A unit's strongest images: activation, image, class, place, and field in the photograph."""
    entries: list[dict[str, Any]] = []
    for slot in np.flatnonzero(top.images[channel] >= 0):
        image = int(top.images[channel, slot])
        item = collection.items[image]
        row, column = (int(value) for value in top.positions[channel, slot])
        width, height = collection.size(image)
        field = layer.field.box(row, column)
        box = network.preprocess.box_in_image(field, width, height)
        entries.append(
            {
                "value": rounded(float(top.values[channel, slot])),
                "image": image,
                "name": item.name,
                "class": collection.classes[item.label] if item.label >= 0 else None,
                "row": row,
                "column": column,
                "box": [
                    box[0] + item.left,
                    box[1] + item.top,
                    box[2] + item.left,
                    box[3] + item.top,
                ],
                "photograph": collection.photograph(image),
                "source": item.source,
            }
        )
    return entries


def unit_figures(
    layer: Layer, style: Tile, top: TopActivations, channel: int, figures: str, k: int
) -> dict[str, Any] | None:
    """The files of a unit's pictures with their pixel sizes; None for a unit that never fires."""
    if (top.images[channel] < 0).all():
        return None
    width, height = picture_size(style, k)
    names = zip(("projections", "patches"), figure_files(layer, style, channel), strict=True)
    return {
        kind: {"file": f"{figures}/{name}", "width": width, "height": height}
        for kind, name in names
    }


def unit_pictures(figures: dict[str, Any] | None, wish: Mapping[str, Any] | None) -> dict[str, Any]:
    """A unit's pictures with its preferred input, where it has one, and what it answers to that."""
    if wish is None:
        return {"figures": figures, "preferred": None}
    said = {name: wish[name] for name in ("activation", "multiple", "called")}
    return {"figures": {**(figures or {}), "preferred": wish["picture"]}, "preferred": said}


def cell_entry(cell: Cell, drawn: Mapping[str, Any], place: str) -> dict[str, Any]:
    """A cell of a layer's figure, with the drawings or the curve that back its claim."""
    pictures = {
        "strip": drawn["strips"].get(place),
        "curve": drawn["plots"]["tuning"].get(place),
    }
    evidence = None if cell.evidence is None else {**cell.evidence, **pictures}
    claim = claim_entry(cell.claim) if cell.claim else None
    return {**asdict(cell), "claim": claim, "evidence": evidence}


def hierarchy_entry(found: Hierarchy, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Concept by layer as JSON values, with its two plots; ``layers`` are counted from 1."""
    layers = list(range(1, len(found.trained) + 1))
    return {**asdict(found), "layers": layers, "figures": dict(figures)}


def claim_entry(claim: Claim) -> dict[str, Any]:
    """A claim as JSON values."""
    entry = asdict(claim)
    return {**entry, "score": rounded(claim.score), "bar": rounded(claim.bar)}


def rounded(value: float) -> float:
    """Six significant digits: more would only record noise of the last bit."""
    return float(f"{value:.6g}")
