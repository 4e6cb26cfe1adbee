"""Which unit was switched off? Questions about one unit that a class misses, among three others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from generator.records.ablation import Effects, RemovalOption, RemovalQuestion

ASKED = 6  # questions at the most
OTHERS = 3  # units to choose from besides the right one
CLEAR = 0.1  # by how much the mean probability of the class has to fall, on either half
SMALL = 0.25  # of that fall: the most that another unit may do to the class


def removal_questions(
    effects: Effects, holds: npt.NDArray[np.bool_]
) -> tuple[RemovalQuestion, ...]:
    """A few classes that stand out by ``holds`` (K,), each with four units to choose from.

    The right unit is the one that a class misses most on the first half; the others are those of
    other classes, and what they do to this one is small on both halves. What is told is of the
    second half. No unit is the right one twice.
    """
    fall = effects.chance[:, None] - effects.chance_without  # (2, C, K)
    missed = fall[0].argmax(axis=0)  # (K,)
    most = fall[:, missed, np.arange(len(missed))]  # (2, K)
    order = [at for at in np.argsort(-most[0], kind="stable").tolist() if holds[at]]
    found: list[RemovalQuestion] = []
    used: set[int] = set()
    for rank, at in enumerate(order):
        right = int(missed[at])
        if right in used or most[:, at].min() < CLEAR or len(found) == ASKED:
            continue
        small = (np.abs(fall[:, :, at]) <= SMALL * most[:, at, None]).all(axis=0)  # (C,)
        following = missed[order[rank + 1 :] + order[:rank]].tolist()
        others = [unit for unit in dict.fromkeys(following) if small[unit]][:OTHERS]
        if len(others) < OTHERS:
            continue
        used.add(right)
        options = tuple(
            RemovalOption(unit, round(float(effects.chance_without[1, unit, at]), 4))
            for unit in sorted([right, *others])
        )
        found.append(RemovalQuestion(at, right, options))
    return tuple(found)
