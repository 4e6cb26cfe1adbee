"""What two projections of the same patches draw at the same places."""

from __future__ import annotations

import numpy as np
import pytest

from generator.techniques.outlines import shared_outlines

GREY = 128


def ring(centre: int, sign: int = 1) -> np.ndarray:
    """A circle's outline on grey (32, 32, 3), drawn lighter or darker."""
    rows, columns = np.mgrid[:32, :32] - centre
    drawn = np.abs(np.hypot(rows, columns) - 8) < 1.5
    return np.asarray(GREY + 100 * sign * drawn[..., None] * [1, 0.5, 0], dtype=np.uint8)


def test_the_same_outline_in_another_colour_is_shared() -> None:
    assert shared_outlines([ring(16)], [ring(16, -1)], GREY) == pytest.approx(1, abs=0.01)


def test_an_outline_elsewhere_or_noise_is_not() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert abs(shared_outlines([ring(10)], [ring(22)], GREY)) < 0.2
    assert abs(shared_outlines([ring(16)], [noise], GREY)) < 0.2
    assert shared_outlines([ring(16)], [np.full((32, 32, 3), GREY, np.uint8)], GREY) == 0


def test_the_mean_is_over_the_pairs() -> None:
    pair = shared_outlines([ring(16), ring(10)], [ring(16), ring(22)], GREY)
    alone = [
        shared_outlines([ring(one)], [ring(other)], GREY) for one, other in ((16, 16), (10, 22))
    ]
    assert pair == pytest.approx(np.mean(alone))
