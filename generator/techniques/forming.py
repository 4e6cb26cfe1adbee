"""Features forming: what units answer to, and how near a layer is to its end, during training.

The pictures follow M. D. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional
Networks*, ECCV 2014, section 4.1 and figure 4: after some epochs, the patch that a unit answers
to most, and its projection.

How near a layer is to its end is measured by linear centred kernel alignment: S. Kornblith,
M. Norouzi, H. Lee and G. Hinton, *Similarity of Neural Network Representations Revisited*, ICML
2019 (arXiv 1905.00414), section 3. It compares which images a layer holds alike, whatever units
say so: turning or scaling all answers of a layer together does not change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LayerActivations = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Strongest:
    """Each unit's strongest image at one epoch: (C,) each; image -1 where it fired for none.

    ``places`` are flat places in the layer's map.
    """

    values: npt.NDArray[np.float32]
    images: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


def strongest_of_units(
    maxima: LayerActivations, places: npt.NDArray[np.integer], images: npt.NDArray[np.int64]
) -> Strongest:
    """From ``maxima`` and ``places`` (N, C) over the images numbered ``images`` (N,).

    NaN stands for an image that could not be read. Of equal answers the first image counts.
    """
    known = np.where(np.isnan(maxima), -np.inf, maxima)
    rows = known.argmax(axis=0)
    columns = np.arange(maxima.shape[1])
    values = known[rows, columns].astype(np.float32)
    fired = values > 0
    return Strongest(
        values=np.where(fired, values, 0),
        images=np.where(fired, images[rows], -1),
        places=np.where(fired, places[rows, columns].astype(np.int64), 0),
    )


def linear_cka(first: LayerActivations, second: LayerActivations) -> float:
    """How alike two sets of answers (N, C) and (N, D) to the same N images are, in 0 to 1.

    ``|Y'X|² / (|X'X| |Y'Y|)`` with Frobenius norms and columns that are centred. Images whose
    answers are not numbers are left out. 0 where all answers of a set are the same.
    """
    x, y = (np.asarray(features, dtype=np.float64) for features in (first, second))
    known = ~(np.isnan(x).any(axis=1) | np.isnan(y).any(axis=1))
    x, y = (features[known] - features[known].mean(axis=0) for features in (x, y))
    own = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(y.T @ x) ** 2 / own) if own > 0 else 0.0


def settling(
    during: Mapping[int, Sequence[LayerActivations]], final: Sequence[LayerActivations]
) -> list[dict[int, float]]:
    """For each layer, by epoch: how alike its answers are to its final ones.

    ``during`` holds for each epoch one array (N, C) a layer, ``final`` those of the end.
    """
    return [
        {epoch: linear_cka(layers[index], end) for epoch, layers in during.items()}
        for index, end in enumerate(final)
    ]


def agreement(curves: Sequence[Mapping[int, float]], epochs: Sequence[int]) -> tuple[int, int]:
    """In how many comparisons the lower of two layers is nearer to its end, and of how many.

    Every pair of layers is compared after each of ``epochs``; ``curves`` as ``settling`` gives.
    """
    pairs = [
        curves[low][epoch] > curves[high][epoch]
        for epoch in epochs
        for high in range(len(curves))
        for low in range(high)
    ]
    return sum(pairs), len(pairs)
