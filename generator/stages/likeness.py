"""How alike the patches of a unit are, in the lesson's first and last figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.records import Layer
from generator.records.learned import Likeness
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.store.stage_files import read, write
from generator.techniques.likeness import likeness, patch

LIKENESS = "likeness.json"
LikenessOfUnits = dict[int, dict[int, Likeness]]  # by index of the layer and channel


def make(folder: Path, build: Build) -> None:
    """``likeness.json``: for both layers, by index, each unit of its figure by channel."""
    layers = {layer.index: layer for layer in (build.layer(1), build.network.layers[-1])}
    likenesses: LikenessOfUnits = {}
    for index, layer in layers.items():
        units = likenesses[index] = {}
        for cell in build.measured.layers[index - 1].cells:
            unit = _unit(build, layer, cell.channel)
            if unit is not None:
                units[cell.channel] = Likeness(
                    colours=rounded(unit.colours),
                    light=None if unit.light is None else rounded(unit.light),
                    least=None if unit.least is None else rounded(unit.least),
                )
    write(folder / LIKENESS, likenesses)


def entry(folder: Path, build: Build) -> LikenessOfUnits:  # noqa: ARG001
    """As written."""
    return read(folder / LIKENESS, LikenessOfUnits)


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
