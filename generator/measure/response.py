"""What the unit in the middle of a map answers to a drawn image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from tqdm import tqdm

from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer

BATCH = 128


def probe_size(network: Network, layer: Layer) -> int:
    """Side in pixels of an image that holds a unit's field with room around it."""
    room = layer.field.size + 4 * layer.field.stride
    return int(min(network.size, max(32, 2 * (room // 2))))


def of_one_size(network: Network, layers: Sequence[Layer]) -> list[tuple[int, tuple[Layer, ...]]]:
    """Layers that can be probed together, with the side of the probes in pixels, in order.

    Deep layers all take an image as large as the input: one pass then serves them all.
    """
    groups: dict[int, tuple[Layer, ...]] = {}
    for layer in layers:
        size = probe_size(network, layer)
        groups[size] = (*groups.get(size, ()), layer)
    return list(groups.items())


def centre_responses(
    network: Network, layers: Sequence[Layer], pixels: Tensor
) -> list[npt.NDArray[np.float64]]:
    """For each layer (N, C) rectified responses of the middle units to ``pixels``.

    ``pixels`` (N, 3, S, S) in 0 to 1. What a unit answers to plain grey is taken off first, so
    that a bias does not pass for a preference.
    """
    parts: list[list[Tensor]] = [[] for _ in layers]

    def answer(part: Tensor) -> None:
        maps = record_maps(network, network.preprocess.normalise(part), tuple(layers))
        for kept, layer in zip(parts, maps, strict=True):
            middle = layer[:, :, layer.shape[2] // 2, layer.shape[3] // 2]
            kept.append(middle.float().clamp(min=0).cpu())

    answer(torch.full((1, *pixels.shape[1:]), 0.5))
    starts = range(0, len(pixels), BATCH)
    for start in tqdm(starts, desc="Probing", unit="batch", disable=None, leave=False):
        answer(pixels[start : start + BATCH])
    responses = [torch.cat(kept).numpy().astype(np.float64) for kept in parts]
    return [np.clip(layer[1:] - layer[:1], 0, None) for layer in responses]
