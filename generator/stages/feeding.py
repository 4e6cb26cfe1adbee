"""For every unit, which units of the layer below drive it or hold it back."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from generator.records.units import Feeds
from generator.stages.build import Build
from generator.store.stage_files import read, write
from generator.techniques.feeding import contributions, feeds

FEEDING = "feeding.json"
FeedsOfUnits = dict[int, tuple[Feeds, ...]]  # by index of the layer, one a unit in order


def make(folder: Path, build: Build) -> None:
    """``feeding.json``: for each layer from the second, by its index, one entry a unit."""
    by_layer: FeedsOfUnits = {}
    for below, layer in pairwise(build.network.layers):
        top = build.top[layer.index - 1]
        brought = contributions(build.network, below, layer, top, build.inputs)
        by_layer[layer.index] = feeds(brought, top)
    write(folder / FEEDING, by_layer)


def read_feeds(folder: Path) -> FeedsOfUnits:
    """What feeds each unit, by index of the layer; the first shown layer has nothing below."""
    return read(folder / FEEDING, FeedsOfUnits)
