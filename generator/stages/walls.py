"""All units of a layer as projections, as preferred inputs, and as drawings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import extremes, raster, sheets
from generator.draw.unit_pictures import layer_style
from generator.records import Layer, Picture, Tile
from generator.records.units import UnitDrawings, Walls
from generator.stages import drawings, preferred
from generator.stages.build import Build
from generator.store.stage_files import read, write

WALLS = "walls.json"
Small = Callable[[int], raster.RGB | None]  # a unit's small picture (H, W, 4), by its channel


def make(folder: Path, build: Build) -> None:
    """``LAYER/VIEW-NUMBER.avif``, of as many units as a sheet of patches, and ``walls.json``."""
    wishes = preferred.wishes(build.folders["preferred"], build)
    liked = drawings.read_drawings(build.folders["drawings"])
    layers: list[dict[str, tuple[Picture, ...]]] = []
    for layer, own in zip(build.network.layers, liked.layers, strict=True):
        (folder / layer.name).mkdir(parents=True)
        style = layer_style(layer, build.network.size)
        to = sheets.sheet_style(style)
        soft = replace(to, crisp=False)  # a drawing is no pixel of a filter
        views: dict[str, Small] = {"projections": partial(_projections, build, layer, style, to)}
        wished = wishes.get(layer.index, {})
        if set(build.drawn[layer.index]) <= set(wished):
            places = {channel: wish.picture.file for channel, wish in wished.items()}
            views["preferred"] = partial(_preferred, folder.parent, places, to)
        made = {
            name: sheets.save_sheets(folder, layer, to, drawn, f"{name}-")
            for name, drawn in views.items()
        }
        unit = partial(_drawings, folder.parent, own, soft)
        made["drawings"] = sheets.save_sheets(folder, layer, soft, unit, "drawings-")
        layers.append(made)
    write(folder / WALLS, Walls(tuple(layers)))


def entry(folder: Path, build: Build) -> Walls:  # noqa: ARG001
    """As written."""
    return read(folder / WALLS, Walls)


def _projections(
    build: Build, layer: Layer, style: Tile, to: Tile, channel: int
) -> raster.RGB | None:
    pictures = build.drawn[layer.index].get(channel)
    if pictures is None:  # a unit that never fires has no picture
        return None
    path = build.folders["figures"].parent / pictures.projections.file
    return sheets.small_from(path, style, to)


def _preferred(root: Path, places: dict[int, str], to: Tile, channel: int) -> raster.RGB | None:
    if channel not in places:
        return None
    side = sheets.across(to)
    with Image.open(root / places[channel]) as picture:
        small = picture.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(small)


def _drawings(
    root: Path, units: tuple[UnitDrawings | None, ...], to: Tile, channel: int
) -> raster.RGB | None:
    drawn = units[channel]
    if drawn is None:
        return None
    return sheets.small_from(root / drawn.strongest.file, extremes.TILE, to)
