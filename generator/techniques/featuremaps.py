"""The maps of one picture through the layers, and what a move of the picture does to them.

That a convolution's map moves with its picture is where these networks began (LeCun and others,
*Backpropagation Applied to Handwritten Zip Code Recognition*, Neural Computation 1989). It holds
exactly only for moves by whole steps of a layer (Zhang, *Making Convolutional Networks
Shift-Invariant Again*, ICML 2019, arXiv 1904.11486), so here it is measured.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from generator.networks.network import Network
from generator.networks.recording import record_maps

Map = npt.NDArray[np.float32]

ROOM = 0.25  # of the input's width is left for the picture to move in
FRAMES = 9  # places at which it is shown, at most


def feature_maps(network: Network, inputs: Tensor) -> list[Map]:
    """For each layer (N, C, H, W): the rectified maps of inputs (N, 3, S, S)."""
    return [maps.clamp(min=0).cpu().numpy() for maps in record_maps(network, inputs)]


def strong_units(maps: Map, best: Map, count: int) -> list[int]:
    """The units whose answer to a picture comes nearest to their best answer to any.

    ``maps`` (C, H, W); ``best`` (C,), 0 for a unit that never fires. The strongest come first,
    fewer than ``count`` where fewer fire.
    """
    strongest = maps.max(axis=(1, 2))
    ratio = np.divide(strongest, best, out=np.zeros_like(strongest), where=best > 0)
    order = np.argsort(-ratio, kind="stable")
    return [int(channel) for channel in order[:count] if ratio[channel] > 0]


def shifts_for(size: int, stride: int) -> list[int]:
    """How far the picture is moved, in pixels: by whole steps of a layer of that stride."""
    room = round(size * ROOM)
    step = stride * max(1, -(-room // (stride * (FRAMES - 1))))
    return list(range(0, room + 1, step))


def moved_copies(image: Tensor, shifts: list[int]) -> Tensor:
    """(N, 3, S, S): a network input (3, S, S), scaled down, at places further and further right.

    The ground is the mean colour, which to the network is zero and so the same as its padding.
    """
    size = image.shape[-1]
    side = size - max(shifts)
    scaled = functional.interpolate(
        image[None], (side, side), mode="bilinear", antialias=True, align_corners=False
    )[0]
    frames = torch.zeros(len(shifts), *image.shape)  # (N, 3, S, S)
    top = (size - side) // 2
    for frame, shift in zip(frames, shifts, strict=True):
        frame[:, top : top + side, shift : shift + side] = scaled
    return frames


def follows(first: Map, later: Map, places: int) -> float:
    """How well ``later`` (H, W) is ``first`` moved right by ``places``: their correlation.

    1 is a copy. Over the columns that both have; 0 where one of the two is flat.
    """
    width = first.shape[1]
    before, after = first[:, : width - places].ravel(), later[:, places:].ravel()
    before, after = before - before.mean(), after - after.mean()
    lengths = float(np.linalg.norm(before) * np.linalg.norm(after))
    return float(before @ after) / lengths if lengths > 0 else 0.0
