"""The control with shuffled switches: what stays as it is, what changes, and what may not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from plain_deconvnet import windows
from test_deconvnet import firing
from tiny import POOLS, Branching, Padded, chain, inputs, network
from torch import nn
from torch.nn import functional

from generator.networks.recording import record_maps
from generator.networks.windows import pool_window
from generator.techniques.deconvnet.projection import project
from generator.techniques.deconvnet.switches import first_switches, random_switches, unpool


@pytest.mark.parametrize(
    "pool", [nn.MaxPool2d(2), nn.MaxPool2d(3, 2, padding=1), nn.MaxPool2d(3, 2, ceil_mode=True)]
)
def test_recorded_switches_bring_back_what_the_gradient_does(pool: nn.MaxPool2d) -> None:
    maps = inputs(2, size=11).requires_grad_()
    pooled, switches = functional.max_pool2d(
        maps, pool.kernel_size, pool.stride, pool.padding, ceil_mode=pool.ceil_mode,
        return_indices=True,
    )  # fmt: skip
    above = inputs(1, size=pooled.shape[-1], seed=1).expand_as(pooled)
    (ours,) = torch.autograd.grad(unpool(maps, pooled, switches), maps, above, retain_graph=True)
    (torchs,) = torch.autograd.grad(pooled, maps, above)
    torch.testing.assert_close(ours, torchs)


@pytest.mark.parametrize(
    "pool",
    [
        nn.MaxPool2d(2),
        nn.MaxPool2d(3, 2, padding=1),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.MaxPool2d(2, 1, dilation=2),
    ],
)
def test_of_equal_activations_the_first_has_the_switch(pool: nn.MaxPool2d) -> None:
    """As torch has it on a processor, also where a window is all zeros."""
    maps = (inputs(2, size=11) - 0.8).relu()
    padding, dilation, ceil = pool.padding, pool.dilation, pool.ceil_mode
    pooled, switches = functional.max_pool2d(
        maps, pool.kernel_size, pool.stride, padding, dilation, ceil, return_indices=True
    )
    assert (pooled == 0).any()
    window = pool_window(maps, pool.kernel_size, pool.stride, padding, dilation, ceil)
    assert torch.equal(first_switches(maps, window, pooled.shape), switches)


@pytest.mark.parametrize("name", ["max", "overlapping", "rounding up"])
def test_random_switches_reach_every_place_of_their_window_and_no_other(name: str) -> None:
    pool = POOLS[name]
    assert isinstance(pool, nn.MaxPool2d)
    before = torch.Size((60, 2, 7, 7))
    after = pool(torch.zeros(before)).shape
    window = pool_window(torch.zeros(before), pool.kernel_size, pool.stride, pool.padding)
    places = random_switches(before, after, window, torch.Generator().manual_seed(0))
    assert places.shape == after
    for row, column, rows, columns in windows(before[1:], after[1:], pool):
        allowed = np.arange(49).reshape(7, 7)[rows, columns].ravel()
        assert set(places[:, :, row, column].flatten().tolist()) == set(allowed.tolist())


def test_random_switches_keep_out_of_padding_that_was_put_there_before() -> None:
    """3x3 windows of stride 2 on 5 rows and columns, of which the first and the last two pad."""
    edges = ((1, 2), (0, 1))
    window = pool_window(torch.zeros(1), 3, 2)
    places = random_switches(
        torch.Size((400, 1, 5, 5)), torch.Size((400, 1, 2, 2)), window,
        torch.Generator().manual_seed(0), edges,
    )  # fmt: skip
    rows, columns = places // 5, places % 5
    assert [set(rows[:, 0, at].flatten().tolist()) for at in (0, 1)] == [{1, 2}, {2}]
    assert [set(columns[:, 0, :, at].flatten().tolist()) for at in (0, 1)] == [{0, 1, 2}, {2, 3}]


def test_a_window_of_one_place_leaves_nothing_to_shuffle() -> None:
    module = chain()
    module[2] = nn.MaxPool2d(1)
    net = network(module, ["relu3"])
    images = inputs(4, dtype=torch.float32)
    chosen = firing(record_maps(net, images)[0].clone(), 4)
    real = project(net, net.layers[0], images, *chosen)
    assert torch.equal(real, project(net, net.layers[0], images, *chosen, shuffle=1))


@pytest.mark.parametrize(
    ("module", "last"),
    [(chain("overlapping"), "relu3"), (Branching(), "top"), (Padded(), "relu3")],
)
def test_shuffling_changes_the_projection_inside_the_field_only(
    module: nn.Module, last: str
) -> None:
    net = network(module, [last], size=64)
    (layer,) = net.layers
    images = inputs(6, size=64, dtype=torch.float32)
    channels, positions = firing(record_maps(net, images)[0].clone(), 6)
    real = project(net, layer, images, channels, positions)
    shuffled = project(net, layer, images, channels, positions, shuffle=1)
    again = project(net, layer, images, channels, positions, shuffle=1)
    other = project(net, layer, images, channels, positions, shuffle=2)
    assert torch.equal(shuffled, again)
    for number, (row, column) in enumerate(positions):
        left, top, right, bottom = layer.field.box(int(row), int(column))
        inside = torch.zeros(64, 64, dtype=torch.bool)
        inside[max(top, 0) : bottom, max(left, 0) : right] = True
        assert not torch.equal(shuffled[number], real[number])
        assert not torch.equal(shuffled[number], other[number])
        assert not bool(shuffled[number][:, ~inside].any())
