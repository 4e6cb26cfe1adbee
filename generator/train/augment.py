"""Images changed at random, a batch at once: a crop, perhaps flipped, and its colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.train.recipe import Recipe

Floats = npt.NDArray[np.float32]
LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue are (ITU-R BT.601)


@dataclass(frozen=True)
class Changes:
    """What happens to each of N images.

    ``top``, ``left``, ``height``, ``width`` (N,) of the crop as shares of the image; ``flip``
    (N,) whether left and right change places; ``brightness``, ``contrast``, ``saturation`` (N,)
    factors, 1 for none.
    """

    top: Floats
    left: Floats
    height: Floats
    width: Floats
    flip: npt.NDArray[np.bool_]
    brightness: Floats
    contrast: Floats
    saturation: Floats

    @classmethod
    def drawn(cls, count: int, recipe: Recipe, random: np.random.Generator) -> Changes:
        """Changes for ``count`` images, as far as the recipe goes."""
        area = random.uniform(recipe.least_area, 1, count)
        stretch = np.exp(random.uniform(-1, 1, count) * np.log(recipe.most_stretch))
        height = np.minimum(np.sqrt(area / stretch), 1)
        width = np.minimum(np.sqrt(area * stretch), 1)
        down, across = random.random((2, count))
        factors = random.uniform(1 - recipe.jitter, 1 + recipe.jitter, (3, count))
        numbers = (down * (1 - height), across * (1 - width), height, width)
        top, left, high, wide = (drawn.astype(np.float32) for drawn in numbers)
        flip = random.random(count) < 0.5
        return cls(top, left, high, wide, flip, *factors.astype(np.float32))


def augmented(
    pixels: Tensor,
    size: int,
    changes: Changes,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
) -> Tensor:
    """(N, S, S, 3) uint8 to (N, 3, size, size) float32, normalised, in channels-last order.

    A crop is resampled as Pillow's bicubic does: sharp where it grows, not jagged where it
    shrinks. So values may overshoot a little.
    """
    count, full = pixels.shape[:2]
    device = pixels.device
    down = torch.from_numpy(weights(changes.top, changes.height, full, size)).to(device)
    over = weights(changes.left, changes.width, full, size)
    over[changes.flip] = over[changes.flip, ::-1]
    across = torch.from_numpy(over).to(device)
    rows = torch.bmm(down, pixels.reshape(count, full, full * 3).float())  # (N, size, S * 3)
    turned = rows.view(count, size, full, 3).transpose(1, 2).reshape(count, full, size * 3)
    columns = torch.bmm(across, turned)  # (N, size, size * 3), column by column
    images = columns.view(count, size, size, 3).transpose(1, 2).reshape(count, -1, 3)
    images = _coloured(images, changes, mean, std)
    return images.view(count, size, size, 3).permute(0, 3, 1, 2)


def weights(start: Floats, extent: Floats, full: int, size: int) -> Floats:
    """(N, size, full): how much of each pixel of a line there is in each of the new line.

    The new line shows the old one from ``start`` on, over ``extent``, both (N,) shares of it.
    """
    step = (extent * full / size)[:, None, None]
    old, new = (np.arange(length, dtype=np.float32) for length in (full, size))
    centre = (start * full)[:, None, None] + (new[:, None] + 0.5) * step - 0.5
    apart = np.abs(old - centre) / np.maximum(step, 1)
    near = (1.5 * apart - 2.5) * apart**2 + 1  # Keys 1981, with a = -1/2
    far = ((-0.5 * apart + 2.5) * apart - 4) * apart + 2
    weight = np.where(apart < 1, near, np.where(apart < 2, far, np.float32(0)))
    return np.asarray(weight / weight.sum(axis=2, keepdims=True), dtype=np.float32)


def _coloured(
    images: Tensor,
    changes: Changes,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
) -> Tensor:
    """(N, P, 3) in 0 to 255: colours changed and normalised, which is one matrix an image.

    Saturation draws a pixel away from the grey of its own brightness, contrast from the mean
    brightness of the image, and brightness from black.
    """
    device = images.device

    def column(values: Floats) -> Tensor:
        return torch.from_numpy(values).to(device)[:, None, None]

    luma, scale = torch.tensor(LUMA, device=device), torch.tensor(std, device=device)
    middle = (images.mean(1) @ luma)[:, None, None] / 255  # (N, 1, 1)
    bright, contrast, vivid = map(
        column, (changes.brightness, changes.contrast, changes.saturation)
    )
    grey = luma[:, None].expand(3, 3)  # from a pixel (3,) to its brightness, three times
    matrix = bright * contrast * (vivid * torch.eye(3, device=device) + (1 - vivid) * grey)
    offset = bright * (1 - contrast) * middle - torch.tensor(mean, device=device)
    return torch.baddbmm(offset / scale, images, matrix / scale / 255)
