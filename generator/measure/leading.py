"""The few classes that a unit tells best: chosen by one half of the images, told by the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from generator.records.measured import ClassScore

FEW = 5


def leading(choosing: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """(C, at most FEW) from scores (C, labels): the best labels of each unit, best first."""
    return np.argsort(-choosing, axis=1, kind="stable")[:, :FEW]


def told(
    names: Sequence[str], labels: Iterable[int], scores: Iterable[float]
) -> tuple[ClassScore, ...]:
    """A unit's leading labels and their held-out scores."""
    pairs = zip(labels, scores, strict=True)
    return tuple(ClassScore(names[label], round(float(score), 4)) for label, score in pairs)
