"""Sprite sheets: the nine patches of many units in one small picture, for the page of a layer.

A page of 192 units would ask for 192 pictures; from sheets it asks for a handful, and each only
when a reader scrolls to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import raster
from generator.records import Layer, Picture, Tile

UNITS = 24  # on a sheet: a row or two of a wide screen, 50 to 100 kB
TILE = Tile(42, 2, crisp=False)  # nothing smaller than 40 pixels can be made out
BETWEEN = 2  # pixels from unit to unit, so that none bleeds into the next
SHOWN = 9  # patches of a unit, where it has more
QUALITY = 50  # they are looked at in passing; the unit's own pictures are a click away
WORKERS = 2


def sheet_style(style: Tile) -> Tile:
    """How a layer's tiles stand on its sheets; enlarged pixels stay as they are."""
    return style if style.crisp else TILE


def across(style: Tile) -> int:
    """Pixels across one unit of a sheet, which is as high."""
    return raster.COLUMNS * (style.size + style.gap) - style.gap


def small(picture: raster.RGB, style: Tile, to: Tile) -> raster.RGB:
    """A unit's picture (H, W, 4) of tiles in ``style`` with tiles as the sheet has them."""
    tiles: list[raster.RGB] = []
    step = style.size + style.gap
    for slot in range(SHOWN):
        top, left = step * (slot // raster.COLUMNS), step * (slot % raster.COLUMNS)
        cut = picture[top : top + style.size, left : left + style.size]
        if cut.shape[0] < style.size or cut[..., 3].mean() < 128:  # beyond the last patch
            break
        tiles.append(raster.fit_tile(cut[..., :3], to))
    return np.asarray(raster.tile_grid(tiles, to))


def units_side_by_side(units: Sequence[raster.RGB | None], to: Tile) -> raster.RGB:
    """Small pictures side by side as (H, W, 4) uint8; None leaves a place empty."""
    side = across(to)
    whole = np.zeros((side, len(units) * (side + BETWEEN) - BETWEEN, 4), dtype=np.uint8)
    for number, unit in enumerate(units):
        if unit is not None:
            left = number * (side + BETWEEN)
            whole[:, left : left + side] = unit
    return whole


def small_from(path: Path, style: Tile, to: Tile) -> raster.RGB:
    """A unit's picture in a file, of tiles in ``style``, as it is on a sheet."""
    with Image.open(path) as picture:
        return small(np.asarray(picture.convert("RGBA")), style, to)


def save_sheets(
    folder: Path,
    layer: Layer,
    to: Tile,
    unit: Callable[[int], raster.RGB | None],
    prefix: str = "",
) -> tuple[Picture, ...]:
    """``LAYER/PREFIXNUMBER.avif``, each of ``UNITS`` units in order, from one picture a channel."""

    def save(start: int) -> Picture:
        channels = range(start, min(start + UNITS, layer.channels))
        picture = Image.fromarray(units_side_by_side([unit(at) for at in channels], to))
        name = f"{layer.name}/{prefix}{start // UNITS}"
        return raster.save_tiles(picture, to, folder, name, QUALITY)

    with ThreadPoolExecutor(WORKERS) as pool:
        return tuple(pool.map(save, range(0, layer.channels, UNITS)))
