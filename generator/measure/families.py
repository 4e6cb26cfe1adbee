"""What photographs say to a unit that is named for a drawn thing.

A unit that picks drawn dogs' faces out is more than that if among photographs too it answers most
to dogs: a reader then sees dogs in its pictures. So of the units that hold the name of a place, or
a wider one, those go first that hold its family too, and of these those that hold more of it. A
unit holds a family if one of the few classes that it tells best on one half of the photographs
belongs to it and clears the bar there. The bar is that of the claims about classes: the best that
the network with random weights reaches in the same search. What is said of it beside the name is
what it claims of a class, which comes from the other half.

Where no unit holds the name, the place goes to one of those whose claim about a class is of the
family: a reader who looks for dogs sees dogs, and is told that drawings did not show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.measure.imagenet import group_of
from generator.records import Claim, Taught

# Drawn things of which there are photographs, each with its classes or groups of classes, and what
# folders and Open Images call them, in small letters. Those of a bicycle have wheels that stand
# free: a bus hides most of its own.
FAMILIES: dict[str, tuple[str, ...]] = {
    "face": ("people", "human face"),  # no class of ImageNet is one
    "dog face": ("dogs", "dog"),
    "bird face": ("birds", "bird"),
    "wheel": ("wheeled things", "bicycles", "cars", "wheel", "bicycle", "car"),
    "bicycle": (
        "bicycles",
        "bicycle",
        "tricycle",
        "unicycle",
        "moped",
        "motor scooter",
        "jinrikisha",
        "horse cart",
        "oxcart",
    ),
}
SAME, OTHER, UNTAUGHT = "same", "other", "untaught"


@dataclass(frozen=True)
class ClassAnswers:
    """The few classes, or groups of them, that each unit of a layer tells best.

    ``names`` are those of all labels; ``labels`` (C, K) the numbers of a unit's, best first;
    ``choosing`` (C, K) is what has to clear ``bar`` on the half to choose by. ``complete`` tells
    that the labels are all classes that the network was taught, and not only those of some
    collection.
    """

    names: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    choosing: npt.NDArray[np.float64]
    bar: float
    complete: bool

    def in_family(self, concepts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(C,) how much of the family of some concepts each unit holds, by the half to choose by.

        That is how far the classes of the family that are among its few clear the bar, in sum; 0
        where none does.
        """
        clear = np.maximum(self.choosing - self.bar, 0)
        return np.asarray(np.where(self._own(concepts)[self.labels], clear, 0.0).sum(axis=1))

    def claiming(self, concepts: Sequence[str], claims: Sequence[Sequence[Claim]]) -> list[int]:
        """The units that claim a class of the family, first those that hold most of the family."""
        share = self.in_family(concepts)
        units = [
            channel
            for channel, unit in enumerate(claims)
            if (claim := claimed_class(unit)) and _in_family(claim.label, concepts)
        ]
        return sorted(units, key=lambda channel: -share[channel])

    def taught(self, concepts: Sequence[str], claims: Sequence[Claim]) -> Taught | None:
        """What photographs say to a unit named for some concepts; None where they say nothing."""
        if not any(concept in FAMILIES for concept in concepts):
            return None
        claim = claimed_class(claims)
        if claim and _in_family(claim.label, concepts):
            return _told(SAME, claim)
        if self.complete and not self._own(concepts).any():
            return Taught(UNTAUGHT)
        return _told(OTHER, claim) if claim else None

    def _own(self, concepts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """(labels,) which labels belong to the family of some concepts."""
        return np.array([_in_family(name, concepts) for name in self.names])


def claimed_class(claims: Sequence[Claim]) -> Claim | None:
    """What a unit may be said to like among photographs; None where there is no such class."""
    return next((claim for claim in claims if claim.kind == "class" and claim.held), None)


def _in_family(label: str, concepts: Sequence[str]) -> bool:
    """Whether a class or a group belongs to the family of some concepts."""
    family = {name for concept in concepts for name in FAMILIES.get(concept, ())}
    return label.lower() in family or group_of(label) in family


def _told(verdict: str, claim: Claim) -> Taught:
    return Taught(verdict, claim.label, round(claim.score, 4), round(claim.bar, 4))


def preferring(
    offered: npt.NDArray[np.float64],
    answers: ClassAnswers | None,
    concepts: Sequence[str],
    step: float,
) -> npt.NDArray[np.float64]:
    """(C,) the scores to choose units by: first of those with a name that hold the family, too.

    ``offered`` (C,) are the scores by drawings. The kinds of names, none, wider and narrow, lie
    ``step`` apart, and a unit holds one from ``step`` up. Within a kind the drawings count for up
    to half a step, and so do the photographs: the unit that holds most of the family has all of it.
    """
    if answers is None:
        return offered
    family = answers.in_family(concepts)
    both = (family > 0) & (offered >= step)
    share = family / max(float(family[both].max(initial=0)), 1e-9)
    return offered + np.where(both, 2 * step + share * step / 2, 0.0)
