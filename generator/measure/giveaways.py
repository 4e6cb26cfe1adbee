"""Whether something plain about the drawings gives their concept away.

What a unit claims about a shape is only worth as much as the drawings are alike in all else. So
the plain numbers about a picture are put to the same test as the units: in how many of 100 pairs
does the number alone tell the drawing with the concept?
"""

from __future__ import annotations

import numpy as np

from generator.images.stimuli import FILLING, PLAIN
from generator.measure.answers import Answers
from generator.measure.concepts import auroc
from generator.measure.names import SHAPES
from generator.records import Giveaway

GROUND = "grain of the corners"


def giveaways(answers: Answers) -> tuple[Giveaway, ...]:
    """For each plain number the concept that it tells best, by a high value or by a low one.

    The corners only tell of the ground where the shape leaves them free, so concepts that fill
    the picture are left out there.
    """
    names = answers.concepts[: len(answers.plain)]
    areas = auroc(answers.plain, names, SHAPES)  # (numbers, shapes)
    apart = np.maximum(areas, 1 - areas)
    apart[-1, [SHAPES.index(concept) for concept in FILLING]] = 0.5
    best = apart.argmax(axis=1).tolist()
    return tuple(
        Giveaway(statistic, SHAPES[shape], round(float(apart[row, shape]), 4))
        for row, (statistic, shape) in enumerate(zip((*PLAIN, GROUND), best, strict=True))
    )
