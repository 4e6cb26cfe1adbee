"""From an image to a network's input, and back to pixels for display."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from generator.errors import ImagesError
from generator.networks.resampling import GAP, resample

# Brightness of red, green and blue (ITU-R BT.601), as Pillow and torchvision make grey images.
LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Preprocessing:
    """Cut the central square out of an image, scale it to the network's input, normalise.

    As torchvision's classification preset: the shorter side becomes ``resize`` pixels and the
    central ``size`` by ``size`` pixels are kept, here in one resampling so that a pixel of
    the input maps back to an exact place in the image.
    """

    size: int
    resize: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str = "bilinear"
    grey: bool = False  # the network sees no colour: all three channels get the brightness

    def window(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the square that is kept, in pixels of the image."""
        side = min(width, height) * self.size / self.resize
        left, top = (width - side) / 2, (height - side) / 2
        return left, top, left + side, top + side

    def __call__(self, image: Image.Image) -> Tensor:
        """(3, S, S) float32 from an RGB image of any size; rows run down."""
        pixels = torch.from_numpy(self.pixels(image))  # (S, S, 3)
        return self.normalise(pixels.permute(2, 0, 1).float() / 255)

    def pixels(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        """(S, S, 3) uint8: what is left of an RGB image of any size, not yet normalised."""
        if min(image.size) < 1:
            raise ImagesError(f"an image of {image.width} by {image.height} pixels holds nothing")
        resampling = Image.Resampling[self.interpolation.upper()]
        window = self.window(*image.size)
        side = (self.size, self.size)
        if side != image.size or self.size != self.resize:
            image = image.resize(side, resampling, box=window, reducing_gap=GAP)
        return np.array(image)

    def resampled(self, picture: Tensor) -> Tensor:
        """``pixels`` of an RGB picture (3, H, W) uint8 on any device: (S, S, 3) uint8 there.

        Within one grey level, where Pillow's sums round to the other side; see ``resampling.py``.
        """
        height, width = picture.shape[1:]
        part = resample(picture, self.window(width, height), self.size, self.interpolation)
        return part.permute(1, 2, 0)

    def normalise(self, pixels: Tensor) -> Tensor:
        """(..., 3, H, W) in 0 to 1 to the network's input range."""
        mean, std = constants(self.mean, self.std, pixels.device)
        if self.grey:
            share = torch.tensor(LUMA, dtype=pixels.dtype, device=pixels.device).view(3, 1, 1)
            pixels = (pixels * share).sum(-3, keepdim=True).expand_as(pixels)
        return (pixels - mean) / std

    def display(self, inputs: Tensor) -> npt.NDArray[np.uint8]:
        """The inverse: (..., 3, H, W) network input to (..., H, W, 3) uint8 RGB."""
        mean, std = constants(self.mean, self.std, inputs.device)
        pixels = ((inputs * std + mean) * 255).round().clamp(0, 255).to(torch.uint8)
        return pixels.movedim(-3, -1).cpu().numpy()

    def box_in_image(
        self, box: tuple[int, int, int, int], width: int, height: int
    ) -> tuple[int, int, int, int]:
        """A box in input pixels as a box in the image's own pixels, cut at its borders."""
        left, top, right, _ = self.window(width, height)
        scale = (right - left) / self.size
        x0, y0, x1, y1 = box
        return (
            max(0, round(left + x0 * scale)),
            max(0, round(top + y0 * scale)),
            min(width, round(left + x1 * scale)),
            min(height, round(top + y1 * scale)),
        )


Colour = tuple[float, float, float]


@lru_cache(maxsize=64)
def constants(mean: Colour, std: Colour, device: torch.device) -> tuple[Tensor, Tensor]:
    """Both as (3, 1, 1) on the device, sent there once.

    Sending them with every batch would have the host wait each time for all that a GPU has
    still to do. Outside of inference mode, so that gradients may pass them wherever they were
    first asked for.
    """
    with torch.inference_mode(mode=False):
        return (
            torch.tensor(mean, dtype=torch.float32, device=device).view(3, 1, 1),
            torch.tensor(std, dtype=torch.float32, device=device).view(3, 1, 1),
        )
