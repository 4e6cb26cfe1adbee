"""Images changed at random, a batch at once: a crop, perhaps flipped, and its colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from generator.train.recipe import Recipe

LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue are (ITU-R BT.601)


@dataclass(frozen=True)
class Changes:
    """What happens to each of N images.

    ``top``, ``left``, ``height``, ``width`` (N,) of the crop as shares of the image; ``flip``
    (N,) bool, whether left and right change places; ``brightness``, ``contrast``, ``saturation``
    (N,) factors, 1 for none. All but ``flip`` are float32.
    """

    top: Tensor
    left: Tensor
    height: Tensor
    width: Tensor
    flip: Tensor
    brightness: Tensor
    contrast: Tensor
    saturation: Tensor

    @classmethod
    def drawn(
        cls, count: int, recipe: Recipe, random: np.random.Generator, device: torch.device
    ) -> Changes:
        """Changes for ``count`` images, as far as the recipe goes, in the device's memory."""
        area = random.uniform(recipe.least_area, 1, count)
        stretch = np.exp(random.uniform(-1, 1, count) * np.log(recipe.most_stretch))
        height = np.minimum(np.sqrt(area / stretch), 1)
        width = np.minimum(np.sqrt(area * stretch), 1)
        down, across = random.random((2, count))
        factors = random.uniform(1 - recipe.jitter, 1 + recipe.jitter, (3, count))
        flip = random.random(count) < 0.5
        shares = (down * (1 - height), across * (1 - width), height, width)
        top, left, high, wide, bright, contrast, vivid = (
            torch.from_numpy(numbers).float().to(device) for numbers in (*shares, *factors)
        )
        flipped = torch.from_numpy(flip).to(device)
        return cls(top, left, high, wide, flipped, bright, contrast, vivid)

    def of(self, images: slice) -> Changes:
        """Those of some of the images."""
        return Changes(*(values[images] for values in vars(self).values()))


def augmented(
    pixels: Tensor,
    size: int,
    changes: Changes,
    mean: Tensor,
    std: Tensor,
) -> Tensor:
    """(N, S, S, 3) uint8 to (N, 3, size, size) float32, normalised, in channels-last order.

    A crop is resampled as Pillow's bicubic does: sharp where it grows, not jagged where it
    shrinks. So values may overshoot a little. ``mean`` and ``std`` (3,) are those of the colours
    in 0 to 1; everything is on one device.
    """
    count, full = pixels.shape[:2]
    down = weights(changes.top, changes.height, full, size)
    over = weights(changes.left, changes.width, full, size)
    across = torch.where(changes.flip[:, None, None], over.flip(1), over)
    rows = torch.bmm(down, pixels.reshape(count, full, full * 3).float())  # (N, size, S * 3)
    turned = rows.view(count, size, full, 3).transpose(1, 2).reshape(count, full, size * 3)
    columns = torch.bmm(across, turned)  # (N, size, size * 3), column by column
    images = columns.view(count, size, size, 3).transpose(1, 2).reshape(count, -1, 3)
    images = _coloured(images, changes, mean, std)
    return images.view(count, size, size, 3).permute(0, 3, 1, 2)


def weights(start: Tensor, extent: Tensor, full: int, size: int) -> Tensor:
    """(N, size, full): how much of each pixel of a line there is in each of the new line.

    The new line shows the old one from ``start`` on, over ``extent``, both (N,) shares of it.
    """
    step = (extent * full / size)[:, None, None]
    old, new = (torch.arange(length, device=start.device) for length in (full, size))
    centre = (start * full)[:, None, None] + (new[:, None] + 0.5) * step - 0.5
    apart = (old - centre).abs() / step.clamp(min=1)
    near = (1.5 * apart - 2.5) * apart**2 + 1  # Keys 1981, with a = -1/2
    far = ((-0.5 * apart + 2.5) * apart - 4) * apart + 2
    weight = torch.where(apart < 1, near, far * (apart < 2))
    return weight / weight.sum(dim=2, keepdim=True)


def _coloured(images: Tensor, changes: Changes, mean: Tensor, std: Tensor) -> Tensor:
    """(N, P, 3) in 0 to 255: colours changed and normalised, which is one matrix an image.

    Saturation draws a pixel away from the grey of its own brightness, contrast from the mean
    brightness of the image, and brightness from black.
    """
    bright, contrast, vivid = (
        factor[:, None, None]
        for factor in (changes.brightness, changes.contrast, changes.saturation)
    )
    luma = _luma(images.device)
    middle = (images.mean(1) @ luma)[:, None, None] / 255  # (N, 1, 1)
    grey = luma[:, None].expand(3, 3)  # from a pixel (3,) to its brightness, three times
    matrix = bright * contrast * (vivid * torch.eye(3, device=images.device) + (1 - vivid) * grey)
    offset = bright * (1 - contrast) * middle - mean
    return torch.baddbmm(offset / std, images, matrix / std / 255)


@cache
def _luma(device: torch.device) -> Tensor:
    return torch.tensor(LUMA, device=device)
