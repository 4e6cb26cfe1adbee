"""Which drawn concept a unit tells from all others, and how sure that is.

A unit's score for a concept is the area under the ROC curve (AUROC) of its answers, drawings of
the concept against all other drawings: 0.5 is chance, 1 tells them apart without fail. Choosing
the best of many units flatters, so units are chosen on one half of the drawings and reported on
the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from generator.images.stimuli import DISTRACTORS
from generator.measure.names import SHAPES
from generator.measure.telling import Told
from generator.records import Best, Giveaway, Hierarchy

Z95 = 1.959964


@dataclass(frozen=True)
class ConceptScores:
    """AUROC of every unit of one layer for every shape: both halves (C, shapes) in 0 to 1.

    ``positives`` and ``negatives`` count the drawings of one half, for all or (C, shapes).
    """

    choosing: npt.NDArray[np.float64]
    held_out: npt.NDArray[np.float64]
    positives: npt.NDArray[np.float64] | int
    negatives: npt.NDArray[np.float64] | int

    @classmethod
    def of(cls, told: Sequence[Told]) -> ConceptScores:
        """From the tests of all names: each concept's against all other drawings."""
        own = told[: len(SHAPES)]
        parts = ("choosing", "held_out", "positives", "negatives")
        return cls(
            *(np.stack([getattr(scores, part)[0] for scores in own], axis=1) for part in parts)
        )

    @cached_property
    def bounds(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The ends of the 95 % intervals of the held-out scores, (C, shapes) each."""
        low, high = interval(self.held_out, self.positives, self.negatives)
        return low, high

    def best(self, shape: int) -> Best:
        """The unit that is chosen for a shape on one half, with its score on the other."""
        channel = int(self.choosing[:, shape].argmax())
        low, high = (float(end[channel, shape]) for end in self.bounds)
        score = float(self.held_out[channel, shape])
        return Best(channel, round(score, 4), round(low, 4), round(high, 4))


def interval(score: Any, positives: Any, negatives: Any) -> tuple[Any, Any]:
    """The 95 % intervals of AUROCs in 0 to 1, also where there are but two pictures of a kind.

    The formula of Hanley and McNeil (1982) gives a perfect score no width. Here the score is
    drawn towards one half first, by two pictures of which one is told apart and one is not, as
    Agresti and Coull (1998) do for a share. Arrays of one shape, or single numbers.
    """
    drawn = (positives * score + 1) / (positives + 2)
    half = half_interval(drawn, positives, negatives)
    return (
        np.minimum(score, np.clip(drawn - half, 0, 1)),
        np.maximum(score, np.clip(drawn + half, 0, 1)),
    )


def half_interval(score: Any, positives: Any, negatives: Any) -> Any:
    """Half the width of the 95 % interval of AUROCs, by the formula of Hanley and McNeil (1982).

    Scores and counts are arrays of one shape, or single numbers.
    """
    q1, q2 = score / (2 - score), 2 * score**2 / (1 + score)
    variance = (
        score * (1 - score) + (positives - 1) * (q1 - score**2) + (negatives - 1) * (q2 - score**2)
    )
    return Z95 * np.sqrt(np.clip(variance, 0, None) / (positives * negatives))


def auroc(
    responses: npt.NDArray[np.floating], labels: npt.NDArray[np.generic], positive: Sequence[object]
) -> npt.NDArray[np.float64]:
    """(C, labels) area under the ROC curve of each column of ``responses`` (N, C).

    For each label in ``positive``, images of that label against all others, by the rank sum
    of Mann and Whitney; ties count a half.
    """
    ranks = rankdata(responses, axis=0)
    areas: list[npt.NDArray[np.float64]] = []
    for label in positive:
        members = labels == label
        n1 = int(members.sum())
        n2 = len(labels) - n1
        areas.append((ranks[members].sum(axis=0) - n1 * (n1 + 1) / 2) / (n1 * n2))
    return np.stack(areas, axis=1)


def bars(chance: ConceptScores) -> npt.NDArray[np.float64]:
    """(shapes,) what the lower end of a score's interval has to clear.

    ``chance`` are the scores of the same layer with random weights. Its best unit, chosen and
    reported as that of the network is, has an interval too: the bar is the upper end of it, and
    never below the best held-out score of any random unit. That score alone is too low a bar:
    the best units of two random networks differ by more than the drawings account for, so that
    with 160 drawings a concept 7 in 100 searches through the fifth layer of a random network
    ended in a claim. With the interval 1 or 2 do. Guessing is the least bar there is.
    """
    highest = chance.held_out.max(axis=0)
    upper = [chance.best(shape).high for shape in range(len(SHAPES))]
    return np.asarray(np.maximum(np.maximum(highest, upper), 0.5))


def hierarchy(
    trained: Sequence[ConceptScores],
    random: Sequence[ConceptScores],
    giveaways: Sequence[Giveaway] = (),
) -> Hierarchy:
    """Concept by layer, the best unit of the network beside the best with random weights."""
    (own, others), (chance, _) = _counts(trained[0]), _counts(random[0])
    distractors = (others - (len(SHAPES) - 1) * own) // len(DISTRACTORS)

    def table(scores: Sequence[ConceptScores]) -> tuple[tuple[Best, ...], ...]:
        return tuple(tuple(layer.best(n) for n in range(len(SHAPES))) for layer in scores)

    return Hierarchy(
        concepts=SHAPES,
        trained=table(trained),
        random=table(random),
        bars=tuple(tuple(round(float(bar), 4) for bar in bars(layer)) for layer in random),
        drawings={"trained": own, "random": chance, "distractors": distractors},
        giveaways=tuple(giveaways),
    )


def _counts(scores: ConceptScores) -> tuple[int, int]:
    """Held-out drawings of a concept and of all others; of lines only those at one angle count."""
    return int(np.max(scores.positives)), int(np.min(scores.negatives))
