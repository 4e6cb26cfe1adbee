"""Preferred inputs in words: what a picture shows, and how far the search came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.caption.words import count_of, joined, number_of
from generator.language import figure, later, named, say, say_count
from generator.records.learned import Moves, PreferredInputs, Wish
from generator.records.units import Called

ONLY = later(" Only the units in the figures of the lesson were given one in this build.")


def times(multiple: float) -> str:
    """A multiple with one decimal below ten, cut off, so that none is promised that is not there.

    >>> times(3.98), times(0.996), times(12.7)
    ('3.9', '0.9', '12')
    """
    return figure(f"{int(multiple * 10 + 1e-9) / 10:.1f}") if multiple < 10 else f"{int(multiple)}"


def picture_answer(activation: float, multiple: float | None) -> str:
    """What a unit answers to its picture."""
    if multiple is None:
        return say(
            "it answers {activation}, and to no photograph at all", activation=number_of(activation)
        )
    return say(
        "it answers {activation}, {multiple} times as much as to the strongest photograph",
        activation=number_of(activation),
        multiple=times(multiple),
    )


def fact(activation: float, multiple: float | None) -> str:
    """What a unit answers to its preferred input, short, to go beside other numbers."""
    if multiple is None:
        return say(
            "answers {activation}; no photograph made it fire", activation=number_of(activation)
        )
    return say(
        "answers {activation}, {multiple} times the strongest photograph",
        activation=number_of(activation),
        multiple=times(multiple),
    )


def preferred_picture(
    layer: int, channel: int, activation: float, multiple: float | None, method: str = "waves"
) -> str:
    """The text alternative of a preferred input."""
    how = "" if method == "waves" else say(", searched pixel by pixel")
    return say(
        "Layer {layer}, unit {channel}: its preferred input{how}, a picture made to"
        " drive it; {activation}.",
        layer=layer,
        channel=channel,
        how=how,
        activation=picture_answer(activation, multiple),
    )


def reached(inputs: PreferredInputs) -> str:
    """For how many units the picture is at least as strong as the strongest photograph."""
    every = inputs.all
    if every.median is None or every.least is None:
        return say(
            "No photograph made one of these units fire, so there is nothing to compare with."
        )
    units = count_of(every.units, "unit")
    all_of_them = every.reached == every.units
    which = (
        say("All {units} answer", units=units)
        if all_of_them
        else say("{reached} of {units} answer", reached=every.reached, units=units)
    )
    return say(
        "{which} at least as much to their preferred input as to the strongest"
        " photograph. Half of all answer {median} times as much or more; the least is"
        " {least} times.{only}",
        which=which,
        median=times(every.median),
        least=times(every.least),
        only="" if inputs.every else say(ONLY),
    )


def moved(inputs: PreferredInputs) -> str:
    """How far the pictures were shifted and scaled on the way, and for how long they stood still.

    Layers whose pictures moved alike are told together.
    """
    alike: dict[Moves, list[str]] = {}
    for index, move in inputs.moves.items():
        alike.setdefault(move, []).append(str(index))
    parts = [
        say_count(
            "by up to {shift} of {side} pixels each way and to {least} to {largest}"
            "\N{NO-BREAK SPACE}% of its size in layer {indices}",
            "by up to {shift} of {side} pixels each way and to {least} to {largest}"
            "\N{NO-BREAK SPACE}% of its size in layers {indices}",
            len(indices),
            shift=move.shift,
            side=move.side,
            least=f"{100 * move.least:.0f}",
            largest=f"{100 * move.largest:.0f}",
            indices=joined(indices),
        )
        for move, indices in alike.items()
    ]
    waves = inputs.settings.waves
    still = waves.steps - round(waves.steps * (1 - waves.still))
    return say(
        "Between two steps the picture is shifted and scaled at random: {parts}. Only"
        " what survives that is kept. In the last {still} steps it does not move.",
        parts="; ".join(parts),
        still=still,
    )


def called(found: Called) -> str:
    """What the network takes a picture for, where it is more sure than not; else empty.

    >>> called(Called("goldfish, Carassius auratus", 0.8))
    'goldfish'
    >>> called(Called("goldfish, Carassius auratus", 0.3))
    ''
    """
    return short(found.label) if found.probability > 0.5 else ""


def often(guesses: Sequence[Called], most: int = 4) -> str:
    """Which classes the network sees most often in the pictures of a whole layer."""
    sure = [short(guess.label) for guess in guesses if guess.probability > 0.5]
    several = [(name, times) for name, times in Counter(sure).most_common(most) if times > 1]
    if not several:
        return ""
    classes = joined([f"{name} ({times})" for name, times in several])
    return say(
        "Of the {guesses} pictures of this layer the network is sure of {sure}. Most"
        " often it sees {classes}.",
        guesses=len(guesses),
        sure=len(sure),
        classes=classes,
    )


def short(name: str) -> str:
    """The first of a class's names.

    >>> short("goldfish, Carassius auratus")
    'goldfish'
    """
    return named("name", name.split(",", maxsplit=1)[0].strip())


def methods(inputs: PreferredInputs) -> str:
    """Which of the two methods came further, over the units that both were tried on."""
    pairs = both(inputs)
    known = [
        (wish.multiple, other.multiple)
        for _, _, wish, other in pairs
        if wish.multiple and other.multiple
    ]
    if not known:
        return ""
    further = sum(waves > other for waves, other in known)
    medians = [times(_median([multiples[at] for multiples in known])) for at in (0, 1)]
    return say(
        "In {further} of {known} cases the unit answers more to the picture made of"
        " waves. The median answer is {waves} times that to the strongest photograph"
        " for waves, and {pixels} times for pixels.",
        further=further,
        known=len(known),
        waves=medians[0],
        pixels=medians[1],
    )


def both(inputs: PreferredInputs) -> list[tuple[int, int, Wish, Wish]]:
    """Layer, channel, picture by waves and picture by pixels of the units that have both."""
    return [
        (index, channel, unit.waves, unit.pixels)
        for index, units in inputs.compared.items()
        for channel, unit in units.items()
    ]


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
