"""The filters of the first convolution: how strong they are, and what their stride folds.

M. D. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014
(arXiv 1311.2901), sections 3 and 4.1, figure 6. While they trained, a filter whose root mean
square (RMS) passed 0.1 was scaled back to 0.1, so that no few filters take over the layer. And
they took a stride of 2 for one of 4, because the maps above showed *aliasing*: a map that is
read only every s pixels can't hold waves shorter than 2 s pixels, and folds them into longer
ones (R. Zhang, *Making Convolutional Networks Shift-Invariant Again*, ICML 2019).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.networks.architecture import architecture
from generator.networks.network import Network

RADIUS = 0.1  # the paper's, section 3; its inputs lie in about -128 to 128


@dataclass(frozen=True)
class FirstFilters:
    """The filters (C, 3, H, W) float32 of the convolution ``name``, and its stride in pixels."""

    name: str
    weights: npt.NDArray[np.float32]
    stride: int


def first_filters(network: Network) -> FirstFilters | None:
    """The filters that look at pixels.

    None where the first convolution is no module of its own or sees other than three colours.
    """
    for part in architecture(network):
        if part.kind == "convolution":
            module = network.module.get_submodule(part.name)
            if not isinstance(module, nn.Conv2d) or part.input[0] != 3 or part.groups != 1:
                return None
            assert part.stride is not None
            weights = module.weight.detach().float().cpu().contiguous().numpy()
            return FirstFilters(part.name, weights, part.stride[0])
    return None


def strengths(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(C,) the RMS of each filter (C, ...)."""
    flat = weights.reshape(len(weights), -1).astype(np.float64)
    rms: npt.NDArray[np.float64] = np.sqrt((flat**2).mean(axis=1))
    return rms


def clipped(weights: npt.NDArray[np.float32], radius: float) -> npt.NDArray[np.float32]:
    """The filters, those with an RMS above ``radius`` scaled back to it."""
    strength = strengths(weights)
    factor = np.where(strength > radius, radius / np.maximum(strength, 1e-30), 1.0)
    return (weights * factor.reshape(-1, *[1] * (weights.ndim - 1))).astype(np.float32)


def folded(
    weights: npt.NDArray[np.float32], images: Iterable[Tensor], strides: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """(strides, C) which share of what a filter answers to photographs each stride folds.

    The filter is slid over each image (3, S, S) in steps of one pixel. Of the power of that
    map, but for its mean, the share counts whose waves are shorter than twice the stride, down
    or across. A window that falls to zero at the border (Hann's) keeps the border from passing
    for detail.
    """
    kernel = torch.from_numpy(weights)
    power: Tensor | None = None
    width = 0
    for image in images:
        maps = functional.conv2d(image[None].float().cpu(), kernel)[0]  # (C, H, W)
        width = maps.shape[2]
        maps = maps - maps.mean((1, 2), keepdim=True)
        down, across = (torch.hann_window(length, periodic=False) for length in maps.shape[1:])
        spectrum = torch.fft.rfft2(maps * down[:, None] * across[None, :]).abs().square()
        # Half of the waves across stand for the other half too, but for those without a twin.
        spectrum[..., 1 : (maps.shape[2] + 1) // 2] *= 2
        power = spectrum if power is None else power + spectrum
    assert power is not None, "there is an image"
    # In waves per pixel; 0.5 is the shortest that there is.
    rows, columns = torch.fft.fftfreq(power.shape[1]).abs(), torch.fft.rfftfreq(width)
    total = power.sum((1, 2)).clamp(min=1e-30)
    shares = []
    for stride in strides:
        lost = (rows > 0.5 / stride)[:, None] | (columns > 0.5 / stride)[None, :]
        shares.append((power * lost).sum((1, 2)) / total)
    return torch.stack(shares).double().numpy()
