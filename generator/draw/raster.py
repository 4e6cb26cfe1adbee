"""Arrays into tiles, tiles into the picture of a unit, pictures into files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.records import Picture, Tile

RGB = npt.NDArray[np.uint8]

GREY = 128  # zero in a projection, and what lies beyond the border of an image
CRISP_BELOW = 16  # a field this small is a filter: its pixels are the point
CRISP_TARGET = 40  # smallest tile in pixels that a reader can make out
LARGEST = 112  # pixels: larger fields are scaled down, or 1,000 units would weigh gigabytes
COLUMNS = 3
CLIPPED = 0.005  # of a projection's values lie beyond black or white: one extreme greys the rest
QUALITY = 80  # of AVIF, out of 100


def tile_style(side: int) -> Tile:
    """How cuts of ``side`` pixels are drawn.

    Small ones are enlarged by a whole factor, large ones scaled down to ``LARGEST``.
    """
    if side < CRISP_BELOW:
        return Tile(side * -(-CRISP_TARGET // side), gap=2, crisp=True)
    return Tile(min(side, LARGEST), gap=1 if side < CRISP_TARGET else 2, crisp=False)


def projection_reach(projection: npt.NDArray[np.float32]) -> float:
    """The value of a projection (3, H, W) that is drawn white, and its negative black.

    In Yosinski's Deep Visualization Toolbox (2015) it is the largest absolute value, and one
    extreme pixel then leaves all else grey; here a share ``CLIPPED`` of the values lies beyond it
    and is cut off. Only values other than 0 count, so that what surrounds a unit's field makes no
    difference; 0 where there are none.
    """
    sizes = np.abs(projection[projection != 0])
    if not sizes.size:
        return 0.0
    place = sizes.size - 1 - int(CLIPPED * sizes.size)
    return float(np.partition(sizes, place)[place])


def clipped_share(projection: npt.NDArray[np.float32], reach: float) -> float:
    """The share of pixels, of those with anything on them, of which a colour is cut off."""
    sizes = np.abs(projection).max(axis=0)
    drawn = int((sizes > 0).sum())
    return float((sizes > reach).sum() / drawn) if drawn else 0.0


def projection_pixels(projection: npt.NDArray[np.float32], reach: float | None = None) -> RGB:
    """(3, H, W) to (H, W, 3) uint8: ``x / (2 reach) + 0.5``, so that zero is mid grey.

    Each tile on its own scale, that of ``projection_reach`` unless another is given.
    """
    reach = projection_reach(projection) if reach is None else reach
    if not reach:
        return np.full((*projection.shape[1:], 3), GREY, dtype=np.uint8)
    scaled = (projection / (2 * reach) + 0.5).clip(0, 1)
    return (scaled * 255).round().astype(np.uint8).transpose(1, 2, 0)


def crop(pixels: RGB, box: tuple[int, int, int, int]) -> RGB:
    """(H, W, 3) cut to left, top, right, bottom; what lies beyond the border is mid grey."""
    left, top, right, bottom = box
    height, width = pixels.shape[:2]
    cut = np.full((bottom - top, right - left, 3), GREY, dtype=np.uint8)
    y0, y1, x0, x1 = max(top, 0), min(bottom, height), max(left, 0), min(right, width)
    if y0 < y1 and x0 < x1:
        cut[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    return cut


def fit_tile(pixels: RGB, style: Tile) -> RGB:
    """A square cut as a tile of the layer's size."""
    side = pixels.shape[0]
    if side == style.size:
        return pixels
    if style.crisp:
        factor = style.size // side
        return pixels.repeat(factor, axis=0).repeat(factor, axis=1)
    scaled = Image.fromarray(pixels).resize((style.size, style.size), Image.Resampling.LANCZOS)
    return np.asarray(scaled)


def tile_grid(tiles: Sequence[RGB], style: Tile, columns: int = COLUMNS) -> Image.Image:
    """Tiles (T, T, 3) row by row on a transparent ground, always as many cells as a full grid."""
    step = style.size + style.gap
    rows = max(columns, -(-len(tiles) // columns))
    width, height = columns * step - style.gap, rows * step - style.gap
    sheet = np.zeros((height, width, 4), dtype=np.uint8)
    for number, tile in enumerate(tiles):
        top, left = step * (number // columns), step * (number % columns)
        sheet[top : top + style.size, left : left + style.size, :3] = tile
        sheet[top : top + style.size, left : left + style.size, 3] = 255
    return Image.fromarray(sheet)


def save_lossless(image: Image.Image, folder: Path, name: str) -> Picture:
    """Lossless WebP: projections are measurements, and flat greys take no room."""
    image.save(folder / f"{name}.webp", "WEBP", lossless=True, quality=20, method=1)
    return Picture(f"{name}.webp", image.width, image.height)


def save_photograph(image: Image.Image, folder: Path, name: str, quality: int = QUALITY) -> Picture:
    """AVIF with full colour resolution: 4:2:0 would smear the colours of small tiles."""
    # Pictures are written side by side, so that each has one thread.
    options = {"quality": quality, "subsampling": "4:4:4", "speed": 9, "max_threads": 1}
    image.save(folder / f"{name}.avif", "AVIF", **options)
    return Picture(f"{name}.avif", image.width, image.height)


def save_drawings(image: Image.Image, folder: Path, name: str) -> Picture:
    """Lossy WebP: made in half of the time of AVIF, and drawings have no fine colours."""
    image.save(folder / f"{name}.webp", "WEBP", quality=QUALITY, method=2)
    return Picture(f"{name}.webp", image.width, image.height)


def save_tiles(
    image: Image.Image, style: Tile, folder: Path, name: str, quality: int = QUALITY
) -> Picture:
    """Tiles cut from photographs: enlarged pixels stay exact, and weigh little when lossless."""
    if style.crisp:
        return save_lossless(image, folder, name)
    return save_photograph(image, folder, name, quality)
