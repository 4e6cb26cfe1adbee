"""The drawings that every unit answers to most, and those to least."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.draw.extremes import draw_extremes
from generator.images.stimuli import forget_drawings
from generator.records.units import DrawingsSection, UnitDrawings
from generator.stages.build import Build
from generator.store.stage_files import read, write

DRAWINGS = "drawings.json"


def make(folder: Path, build: Build) -> None:
    """Two grids of nine drawings a unit, and ``drawings.json``."""
    layers: list[tuple[UnitDrawings | None, ...]] = []
    for layer, top, measured in zip(
        build.network.layers, build.top, build.measured.layers, strict=True
    ):
        (folder / layer.name).mkdir(parents=True)
        fires = np.asarray((top.images >= 0).any(axis=1))  # of a dead unit no picture is shown
        alive = {
            f"{layer.name}/{channel}": ends
            for channel, ends in enumerate(measured.drawings)
            if fires[channel]
        }
        drawn = draw_extremes(alive.items(), folder)
        layers.append(
            tuple(drawn.get(f"{layer.name}/{channel}") for channel in range(layer.channels))
        )
    write(folder / DRAWINGS, DrawingsSection(tuple(layers)))
    forget_drawings()  # no later stage draws them again


def entry(folder: Path, build: Build) -> DrawingsSection:  # noqa: ARG001
    """As written."""
    return read_drawings(folder)


def read_drawings(folder: Path) -> DrawingsSection:
    """The pictures of every unit, named from inside the folder."""
    return read(folder / DRAWINGS, DrawingsSection)
