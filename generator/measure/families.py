"""What photographs say to a unit that is named for a drawn thing.

A unit that picks drawn dogs' faces out is more than that if among photographs too it answers most
to dogs. So of the units that hold the name of a place those go first that hold its family too. A
unit holds a family if one of the few classes that it tells best on one half of the photographs
belongs to it and clears the bar there; what is said of it comes from the other half. The bar is
that of the claims about classes: the best that the network with random weights reaches in the same
search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.measure.imagenet import group_of
from generator.records import Taught

# Drawn things of which there are photographs, each with its groups of classes.
FAMILIES: dict[str, tuple[str, ...]] = {
    "face": ("people",),  # no class of ImageNet is one
    "dog face": ("dogs",),
    "bird face": ("birds",),
    "wheel": ("wheeled things", "bicycles", "cars"),
    "bicycle": ("bicycles", "wheeled things", "cars"),
}
SAME, OTHER, UNTAUGHT = "same", "other", "untaught"


@dataclass(frozen=True)
class ClassAnswers:
    """The few classes, or groups of them, that each unit of a layer tells best.

    ``names`` are those of all labels; ``labels`` (C, K) the numbers of a unit's, best first;
    ``choosing`` (C, K) and ``held_out`` (C, K) are what has to clear ``bar`` on either half, and
    ``scores`` (C, K) what is reported. ``complete`` tells that the labels are all classes that
    the network was taught, and not only those of some collection.
    """

    names: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    choosing: npt.NDArray[np.float64]
    held_out: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    bar: float
    complete: bool

    def in_family(self, concept: str) -> npt.NDArray[np.bool_]:
        """(C,) whether each unit holds the family of a concept, by the half to choose by."""
        own = self._own(concept)[self.labels] & (self.choosing > self.bar)
        return np.asarray(own.any(axis=1))

    def taught(self, concept: str, channel: int) -> Taught | None:
        """What photographs say to a unit named for a concept; None where they say nothing."""
        if concept not in FAMILIES:
            return None
        own = self._own(concept)
        clear = self.held_out[channel] > self.bar
        few = self.labels[channel]
        same = np.flatnonzero(own[few] & clear)
        if len(same):
            return self._told(SAME, channel, int(same[0]))
        if self.complete and not own.any():
            return Taught(UNTAUGHT)
        if clear[0]:
            return self._told(OTHER, channel, 0)
        return None

    def _told(self, verdict: str, channel: int, place: int) -> Taught:
        name = self.names[self.labels[channel, place]]
        score = round(float(self.scores[channel, place]), 4)
        return Taught(verdict, name, score, round(self.bar, 4))

    def _own(self, concept: str) -> npt.NDArray[np.bool_]:
        """(labels,) which labels belong to the family of a concept."""
        groups = FAMILIES.get(concept, ())
        return np.array([name in groups or group_of(name) in groups for name in self.names])


def preferring(
    offered: npt.NDArray[np.float64],
    answers: ClassAnswers | None,
    concepts: Sequence[str],
    step: float,
) -> npt.NDArray[np.float64]:
    """(C,) the scores to choose units by: of those with one kind of name, first the family's.

    ``offered`` (C,) are the scores by drawings. The kinds of names lie ``step`` apart, a unit holds
    one from ``step`` up, and those of one kind lie within half a step.
    """
    if answers is None:
        return offered
    both = np.zeros(len(offered), dtype=bool)
    for concept in concepts:
        both |= answers.in_family(concept)
    return offered + np.where(both & (offered >= step), step / 2, 0.0)
