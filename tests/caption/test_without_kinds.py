"""What is said of a whole kind of units that was switched off, from strong to none at all."""

from __future__ import annotations

import pytest

from generator.caption.kinds import found_of_group, group_numbers, group_title, told_of_groups
from generator.records.ablation import GroupRemoved, Outcome, UnitGroup


def group(
    holds: bool = False,
    low: float = -0.05,
    high: float = 0.05,
    kind: str = "lines",
    left: int = 20,
    channels: int = 12,
) -> UnitGroup:
    """Of 100 photographs 60 are recognised, ``left`` without the group, 45 without random units."""
    removed = GroupRemoved(Outcome(left, 0.1), Outcome(45.4, 0.3), 40, 50, 0.25, low, high)
    units = tuple(range(channels))
    return UnitGroup(1, kind, units, 64, 100, Outcome(60, 0.5), removed, removed, holds)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (group(holds=True, low=0.1, high=0.3), "They are missed more than random ones."),
        (group(low=0.1, high=0.3), "more than most random draws lose, but not more than all"),
        (group(), "no more than luck could take"),
        (group(low=-0.3, high=-0.1), "Random ones are missed more."),
    ],
)
def test_a_sentence_says_no_more_than_was_found(one: UnitGroup, words: str) -> None:
    assert words in found_of_group(one)


def test_a_group_is_told_with_its_numbers() -> None:
    one = group(low=0.12, high=0.38)
    assert group_title(one) == "Layer 1: 12 units for lines, of 64"
    told = group_numbers(one).replace("\N{NO-BREAK SPACE}", " ")
    assert "25 % of the photographs are lost" in told
    assert "(95 % interval 12 to 38 %)" in told
    assert "they leave 20 recognised, random ones 45." in told


def test_all_groups_are_told_in_one_sentence_and_the_worst_loss_in_another() -> None:
    curves = group(kind="curves", left=55, channels=5)
    told = told_of_groups([group(holds=True), curves])
    assert told.startswith("More than as many others of their layer are missed units for lines of")
    assert "without the 12 units for lines of layer 1: of 60 photographs 20 are still" in told
    assert "12 random units of that layer leave 45." in told
    assert told_of_groups([curves]).startswith("No kind of units is missed clearly more than")
    assert told_of_groups([group(holds=True)]).startswith("Each of these kinds is missed more")


def test_where_most_units_are_of_the_kind_random_ones_are_said_to_be() -> None:
    assert "most are units of that kind" in told_of_groups([group(channels=40)])
    assert "most are units of that kind" not in told_of_groups([group(channels=30)])
