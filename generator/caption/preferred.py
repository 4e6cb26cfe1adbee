"""Preferred inputs in words: what a picture shows, and how far the search came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from generator.caption.words import SPACE, count_of, joined, number_of

ONLY = " Only the units in the figures of the lesson were given one in this build."


def times(multiple: float) -> str:
    """A multiple with one decimal below ten, cut off, so that none is promised that is not there.

    >>> times(3.98), times(0.996), times(12.7)
    ('3.9', '0.9', '12')
    """
    return f"{int(multiple * 10 + 1e-9) / 10:.1f}" if multiple < 10 else f"{int(multiple)}"


def answer(activation: float, multiple: float | None) -> str:
    """What a unit answers to its picture."""
    if multiple is None:
        return f"it answers {number_of(activation)}, and to no photograph at all"
    return (
        f"it answers {number_of(activation)}, {times(multiple)} times as much as to the"
        " strongest photograph"
    )


def fact(activation: float, multiple: float | None) -> str:
    """What a unit answers to its preferred input, short, to go beside other numbers."""
    if multiple is None:
        return f"answers {number_of(activation)}; no photograph made it fire"
    return f"answers {number_of(activation)}, {times(multiple)} times the strongest photograph"


def preferred_picture(
    layer: int, channel: int, activation: float, multiple: float | None, method: str = "waves"
) -> str:
    """The text alternative of a preferred input."""
    how = "" if method == "waves" else ", searched pixel by pixel"
    return (
        f"Layer {layer}, unit {channel}: its preferred input{how}, a picture made to drive it;"
        f" {answer(activation, multiple)}."
    )


def reached(found: Mapping[str, Any]) -> str:
    """For how many units the picture is at least as strong as the strongest photograph."""
    every = found["all"]
    if not every["units"]:
        return "No photograph made one of these units fire, so there is nothing to compare with."
    parts = [
        f"{one['reached']} of {one['units']} in layer {index}"
        for index, one in found["layers"].items()
        if one["units"]
    ]
    share = 100 * every["reached"] // every["units"]
    return (
        f"{every['reached']} of {count_of(every['units'], 'unit')} ({share}{SPACE}%)"
        " answer at least as much to their preferred input as to the strongest photograph:"
        f" {joined(parts)}. The median is {times(every['median'])} times as much, the least"
        f" {times(every['least'])}.{'' if found['every'] else ONLY}"
    )


def moved(found: Mapping[str, Any]) -> str:
    """How far the pictures were shifted and scaled on the way, and for how long they stood still.

    Layers whose pictures moved alike are told together.
    """
    alike: dict[tuple[Any, ...], list[str]] = {}
    for index, one in found["moves"].items():
        told = tuple(one[name] for name in ("side", "shift", "least", "largest"))
        alike.setdefault(told, []).append(index)
    parts = [
        f"by up to {shift} of {side} pixels each way and to"
        f" {100 * least:.0f} to {100 * largest:.0f}{SPACE}% of its size in"
        f" layer{'s' if len(indices) > 1 else ''} {joined(indices)}"
        for (side, shift, least, largest), indices in alike.items()
    ]
    waves = found["settings"]["waves"]
    still = waves["steps"] - round(waves["steps"] * (1 - waves["still"]))
    return (
        f"Between two steps the picture is shifted and scaled at random: {'; '.join(parts)}. Only"
        f" what survives that is kept. In the last {still} steps it stands still."
    )


def called(found: Mapping[str, Any]) -> str:
    """What the network takes a picture for, where it is more sure than not; else empty.

    >>> called({"class": "goldfish, Carassius auratus", "probability": 0.8})
    'goldfish'
    >>> called({"class": "goldfish, Carassius auratus", "probability": 0.3})
    ''
    """
    return short(found["class"]) if found["probability"] > 0.5 else ""


def often(found: Sequence[Mapping[str, Any]], most: int = 4) -> str:
    """Which classes the network sees most often in the pictures of a whole layer."""
    sure = [short(one["class"]) for one in found if one["probability"] > 0.5]
    several = [(name, times) for name, times in Counter(sure).most_common(most) if times > 1]
    if not several:
        return ""
    named = joined([f"{name} ({times})" for name, times in several])
    return (
        f"Over all {len(found)} units of the layer it is so sure of {len(sure)} pictures, most"
        f" often of {named}."
    )


def short(name: str) -> str:
    """The first of a class's names.

    >>> short("goldfish, Carassius auratus")
    'goldfish'
    """
    return name.split(",", maxsplit=1)[0].strip()


def methods(found: Mapping[str, Any]) -> str:
    """Which of the two methods came further, over the units that both were tried on."""
    pairs = both(found)
    known = [(one, other) for _, _, one, other in pairs if one["multiple"] and other["multiple"]]
    if not known:
        return ""
    further = sum(one["multiple"] > other["multiple"] for one, other in known)
    medians = [times(_median([one[at]["multiple"] for one in known])) for at in (0, 1)]
    return (
        f"The picture made of waves is answered more in {further} of {len(known)} cases. The"
        f" medians are {medians[0]} times the strongest photograph for waves and {medians[1]} for"
        " pixels."
    )


def both(found: Mapping[str, Any]) -> list[tuple[int, int, Mapping[str, Any], Mapping[str, Any]]]:
    """Layer, channel, picture by waves and picture by pixels of the units that have both."""
    return [
        (int(index), int(channel), one["waves"], one["pixels"])
        for index, units in found["compared"].items()
        for channel, one in units.items()
    ]


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
