"""One activation followed down: the steps hang together, and end in the projection itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import tiny
import torch
from torch import nn

from generator.networks.network import Network
from generator.techniques.deconvnet.projection import follow, project


def test_a_case_by_hand() -> None:
    """Two by two windows over four pixels, one filter of weight -2, and one of weight 3."""
    first, second = nn.Conv2d(3, 1, 1, bias=False), nn.Conv2d(1, 1, 1, bias=False)
    first.weight.data = torch.tensor([1.0, 0.0, -2.0]).view(1, 3, 1, 1)
    second.weight.data = torch.tensor([3.0]).view(1, 1, 1, 1)
    module = nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(2), second).requires_grad_(False).eval()
    network = tiny.network(module, ["3"], size=4)
    image = torch.zeros(3, 4, 4)
    image[0, 1, 3] = 5  # the largest of the window at the top right
    steps = follow(network, network.layers[0], image, 0, (0, 1))
    assert [(step.kind, step.name) for step in steps] == [
        ("filter", "3"),
        ("unpool", ""),
        ("rectify", ""),
        ("filter", "0"),
    ]
    kept, after = np.zeros((1, 2, 2)), np.zeros((1, 2, 2))
    kept[0, 0, 1], after[0, 0, 1] = 15, 45  # 3 * 5, and back through the 3 again
    np.testing.assert_array_equal(steps[0].before, kept)
    np.testing.assert_array_equal(steps[0].after, after)
    unpooled = np.zeros((1, 4, 4))
    unpooled[0, 1, 3] = 45
    np.testing.assert_array_equal(steps[1].after, unpooled)
    np.testing.assert_array_equal(steps[2].after, unpooled)
    assert steps[3].after[:, 1, 3].tolist() == [45, 0, -90]
    assert np.count_nonzero(steps[3].after) == 2
    np.testing.assert_array_equal(steps[3].seen, image.numpy())


NETWORKS = {
    "chain": lambda: tiny.network(tiny.chain(), ["conv3"]),
    "overlapping": lambda: tiny.network(tiny.chain("overlapping", norm=True), ["conv3"]),
    "average": lambda: tiny.network(tiny.chain("average", contrast=True), ["conv3"]),
    "functions": lambda: tiny.network(tiny.Functional(), ["conv3"]),
    "padded": lambda: tiny.network(tiny.Padded(), ["conv3"], size=37),
    "branches": lambda: tiny.network(tiny.Branching(), ["last"]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_last_step_is_the_projection(name: str) -> None:
    network: Network = NETWORKS[name]()
    layer = network.layers[0]
    image = tiny.inputs(1, network.size, dtype=torch.float32)[0]
    for channel in range(layer.channels):
        place = (2, 3)
        whole = project(network, layer, image[None], np.array([channel]), np.array([place]))[
            0
        ].numpy()
        steps = follow(network, layer, image, channel, place)
        np.testing.assert_allclose(steps[-1].after, whole, rtol=1e-4, atol=1e-5)
        assert all(np.isfinite(step.seen).all() for step in steps)
    assert tiny.hooks(network.module) == 0


def test_in_a_chain_every_step_takes_up_where_the_last_one_ended() -> None:
    network = tiny.network(tiny.chain("overlapping"), ["conv3"])
    image = tiny.inputs(1, dtype=torch.float32)[0]
    channel, place = 0, (3, 3)
    for channel in range(5):
        steps = follow(network, network.layers[0], image, channel, place)
        if steps[0].before.any():
            break
    assert steps[0].before.any()
    for above, below in pairwise(steps):
        np.testing.assert_array_equal(above.after, below.before)
    for step in steps:
        if step.kind == "rectify":
            np.testing.assert_array_equal(step.after, np.maximum(step.before, 0))
        if step.kind == "unpool":
            assert step.after.sum() == pytest.approx(step.before.sum(), rel=1e-4)
            assert np.count_nonzero(step.after) <= np.count_nonzero(step.before)
