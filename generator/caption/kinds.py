"""What is lost without all units of a kind, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.speaking import counted, hundredth, loss_interval
from generator.caption.words import capital, in_words, joined
from generator.language import say, say_count
from generator.records.ablation import UnitGroup


def group_members(group: UnitGroup) -> str:
    """How many units of which kind: "50 units for lines"."""
    count = len(group.channels)
    number = in_words(count)
    told = {
        "lines": say_count(
            "{number} unit for lines", "{number} units for lines", count, number=number
        ),
        "colours": say_count(
            "{number} unit for colours", "{number} units for colours", count, number=number
        ),
        "curves": say_count(
            "{number} unit for curves", "{number} units for curves", count, number=number
        ),
        "patterns": say_count(
            "{number} unit for repeating patterns",
            "{number} units for repeating patterns",
            count,
            number=number,
        ),
        "faces": say_count(
            "{number} unit for faces", "{number} units for faces", count, number=number
        ),
    }
    return told[group.kind]


def all_of_kind(group: UnitGroup) -> str:
    """The units of a group without their number, and their layer."""
    told = {
        "lines": say("units for lines of layer {layer}", layer=group.layer),
        "colours": say("units for colours of layer {layer}", layer=group.layer),
        "curves": say("units for curves of layer {layer}", layer=group.layer),
        "patterns": say("units for repeating patterns of layer {layer}", layer=group.layer),
        "faces": say("units for faces of layer {layer}", layer=group.layer),
    }
    return told[group.kind]


def group_title(group: UnitGroup) -> str:
    """The layer and the units of a group, and how many units of the layer there are at all."""
    return say(
        "Layer {layer}: {units}, of {among}",
        layer=group.layer,
        units=group_members(group),
        among=group.among,
    )


def found_of_group(group: UnitGroup) -> str:
    """Whether the group is missed more than as many random units, in one sentence."""
    if group.holds:
        return say("They are missed more than random ones.")
    if group.zero.high < 0:
        return say("Random ones are missed more.")
    if group.zero.low > 0:
        return say("That is more than most random draws lose, but not more than all.")
    return say("That is no more than luck could take.")


def group_numbers(group: UnitGroup) -> str:
    """The interval of what is lost beyond random units, and the removal to the mean."""
    zero, mean = group.zero, group.mean
    return say(
        "Layer {layer}, {units}: {share} of the photographs are lost without them and not without"
        " random ones ({interval}). Set to their means and not to zero, they leave {left}"
        " recognised, random ones {others}.",
        layer=group.layer,
        units=group_members(group),
        share=hundredth(zero.change),
        interval=loss_interval(zero.low, zero.high),
        left=counted(mean.group.right),
        others=counted(mean.random.right),
    )


def told_of_groups(groups: Sequence[UnitGroup]) -> str:
    """Which groups are missed, and what that means for the layers above."""
    held = [group for group in groups if group.holds]
    if not held:
        first = say("No kind of units is missed clearly more than as many others of its layer.")
    elif len(held) == len(groups):
        first = say("Each of these kinds is missed more than as many others of its layer.")
    else:
        first = say(
            "More than as many others of their layer are missed {kinds}.",
            kinds=joined([all_of_kind(group) for group in held]),
        )
    most = max(groups, key=lambda group: group.whole.right - group.zero.group.right)
    second = say(
        "Most is lost without the {units} of layer {layer}: of {whole} photographs {left} are"
        " still recognised.",
        units=group_members(most),
        layer=most.layer,
        whole=counted(most.whole.right),
        left=counted(most.zero.group.right),
    )
    return f"{first} {second} {_random_instead(most)}"


def _random_instead(group: UnitGroup) -> str:
    number, left = in_words(len(group.channels)), counted(group.zero.random.right)
    told = say("{number} random units of that layer leave {left}", number=number, left=left)
    if 2 * len(group.channels) > group.among:
        told += say("; of so many, most are units of that kind themselves")
    return f"{capital(told)}."
