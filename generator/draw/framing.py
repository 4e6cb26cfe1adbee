"""Where in its tiles a layer draws: of a field that is much larger, only that part is shown.

A deep unit's field is as wide as everything that could reach it, and most of what does comes from
its middle. Drawn whole, an outline is then a few pixels on a large grey. So all tiles of a layer,
projections and patches alike, are cut to squares of one size, if that is much less than the field:
the smallest that holds nearly all of what a projection draws, for nine projections of ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.draw.raster import GREY, RGB

HOLDS = 0.9  # of a projection's energy lies in its frame
MOST = 90  # percent of the projections that are looked at, for which that is so
MUCH = 1.5  # so many times as wide as a frame a field has to be, or it is shown whole
LARGE = 64  # pixels: in a smaller field there is little grey to spare


@dataclass(frozen=True)
class Frame:
    """The square of a tile that is shown: ``side`` pixels from ``left`` and ``top`` on."""

    left: int
    top: int
    side: int

    def cut(self, tile: RGB) -> RGB:
        """The part of a tile (S, S, 3) that is shown."""
        return tile[self.top : self.top + self.side, self.left : self.left + self.side]


def frame_side(projections: Sequence[RGB]) -> int:
    """The side of a layer's frames, in pixels, from some of its projections (S, S, 3)."""
    whole = int(projections[0].shape[0])
    if whole < LARGE:
        return whole
    reaches = [reach for _, reach in map(_centre_and_reach, projections)]
    side = 2 * int(np.percentile(reaches, MOST, method="higher")) + 1
    return side if side * MUCH <= whole else whole


def frames(projections: Sequence[RGB], side: int) -> list[Frame]:
    """One of this side for each projection (S, S, 3), around the middle of what it draws."""
    whole = projections[0].shape[0]
    if side >= whole:
        return [Frame(0, 0, whole) for _ in projections]
    centres = [centre for centre, _ in map(_centre_and_reach, projections)]
    return [
        Frame(_start(across, side, whole), _start(down, side, whole), side)
        for across, down in centres
    ]


def _centre_and_reach(projection: RGB) -> tuple[tuple[int, int], int]:
    """The middle of what is drawn, across and down, and how far ``HOLDS`` of it reaches."""
    energy = ((projection.astype(np.float32) - GREY) ** 2).sum(axis=2)
    total = float(energy.sum())
    side = energy.shape[0]
    if not total:
        return (side // 2, side // 2), 0
    places = np.arange(side)
    across, down = (round(float(energy.sum(axis=axis) @ places) / total) for axis in (0, 1))
    apart = np.maximum(abs(places - down)[:, None], abs(places - across)[None])
    within: npt.NDArray[np.float64] = np.bincount(apart.ravel(), energy.ravel()).cumsum()
    return (across, down), int(np.searchsorted(within, HOLDS * total))


def _start(centre: int, side: int, whole: int) -> int:
    return min(max(0, centre - side // 2), whole - side)
