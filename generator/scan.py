"""Forward passes over a collection: what every unit liked best."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from tqdm import tqdm

from generator.errors import ImagesError, UsageError
from generator.images.batches import batches
from generator.images.collection import Collection
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer, TopActivations
from generator.topk import TopK

MOST_K = 1000  # more would no longer be a selection


def scan(
    network: Network,
    collection: Collection,
    k: int = 9,
    batch_size: int = 64,
    skip: Callable[[int, str], None] | None = None,
    keep: Callable[[list[int], list[Tensor], list[Tensor]], None] | None = None,
) -> tuple[TopActivations, ...]:
    """The ``k`` strongest images of every unit, one record a layer.

    A unit's activation for an image is the largest value of its rectified map, as in the
    Toolbox of Yosinski and others (2015); the first place wins where two are equal. One
    forward pass a batch serves all layers. Undecodable images go to ``skip`` as (index,
    reason) and take no part. ``keep`` is handed every batch: the images' indices and for each
    layer their strongest activations (N, C) and the flat places of these (N, C).

    Raises UsageError for a ``k`` out of range, ImagesError when no image can be decoded.
    """
    check_k(k)
    running = [
        TopK(layer.channels, k, collection.per_source, network.device) for layer in network.layers
    ]
    numbers = torch.from_numpy(collection.source_numbers).to(network.device)
    skipped: list[int] = []

    def leave_out(index: int, reason: str) -> None:
        skipped.append(index)
        if skip:
            skip(index, reason)

    indices = range(len(collection))
    bar = tqdm(total=len(collection), desc="Scanning", unit="image", disable=None)
    with bar:
        for part, inputs in batches(collection, network.preprocess, indices, batch_size, leave_out):
            images = torch.tensor(part, device=network.device)
            found = maxima(network, inputs)
            for record, (values, places) in zip(running, found, strict=True):
                record.update(values, places, images, numbers[images])
            if keep:
                keep(part, [values for values, _ in found], [places for _, places in found])
            bar.update(len(part))
    if len(skipped) == len(collection):
        raise ImagesError(f"{collection.title}: no image could be decoded")
    return tuple(
        record.result(layer.width) for record, layer in zip(running, network.layers, strict=True)
    )


def check_k(k: int) -> None:
    """UsageError for a number of patches a unit that is out of range."""
    if not 1 <= k <= MOST_K:
        raise UsageError(f"k is {k}; give a number from 1 to {MOST_K}")


def maxima(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...] | None = None
) -> list[tuple[Tensor, Tensor]]:
    """Per layer the largest rectified activation of each map and its place.

    ``inputs`` (N, 3, H, W). Gives values (N, C) float32 and flat places (N, C) int64.
    Raises ImagesError when a map holds a value that is not a number, or is infinite.
    """
    found: list[tuple[Tensor, Tensor]] = []
    for layer, activation in zip(
        layers or network.layers, record_maps(network, inputs, layers), strict=True
    ):
        values, places = activation.flatten(2).max(dim=2)
        if not bool(values.isfinite().all()):
            raise ImagesError(f"layer {layer.name} gives values that are not finite")
        found.append((values.float().clamp(min=0), places))
    return found
