"""What feeds a unit, against a plain loop over the numbers of a convolution."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny import Branching, chain, hooks, inputs, network
from torch import nn

from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer, TopActivations
from generator.records.units import Feed
from generator.techniques.feeding import FEW, contributions, feeds


def strongest(net: Network, layer: Layer, stack: torch.Tensor) -> TopActivations:
    """Each unit's two strongest images; where it does not fire, none."""
    (maps,) = record_maps(net, stack, (layer,))
    flat = maps.flatten(2).numpy()  # (N, C, places)
    values, places = flat.max(axis=2).T, flat.argmax(axis=2).T  # (C, N)
    order = np.argsort(-values, axis=1)[:, :2]
    best = np.take_along_axis(values, order, axis=1)
    where = np.take_along_axis(places, order, axis=1)
    positions = np.stack([where // layer.width, where % layer.width], axis=2)
    return TopActivations(np.maximum(best, 0), np.where(best > 0, order, -1), positions)


def test_contributions_are_those_of_a_plain_loop() -> None:
    module = chain()
    net = network(module, ["conv2", "conv3"])
    below, layer = net.layers
    stack = inputs(5, dtype=torch.float32)
    top = strongest(net, layer, stack)
    (maps,) = record_maps(net, stack, (below,))
    lower = np.pad(maps.clamp(min=0).double().numpy(), ((0, 0), (0, 0), (1, 1), (1, 1)))
    conv = module.get_submodule("conv3")
    assert isinstance(conv, nn.Conv2d)
    assert conv.bias is not None
    weights, bias = conv.weight.double().numpy(), conv.bias.double().numpy()
    sums = contributions(net, below, layer, top, lambda image: stack[image])
    for unit in range(layer.channels):
        slots = np.flatnonzero(top.images[unit] >= 0)
        truth = np.zeros(below.channels)
        for slot in slots:
            row, column = top.positions[unit, slot]
            for source in range(below.channels):
                for dy in range(3):
                    for dx in range(3):
                        there = lower[top.images[unit, slot], source, row + dy, column + dx]
                        truth[source] += weights[unit, source, dy, dx] * there / len(slots)
        np.testing.assert_allclose(sums[unit], truth, rtol=1e-4, atol=1e-5)
        if len(slots):  # exact: the parts and the bias are the whole
            whole = top.values[unit, slots].mean()
            assert sums[unit].sum() + bias[unit] == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("layers", [["conv1", "conv2"], ["relu1", "relu3"]])
def test_through_pools_and_several_layers_crops_give_what_whole_images_give(
    layers: list[str],
) -> None:
    net = network(chain(), layers)
    below, layer = net.layers
    stack = inputs(4, dtype=torch.float32)
    top = strongest(net, layer, stack)
    sums = contributions(net, below, layer, top, lambda image: stack[image])
    names = [name for name, _ in net.module.named_children()]
    between = names[names.index(layers[0]) + 1 : names.index(layers[1]) + 1]
    for unit in range(layer.channels):
        slots = np.flatnonzero(top.images[unit] >= 0)
        total = np.zeros(below.channels)
        for slot in slots:
            (lower,) = record_maps(net, stack[top.images[unit, slot]][None], (below,))
            source = lower.clone().requires_grad_()
            answer = source
            for name in between:
                answer = net.module.get_submodule(name)(answer)
            row, column = top.positions[unit, slot]
            answer[0, unit, row, column].backward()  # type: ignore[no-untyped-call]
            assert source.grad is not None
            total += (source.grad * source).detach().sum(dim=(0, 2, 3)).numpy() / len(slots)
        np.testing.assert_allclose(sums[unit], total, rtol=1e-4, atol=1e-5)


def test_hooks_are_gone_and_branches_are_handled() -> None:
    net = network(Branching(), ["stem", "joined"])
    stack = inputs(3, dtype=torch.float32)
    top = strongest(net, net.layers[1], stack)
    below, layer = net.layers
    sums = contributions(net, below, layer, top, lambda image: stack[image])
    assert np.isfinite(sums).all()
    assert sums.any()
    assert not hooks(net.module)


def test_the_few_are_those_that_bring_and_take_most() -> None:
    top = TopActivations(
        np.array([[4.0, 2.0], [0, 0]], dtype=np.float32),
        np.array([[0, 1], [-1, -1]]),
        np.zeros((2, 2, 2), dtype=np.int64),
    )
    brought = np.array([[0.6, -0.3, 1.5, 0.0, 0.9, 0.3], [0.0] * 6])
    first, dead = feeds(brought, top)
    assert first.drive == (Feed(2, 0.5), Feed(4, 0.3), Feed(0, 0.2))
    assert len(first.drive) == FEW
    assert first.hold == (Feed(1, -0.1),)
    assert dead.drive == dead.hold == ()
