"""Which units a question may offer, by hand: one that is missed, and three that are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from test_missed import measured

from generator.measure.switched_off import removal_questions
from generator.records.ablation import Effects

CLASSES, UNITS = 5, 6


def missing(fall: list[float]) -> Effects:
    """Each class misses the unit of its own number by its ``fall``, and no other."""
    found = measured([20] * CLASSES, [2] * CLASSES, [0] * CLASSES)
    without = np.full((2, UNITS, CLASSES), 0.5, dtype=np.float32)
    for number, size in enumerate(fall):
        without[:, number, number] -= size
    return replace(found, chance_without=without)


def test_a_question_offers_the_unit_that_is_missed_and_those_of_other_classes() -> None:
    found = missing([0.2, 0.4, 0.3, 0.25, 0.35])
    asked = removal_questions(found, np.ones(CLASSES, dtype=bool))
    assert [(one.place, one.right) for one in asked] == [(at, at) for at in (1, 4, 2, 3, 0)]
    assert [option.channel for option in asked[0].options] == [1, 2, 3, 4]
    left = {option.channel: option.chance for option in asked[0].options}
    assert left == {1: 0.1, 2: 0.5, 3: 0.5, 4: 0.5}


def test_no_question_where_the_fall_is_small_or_does_not_stand_out() -> None:
    found = missing([0.2, 0.4, 0.3, 0.05, 0.35])
    holds = np.array([True, False, True, False, True])
    assert [one.place for one in removal_questions(found, holds)] == []  # two others only
    holds[1] = True
    assert [one.place for one in removal_questions(found, holds)] == [1, 4, 2, 0]


def test_no_question_where_the_other_half_says_otherwise() -> None:
    found = missing([0.2, 0.4, 0.3, 0.25, 0.35])
    found.chance_without[1, 1, 1] = 0.5
    assert 1 not in [one.place for one in removal_questions(found, np.ones(CLASSES, dtype=bool))]


def test_a_unit_that_the_class_misses_too_is_not_offered() -> None:
    found = missing([0.2, 0.4, 0.3, 0.25, 0.35])
    found.chance_without[:, 2, 1] -= 0.15
    (first, *_) = removal_questions(found, np.ones(CLASSES, dtype=bool))
    assert [option.channel for option in first.options] == [0, 1, 3, 4]
