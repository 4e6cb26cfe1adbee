"""What was measured of classes with units of a layer removed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

REMOVALS = ("zero", "mean")  # what a removed unit's map is set to, in this order everywhere
SPEAKERS = 5  # units that speak for a class
DRAWS = 20  # sets of as many random units, the control


@dataclass(frozen=True)
class Effects:
    """What the removal of units of one layer does to each class: K classes, C units.

    Images fall into two halves: ``five`` are chosen on the first, and what is told of them is of
    the second. Arrays that begin with 2 hold the removals to zero and to the mean, in this order.

    ``images`` (2, K) counts the images of a class in each half. ``shares`` (2, C, K) is the mean
    of what each unit brings to the score of the class on its own images, on each half, ``scores``
    (2, K) that mean score. ``right`` (2, K) counts the images that are recognised, ``chance``
    (2, K) is the mean probability of the class. ``alarms`` (K,) counts images of other classes in
    the second half that are taken for the class.

    ``right_without`` and ``chance_without`` (2, 2, C, K): the removal, the half, each unit alone.

    ``five`` (K, 5) are the units with the largest shares on the first half, ``active`` (5,) those
    with the largest mean over all images, ``draws`` (D, 5) random ones among those that fire.
    ``right_sets`` and ``chance_sets`` (2, 2 + D, K) are counts and mean probabilities on the
    second half without the five, without the active, and without each draw. ``paired`` (2, 2, K)
    counts images of that half which most of the draws leave recognised and the five do not, and
    the other way about.

    ``confused`` (2, 3, K) are the classes that its images of the second half are wrongly taken
    for most often, whole and with the five set to zero, -1 for none; ``times`` (2, 3, K) how
    often.
    """

    images: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    right: npt.NDArray[np.int64]
    chance: npt.NDArray[np.float32]
    alarms: npt.NDArray[np.int64]
    right_without: npt.NDArray[np.int64]
    chance_without: npt.NDArray[np.float32]
    five: npt.NDArray[np.int64]
    active: npt.NDArray[np.int64]
    draws: npt.NDArray[np.int64]
    right_sets: npt.NDArray[np.int64]
    chance_sets: npt.NDArray[np.float32]
    paired: npt.NDArray[np.int64]
    confused: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
