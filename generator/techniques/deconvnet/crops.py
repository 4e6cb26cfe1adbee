"""Projections from crops: a unit sees only its field, so only that part of an image is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.networks.network import Network
from generator.records import Layer
from generator.techniques.deconvnet.projection import Recorded

PIXELS_A_BATCH = 64 * 64 * 64  # of input; more would no longer fit the processor's caches


def projected(
    network: Network,
    layer: Layer,
    channels: npt.NDArray[np.int64],
    images: npt.NDArray[np.int64],
    positions: npt.NDArray[np.int64],
    inputs: Callable[[int], Tensor],
) -> Iterator[tuple[npt.NDArray[np.int64], Tensor, Tensor, npt.NDArray[np.int64]]]:
    """Projections of all entries, in some order, each from the part of the image that it needs.

    Gives entries (n,), their projections (n, 3, h, w), the crops of the images (n, 3, h, w) and
    where these begin (n, 2), row and column.
    """
    field, size = layer.field, network.size
    windows = [
        (*field.window(row, size), *field.window(column, size))
        for row, column in positions.tolist()
    ]
    for crops, rounds in shared_crops(images, windows, inputs):
        recorded = Recorded(network, layer, crops)
        for number, entries in enumerate(rounds):
            rows, part = np.array(entries).T
            corners = np.array([(windows[entry][0], windows[entry][2]) for entry in part])
            places = positions[part] - corners // field.stride
            more = number + 1 < len(rounds)
            yield part, recorded.project(rows, channels[part], places, more), crops[rows], corners


Window = tuple[int, int, int, int]  # top, bottom, left, right


def shared_crops(
    images: npt.NDArray[np.int64], windows: Sequence[Window], inputs: Callable[[int], Tensor]
) -> Iterator[tuple[Tensor, list[list[tuple[int, int]]]]]:
    """Crops (N, 3, h, w) of one size, each once, with the entries that need them.

    The entries come in rounds of (row of the crop, entry): one forward pass serves all rounds,
    each round takes a backward pass of its own and holds no crop twice. Crops that are needed
    equally often go together, so that few rounds run with crops that are not in them.
    """
    users: dict[tuple[int, Window], list[int]] = {}
    for entry, key in enumerate(zip(images.tolist(), windows, strict=True)):
        users.setdefault(key, []).append(entry)
    sizes: dict[tuple[int, int], list[tuple[int, Window]]] = {}
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
