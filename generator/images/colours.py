"""How the colours of photographs vary together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.images.bundled import open_bundled

SIDE = 64  # pixels: enough, and every photograph counts alike


def colour_covariance() -> npt.NDArray[np.float64]:
    """(3, 3): covariance of red, green and blue, in 0 to 1, over the bundled photographs.

    Over the pixels of the first tile of each photograph, which is as large as the photograph
    allows, scaled to 64 by 64 pixels.
    """
    collection = open_bundled()
    first = {item.source: index for index, item in reversed(list(enumerate(collection.items)))}
    size = (SIDE, SIDE)
    pixels = [
        np.asarray(collection[index].resize(size, Image.Resampling.BOX)).reshape(-1, 3)
        for index in first.values()
    ]
    return np.cov(np.concatenate(pixels).T / 255)
