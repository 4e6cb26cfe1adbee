"""What was measured, said in the lesson: plain sentences without numbers.

The numbers that each of them rests on are in *How do we know?* and on its page; the conditions are
the same, so that no sentence says more than those numbers do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, median

from generator.caption.findings import Units, several
from generator.caption.likeness import ALIKE, CLEARLY, FAR
from generator.caption.words import joined, noun, plural, whole
from generator.language import later, say
from generator.records import Best, Claim, Hierarchy
from generator.records.learned import Forming, Likeness


def patches(likeness: Likeness) -> str:
    """Whether a unit's patches differ in colour, and in where they are light and dark."""
    colours = (
        say("Their colours differ")
        if likeness.colours >= FAR
        else say("Their colours hardly differ")
    )
    if likeness.light is None or likeness.least is None:
        return f"{colours}."
    if likeness.least >= ALIKE:
        light = say("light and dark lie in the same places")
    elif likeness.least < 0:
        light = say("some are dark where others are light")
    else:
        light = say("light and dark lie in much the same places")
    if likeness.colours >= FAR and likeness.least >= 0:
        return say("{colours}, but {light}.", colours=colours, light=light)
    return say("{colours}, and {light}.", colours=colours, light=light)


def weakest(shares: Sequence[float]) -> str:
    """How strong the last patch of a unit is beside its first, in words; empty for no unit.

    ``shares`` are the last activation of each unit over its first, 0 to 1; their median is said.
    """
    if not shares:
        return ""
    share = median(shares)
    part = min(PARTS, key=lambda part: abs(part - share))
    return say(
        "The strongest comes first; the last is typically {part} strong.", part=say(PARTS[part])
    )


PARTS = {
    1.0: later("almost as"),
    9 / 10: later("about nine tenths as"),
    4 / 5: later("about four fifths as"),
    2 / 3: later("about two thirds as"),
    1 / 2: later("about half as"),
    1 / 3: later("about a third as"),
    1 / 4: later("about a quarter as"),
    0.0: later("far less"),
}


def agreement_line(first: Mapping[int, Likeness], last: Mapping[int, Likeness]) -> str:
    """Whether the patches of a unit agree less in the last layer than in the first."""
    known = [
        [unit.light for unit in units.values() if unit.light is not None] for units in (first, last)
    ]
    if not all(known):
        return ""
    down, up = (mean(values) for values in known)
    if down - up >= CLEARLY:
        return say(
            "There the patches of a unit share their light and shade. Here they no longer do."
        )
    return say("Here, too, the patches of a unit share much of their light and shade.")


def first_layer_line(units: Units) -> str:
    """What the units of a first layer are for."""
    things = [
        name
        for kind, name in (("orientation", say("lines")), ("colour", say("blobs of colour")))
        if several(units, [kind])
    ]
    if not things:
        return say("In this layer almost nothing passed our tests.")
    return say("So this layer picks out very simple things: {things}.", things=joined(things))


def settling_line(forming: Forming) -> str:
    """Whether lower layers settle before upper ones in training."""
    held, of = forming.lower_nearer.held, forming.lower_nearer.of
    if not of:
        return ""
    if held == of:
        return say("In this network, too, every layer settled before the ones above it.")
    if 2 * held > of:
        return say("In this network the lower layers settled first, too, with few exceptions.")
    return say("In this network they did not.")


def onward_line(hierarchy: Hierarchy, number: int) -> str:
    """Whether the best units of a layer do better than those of the layer before it."""
    before, now = (
        mean(best.score for best in hierarchy.trained[at]) for at in (number - 2, number - 1)
    )
    if whole(now) > whole(before):
        return say("Layer {number} goes on in the same direction.", number=number)
    return say("In layer {number} we found no step forward.", number=number)


def deeper(hierarchy: Hierarchy) -> str:
    """Whether the last layer tells more of the drawn concepts apart than the first."""
    total = len(hierarchy.concepts)
    better, worse = gained_and_lost(hierarchy.trained)
    by_chance, _ = gained_and_lost(hierarchy.random)
    if 2 * better <= total:
        return say(
            "Not in this network: its last layer tells few of our drawings better than its first."
        )
    few = say(" and hardly any worse") if worse <= total // 10 else ""
    told = say(
        "Yes: the last layer tells most of our drawings better than the first{few}.", few=few
    )
    if 2 * by_chance > total:
        return say(
            "{told} But so it does with random weights: there, training is not the reason.",
            told=told,
        )
    return say(
        "{told} With random weights it does not, so it is training that does this.", told=told
    )


def gained_and_lost(table: Sequence[Sequence[Best]]) -> tuple[int, int]:
    """How many concepts the last layer tells clearly better than the first, and clearly worse.

    Clearly: their 95 % intervals do not overlap.
    """
    pairs = list(zip(table[0], table[-1], strict=True))
    better = sum(last.low > first.high for first, last in pairs)
    return better, sum(last.high < first.low for first, last in pairs)


def easy(hierarchy: Hierarchy, most: int = 3) -> str:
    """The drawings that already the first layer tells well, though it can't see their shape."""
    first = sorted(
        zip(hierarchy.concepts, hierarchy.trained[0], strict=True), key=lambda pair: -pair[1].score
    )
    known = [noun(concept) for concept, best in first if best.score >= EASY][:most]
    if not known:
        return ""
    return say(
        "Some drawings are easy: layer 1 already tells {known}, by some small detail,"
        " since it sees too little for a whole shape.",
        known=joined(known),
    )


EASY = 0.75  # a score that is worth a word where a unit can't see the whole shape


def favourites(claims: Sequence[Claim], most: int = 5) -> str:
    """The classes that units answer to most, the clearest first; empty where there is none."""
    best: dict[str, float] = {}
    for claim in claims:
        if claim.kind == "class" and claim.held:
            best[claim.label] = max(claim.score, best.get(claim.label, 0.0))
    named = [plural(label) for label in sorted(best, key=lambda label: -best[label])][:most]
    if not named:
        return ""
    return say(
        "Among labelled photographs, units of this figure have favourites: {named}.",
        named=joined(named),
    )
