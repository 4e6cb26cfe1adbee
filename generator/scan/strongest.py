"""The strongest images of every unit, chosen from what it answers to each image of a collection."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from generator.errors import ImagesError, UsageError
from generator.images.collection import Collection
from generator.networks.network import Network
from generator.records import EXACT, MOST_K, Layer, Shortcuts, TopActivations
from generator.scan.activations import BATCH, Activations, activations
from generator.scan.topk import TopK


def scan(
    network: Network,
    collection: Collection,
    k: int = 9,
    batch_size: int = BATCH,
    workers: int | None = None,
    shortcuts: Shortcuts = EXACT,
) -> tuple[TopActivations, ...]:
    """The ``k`` strongest images of every unit, one record a layer.

    Undecodable images take no part. Raises UsageError for a ``k`` out of range, ImagesError when
    no image can be decoded.
    """
    indices = range(len(collection))
    batches = activations(network, collection, indices, batch_size, workers, shortcuts)
    return strongest_images(network.layers, collection, batches, k)


def strongest_images(
    layers: tuple[Layer, ...],
    collection: Collection,
    batches: Iterable[Activations],
    k: int,
    sources: npt.NDArray[np.int64] | None = None,
) -> tuple[TopActivations, ...]:
    """The ``k`` strongest images of every unit, from answers in the order of the collection.

    At most one entry an image, and no more of one photograph than the collection allows;
    ``sources`` (N,) says which images are of one, where the collection does not know.
    Raises UsageError for a ``k`` out of range, ImagesError when there is no answer at all.
    """
    check_k(k)
    counts = [layer.channels for layer in layers]
    # All units side by side: what an update costs hardly depends on how many there are.
    per_source = collection.per_source if sources is None else 1
    running = TopK(sum(counts), k, per_source, torch.device("cpu"))
    numbers = torch.from_numpy(collection.source_numbers if sources is None else sources)
    readable = 0
    with tqdm(total=len(collection), desc="Choosing", unit="image", disable=None) as bar:
        for part in batches:
            readable += len(part.indices) - len(part.reasons)
            images = torch.as_tensor(part.indices)
            places = torch.from_numpy(part.places.astype(np.int64, copy=False))
            running.update(torch.from_numpy(part.values), places, images, numbers[images])
            bar.update(len(part.indices))
    if not readable:
        raise ImagesError(f"{collection.title}: no image could be decoded")
    widths = torch.tensor([layer.width for layer in layers])
    whole = running.result(widths.repeat_interleave(torch.tensor(counts))[:, None])
    ends = np.cumsum(counts)[:-1]
    parts = (np.split(array, ends) for array in (whole.values, whole.images, whole.positions))
    return tuple(TopActivations(*arrays) for arrays in zip(*parts, strict=True))


def check_k(k: int) -> None:
    """UsageError for a number of patches that can't be."""
    if not 1 <= k <= MOST_K:
        raise UsageError(f"k is {k}; give a number from 1 to {MOST_K}")
