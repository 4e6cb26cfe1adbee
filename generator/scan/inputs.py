"""Images as a network is given them, the latest kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from torch import Tensor

from generator.images.collection import Collection
from generator.networks.network import Network

CACHE_BYTES = 1_000_000_000  # of preprocessed images: units of a layer share many


def input_cache(network: Network, collection: Collection) -> Callable[[int], Tensor]:
    """Images by number as (3, S, S) float32, the latest kept."""
    count = max(1, CACHE_BYTES // (12 * network.size**2))

    @lru_cache(maxsize=count)
    def read(index: int) -> Tensor:
        return network.preprocess(collection[index])

    return read
