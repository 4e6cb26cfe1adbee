"""Sprite sheets of every layer's patches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.draw import raster, sheets
from generator.draw.unit_pictures import figure_files, layer_style
from generator.records import Layer
from generator.stages.build import Build
from generator.store.stage_files import from_root, read, write

SHEETS = "sheets.json"
QUALITY = 50  # they are looked at in passing; the unit's own pictures are a click away
WORKERS = 2


def make(folder: Path, build: Build) -> None:
    """``LAYER/NUMBER.avif``, each of ``sheets.UNITS`` units in order, and ``sheets.json``."""
    said: list[dict[str, Any]] = []
    for layer in build.network.layers:
        style = layer_style(layer, build.network.size)
        (folder / layer.name).mkdir(parents=True)
        starts = range(0, layer.channels, sheets.UNITS)

        def one(start: int, layer: Layer = layer, style: raster.Tile = style) -> dict[str, Any]:
            channels = range(start, min(start + sheets.UNITS, layer.channels))
            units = [_small(build, layer, style, channel) for channel in channels]
            name = f"{layer.name}/{start // sheets.UNITS}.{'webp' if style.crisp else 'avif'}"
            picture = Image.fromarray(sheets.units_side_by_side(units, style))
            if style.crisp:
                raster.save_lossless(picture, folder / name)
            else:
                raster.save_photograph(picture, folder / name, QUALITY)
            return {"file": name, "width": picture.width, "height": picture.height}

        with ThreadPoolExecutor(WORKERS) as pool:
            files = list(pool.map(one, starts))
        side = sheets.across(sheets.sheet_style(style))
        said.append({"unit": side, "step": side + sheets.BETWEEN, "files": files})
    write(folder / SHEETS, {"units": sheets.UNITS, "layers": said})


def entry(folder: Path, build: Build) -> dict[str, Any]:  # noqa: ARG001
    """``units`` a sheet, and for each layer its ``files``, and pixels a ``unit`` and a ``step``."""
    said: dict[str, Any] = read(folder / SHEETS)
    for layer in said["layers"]:
        from_root(folder, layer["files"])
    return said


def _small(build: Build, layer: Layer, style: raster.Tile, channel: int) -> raster.Pixels | None:
    _, patches = figure_files(layer, style, channel)
    path = build.folders["figures"] / patches
    if not path.exists():  # a unit that never fires has no picture
        return None
    with Image.open(path) as picture:
        return sheets.small(np.asarray(picture.convert("RGBA")), style)
