"""How alike a unit's patches are: in colour, and in where they are light and where dark.

Colours are compared in CIELAB, by the distance of 1976: two that lie 2.3 apart can just be told
(M. Mahy, L. Van Eycken and A. Oosterlinck, *Color Research and Application* 19, 1994). Light and
shade are compared by Pearson's correlation of lightness, place by place, so that neither
brightness nor contrast counts: 1 for the same picture, -1 for its negative.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
from skimage.color import rgb2lab

from generator.records.learned import Likeness

Patch = npt.NDArray[np.float64]
PatchBox = tuple[int, int, int, int]


def patch(pixels: npt.NDArray[np.uint8], box: PatchBox) -> Patch:
    """A box, as left, top, right and bottom, of an image (H, W, 3): (h, w, 3) in CIELAB.

    NaN where the box lies beyond the image.
    """
    left, top, right, bottom = box
    height, width = pixels.shape[:2]
    y0, y1, x0, x1 = max(top, 0), min(bottom, height), max(left, 0), min(right, width)
    cut = np.full((bottom - top, right - left, 3), np.nan)
    cut[y0 - top : y1 - top, x0 - left : x1 - left] = rgb2lab(pixels[y0:y1, x0:x1])
    return cut


def likeness(patches: list[Patch]) -> Likeness:
    """How alike patches (h, w, 3) in CIELAB are."""
    means = [np.nanmean(patch, axis=(0, 1)) for patch in patches]
    apart = [float(np.linalg.norm(a - b)) for a, b in combinations(means, 2)]
    pairs = [correlation(a[..., 0], b[..., 0]) for a, b in combinations(patches, 2)]
    known = [pair for pair in pairs if pair is not None]
    return Likeness(
        colours=max(apart, default=0.0),
        light=float(np.mean(known)) if known else None,
        least=min(known, default=None),
    )


def correlation(first: Patch, second: Patch) -> float | None:
    """Pearson's correlation over the places that both know; None where one of them is flat."""
    known = ~(np.isnan(first) | np.isnan(second))
    if known.sum() < 2:
        return None
    a, b = (values[known] - values[known].mean() for values in (first, second))
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 1e-9 else None
