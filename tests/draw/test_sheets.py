from __future__ import annotations

import numpy as np
import pytest

from generator.draw import raster, sheets
from generator.records import Tile


def unit(style: Tile, count: int, colour: int) -> raster.RGB:
    """A unit's picture, each tile of its own grey."""
    tiles = [
        np.full((style.size, style.size, 3), colour + 10 * number, dtype=np.uint8)
        for number in range(count)
    ]
    return np.asarray(raster.tile_grid(tiles, style))


@pytest.mark.parametrize(
    "style",
    [Tile(112, 2, False), Tile(27, 1, False), Tile(42, 2, True)],
    ids=str,
)
@pytest.mark.parametrize("count", [1, 4, 9, 12])
def test_a_units_patches_stand_on_a_sheet_in_their_order(style: Tile, count: int) -> None:
    to = sheets.sheet_style(style)
    small = sheets.small(unit(style, count, 20), style, to)
    side = sheets.across(to)
    assert small.shape == (side, side, 4)
    step = to.size + to.gap
    for slot in range(9):
        middle = small[step * (slot // 3) + to.size // 2, step * (slot % 3) + to.size // 2]
        if slot < count:
            assert middle.tolist() == [20 + 10 * slot] * 3 + [255]
        else:
            assert middle[3] == 0
    if style.crisp:
        whole = unit(style, min(count, 9), 20)
        assert (small == whole).all()  # pixels that are the point stay as they are


def test_units_stand_side_by_side_and_a_dead_one_leaves_its_place() -> None:
    style = Tile(42, 2, crisp=False)
    first, two = (sheets.small(unit(style, 9, colour), style, style) for colour in (0, 100))
    whole = sheets.units_side_by_side([first, None, two], style)
    side = sheets.across(style)
    step = side + sheets.BETWEEN
    assert whole.shape == (side, 3 * step - sheets.BETWEEN, 4)
    assert (whole[:, :side] == first).all()
    assert not whole[:, step : step + side].any()
    assert (whole[:, 2 * step :] == two).all()
