"""What the unit in the middle of a map answers to a drawn image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer

BATCH = 128


def probe_size(network: Network, layer: Layer) -> int:
    """Side in pixels of an image that holds a unit's field with room around it."""
    room = layer.field.size + 4 * layer.field.stride
    return int(min(network.size, max(32, 2 * (room // 2))))


def centre_responses(network: Network, layer: Layer, pixels: Tensor) -> npt.NDArray[np.float64]:
    """(N, C) rectified responses of the middle units to ``pixels`` (N, 3, S, S) in 0 to 1.

    What a unit answers to plain grey is taken off first, so that a bias does not pass for a
    preference.
    """
    grey = torch.full((1, *pixels.shape[1:]), 0.5)
    found: list[Tensor] = []
    together = torch.cat([grey, pixels])
    for start in range(0, len(together), BATCH):
        part = together[start : start + BATCH]
        (maps,) = record_maps(network, network.preprocess.normalise(part), (layer,))
        middle = maps[:, :, maps.shape[2] // 2, maps.shape[3] // 2]
        found.append(middle.float().clamp(min=0).cpu())
    responses = torch.cat(found).numpy().astype(np.float64)
    return np.clip(responses[1:] - responses[:1], 0, None)
