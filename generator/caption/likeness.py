"""How alike a unit's patches are, in words: their colours, and their light and shade."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean

from generator.caption.words import MINUS
from generator.language import figure, say
from generator.records.learned import Likeness

FAR = 10.0  # in CIELAB: several times the 2.3 that can just be told apart
ALIKE = 0.5  # a correlation from which on two patches have light and shade in the same places
CLEARLY = 0.2  # by which one layer's correlations have to lie below another's


def compared(likeness: Likeness) -> str:
    """What the patches of one unit share and what not, as it was measured."""
    apart = say(
        "the mean colours of two of them lie up to {colours} apart in CIELAB, and a"
        " distance of 2.3 is just visible",
        colours=int(likeness.colours),
    )
    if likeness.colours >= FAR:
        colours = say("Their colours differ: {apart}.", apart=apart)
    else:
        colours = say("Their colours hardly differ: {apart}.", apart=apart)
    if likeness.light is None or likeness.least is None:
        return colours
    numbers = say(
        "laid on one another, two of them correlate by {light} on average, and no two"
        " by less than {least}",
        light=signed_correlation(likeness.light),
        least=signed_correlation(likeness.least),
    )
    if likeness.least >= ALIKE:
        light = say("They are light and dark in the same places")
    elif likeness.least < 0:
        light = say("Some are dark where others are light")
    else:
        light = say("Only in part are they light and dark in the same places")
    return say(
        "{colours} {light}: {numbers} (1 is the same light and shade, −1 the reverse).",
        colours=colours,
        light=light,
        numbers=numbers,
    )


def agreed(first: Mapping[int, Likeness], last: Mapping[int, Likeness]) -> str:
    """Whether the patches of a unit agree less in the last layer than in the first.

    Both hold units by channel. Empty where there is nothing to compare.
    """
    known = [
        [unit.light for unit in units.values() if unit.light is not None] for units in (first, last)
    ]
    if not all(known):
        return ""
    down, up = (mean(values) for values in known)
    numbers = say(
        "Laid on one another, two patches of one unit correlate in light and shade by"
        " {down} in layer 1, on average, and by {up} in this layer.",
        down=signed_correlation(down),
        up=signed_correlation(up),
    )
    if down - up >= CLEARLY:
        return say(
            "{numbers} So what the patches of a deep unit have in common is not their light"
            " and shade. If anything, it is what they show.",
            numbers=numbers,
        )
    return say("{numbers} That is not clearly less.", numbers=numbers)


def signed_correlation(value: float) -> str:
    """A correlation with two decimals, cut off downwards so that none is promised too high.

    >>> signed_correlation(0.956), signed_correlation(-0.301)
    ('0.95', '−0.31')
    """
    hundredths = int(value * 100 // 1)
    return figure(f"{MINUS if hundredths < 0 else ''}{abs(hundredths) / 100:.2f}")
