"""What is lost without all units of a kind, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.speaking import counted, hundredth, word
from generator.caption.words import SPACE, capital, joined
from generator.records.ablation import UnitGroup

# What units of a kind are called: one, several.
CALLED = {
    "lines": ("unit for lines", "units for lines"),
    "colours": ("unit for colours", "units for colours"),
    "curves": ("unit for curves", "units for curves"),
    "patterns": ("unit for repeating patterns", "units for repeating patterns"),
    "faces": ("unit for faces", "units for faces"),
}


def group_members(group: UnitGroup) -> str:
    """How many units of which kind: "50 units for lines"."""
    one, several = CALLED[group.kind]
    count = len(group.channels)
    return f"{word(count)} {one if count == 1 else several}"


def group_title(group: UnitGroup) -> str:
    """The layer and the units of a group, and how many units of the layer there are at all."""
    return f"Layer {group.layer}: {group_members(group)}, of {group.among}"


def found_of_group(group: UnitGroup) -> str:
    """Whether the group is missed more than as many random units, in one sentence."""
    if group.holds:
        return "They are missed more than random ones."
    if group.zero.high < 0:
        return "Random ones are missed more."
    if group.zero.low > 0:
        return "That is more than most random draws lose, but not more than all."
    return "That is no more than luck could take."


def group_numbers(group: UnitGroup) -> str:
    """The interval of what is lost beyond random units, and the removal to the mean."""
    zero, mean = group.zero, group.mean
    low, high = (hundredth(share).replace(f"{SPACE}%", "") for share in (zero.low, zero.high))
    return (
        f"Layer {group.layer}, {group_members(group)}: {hundredth(zero.change)} of the photographs"
        f" are lost without them and not without random ones (95{SPACE}% interval {low} to {high}"
        f"{SPACE}%). Set to their means and not to zero, they leave {counted(mean.group.right)}"
        f" recognised, random ones {counted(mean.random.right)}."
    )


def told_of_groups(groups: Sequence[UnitGroup]) -> str:
    """Which groups are missed, and what that means for the layers above."""
    held = [group for group in groups if group.holds]
    most = max(groups, key=lambda group: group.whole.right - group.zero.group.right)
    if not held:
        first = "No kind of units is missed clearly more than as many others of its layer."
    elif len(held) == len(groups):
        first = "Each of these kinds is missed more than as many others of its layer."
    else:
        told = [f"{CALLED[group.kind][1]} of layer {group.layer}" for group in held]
        first = f"More than as many others of their layer are missed {joined(told)}."
    left = (
        f"Most is lost without the {group_members(most)} of layer {most.layer}: of"
        f" {counted(most.whole.right)} photographs {counted(most.zero.group.right)} are still"
        " recognised"
    )
    second = (
        f"{left}. {capital(word(len(most.channels)))} random units of that layer leave"
        f" {counted(most.zero.random.right)}"
    )
    if 2 * len(most.channels) > most.among:
        second += "; of so many, most are units of that kind themselves"
    return f"{first} {second}."
