"""Which orientation a unit prefers.

Gratings drift under the unit over orientations, spatial frequencies and phases. Its tuning
curve is the largest response over phase at its best frequency; the preferred orientation is
the vector mean of the curve at doubled angles, the selectivity the length of that mean, which
is 1 minus the circular variance (Ringach, Shapley and Hawken, J. Neuroscience 2002).

Angles follow the page: image rows run down, 0 is horizontal, -45 degrees falls to the right
and +45 degrees rises to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from generator.measure.response import centre_responses, probe_size
from generator.networks.network import Network
from generator.records import Layer

ANGLES = np.arange(-85.0, 95.0, 5.0)  # degrees; 180 apart is the same orientation
PHASES = 8
PERIODS = (1.4, 1.0, 0.7, 0.5, 0.35)  # of a grating, in receptive fields
SHORTEST = 2.5  # pixels: a shorter period can't be drawn without aliasing


@dataclass(frozen=True)
class OrientationTuning:
    """``angle`` (C,) degrees in (-90, 90], ``selectivity`` (C,) in 0 to 1, ``curves`` (C, A)."""

    angle: npt.NDArray[np.float64]
    selectivity: npt.NDArray[np.float64]
    curves: npt.NDArray[np.float64]


def grating(size: int, angle: float, period: float, phase: float) -> npt.NDArray[np.float32]:
    """(size, size) in 0 to 1: stripes along ``angle``; period in pixels, phase in turns."""
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    radians = np.deg2rad(angle)
    across = columns * np.sin(radians) + rows * np.cos(radians)
    wave: npt.NDArray[np.float32] = 0.5 + 0.5 * np.cos(2 * np.pi * (across / period + phase))
    return wave.astype(np.float32)


def orientation_tuning(network: Network, layer: Layer) -> OrientationTuning:
    """Tuning of every unit of a layer to grey gratings of full contrast."""
    size = probe_size(network, layer)
    periods = [max(SHORTEST, share * layer.field.size) for share in PERIODS]
    periods = sorted(set(periods))
    drawn = np.stack(
        [
            grating(size, angle, period, phase / PHASES)
            for angle in ANGLES
            for period in periods
            for phase in range(PHASES)
        ]
    )
    pixels = torch.from_numpy(drawn)[:, None].expand(-1, 3, -1, -1)  # (N, 3, S, S)
    responses = centre_responses(network, layer, pixels)
    shaped = responses.reshape(len(ANGLES), len(periods), PHASES, -1).max(axis=2)  # (A, F, C)
    best = shaped.max(axis=0).argmax(axis=0)  # (C,)
    curves = np.take_along_axis(shaped, best[None, None, :], axis=1)[:, 0].T  # (C, A)
    return OrientationTuning(*_vector_mean(curves), curves)


def _vector_mean(
    curves: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    total = curves.sum(axis=1)
    turned = (curves * np.exp(2j * np.deg2rad(ANGLES))).sum(axis=1)
    mean = np.divide(turned, total, out=np.zeros_like(turned), where=total > 0)
    return np.rad2deg(np.angle(mean)) / 2, np.abs(mean)


def angle_between(first: npt.NDArray[np.float64], second: float) -> npt.NDArray[np.float64]:
    """How far apart two orientations are, in degrees from 0 to 90."""
    apart = np.abs(first - second) % 180
    nearer: npt.NDArray[np.float64] = np.minimum(apart, 180 - apart)
    return nearer
