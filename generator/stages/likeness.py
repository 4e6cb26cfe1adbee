"""How alike the patches of a unit are, in the lesson's first and last figure."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from generator.records import Layer
from generator.stages.build import Build
from generator.store.stage_files import read, rounded, write
from generator.techniques.likeness import Likeness, likeness, patch

LIKENESS = "likeness.json"


def make(folder: Path, build: Build) -> None:
    """``likeness.json``: for both layers, by index, each unit of its figure by channel."""
    layers = {layer.index: layer for layer in (build.layer(1), build.network.layers[-1])}
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for index, layer in layers.items():
        units = found[str(index)] = {}
        for cell in build.measured.layers[index - 1].cells:
            unit = _unit(build, layer, cell.channel)
            if unit is not None:
                units[str(cell.channel)] = {
                    name: None if value is None else rounded(value)
                    for name, value in asdict(unit).items()
                }
    write(folder / LIKENESS, found)


def entry(folder: Path, build: Build) -> dict[str, Any]:  # noqa: ARG001
    """As written."""
    found: dict[str, Any] = read(folder / LIKENESS)
    return found


def _unit(build: Build, layer: Layer, channel: int) -> Likeness | None:
    """That of a unit's patches as the network is given them; None for fewer than two."""
    top, preprocess = build.top[layer.index - 1], build.network.preprocess
    slots = np.flatnonzero(top.images[channel] >= 0)
    if len(slots) < 2:
        return None
    patches = []
    for image, (row, column) in zip(
        top.images[channel, slots].tolist(), top.positions[channel, slots].tolist(), strict=True
    ):
        box = layer.field.shown(row, column, build.network.size)
        patches.append(patch(preprocess.display(build.inputs(image)), box))
    return likeness(patches)
