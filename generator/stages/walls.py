"""All units of a layer as projections and as preferred inputs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import raster, sheets
from generator.draw.unit_pictures import layer_style
from generator.records import Layer, Picture, Tile
from generator.records.units import Walls
from generator.stages import preferred
from generator.stages.build import Build
from generator.store.stage_files import read, write

WALLS = "walls.json"
Small = Callable[[int], raster.RGB | None]  # a unit's small picture (H, W, 4), by its channel


def make(folder: Path, build: Build) -> None:
    """``LAYER/VIEW-NUMBER.avif``, of as many units as a sheet of patches, and ``walls.json``."""
    wishes = preferred.wishes(build.folders["preferred"], build)
    layers: list[dict[str, tuple[Picture, ...]]] = []
    for layer in build.network.layers:
        (folder / layer.name).mkdir(parents=True)
        style = layer_style(layer, build.network.size)
        views: dict[str, Small] = {"projections": partial(_projections, build, layer, style)}
        wished = wishes.get(layer.index, {})
        if set(build.drawn[layer.index]) <= set(wished):
            places = {channel: wish.picture.file for channel, wish in wished.items()}
            views["preferred"] = partial(_preferred, folder.parent, places, style)
        layers.append(
            {
                name: sheets.save_sheets(folder, layer, style, drawn, f"{name}-")
                for name, drawn in views.items()
            }
        )
    write(folder / WALLS, Walls(tuple(layers)))


def entry(folder: Path, build: Build) -> Walls:  # noqa: ARG001
    """As written."""
    return read(folder / WALLS, Walls)


def _projections(build: Build, layer: Layer, style: Tile, channel: int) -> raster.RGB | None:
    pictures = build.drawn[layer.index].get(channel)
    if pictures is None:  # a unit that never fires has no picture
        return None
    return sheets.small_from(build.folders["figures"].parent / pictures.projections.file, style)


def _preferred(root: Path, places: dict[int, str], style: Tile, channel: int) -> raster.RGB | None:
    if channel not in places:
        return None
    side = sheets.across(sheets.sheet_style(style))
    with Image.open(root / places[channel]) as picture:
        small = picture.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(small)
