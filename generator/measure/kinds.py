"""Which units of a layer are of one kind, and what may be said of a network without all of them.

A kind is made up of what units claim: in the first layer ``lines`` and ``colours``; in later ones
``curves``, ``patterns`` that repeat, and ``faces``, by the drawn concepts that a name stands for.

**A loss stands out** as a class's does (see ``missed``): fewer images are recognised without the
group than without any of the draws of as many random units, under both removals, and of the
images on which the two differ too many are lost for luck.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generator.measure.missed import discoveries, luck, outcome, paired_change
from generator.records import Claim
from generator.records.ablation import KINDS, SPEAKERS, GroupEffects, GroupRemoved, UnitGroup

FIRST = {"orientation": "lines", "colour": "colours"}  # by the kind of a claim
# What all that a name stands for has to be among.
CONCEPTS = {
    "curves": frozenset({"circle", "wheel", "hooks"}),
    "patterns": frozenset({"stripes", "grid", "honeycomb"}),
    "faces": frozenset({"face", "dog face", "bird face"}),
}


def kinds_of(claims: Sequence[Sequence[Claim]]) -> dict[str, tuple[int, ...]]:
    """The kinds that a layer has enough units of, with their channels; claims that hold count.

    Enough are as many as speak for a class. A kind that all units are of is none.
    """
    members: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for channel, own in enumerate(claims):
        for kind in {_kind(claim) for claim in own if claim.held}:
            if kind is not None:
                members[kind].append(channel)
    return {kind: tuple(own) for kind, own in members.items() if SPEAKERS <= len(own) < len(claims)}


def _kind(claim: Claim) -> str | None:
    if claim.tests is None:
        return FIRST.get(claim.kind)
    drawn = set(claim.tests.members)
    return next((kind for kind, concepts in CONCEPTS.items() if drawn <= concepts), None)


def spread_over(own: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """The numbers of at most ``count`` images, as evenly from all classes as can be.

    ``own`` (N,) is the class of each image, -1 for none.
    """
    rank = np.zeros(len(own), dtype=np.int64)
    for number in np.unique(own[own >= 0]):
        members = np.flatnonzero(own == number)
        rank[members] = np.arange(len(members))
    known = np.flatnonzero(own >= 0)
    return np.sort(known[np.lexsort((own[known], rank[known]))][:count])


def told_groups(effects: GroupEffects) -> tuple[UnitGroup, ...]:
    """The records that pages tell of each group."""
    beyond = (effects.right_sets[:, 0] < effects.right_sets[:, 1:].min(axis=1)).all(axis=0)
    chance = luck(effects.paired[:, 0], effects.paired[:, 1]).max(axis=0)
    holds = discoveries(np.where(beyond, chance, 1.0))
    return tuple(
        UnitGroup(
            layer=int(effects.layers[at]),
            kind=KINDS[int(effects.kinds[at])],
            channels=tuple(channel for channel in effects.channels[at].tolist() if channel >= 0),
            among=int(effects.among[at]),
            images=int(effects.images[at]),
            whole=outcome(effects.right[at], effects.chance[at]),
            zero=_removed(effects, 0, at),
            mean=_removed(effects, 1, at),
            holds=bool(holds[at]),
        )
        for at in range(len(effects.layers))
    )


def _removed(effects: GroupEffects, removal: int, at: int) -> GroupRemoved:
    right, chance = effects.right_sets[removal, :, at], effects.chance_sets[removal, :, at]
    lost, gained = effects.paired[removal, :, at].tolist()
    change, low, high = paired_change(lost, gained, float(effects.images[at]))
    return GroupRemoved(
        group=outcome(right[0], chance[0]),
        random=outcome(right[1:].mean(), chance[1:].mean()),
        least=int(right[1:].min()),
        most=int(right[1:].max()),
        change=round(change, 4),
        low=round(low, 4),
        high=round(high, 4),
    )
