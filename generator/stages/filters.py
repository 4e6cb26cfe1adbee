"""The first layer's filters with and without clipping, after the paper's figure 6."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.draw import raster
from generator.errors import ImagesError
from generator.stages.build import Build
from generator.store.stage_files import from_root, read, rounded, write
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
    found = first_filters(build.network)
    if found is None:
        write(folder / FILTERS, None)
        return
    strength = strengths(found.weights)
    over = int((strength > RADIUS).sum())
    radius = RADIUS if over else float(np.median(strength))
    sheets = {"plain": found.weights, "clipped": clipped(found.weights, radius)}
    figures = {name: _sheet(weights, folder / f"{name}.webp") for name, weights in sheets.items()}
    strides = sorted({found.stride, *STRIDES})
    shares = folded(found.weights, _photographs(build), tuple(strides))
    dead = _dead(build, len(strength))
    record = {
        "module": found.name,
        "count": len(strength),
        "kernel": list(found.weights.shape[2:]),
        "stride": found.stride,
        "paper_radius": RADIUS,
        "over_paper_radius": over,
        "radius": rounded(radius),
        "strengths": [rounded(one) for one in strength.tolist()],
        "faint": int((strength < FAINT * strength.max()).sum()),
        "dead": dead,
        "folded": {
            str(stride): [rounded(one) for one in own.tolist()]
            for stride, own in zip(strides, shares, strict=True)
        },
        "figures": figures,
    }
    write(folder / FILTERS, record)


def entry(folder: Path, build: Build) -> dict[str, Any] | None:  # noqa: ARG001
    """Strengths, dead filters, folded shares and the two sheets; None without such filters."""
    found: dict[str, Any] | None = read(folder / FILTERS)
    if found is not None:
        from_root(folder, found["figures"].values())
    return found


def _dead(build: Build, count: int) -> list[int] | None:
    """The filters that no image made fire; None where the first shown layer is another one."""
    layer, top = build.network.layers[0], build.top[0]
    first = first_filters(build.network)
    if first is None or layer.channels != count or layer.field.size != max(first.weights.shape[2:]):
        return None
    silent: list[int] = np.flatnonzero((top.images < 0).all(axis=1)).tolist()
    return silent


def _photographs(build: Build) -> Any:
    """Photographs as inputs, evenly spread over the collection; those that can be read."""
    count = len(build.collection)
    most = min(MOST, max(LEAST, PIXELS // build.network.size**2))
    for index in range(0, count, max(1, -(-count // most))):
        try:
            yield build.inputs(index)
        except ImagesError:
            continue


def _sheet(weights: npt.NDArray[np.float32], path: Path) -> dict[str, Any]:
    """All filters (C, 3, H, W) on one scale, zero as mid grey, so that their strengths compare."""
    side = max(weights.shape[2:])
    style = raster.Tile(side * max(1, TILE // side), gap=2, crisp=True)
    reach = 2 * max(float(np.abs(weights).max()), 1e-30)
    pixels = ((weights / reach + 0.5) * 255).round().clip(0, 255).astype(np.uint8)
    tiles = []
    for one in pixels.transpose(0, 2, 3, 1):  # (H, W, 3)
        square = np.full((side, side, 3), raster.GREY, dtype=np.uint8)
        square[: one.shape[0], : one.shape[1]] = one
        tiles.append(raster.fit(square, style))
    step = style.size + style.gap
    across = min(ACROSS, len(tiles))
    rows = -(-len(tiles) // across)
    picture: Image.Image = raster.grid(tiles, style, across)
    picture = picture.crop((0, 0, across * step - style.gap, rows * step - style.gap))
    raster.save_lossless(picture, path)
    return {"file": path.name, "width": picture.width, "height": picture.height}
