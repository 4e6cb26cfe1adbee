"""What a network answers without some units of a layer, and which units speak for an answer.

A unit's **share** of a class's score is its activation times the gradient of the score with
respect to it, summed over the places of its map. Where what follows is linear, or has rectifiers
and max-pooling only, the shares of all units and what the biases bring add up to the score: such a
function is piecewise linear. Elsewhere it is Taylor's rule to first order (Montavon and others,
Pattern Recognition 2017).

A unit is **removed** by giving its whole map one value. There are two well-known choices. Zero is
what the unit says where it finds nothing, but a network that has never met a silent unit may be
thrown off by the silence itself. Its mean over all images takes away only what the unit says of
*this* image, but leaves a map that says a little of everything. What holds under both isn't an
effect of the choice (Morcos and others, ICLR 2018, sections 2.2 and A.1, compare the two).

The part of the network before the layer is run once for each image; each removal runs only what
comes after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer

AT_ONCE = 1024  # images that go through the end of the network together
NUMBERS = 2**24  # at most in their maps (64 MB), which are large in the first layers
STAND_INS = 2  # images that start a pass whose maps are then put in place
# What leaves a map of one value (0 or more) as it is, and the shares of units too.
EVEN = (nn.ReLU, nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.Dropout, nn.Identity)


class RoundAboutError(Exception):
    """The layer isn't all that the answer depends on: something leads round it."""


def maps_at(network: Network, layer: Layer, inputs: Tensor) -> Tensor:
    """The maps (N, C, H, W) of one layer for ``inputs`` (N, 3, S, S), without gradients."""
    with torch.no_grad():
        return record_maps(network, inputs, (layer,))[0].clone()


def answers_from(network: Network, layer: Layer, maps: Tensor) -> Tensor:
    """The scores (N, classes) that a network gives when a layer's maps are ``maps`` (N, C, H, W).

    Gradients lead back to ``maps`` where they are asked for. Raises RoundAboutError where other
    parts of the network that lie before the layer have a say in what comes after it.
    """
    count = len(maps)
    # Never as many as there are stand-ins: what leads round the layer must not fit by chance.
    filled = maps if count > STAND_INS else torch.cat([maps] * (STAND_INS + 1))
    size = network.size
    device = network.device
    with _in_place(network.module, layer.name, filled):
        try:
            said: Tensor = network.module(torch.zeros(STAND_INS, 3, size, size, device=device))
        except RuntimeError as error:
            raise RoundAboutError(layer.name) from error
    if len(said) != len(filled):
        raise RoundAboutError(layer.name)
    return said.flatten(1)[:count]


def latest(network: Network, layer: Layer) -> Layer:
    """The layer under the name of the last module where removing its units is the same, but faster.

    Rectifiers and pooling that follow a layer treat each map for itself: one of a single value of
    0 or more keeps it, and what its places bring to a score stays the same in sum. Maps are
    smaller behind them. The size and field of the result are still the layer's.
    """
    order: list[tuple[str, nn.Module]] = []

    def noting(name: str, part: nn.Module) -> Callable[[object, object, object], None]:
        return lambda _, __, ___: order.append((name, part))

    named = [
        (name, part)
        for name, part in network.module.named_modules()
        if name == layer.name or (name and not any(part.children()))
    ]
    handles = [part.register_forward_hook(noting(name, part)) for name, part in named]
    try:
        blank = torch.zeros(STAND_INS, 3, network.size, network.size, device=network.device)
        with torch.no_grad():
            network.module(blank)
    finally:
        for handle in handles:
            handle.remove()
    names = [name for name, _ in order]
    found = layer
    if names.count(layer.name) == 1:
        for name, part in order[names.index(layer.name) + 1 :]:
            if not isinstance(part, EVEN) or names.count(name) > 1:
                break
            found = replace(layer, name=name)
    return found


def score_shares(
    network: Network, layer: Layer, maps: Tensor, classes: Tensor
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(N, C) what each unit brings to the score of one class an image, and the scores (N,).

    ``maps`` (N, C, H, W) are the layer's, ``classes`` (N,) int64 the outputs to be explained.
    """
    with torch.enable_grad():
        leaf = maps.detach().clone().requires_grad_()
        scores = answers_from(network, layer, leaf).gather(1, classes[:, None])[:, 0]
        (slope,) = torch.autograd.grad(scores.sum(), leaf)
    brought = (slope * leaf).detach().sum(dim=(2, 3))
    return brought.cpu().numpy().astype(np.float64), scores.detach().cpu().numpy().astype(
        np.float64
    )


def without(
    network: Network,
    layer: Layer,
    maps: Tensor,
    sets: Sequence[Sequence[int]],
    fill: Tensor,
) -> Iterator[Tensor]:
    """For each of ``sets`` the scores (N, classes) with the maps of its units given one value.

    ``maps`` (N, C, H, W) are the layer's, ``fill`` (C,) the value of each unit that is removed.
    """
    few = max(1, min(AT_ONCE // max(1, len(maps)), NUMBERS // max(1, maps.numel())))
    with torch.no_grad():
        for start in range(0, len(sets), few):
            part = sets[start : start + few]
            changed = maps.repeat(len(part), 1, 1, 1, 1)  # (V, N, C, H, W)
            for own, units in zip(changed, part, strict=True):
                chosen = list(units)
                own[:, chosen] = fill[chosen][:, None, None]
            scores = answers_from(network, layer, changed.flatten(0, 1))
            yield from scores.unflatten(0, (len(part), len(maps)))  # type: ignore[no-untyped-call]


@contextmanager
def _in_place(module: nn.Module, name: str, maps: Tensor) -> Iterator[None]:
    """Inside, a pass goes on with ``maps`` whatever the layer gives."""

    def hook(_: object, __: object, ___: object) -> Tensor:
        return maps.clone()  # what comes next may write into it

    handle = module.get_submodule(name).register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()
