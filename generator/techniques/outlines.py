"""How much of their outlines two projections of the same patches share.

What a projection draws, whichever its colour, is how far its pixels are from the grey that means
zero. Two projections are compared by Pearson's correlation of that, place by place: 1 if both draw
at the same places, 0 if where one draws says nothing of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

import numpy as np
import numpy.typing as npt

Projection = npt.NDArray[np.number]


def shared_outlines(ones: Sequence[Projection], others: Sequence[Projection], zero: float) -> float:
    """The mean correlation, -1 to 1, of pictures (H, W, 3) with those of the same patches.

    ``zero`` is the value of a pixel that nothing was drawn on. A pair of which one is blank counts
    as 0.
    """
    drawn = [
        [np.abs(np.asarray(one, dtype=float) - zero).sum(axis=2) for one in some]
        for some in (ones, others)
    ]
    return float(np.mean(list(starmap(_correlation, zip(*drawn, strict=True)))))


def _correlation(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
