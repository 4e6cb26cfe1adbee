"""For every unit, which units of the layer below drive it or hold it back."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from generator.stages.build import Build
from generator.store.stage_files import read, write
from generator.techniques.feeding import contributions, feeds

FEEDING = "feeding.json"


def make(folder: Path, build: Build) -> None:
    """``feeding.json``: for each layer from the second, by its index, one entry a unit in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for below, layer in pairwise(build.network.layers):
        top = build.top[layer.index - 1]
        brought = contributions(build.network, below, layer, top, build.inputs)
        found[str(layer.index)] = [asdict(one) for one in feeds(brought, top)]
    write(folder / FEEDING, found)


def entry(folder: Path, build: Build) -> dict[str, Any]:  # noqa: ARG001
    """As written: ``drive`` and ``hold`` of each unit, with channel and share."""
    found: dict[str, Any] = read(folder / FEEDING)
    return found
