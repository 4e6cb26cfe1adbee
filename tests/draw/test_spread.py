from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.draw import raster, spread
from generator.records import Layer, ReceptiveField, Tile

ALONE = np.arange(1000)  # every image a photograph of its own


def plain_ranks(answers: np.ndarray, percentile: float) -> set[int]:
    """Slowly, from the rule: which images lie around a percentile of the answers above zero."""
    firing = sorted(
        (value, number) for number, value in enumerate(answers) if np.isfinite(value) and value > 0
    )
    last = len(firing) - 1
    low, high = ((percentile + by) / 100 * last for by in (-spread.AROUND, spread.AROUND))
    return {
        number for rank, (_, number) in enumerate(firing) if np.floor(low) <= rank <= np.ceil(high)
    }


def test_patches_come_from_around_their_percentile() -> None:
    answers = np.random.default_rng(1).permutation(np.arange(1000, dtype=np.float32))[:, None]
    sample = spread.sample(answers, ALONE, None)
    assert sample.fires.tolist() == [0.999]  # one answer is zero
    for part, percentile in enumerate(spread.PERCENTILES):
        drawn = sample.images[0, part]
        assert len(set(drawn.tolist())) == spread.PATCHES
        assert set(drawn.tolist()) <= plain_ranks(answers[:, 0], percentile)
        assert sample.levels[0, part] == pytest.approx(percentile / 100 * 998 + 1)
        values = answers[drawn, 0]
        assert values.tolist() == sorted(values, reverse=True)


def test_the_draw_is_random_but_the_same_again() -> None:
    answers = np.random.default_rng(2).random((1000, 2)).astype(np.float32)
    first, second = (spread.sample(answers, ALONE, None) for _ in range(2))
    assert (first.images == second.images).all()
    ranks = answers[:, 0].argsort().argsort()
    drawn = np.sort(ranks[first.images[0, 2]])
    assert np.ptp(drawn) > 2 * spread.PATCHES  # from all of the pool, not one end of it


def test_zero_and_unreadable_images_are_never_drawn() -> None:
    answers = np.zeros((50, 3), dtype=np.float16)
    answers[::2, 0] = np.arange(1, 26)
    answers[:10] = np.nan
    answers[20:24, 1] = 1
    sample = spread.sample(answers, ALONE[:50], None)
    assert sample.fires.tolist() == [0.5, 0.1, 0.0]
    assert set(sample.images[0].ravel().tolist()) <= set(range(10, 50, 2))
    assert (np.sort(sample.images[1], axis=1)[:, -4:] == [20, 21, 22, 23]).all()
    assert (np.sort(sample.images[1], axis=1)[:, :-4] == -1).all()
    assert (sample.images[2] == -1).all()


def test_no_more_of_one_photograph_than_may_be_while_there_are_others() -> None:
    answers = np.arange(1, 1001, dtype=np.float32)[:, None]
    sources = ALONE // 10
    sample = spread.sample(answers, sources, 2)
    for part in range(len(spread.PERCENTILES)):
        assert max(Counter(sources[sample.images[0, part]].tolist()).values()) <= 2
    sample = spread.sample(answers, np.zeros(1000, dtype=np.int64), 2)
    assert (sample.images >= 0).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 8, width=16), min_size=1, max_size=60),
    st.sampled_from([None, 1, 3]),
)
def test_as_many_as_there_are(values: list[float], per_source: int | None) -> None:
    answers = np.array(values, dtype=np.float16)[:, None]
    sample = spread.sample(answers, np.arange(len(values)) % 4, per_source)
    firing = int((answers > 0).sum())
    for images in sample.images[0]:
        drawn = images[images >= 0]
        assert len(drawn) == min(firing, spread.PATCHES)
        assert len(set(drawn.tolist())) == len(drawn)
        assert (answers[drawn, 0] > 0).all()


def test_a_patch_is_cut_where_the_unit_answered() -> None:
    layer = Layer("conv", 1, 2, 4, 4, ReceptiveField(size=20, stride=10, offset=0))
    style = Tile(20, 2, crisp=False)
    answers = np.zeros((3, 2), dtype=np.float32)
    answers[:, 1] = [1, 2, 3]
    places = np.array([[0, 0], [0, 5], [0, 6]], dtype=np.uint8)  # rows and columns of four
    sample = spread.sample(answers, ALONE[:3], None)
    asked: list[int] = []

    def pixels(image: int) -> raster.RGB:
        asked.append(image)
        rows, columns = np.mgrid[:50, :50]
        return np.stack([rows, columns, np.full_like(rows, image)], axis=-1).astype(np.uint8)

    ((number, channel, parts),) = spread.cut_patches(
        (layer,), (style,), (sample,), (places,), pixels
    )
    assert (number, channel) == (0, 1)
    assert sorted(asked) == [0, 1, 2]  # each once
    for tiles in parts:
        corners = [tuple(tile[0, 0].tolist()) for tile in tiles]
        assert corners == [(10, 20, 2), (10, 10, 1), (0, 0, 0)]  # strongest first
        assert all(tile.shape == (20, 20, 3) for tile in tiles)
    whole = spread.parts_side_by_side(parts, style)
    step = 3 * (20 + 2)
    assert whole.shape == (3 * 22 - 2, 3 * step - 2, 4)
    assert whole[0, 2 * step, :3].tolist() == [10, 20, 2]
    assert whole[0, 20, 3] == 0  # between tiles the page shows through


def test_tiles_are_small_but_exact_where_pixels_are_the_point() -> None:
    assert spread.tile_of(Tile(112, 2, crisp=False)) == Tile(48, 2, crisp=False)
    assert spread.tile_of(Tile(27, 1, crisp=False)) == Tile(27, 1, crisp=False)
    assert spread.tile_of(Tile(50, 2, crisp=True)) == Tile(50, 2, crisp=True)
