"""What feeds a unit: the units of the shown layer before it that drive it, or hold it back.

At the place of one of its strongest activations, a unit's answer is the sum of what each unit
below brings to it: the activation there times the gradient of the answer with respect to it, over
all places. Through a convolution, rectifiers and max-pooling this is exact, and but for the biases
on the way the parts add up to the whole; contrast normalisation and what else is curved it takes
for straight, as Taylor's rule does to first order (Montavon and others, Pattern Recognition 2017).

It is told as the mean over a unit's strongest images, in shares of its mean answer to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.networks.crops import crop_boxes, shared_crops
from generator.networks.network import Network
from generator.networks.recording import recording, run
from generator.records import Layer, TopActivations
from generator.records.units import Feed, Feeds

FEW = 3  # units that drive it most, and as many that hold it back


def contributions(
    network: Network,
    below: Layer,
    layer: Layer,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
) -> npt.NDArray[np.float64]:
    """(C, B) what each unit of the layer ``below`` brings to each unit of ``layer``.

    The mean over the unit's images in ``top``, in units of its activation; 0 for units that
    never fire. ``inputs`` gives images by number as (3, S, S).
    """
    rows, slots = np.nonzero(top.images >= 0)
    images, positions = top.images[rows, slots], top.positions[rows, slots]
    windows = crop_boxes(network, layer, positions)
    sums = np.zeros((layer.channels, below.channels))
    for crops, rounds in shared_crops(images, windows, inputs):
        pixels = crops.to(network.device, memory_format=torch.channels_last)
        with (
            torch.enable_grad(),
            _leaf(network, below) as sources,
            recording(network.module, (layer,)) as maps,
        ):
            run(network.module, pixels)
        (source,), answer = sources, maps[layer.name]
        for number, entries in enumerate(rounds):
            crop, part = np.array(entries).T
            corners = np.array([(windows[entry][0], windows[entry][2]) for entry in part])
            places = positions[part] - corners // layer.field.stride
            chosen = tuple(
                torch.as_tensor(indices, device=answer.device)
                for indices in (crop, rows[part], places[:, 0], places[:, 1])
            )
            more = number + 1 < len(rounds)
            (slope,) = torch.autograd.grad(answer[chosen].sum(), source, retain_graph=more)
            brought = (slope * source).sum(dim=(2, 3)).detach()[chosen[0]]
            np.add.at(sums, rows[part], brought.cpu().numpy().astype(np.float64))
    counts = np.bincount(rows, minlength=layer.channels)
    return np.asarray(sums / np.maximum(counts, 1)[:, None])


@contextmanager
def _leaf(network: Network, below: Layer) -> Iterator[list[Tensor]]:
    """Inside, a pass leaves the map of the layer in the list; the way back ends there."""
    outputs: list[Tensor] = []

    def hook(_: object, __: object, output: Tensor) -> Tensor:
        outputs.append(output.detach().requires_grad_())
        return outputs[-1].clone()  # what comes next may write into it

    handle = network.module.get_submodule(below.name).register_forward_hook(hook)
    try:
        yield outputs
    finally:
        handle.remove()


def feeds(brought: npt.NDArray[np.float64], top: TopActivations) -> tuple[Feeds, ...]:
    """Of each unit those below that bring most to it, and those that take most away.

    ``brought`` (C, B) are the ``contributions``.
    """
    filled = top.images >= 0
    answers = (top.values * filled).sum(axis=1) / np.maximum(filled.sum(axis=1), 1)
    feeders: list[Feeds] = []
    for own, answer in zip(brought, answers.tolist(), strict=True):
        order = np.argsort(-own, kind="stable")
        ends = (
            [unit for unit in order[:FEW] if own[unit] > 0],
            [unit for unit in order[::-1][:FEW] if own[unit] < 0],
        )
        drive, hold = (
            tuple(Feed(int(unit), float(f"{own[unit] / answer:.4g}")) for unit in end)
            for end in ends
        )
        feeders.append(Feeds(drive, hold))
    return tuple(feeders)
