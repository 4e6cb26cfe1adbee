"""Sprite sheets of every layer's patches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import raster, sheets
from generator.draw.unit_pictures import layer_style
from generator.records import Layer, Picture, Tile
from generator.records.units import LayerSheets, Sheets
from generator.stages.build import Build
from generator.store.stage_files import read, write

SHEETS = "sheets.json"
QUALITY = 50  # they are looked at in passing; the unit's own pictures are a click away
WORKERS = 2


def make(folder: Path, build: Build) -> None:
    """``LAYER/NUMBER.avif``, each of ``sheets.UNITS`` units in order, and ``sheets.json``."""
    told: list[LayerSheets] = []
    for layer in build.network.layers:
        style = layer_style(layer, build.network.size)
        (folder / layer.name).mkdir(parents=True)
        starts = range(0, layer.channels, sheets.UNITS)

        def one(start: int, layer: Layer = layer, style: Tile = style) -> Picture:
            channels = range(start, min(start + sheets.UNITS, layer.channels))
            units = [_small(build, layer, style, channel) for channel in channels]
            picture = Image.fromarray(sheets.units_side_by_side(units, style))
            name = f"{layer.name}/{start // sheets.UNITS}"
            return raster.save_tiles(picture, style, folder, name, QUALITY)

        with ThreadPoolExecutor(WORKERS) as pool:
            files = tuple(pool.map(one, starts))
        side = sheets.across(sheets.sheet_style(style))
        told.append(LayerSheets(unit=side, step=side + sheets.BETWEEN, files=files))
    write(folder / SHEETS, Sheets(units=sheets.UNITS, layers=tuple(told)))


def entry(folder: Path, build: Build) -> Sheets:  # noqa: ARG001
    """As written."""
    return read(folder / SHEETS, Sheets)


def _small(build: Build, layer: Layer, style: Tile, channel: int) -> raster.Pixels | None:
    drawn = build.drawn[layer.index].get(channel)
    if drawn is None:  # a unit that never fires has no picture
        return None
    with Image.open(build.folders["figures"].parent / drawn.patches.file) as picture:
        return sheets.small(np.asarray(picture.convert("RGBA")), style)
