"""What figures of a network depend on."""

from __future__ import annotations

import numpy as np
import pytest

from generator.networks import load
from generator.networks.network import Network
from generator.train.appearance import Appearance, appearance, claimed, fine_share


def waves(frequency: tuple[float, float], size: int = 64) -> np.ndarray:
    """(1, 3, size, size): a grating of so many cycles a pixel down and across."""
    rows, columns = np.mgrid[:size, :size]
    wave = np.cos(2 * np.pi * (frequency[0] * rows + frequency[1] * columns))
    return np.repeat(wave[None, None], 3, axis=1)


@pytest.mark.parametrize(
    ("frequency", "share"),
    [((0, 0.25), 0), ((0.3, 0), 0), ((0.37, 0), 1), ((0, 0.45), 1), ((0.25, 0.25), 1)],
)
def test_gratings_are_fine_from_a_third_of_a_cycle(
    frequency: tuple[float, float], share: float
) -> None:
    assert fine_share(waves(frequency))[0] == pytest.approx(share, abs=0.05)


def test_noise_has_the_share_that_the_square_has_outside_the_circle() -> None:
    noise = np.random.default_rng(0).normal(size=(400, 3, 7, 7))
    assert fine_share(noise).mean() == pytest.approx(1 - np.pi / 9, abs=0.01)
    smooth = noise.mean(axis=(2, 3), keepdims=True) * np.ones((7, 7))
    assert fine_share(smooth).max() < 0.1


def test_a_colour_at_a_time_adds_up() -> None:
    both = waves((0, 0.1))
    both[:, 1] = waves((0, 0.4))[:, 1]
    assert fine_share(both)[0] == pytest.approx(1 / 3, abs=0.02)


@pytest.fixture(scope="module")
def found() -> Appearance:
    network = load("zfnet64")
    means = {
        layer.name: np.ones((2, layer.channels, 3), dtype=np.float32) for layer in network.layers
    }
    means["conv2"][:, 3] = 0
    means["conv2"][0, 5] = 0  # answers to some of the other half
    return appearance(network, means, claimed(network, means, per_concept=4, copies=2))


def test_units_that_answer_to_nothing_are_dead(found: Appearance) -> None:
    assert found.units == {"conv1": 64, "conv2": 128, "conv3": 192, "conv4": 192, "conv5": 128}
    assert found.dead == {"conv1": 0, "conv2": 1, "conv3": 0, "conv4": 0, "conv5": 0}


def test_the_best_unit_for_each_named_concept_of_its_layer(found: Appearance) -> None:
    assert [(named.layer, named.concept) for named in found.named] == [
        ("conv2", "stripes"), ("conv2", "circle"), ("conv2", "rectangle"),
        ("conv3", "grid"), ("conv3", "honeycomb"), ("conv3", "wheel"), ("conv3", "face"),
        ("conv5", "dog face"), ("conv5", "bird face"), ("conv5", "bicycle"),
    ]  # fmt: skip
    for named in found.named:
        assert 0 <= named.low <= named.score <= 1
        assert named.held == (named.low > named.bar)


def blank_first_layer(network: Network) -> Network:
    """The same network, its first filters plain grey, and none readier to fire than another."""
    network.module.get_parameter("conv1.weight").fill_(0.01)
    network.module.get_parameter("conv1.bias").zero_()
    return network


def test_smooth_filters_have_no_grain_and_no_angle(found: Appearance) -> None:
    network = blank_first_layer(load("zfnet64"))
    means = {"conv1": np.ones((2, 64, 3), dtype=np.float32)}
    plain = appearance(network, means, claimed(network, means, per_concept=4, copies=2))
    assert plain.grain < 0.1 < found.grain < 0.65
    assert plain.one_angle == plain.one_colour == 0
    assert found.one_angle > 0
    assert found.one_colour > 0
    assert found.one_angle + found.one_colour <= 64
