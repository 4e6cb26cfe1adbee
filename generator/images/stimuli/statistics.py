"""The plain numbers about a picture that must not give its concept away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Rec. 601 weights of red, green and blue in luminance.
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


PLAIN = ("mean red", "mean green", "mean blue", "contrast", "edge energy")


def slopes(field: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Take forward differences to the right and down, each (H-1, W-1); linear in `field` (H, W)."""
    corner = field[:-1, :-1]
    return field[:-1, 1:] - corner, field[1:, :-1] - corner


def simple_statistics(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """Measure mean red, green, blue, luminance's standard deviation and edge energy; (5,), 0 to 1.

    `pixels` is (H, W, 3) uint8. Luminance is Rec. 601 on 0 to 1; edge energy is the mean length of
    its gradient, forward differences, per pixel: at twice the size a picture has half as much.
    """
    unit = pixels.astype(np.float32) / np.float32(255)  # (H, W, 3)
    luminance: NDArray[np.float32] = (unit @ LUMA).astype(np.float32)  # (H, W)
    right, down = slopes(luminance)
    mean = unit.mean(axis=(0, 1), dtype=np.float64)
    energy = np.sqrt(right * right + down * down).mean(dtype=np.float64)
    return np.array([*mean, luminance.std(dtype=np.float64), energy])


def ground_grain(pixels: NDArray[Any]) -> float:
    """Measure the edge energy of the four corners, squares a ninth of the side; 0 to 1.

    Most shapes leave the corners free, so this is the grain of the ground beside them.
    """
    side = pixels.shape[0] // 9
    corners = [
        pixels[rows, columns]
        for rows in (slice(None, side), slice(-side, None))
        for columns in (slice(None, side), slice(-side, None))
    ]
    return float(np.mean([simple_statistics(corner)[-1] for corner in corners]))
