"""The first layer's filters: clipping by hand, and folding against a map that is really strided."""

from __future__ import annotations

import numpy as np
import pytest
import tiny
import torch
from torch import nn

from generator.techniques.filters import clipped, first_filters, folded, strengths


def test_the_strength_of_a_filter_is_its_rms() -> None:
    weights = np.zeros((2, 3, 1, 1), dtype=np.float32)
    weights[0, :, 0, 0] = (3, 0, 4)
    assert strengths(weights) == pytest.approx([np.sqrt(25 / 3), 0])


def test_clipping_scales_back_what_is_too_strong_and_nothing_else() -> None:
    random = np.random.default_rng(0)
    weights = random.normal(size=(6, 3, 5, 5)).astype(np.float32)
    weights *= np.array([0.02, 0.09, 0.1, 0.2, 1, 5]).reshape(-1, 1, 1, 1).astype(np.float32)
    before, after = strengths(weights), strengths(clipped(weights, 0.1))
    assert (before > 0.1).sum() >= 3
    np.testing.assert_allclose(after, np.minimum(before, 0.1), rtol=1e-5)
    kept = before <= 0.1
    np.testing.assert_array_equal(clipped(weights, 0.1)[kept], weights[kept])
    angle = (clipped(weights, 0.1) * weights).sum((1, 2, 3))
    assert (angle > 0).all(), "a filter keeps its direction"


def wave(period: float, size: int = 64) -> torch.Tensor:
    """Stripes across (3, S, S), of so many pixels from crest to crest."""
    across = torch.cos(2 * torch.pi * torch.arange(size) / period)
    return across.expand(3, size, size).contiguous()


@pytest.mark.parametrize(
    ("period", "shares"), [(16, (0, 0, 0)), (6, (0, 0, 1)), (3, (0, 1, 1)), (2.2, (0, 1, 1))]
)
def test_waves_shorter_than_two_strides_are_folded(period: float, shares: tuple[int, ...]) -> None:
    """By hand: strides of 1, 2 and 4 keep waves of 2, 4 and 8 pixels and longer."""
    pixel = np.ones((1, 3, 1, 1), dtype=np.float32)  # hands the wave on as it is
    by_stride = folded(pixel, [wave(period)], (1, 2, 4))
    np.testing.assert_allclose(by_stride[:, 0], shares, atol=0.02)


def test_a_folded_wave_is_seen_as_another_and_a_kept_one_is_not() -> None:
    """What the measure stands for: a map that is read at every fourth pixel."""
    for period, survives in ((16, True), (5, False)):
        read = wave(period)[0, 0, ::4]
        power = torch.fft.rfft(read).abs().square()
        seen = 4 / (torch.argmax(power[1:]).item() + 1) * len(read)  # pixels of the original
        assert (abs(seen - period) < 0.5) == survives


def test_only_filters_that_look_at_colours_are_shown() -> None:
    filters = first_filters(tiny.network(tiny.chain(), ["conv1"]))
    assert filters is not None
    assert (filters.name, filters.weights.shape, filters.stride) == ("conv1", (4, 3, 5, 5), 2)
    grey = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(3, 2, 3, groups=1))
    assert first_filters(tiny.network(grey, ["1"])) is not None
    split = nn.Sequential(nn.Conv2d(3, 6, 3, groups=3))
    assert first_filters(tiny.network(split, ["0"])) is None
