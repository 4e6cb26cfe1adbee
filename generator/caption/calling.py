"""What a unit is called, in a few plain words and without a number."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.claims import nominal_angle
from generator.caption.words import in_plural, plural, running
from generator.language import later, say
from generator.records import Claim

UNNAMED = later("nothing that we have a name for")
DEAD = later("dead")


def found_name(claim: Claim) -> str:
    """What a claim that holds says a unit answers to.

    >>> found_name(Claim("orientation", "line -45", 2.0, 1.3, True))
    'lines that fall to the right'
    >>> found_name(Claim("class", "Yorkshire terrier", 2.0, 1.3, True))
    'Yorkshire terriers'
    """
    if claim.kind == "orientation":
        return running(nominal_angle(claim))
    return plural(claim.label) if claim.kind == "class" else in_plural(claim.label)


def unit_title(layer: int, channel: int, claims: Sequence[Claim], dead: bool) -> str:
    """Which unit it is, and what was found of it first.

    >>> unit_title(2, 68, [Claim("concept", "dog face", 0.9, 0.7, True)], dead=False)
    'Layer 2, unit 68: dog faces'
    >>> unit_title(2, 7, [], dead=False)
    'Layer 2, unit 7: nothing that we have a name for'
    """
    named = next((found_name(claim) for claim in claims if claim.held), say(UNNAMED))
    return say(
        "Layer {layer}, unit {channel}: {found}",
        layer=layer,
        channel=channel,
        found=say(DEAD) if dead else named,
    )
