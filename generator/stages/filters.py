"""The first layer's filters with and without clipping, after the paper's figure 6."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from torch import Tensor

from generator.draw import raster
from generator.errors import ImagesError
from generator.records import Picture, Tile
from generator.records.remade import Filters, FilterSheets
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.store.stage_files import read_or_none, write
from generator.techniques.filters import RADIUS, clipped, first_filters, folded, strengths

FILTERS = "filters.json"
# Photographs for the share that the stride folds, evenly spread; fewer of large ones.
MOST, LEAST, PIXELS = 24, 8, 24 * 64 * 64
STRIDES = (2, 4)  # the paper's, and that of the network before it
ACROSS = 8  # filters in a row: as wide as a phone
TILE = 42  # pixels across a filter, at most; the factor stays whole
FAINT = 0.1  # of the strongest filter's strength


def make(folder: Path, build: Build) -> None:
    """Two sheets of filters on one scale each, and ``filters.json``."""
    filters = first_filters(build.network)
    if filters is None:
        write(folder / FILTERS, None)
        return
    strength = strengths(filters.weights)
    over = int((strength > RADIUS).sum())
    radius = RADIUS if over else float(np.median(strength))
    figures = FilterSheets(
        plain=_sheet(filters.weights, folder, "plain"),
        clipped=_sheet(clipped(filters.weights, radius), folder, "clipped"),
    )
    strides = sorted({filters.stride, *STRIDES})
    shares = folded(filters.weights, _photographs(build), tuple(strides))
    height, width = filters.weights.shape[2:]
    record = Filters(
        module=filters.name,
        count=len(strength),
        kernel=(height, width),
        stride=filters.stride,
        paper_radius=RADIUS,
        over_paper_radius=over,
        radius=rounded(radius),
        strengths=tuple(map(rounded, strength.tolist())),
        faint=int((strength < FAINT * strength.max()).sum()),
        dead=_dead(build, len(strength)),
        folded={
            stride: tuple(map(rounded, own.tolist()))
            for stride, own in zip(strides, shares, strict=True)
        },
        figures=figures,
    )
    write(folder / FILTERS, record)


def entry(folder: Path, build: Build) -> Filters | None:  # noqa: ARG001
    """Strengths, dead filters, folded shares and the two sheets; None without such filters."""
    return read_or_none(folder / FILTERS, Filters)


def _dead(build: Build, count: int) -> tuple[int, ...] | None:
    """The filters that no image made fire; None where the first shown layer is another one."""
    layer, top = build.network.layers[0], build.top[0]
    first = first_filters(build.network)
    if first is None or layer.channels != count or layer.field.size != max(first.weights.shape[2:]):
        return None
    return tuple(np.flatnonzero((top.images < 0).all(axis=1)).tolist())


def _photographs(build: Build) -> Iterator[Tensor]:
    """Photographs as inputs, evenly spread over the collection; those that can be read."""
    count = len(build.collection)
    most = min(MOST, max(LEAST, PIXELS // build.network.size**2))
    for index in range(0, count, max(1, -(-count // most))):
        try:
            yield build.inputs(index)
        except ImagesError:
            continue


def _sheet(weights: npt.NDArray[np.float32], folder: Path, name: str) -> Picture:
    """All filters (C, 3, H, W) on one scale, zero as mid grey, so that their strengths compare."""
    side = max(weights.shape[2:])
    style = Tile(side * max(1, TILE // side), gap=2, crisp=True)
    reach = 2 * max(float(np.abs(weights).max()), 1e-30)
    pixels = ((weights / reach + 0.5) * 255).round().clip(0, 255).astype(np.uint8)
    tiles = []
    for tile in pixels.transpose(0, 2, 3, 1):  # (H, W, 3)
        square = np.full((side, side, 3), raster.GREY, dtype=np.uint8)
        square[: tile.shape[0], : tile.shape[1]] = tile
        tiles.append(raster.fit_tile(square, style))
    step = style.size + style.gap
    across = min(ACROSS, len(tiles))
    rows = -(-len(tiles) // across)
    picture: Image.Image = raster.tile_grid(tiles, style, across)
    picture = picture.crop((0, 0, across * step - style.gap, rows * step - style.gap))
    return raster.save_lossless(picture, folder, name)
