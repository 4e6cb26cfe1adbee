"""What every unit of a layer would claim if it stood in a cell that is named for something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.records import Claim


@dataclass(frozen=True)
class Offer:
    """Each unit's score (C,) to be chosen for a cell by, and the claim that it would make there."""

    choosing: npt.NDArray[np.float64]
    claims: list[Claim]


def join(offers: Sequence[Offer]) -> Offer:
    """Several concepts for one cell: each unit offers the one that it is best at."""
    scores = np.stack([offer.choosing for offer in offers])
    best = scores.argmax(axis=0)
    claims = [offers[int(which)].claims[channel] for channel, which in enumerate(best)]
    return Offer(scores.max(axis=0), claims)
