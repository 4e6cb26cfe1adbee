"""The parts of images that units see, each cut out once for all the units that need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.networks.network import Network
from generator.records import Layer

PIXELS_A_BATCH = 64 * 64 * 64  # of input; more would no longer fit the processor's caches

CropBox = tuple[int, int, int, int]  # top, bottom, left, right


def crop_boxes(network: Network, layer: Layer, positions: npt.NDArray[np.int64]) -> list[CropBox]:
    """What units of ``layer`` at ``positions`` (N, 2), row and column, need of an image each.

    All of it where the padding depends on the size of the image.
    """
    size = network.size
    if network.whole:
        return [(0, size, 0, size)] * len(positions)
    return [
        (*layer.field.window(row, size), *layer.field.window(column, size))
        for row, column in positions.tolist()
    ]


def shared_crops(
    images: npt.NDArray[np.int64], windows: Sequence[CropBox], inputs: Callable[[int], Tensor]
) -> Iterator[tuple[Tensor, list[list[tuple[int, int]]]]]:
    """Crops (N, 3, h, w) of one size, each once, with the entries that need them.

    The entries come in rounds of (row of the crop, entry): one forward pass serves all rounds,
    each round takes a backward pass of its own and holds no crop twice. Crops that are needed
    equally often go together, so that few rounds run with crops that are not in them.
    """
    users: dict[tuple[int, CropBox], list[int]] = {}
    for entry, key in enumerate(zip(images.tolist(), windows, strict=True)):
        users.setdefault(key, []).append(entry)
    sizes: dict[tuple[int, int], list[tuple[int, CropBox]]] = {}
    for key in sorted(users, key=lambda key: -len(users[key])):
        top, bottom, left, right = key[1]
        sizes.setdefault((bottom - top, right - left), []).append(key)
    for (height, width), keys in sizes.items():
        count = max(1, PIXELS_A_BATCH // (height * width))
        for start in range(0, len(keys), count):
            part = keys[start : start + count]
            crops = [
                inputs(image)[:, top:bottom, left:right]
                for image, (top, bottom, left, right) in part
            ]
            rounds = [
                [(row, users[key][turn]) for row, key in enumerate(part) if len(users[key]) > turn]
                for turn in range(len(users[part[0]]))
            ]
            yield torch.stack(crops), rounds
