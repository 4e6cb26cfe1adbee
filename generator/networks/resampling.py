"""Pillow's resampling as two matrix products, for pictures that lie on a GPU already.

Each pixel of the result is a weighted mean of the pixels around its place, first along rows, then
along columns, with a rounding to 8 bits after each: what ``PIL.Image.resize`` computes, with its
``box`` and its ``reducing_gap``. Where both begin with the rows, a pixel in some thousands falls
on the other side of a rounding. Pillow 13 begins with the columns where that is quicker; then a
quarter of the pixels do, by one level. The cubic filter overshoots, and what is cut off between
the two steps differs then: on noise by twenty levels, on photographs by hardly any.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

GAP = 3.0  # a picture is first shrunk by whole factors while it stays so many times too large
RADIUS = {"bilinear": 1, "bicubic": 2}  # how far each filter reaches, in pixels of the result
SHARPNESS = -0.5  # of the cubic filter; Pillow's, and that of R. G. Keys, 1981

Box = tuple[float, float, float, float]


def resample(picture: Tensor, box: Box, size: int, interpolation: str) -> Tensor:
    """The part of a picture (C, H, W) uint8 inside ``box``, scaled to (C, size, size) uint8.

    ``box`` is left, top, right, bottom in pixels, with fractions. Raises KeyError for an
    ``interpolation`` that is not in ``RADIUS``.
    """
    shrunk, (left, top, right, bottom) = _shrunk(picture.float(), box, size, interpolation)
    height, width = shrunk.shape[1:]
    across = _matrix(width, left, right, size, interpolation, picture.device)
    down = _matrix(height, top, bottom, size, interpolation, picture.device)
    narrow = _rounded(shrunk @ across.T)  # (C, H, size)
    return _rounded(down @ narrow).to(torch.uint8)  # (C, size, size)


def _shrunk(picture: Tensor, box: Box, size: int, interpolation: str) -> tuple[Tensor, Box]:
    """A picture that is many times too large, as means of its blocks; the box in their pixels."""
    left, top, right, bottom = box
    scales = ((right - left) / size, (bottom - top) / size)
    across, down = (max(1, int(scale / GAP)) for scale in scales)
    if across == down == 1:
        return picture, box
    reach = RADIUS[interpolation] - 0.5
    height, width = picture.shape[1:]
    first = max(0, int(left - reach * scales[0])), max(0, int(top - reach * scales[1]))
    x = slice(first[0], min(width, math.ceil(right + reach * scales[0])))
    y = slice(first[1], min(height, math.ceil(bottom + reach * scales[1])))
    blocks = functional.avg_pool2d(
        picture[None, :, y, x], (down, across), ceil_mode=True, count_include_pad=False
    )[0]
    moved = (
        *((left - first[0]) / across, (top - first[1]) / down),
        *((right - first[0]) / across, (bottom - first[1]) / down),
    )
    return _rounded(blocks), moved


def _rounded(numbers: Tensor) -> Tensor:
    return numbers.add(0.5).floor_().clamp_(0, 255)


@lru_cache(maxsize=64)
def _matrix(
    length: int, start: float, end: float, size: int, interpolation: str, device: torch.device
) -> Tensor:
    """``shares`` on a device; photographs come in few sizes."""
    made = shares(length, start, end, size, interpolation)
    return torch.from_numpy(made.astype(np.float32)).to(device)


def shares(
    length: int, start: float, end: float, size: int, interpolation: str
) -> npt.NDArray[np.float64]:
    """(size, length): how much each of ``length`` pixels counts in each pixel of the result.

    The result covers the pixels from ``start`` to ``end``. Each row adds up to 1.
    """
    scale = (end - start) / size
    widened = max(scale, 1.0)  # so that no pixel is left out where the picture shrinks
    centres = start + (np.arange(size)[:, None] + 0.5) * scale  # (size, 1)
    places = np.arange(length)[None] + 0.5  # (1, length)
    made = _filter(np.abs(places - centres) / widened, interpolation)
    made /= made.sum(axis=1, keepdims=True)
    return made


def _filter(far: npt.NDArray[np.float64], interpolation: str) -> npt.NDArray[np.float64]:
    """The weight of what is ``far`` away, not yet normalised."""
    if interpolation == "bilinear":
        return np.maximum(1 - far, 0)
    a = SHARPNESS
    near = ((a + 2) * far - (a + 3)) * far**2 + 1
    outer = (((far - 5) * far + 8) * far - 4) * a
    return np.where(far < 1, near, np.where(far < 2, outer, 0))
