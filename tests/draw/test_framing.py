"""Tiles cut to where a unit draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from generator.draw.framing import HOLDS, LARGE, MUCH, frame_side, frames
from generator.draw.raster import GREY

WHOLE = 160


def drawn(top: int, left: int, side: int) -> npt.NDArray[np.uint8]:
    """A square of noise on grey (WHOLE, WHOLE, 3)."""
    tile = np.full((WHOLE, WHOLE, 3), GREY, dtype=np.uint8)
    noise = np.random.default_rng(side).integers(0, 256, (side, side, 3), dtype=np.uint8)
    tile[top : top + side, left : left + side] = noise
    return tile


def energy(tile: npt.NDArray[np.uint8]) -> float:
    return float(((tile.astype(float) - GREY) ** 2).sum())


def test_a_frame_holds_nearly_all_that_is_drawn_and_lies_inside() -> None:
    tiles = [drawn(50, 70, 40), drawn(0, 0, 30), drawn(130, 10, 30)]
    side = frame_side(tiles)
    assert 30 <= side <= WHOLE / MUCH
    for frame, tile in zip(frames(tiles, side), tiles, strict=True):
        assert min(frame.left, frame.top) >= 0
        assert max(frame.left, frame.top) + frame.side <= WHOLE
        cut = frame.cut(tile)
        assert cut.shape == (side, side, 3)
        assert energy(cut) >= HOLDS * energy(tile)


def test_nine_of_ten_projections_say_how_wide_a_frame_is() -> None:
    narrow, wide = [drawn(60, 60, 34)], [drawn(20, 20, 120)]
    assert frame_side(narrow * 19 + wide) == frame_side(narrow)
    assert frame_side(narrow * 8 + wide * 2) == WHOLE  # not much less: the field is shown whole
    whole = frames(wide, WHOLE)
    assert [(one.left, one.top, one.side) for one in whole] == [(0, 0, WHOLE)]


@pytest.mark.parametrize("side", [7, 27, LARGE - 1])
def test_a_small_field_is_shown_whole(side: int) -> None:
    tile = np.full((side, side, 3), GREY, dtype=np.uint8)
    tile[side // 2, side // 2] = 255
    assert frame_side([tile]) == side
    assert frames([tile], side)[0].side == side


def test_a_projection_with_nothing_on_it_asks_for_no_room() -> None:
    blank = np.full((WHOLE, WHOLE, 3), GREY, dtype=np.uint8)
    tile = drawn(50, 50, 40)
    assert frame_side([blank, tile]) == frame_side([tile])
    assert frames([blank], 41)[0].left == (WHOLE - 41) // 2 + 1
