"""The few classes that a unit tells best: chosen by one half of the images, told by the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

FEW = 5


def leading(choosing: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """(C, at most FEW) from scores (C, labels): the best labels of each unit, best first."""
    return np.argsort(-choosing, axis=1, kind="stable")[:, :FEW]


def told(
    names: Sequence[str], labels: Iterable[int], scores: Iterable[float]
) -> list[dict[str, str | float]]:
    """A unit's leading labels and their held-out scores, as JSON values."""
    pairs = zip(labels, scores, strict=True)
    return [{"name": names[label], "score": round(float(score), 4)} for label, score in pairs]
