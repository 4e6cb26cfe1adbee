"""Numbers over a photograph as colours: heat maps, and maps of classes."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from generator.draw.raster import RGB

SCALE = "viridis"  # even steps look even, also to the colour-blind and in grey
# Six that stay apart for the colour-blind, after the scheme "bright" of Paul Tol (2021).
CLASSES = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")
OTHER = "#bbbbbb"


def heat_map(values: npt.NDArray[np.floating], highest: float, stride: int, size: int) -> RGB:
    """(R, C) from 0 to ``highest`` as (size, size, 3) uint8, each cell ``stride`` pixels wide."""
    shares = np.clip(values / highest, 0, 1) if highest > 0 else np.zeros_like(values)
    colours = mpl.colormaps[SCALE](shares.astype(np.float64), bytes=True)[..., :3]
    return _enlarged(colours, stride, size)


def scale_colours(count: int) -> list[str]:
    """The colours from 0 to the highest, as a page writes them."""
    colours = mpl.colormaps[SCALE](np.linspace(0, 1, count), bytes=True)
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue, _ in colours.tolist()]


def class_map(best: npt.NDArray[np.int64], named: Sequence[int], stride: int, size: int) -> RGB:
    """(R, C) class numbers as (size, size, 3) uint8: the classes ``named`` in their colours."""
    colours = np.empty((*best.shape, 3), dtype=np.uint8)
    colours[:] = _rgb(OTHER)
    for number, colour in zip(named, CLASSES, strict=False):
        colours[best == number] = _rgb(colour)
    return _enlarged(colours, stride, size)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _enlarged(cells: npt.NDArray[np.uint8], stride: int, size: int) -> RGB:
    return cells.repeat(stride, axis=0).repeat(stride, axis=1)[:size, :size]
