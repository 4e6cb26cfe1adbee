"""Projections from crops: a unit sees only its field, so only that part of an image is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from torch import Tensor

from generator.networks.crops import crop_boxes, shared_crops
from generator.networks.network import Network
from generator.records import Layer
from generator.techniques.deconvnet.projection import Recorded


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
    windows = crop_boxes(network, layer, positions)
    for crops, rounds in shared_crops(images, windows, inputs):
        recorded = Recorded(network, layer, crops)
        for number, entries in enumerate(rounds):
            rows, part = np.array(entries).T
            corners = np.array([(windows[entry][0], windows[entry][2]) for entry in part])
            places = positions[part] - corners // layer.field.stride
            more = number + 1 < len(rounds)
            yield part, recorded.project(rows, channels[part], places, more), crops[rows], corners
