"""Which orientation a unit prefers.

Gratings drift under the unit over orientations, spatial frequencies and phases, and single
lines of several widths, bright and dark, over orientations and places. A unit's tuning curve
is the largest response over phase or place at its best frequency or width; the preferred
orientation is the vector mean of the curve at doubled angles, the selectivity the length of
that mean, which is 1 minus the circular variance (Ringach, Shapley and Hawken, J. Neuroscience
2002).

Filters of random numbers are selective too, but no grating suits them well: turning it moves
their answer by little more than noise does. So a unit's *swing* is told as well, the standard
deviation of its tuning curve in multiples of its usual answer to noise, and a unit is
*one-sided* when its curve is highest near its preferred orientation: one that likes two
orientations prefers neither.

Angles follow the page: image rows run down, 0 is horizontal, -45 degrees falls to the right
and +45 degrees rises to the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from generator.measure.response import centre_responses, of_one_size, probe_size
from generator.networks.network import Network
from generator.records import Layer, OrientationTuning

ANGLES = np.arange(-85.0, 95.0, 5.0)  # degrees; 180 apart is the same orientation
NOISE = 256  # pictures of noise
COLD = 0.1  # of its best answer: less is what a unit answers to noise that leaves it cold
AROUND = 20.0  # degrees from the preferred orientation within which the curve is highest
SHORTEST = 2.5  # pixels: a shorter period can't be drawn without aliasing


@dataclass(frozen=True)
class Drift:
    """What drifts under a unit; lengths in receptive fields, or in images where those are less."""

    periods: tuple[float, ...]  # of gratings
    phases: int
    widths: tuple[float, ...]  # of lines
    places: tuple[float, ...]  # of a line's middle, across it


# Claims are made of the first layer; its probes are small, so that many cost little.
FINE = Drift((1.4, 1.0, 0.7, 0.5, 0.35), 6, (0.15, 0.3, 0.45), (-0.4, -0.13, 0.13, 0.4))
# Deeper layers are told in a table only, and a probe costs a whole pass.
COARSE = Drift((0.7, 0.35, 0.18), 4, (0.15,), (-0.25, 0.0, 0.25))


def grating(size: int, angle: float, period: float, phase: float) -> npt.NDArray[np.float32]:
    """(size, size) in 0 to 1: stripes along ``angle``; period in pixels, phase in turns."""
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * (_across(size, angle) / period + phase))
    return np.asarray(wave, dtype=np.float32)


def oriented_line(
    size: int, angle: float, width: float, place: float, sign: int = 1
) -> npt.NDArray[np.float32]:
    """(size, size) in 0 to 1: one antialiased line along ``angle`` on mid grey.

    ``width`` in pixels; ``place`` is how far the line lies from the middle, in pixels across
    it; ``sign`` 1 is bright, -1 dark.
    """
    # A pixel is covered by as much of itself as lies within the line, to first order.
    covered = np.clip(width / 2 + 0.5 - np.abs(_across(size, angle) - place), 0, min(width, 1))
    return np.asarray(0.5 + 0.5 * sign * covered, dtype=np.float32)


def _across(size: int, angle: float) -> npt.NDArray[np.float64]:
    at = np.arange(size) - (size - 1) / 2
    radians = np.deg2rad(angle)
    return np.asarray(at * np.sin(radians) + at[:, None] * np.cos(radians))


def orientation_tunings(network: Network, layers: Sequence[Layer]) -> tuple[OrientationTuning, ...]:
    """Tuning of every unit of each layer to grey gratings and lines of full contrast."""
    tunings: dict[int, OrientationTuning] = {}
    for size, group in of_one_size(network, layers):
        drift = FINE if group[0].index == 1 else COARSE
        reach = min(size, *(layer.field.size for layer in group))
        pictures, ends = _pictures(size, reach, drift)
        pixels = torch.from_numpy(pictures)[:, None].expand(-1, 3, -1, -1)
        for layer, responses in zip(group, centre_responses(network, group, pixels), strict=True):
            # Per kind the largest over phase or place: (A, C).
            peaks = [
                part.reshape(len(ANGLES), -1, layer.channels).max(axis=1)
                for part in np.split(responses, ends)
            ]
            tunings[layer.index] = _tuning(np.stack(peaks))
    return tuple(tunings[layer.index] for layer in layers)


def orientation_tuning(network: Network, layer: Layer) -> OrientationTuning:
    """How each unit of one layer answers to lines and gratings of every orientation."""
    (tuning,) = orientation_tunings(network, (layer,))
    return tuning


def swing(network: Network, layer: Layer, tuning: OrientationTuning) -> npt.NDArray[np.float64]:
    """(C,) from 0 up: how far each unit's answer swings as the orientation turns.

    The standard deviation of the tuning curve in multiples of the usual answer, the root mean
    square, to noise: pixels of black and white, with the contrast of the gratings.
    """
    size = probe_size(network, layer)
    dots = np.random.default_rng(0).integers(0, 2, (NOISE, 1, size, size)).astype(np.float32)
    pixels = torch.from_numpy(dots).expand(-1, 3, -1, -1)
    (responses,) = centre_responses(network, (layer,), pixels)
    best = tuning.curves.max(axis=1)
    usual = np.maximum(np.sqrt((responses**2).mean(axis=0)), COLD * best)
    turned = tuning.curves.std(axis=1)
    swings: npt.NDArray[np.float64] = np.divide(
        turned, usual, out=np.zeros_like(best), where=best > 0
    )
    return swings


def one_sided(tuning: OrientationTuning) -> npt.NDArray[np.bool_]:
    """(C,) whether the curve is highest near the preferred orientation."""
    highest = ANGLES[tuning.curves.argmax(axis=1)]
    apart: npt.NDArray[np.bool_] = angle_between(highest, tuning.angle) <= AROUND
    return apart


@lru_cache(maxsize=1)  # several random copies of one layer look at the same pictures
def _pictures(size: int, reach: int, drift: Drift) -> tuple[npt.NDArray[np.float32], list[int]]:
    """All kinds behind one another, (N, S, S), and where all but the last end."""
    kinds = [np.stack(kind) for kind in _kinds(size, reach, drift)]  # each (A * P, S, S)
    return np.concatenate(kinds), np.cumsum([len(kind) for kind in kinds])[:-1].tolist()


def _kinds(size: int, reach: int, drift: Drift) -> Iterator[list[npt.NDArray[np.float32]]]:
    """Each grating and each line at all angles, and at each angle all phases or places."""
    for period in sorted({max(SHORTEST, share * reach) for share in drift.periods}):
        yield [
            grating(size, angle, period, phase / drift.phases)
            for angle in ANGLES
            for phase in range(drift.phases)
        ]
    for width in sorted({max(1.0, share * reach) for share in drift.widths}):
        for sign in (1, -1):
            yield [
                oriented_line(size, angle, width, place * reach, sign)
                for angle in ANGLES
                for place in drift.places
            ]


def _tuning(peaks: npt.NDArray[np.float64]) -> OrientationTuning:
    """From the responses (kinds, A, C), each unit at its best kind."""
    best = peaks.max(axis=1).argmax(axis=0)  # (C,)
    curves = np.take_along_axis(peaks, best[None, None, :], axis=0)[0].T  # (C, A)
    total = curves.sum(axis=1)
    turned = (curves * np.exp(2j * np.deg2rad(ANGLES))).sum(axis=1)
    mean = np.divide(turned, total, out=np.zeros_like(turned), where=total > 0)
    return OrientationTuning(np.rad2deg(np.angle(mean)) / 2, np.abs(mean), curves)


def angle_between(
    first: npt.NDArray[np.float64], second: float | npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """How far apart two orientations are, in degrees from 0 to 90."""
    apart = np.abs(first - second) % 180
    nearer: npt.NDArray[np.float64] = np.minimum(apart, 180 - apart)
    return nearer
