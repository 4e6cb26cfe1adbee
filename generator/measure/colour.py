"""Which colour a unit prefers, and whether it wants light or dark.

Gaussian blobs of one lightness and chroma over hue in CIELAB lie on a grey of the same
lightness, so that only the colour can tell them from it. The preferred hue is the vector mean
of the responses over hue. How much colour matters to a unit is the share of colour in its best
responses, colour / (colour + grey), with its best grating or line for grey: 0 for a unit that
is blind to colour, 1 for one that answers to nothing else (after the sensitivity ratio of
Johnson, Hawken and Shapley, Nature Neuroscience 2001, bent into 0 to 1).

Two contrasts of responses, (a - b) / (a + b) from -1 to 1, say more: ``on_off`` of a bright
and a dark blob without colour, and ``opponent`` of the blob nearest to the preferred hue and
the one of the opposite hue.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from skimage.color import lab2rgb

from generator.measure.response import centre_responses, of_one_size
from generator.networks.network import Network
from generator.records import ColourTuning, Layer

HUES = np.arange(0.0, 360.0, 15.0)  # degrees in CIELAB
LIGHTNESS, CHROMA = 53.6, 38.0  # the lightness of mid grey; every hue of this chroma is in sRGB
WIDTHS = (0.2, 0.5)  # standard deviations of the blob, in receptive fields


def colour_blob(size: int, hue: float, width: float) -> npt.NDArray[np.float32]:
    """(size, size, 3) sRGB in 0 to 1; hue in degrees, width (one deviation) in pixels."""
    chroma = CHROMA * _bump(size, width)
    radians = np.deg2rad(hue)
    lightness = np.full_like(chroma, LIGHTNESS)
    lab = np.stack([lightness, chroma * np.cos(radians), chroma * np.sin(radians)], axis=-1)
    return np.asarray(lab2rgb(lab), dtype=np.float32)


def grey_blob(size: int, sign: int, width: float) -> npt.NDArray[np.float32]:
    """(size, size, 3) in 0 to 1: a blob without colour, bright (``sign`` 1) or dark (-1)."""
    value = 0.5 + 0.5 * sign * _bump(size, width)
    return np.repeat(value[:, :, None], 3, axis=2).astype(np.float32)


def _bump(size: int, width: float) -> npt.NDArray[np.float64]:
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    return np.asarray(np.exp(-(rows**2 + columns**2) / (2 * width**2)))


def colour_tunings(
    network: Network, layers: Sequence[Layer], greys: Sequence[npt.NDArray[np.float64]]
) -> tuple[ColourTuning, ...]:
    """Tuning of every unit of each layer to hue, at its best blob width.

    ``greys``, one (C,) a layer: each unit's best response to gratings and lines without colour.
    """
    strongest = {layer.index: grey for layer, grey in zip(layers, greys, strict=True)}
    tunings: dict[int, ColourTuning] = {}
    for size, group in of_one_size(network, layers):
        reach = min(size, *(layer.field.size for layer in group))
        widths = [width * reach for width in WIDTHS]
        drawn = [colour_blob(size, hue, width) for hue in HUES for width in widths]
        drawn += [grey_blob(size, sign, width) for sign in (1, -1) for width in widths]
        pixels = torch.from_numpy(np.stack(drawn)).permute(0, 3, 1, 2)
        for layer, responses in zip(group, centre_responses(network, group, pixels), strict=True):
            shaped = responses.reshape(len(HUES) + 2, len(WIDTHS), -1)  # (H + 2, W, C)
            tunings[layer.index] = _tuning(shaped, strongest[layer.index])
    return tuple(tunings[layer.index] for layer in layers)


def colour_tuning(network: Network, layer: Layer, grey: npt.NDArray[np.float64]) -> ColourTuning:
    """How each unit of one layer answers to colours."""
    (tuning,) = colour_tunings(network, (layer,), (grey,))
    return tuning


def _tuning(shaped: npt.NDArray[np.float64], grey: npt.NDArray[np.float64]) -> ColourTuning:
    hues, (bright, dark) = shaped[: len(HUES)], shaped[len(HUES) :].max(axis=1)
    best = hues.max(axis=0).argmax(axis=0)
    curves = np.take_along_axis(hues, best[None, None, :], axis=1)[:, 0].T  # (C, H)
    turned = (curves * np.exp(1j * np.deg2rad(HUES))).sum(axis=1)
    hue = np.rad2deg(np.angle(turned)) % 360
    strongest = curves.max(axis=1)
    nearest = np.rint(hue / 15).astype(int) % len(HUES)
    units = np.arange(len(curves))
    towards, away = curves[units, nearest], curves[units, (nearest + len(HUES) // 2) % len(HUES)]
    return ColourTuning(
        hue=hue,
        share=_ratio(strongest, strongest + grey),
        curves=curves,
        on_off=_ratio(bright - dark, bright + dark),
        opponent=_ratio(towards - away, towards + away),
    )


def _ratio(
    above: npt.NDArray[np.float64], below: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The quotient, 0 where a unit answers to neither."""
    quotient: npt.NDArray[np.float64] = np.divide(
        above, below, out=np.zeros_like(above), where=below > 0
    )
    return quotient


def swatch(hue: float) -> str:
    """A hue as the blobs show it at their middle, for CSS: ``#rrggbb``."""
    radians = np.deg2rad(hue)
    lab = [[[LIGHTNESS, CHROMA * np.cos(radians), CHROMA * np.sin(radians)]]]
    red, green, blue = (lab2rgb(np.array(lab))[0, 0] * 255).round().astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"
