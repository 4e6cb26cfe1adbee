"""One unit again, through random weights and through shuffled switches."""

from __future__ import annotations

from pathlib import Path

from generator.draw import raster, unit_pictures
from generator.records.units import Control, Controls
from generator.stages.build import CONTROL_SEED, Build
from generator.store.stage_files import read_or_none, write

CONTROL = "control.json"


def make(folder: Path, build: Build) -> None:
    """Its patches projected in both ways, and ``control.json``, which says which unit it is."""
    index = min(3, len(build.network.layers))
    layer, record = build.layer(index), build.top[index - 1]
    cells = build.measured.layers[index - 1].cells
    alive = [
        cell.channel
        for cell in sorted(cells, key=lambda cell: cell.wanted is None)
        if (record.images[cell.channel] >= 0).all()
    ]
    if not alive:
        write(folder / CONTROL, None)
        return
    channel = alive[0]
    random = unit_pictures.control_tiles(
        build.control, layer, channel, record.images[channel], build.inputs
    )
    shuffled = unit_pictures.shuffled_tiles(
        build.network, layer, channel, record, build.inputs, CONTROL_SEED
    )
    style = unit_pictures.layer_style(layer, build.network.size)
    figures = Controls(
        random=raster.save_lossless(raster.tile_grid(random, style), folder, "random"),
        shuffled=raster.save_lossless(raster.tile_grid(shuffled, style), folder, "shuffled"),
    )
    write(folder / CONTROL, Control(layer.index, channel, figures))


def entry(folder: Path, build: Build) -> Control | None:  # noqa: ARG001
    """Layer, channel and the two pictures; None where no unit of the layer fires."""
    return read_or_none(folder / CONTROL, Control)
