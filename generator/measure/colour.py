"""Which colour a unit prefers.

Gaussian blobs of one lightness and chroma over hue in CIELAB lie on a grey of the same
lightness, so that only the colour can tell them from it. The preferred hue is the vector mean
of the responses over hue. How much colour matters to a unit is the share of colour in its best
responses, colour / (colour + grey), with its best grating for grey: 0 for a unit that is blind
to colour, 1 for one that answers to nothing else (after the sensitivity ratio of Johnson,
Hawken and Shapley, Nature Neuroscience 2001, bent into 0 to 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from skimage.color import lab2rgb

from generator.measure.response import centre_responses, probe_size
from generator.networks.network import Network
from generator.records import Layer

HUES = np.arange(0.0, 360.0, 15.0)  # degrees in CIELAB
LIGHTNESS, CHROMA = 53.6, 38.0  # the lightness of mid grey; every hue of this chroma is in sRGB
WIDTHS = (0.2, 0.5)  # standard deviations of the blob, in receptive fields
# Unique red, yellow, green and blue lie at 24, 90, 162 and 246 degrees (Fairchild, Color
# Appearance Models, section 2.4); a name begins half-way between its hue and the one before.
NAMES = (
    (0, "pink"), (5, "red"), (42, "orange"), (73, "yellow"), (115, "green"),
    (185, "cyan"), (225, "blue"), (280, "purple"), (325, "pink"),
)  # fmt: skip


@dataclass(frozen=True)
class ColourTuning:
    """``hue`` (C,) degrees in 0 to 360, ``share`` (C,) in 0 to 1, ``curves`` (C, H)."""

    hue: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    curves: npt.NDArray[np.float64]


def blob(size: int, hue: float, width: float) -> npt.NDArray[np.float32]:
    """(size, size, 3) sRGB in 0 to 1; hue in degrees, width (one deviation) in pixels."""
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    chroma = CHROMA * np.exp(-(rows**2 + columns**2) / (2 * width**2))
    radians = np.deg2rad(hue)
    lightness = np.full_like(chroma, LIGHTNESS)
    lab = np.stack([lightness, chroma * np.cos(radians), chroma * np.sin(radians)], axis=-1)
    return np.asarray(lab2rgb(lab), dtype=np.float32)


def colour_tuning(network: Network, layer: Layer, grey: npt.NDArray[np.float64]) -> ColourTuning:
    """Tuning of every unit of a layer to hue, at its best blob width.

    ``grey`` (C,): each unit's best response to gratings without colour.
    """
    size = probe_size(network, layer)
    drawn = np.stack(
        [blob(size, hue, width * layer.field.size) for hue in HUES for width in WIDTHS]
    )
    responses = centre_responses(network, layer, torch.from_numpy(drawn).permute(0, 3, 1, 2))
    shaped = responses.reshape(len(HUES), len(WIDTHS), -1)  # (H, W, C)
    best = shaped.max(axis=0).argmax(axis=0)
    curves = np.take_along_axis(shaped, best[None, None, :], axis=1)[:, 0].T  # (C, H)
    turned = (curves * np.exp(1j * np.deg2rad(HUES))).sum(axis=1)
    strongest = curves.max(axis=1)
    both = strongest + grey
    share = np.divide(strongest, both, out=np.zeros_like(both), where=both > 0)
    return ColourTuning(np.rad2deg(np.angle(turned)) % 360, share, curves)


def hue_name(hue: float) -> str:
    """The plain word for a CIELAB hue angle."""
    return [name for start, name in NAMES if start <= hue % 360][-1]
