"""What may be said of a class without the units that speak for it.

**A class passes** where three things hold on images that its units weren't chosen by. The network
tells it from others at all: the lower end of the 95 % interval of its share of right answers lies
above twice the share of other classes' images that are given its name. Its five units are missed
more than random ones, whichever way they are removed: fewer images are right than without any of
the draws, and of the images on which the two differ too many are lost for luck, by McNemar's exact
test. Of many classes some would pass by luck, so the bar of that test falls with their number, by
the rule of Benjamini and Hochberg (1995): of all that pass, at most one in twenty does so by luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from generator.measure.concepts import Z95
from generator.measure.imagenet import group_of
from generator.measure.switched_off import removal_questions
from generator.records.ablation import (
    Ablation,
    Confusion,
    Effects,
    Loser,
    Outcome,
    Removed,
    Speaker,
    SpokenFor,
)

WRONG = 0.05  # the share of classes that pass which may do so by luck
ABOVE_OTHERS = 2.0  # times as often on its own images as on others', or a class is not recognised
FEW = 3  # classes told of a unit
ZERO, MEAN = 0, 1


def wilson(
    right: npt.NDArray[np.integer], images: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """(2, ...) the ends of the 95 % intervals of shares, by Wilson's formula."""
    share, z2 = right / images, Z95**2
    middle = (share + z2 / (2 * images)) / (1 + z2 / images)
    half = Z95 * np.sqrt(share * (1 - share) / images + z2 / (4 * images**2)) / (1 + z2 / images)
    return np.stack([middle - half, middle + half])


def paired_change(lost: float, gained: float, images: float) -> tuple[float, float, float]:
    """The share of images that are lost, -1 to 1, and the ends of its 95 % interval.

    By the rule of Agresti and Min (2005): half an image is added to each of the four counts.
    """
    count, lost_more, gained_more = images + 2, lost + 0.5, gained + 0.5
    middle = (lost_more - gained_more) / count
    spread = lost_more + gained_more - (lost_more - gained_more) ** 2 / count
    half = Z95 * float(np.sqrt(spread)) / count
    share = (lost - gained) / images
    return share, max(-1.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def luck(lost: npt.NDArray[np.integer], gained: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """How likely as many losses are where losses and gains are equally likely: McNemar's test."""
    return np.asarray(binom.sf(lost - 1, lost + gained, 0.5), dtype=np.float64)


def passing(effects: Effects) -> npt.NDArray[np.bool_]:
    """(K,) which classes lose more without the units that speak for them, by the rule above."""
    images = effects.images[1]
    others = images.sum() - images
    recognised = wilson(effects.right[1], images)[0] > ABOVE_OTHERS * effects.alarms / np.maximum(
        others, 1
    )
    beyond = (effects.right_sets[:, 0] < effects.right_sets[:, 2:].min(axis=1)).all(axis=0)
    chance = luck(effects.paired[:, 0], effects.paired[:, 1]).max(axis=0)
    return discoveries(np.where(recognised & beyond, chance, 1.0))


def discoveries(chance: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """(K,) what stands out, by how likely each (K,) is by luck: Benjamini and Hochberg's rule."""
    order = np.sort(chance)
    bars = WRONG * np.arange(1, len(order) + 1) / len(order)
    under = np.flatnonzero(order <= bars)
    bar = order[under[-1]] if len(under) else -1.0
    return np.asarray(chance <= bar)


@dataclass(frozen=True)
class Label:
    """What was asked about: a class, or a group of classes, and the network's outputs for it."""

    name: str
    outputs: tuple[int, ...]


def told_classes(
    effects: Effects, labels: Sequence[Label], names: Sequence[str], layer: int, source: str
) -> Ablation:
    """The record that pages tell of ``labels``; ``names`` are those of all outputs."""
    holds = passing(effects)
    return Ablation(
        layer=layer,
        images=int(effects.images.sum()),
        source=source,
        draws=len(effects.draws),
        classes=tuple(
            _class(effects, at, label, names, bool(holds[at])) for at, label in enumerate(labels)
        ),
        losers=tuple(_losers(effects, unit) for unit in range(effects.shares.shape[1])),
        questions=removal_questions(effects, holds),
    )


def _class(effects: Effects, at: int, label: Label, names: Sequence[str], holds: bool) -> SpokenFor:
    score = float(effects.scores[1, at])
    speakers = tuple(
        Speaker(
            unit,
            round(float(effects.shares[1, unit, at]) / score, 4) if score > 0 else None,
            outcome(effects.right_without[1, unit, at], effects.chance_without[1, unit, at]),
        )
        for unit in effects.five[at].tolist()
    )
    mistaken, without = (
        tuple(
            Confusion(names[other], times)
            for other, times in zip(
                effects.confused[which, :, at].tolist(),
                effects.times[which, :, at].tolist(),
                strict=True,
            )
            if other >= 0
        )
        for which in (0, 1)
    )
    return SpokenFor(
        outputs=label.outputs,
        name=label.name,
        group=group_of(label.name),
        images=int(effects.images[1, at]),
        whole=outcome(effects.right[1, at], effects.chance[1, at]),
        speakers=speakers,
        zero=_removed(effects, ZERO, at),
        mean=_removed(effects, MEAN, at),
        mistaken=mistaken,
        mistaken_without=without,
        holds=holds,
    )


def _removed(effects: Effects, removal: int, at: int) -> Removed:
    right, chance = effects.right_sets[removal, :, at], effects.chance_sets[removal, :, at]
    lost, gained = effects.paired[removal, :, at].tolist()
    change, low, high = paired_change(lost, gained, float(effects.images[1, at]))
    return Removed(
        five=outcome(right[0], chance[0]),
        active=outcome(right[1], chance[1]),
        random=outcome(right[2:].mean(), chance[2:].mean()),
        least=int(right[2:].min()),
        most=int(right[2:].max()),
        change=round(change, 4),
        low=round(low, 4),
        high=round(high, 4),
    )


def _losers(effects: Effects, unit: int) -> tuple[Loser, ...]:
    """The classes whose probability falls most on the first half; told of the second."""
    fall = effects.chance[0] - effects.chance_without[0, unit]
    best = np.argsort(-fall, kind="stable")[:FEW]
    right, chance = effects.right_without[1], effects.chance_without[1]
    others = np.arange(len(right)) != unit
    return tuple(
        Loser(
            place=at,
            whole=outcome(effects.right[1, at], effects.chance[1, at]),
            without=outcome(right[unit, at], chance[unit, at]),
            other=outcome(right[others, at].mean(), chance[others, at].mean()),
        )
        for at in best.tolist()
        if fall[at] > 0
    )


def outcome(right: float, chance: float) -> Outcome:
    """As pages tell it, in few digits."""
    return Outcome(round(float(right), 2), round(float(chance), 4))
