"""How much passed the tests: over all units, in one layer, and from one layer to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from generator.caption import unit
from generator.caption.words import NUMBERS, SPACE, joined, tenths, whole
from generator.records import Claim

FEW = 0.05  # of the units: so many may pass in a network that has learned nothing
MANY = 6  # layers: for more, the table in *How we know* is the place to count them one by one

Units = Sequence[Sequence[Claim]]  # the claims of each unit of a layer


def holding(units: Units, kinds: Sequence[str] = ()) -> int:
    """How many units hold a claim, of any kind or of some kinds."""
    return sum(
        any(claim.held and (not kinds or claim.kind in kinds) for claim in claims)
        for claims in units
    )


def several(units: Units, kinds: Sequence[str] = ()) -> bool:
    """Whether more units hold such a claim than luck alone accounts for."""
    return holding(units, kinds) > FEW * len(units)


def passed(layers: Mapping[int, Units]) -> str:
    """How many units of a network passed a test; where they are few, that almost nothing passes."""
    total = sum(map(len, layers.values()))
    held = sum(map(holding, layers.values()))
    if not held:
        return f"Almost nothing passes the tests here: not one of {total:,} units passed any."
    parts = [
        f"{holding(units):,} of {len(units):,} in layer {index}" for index, units in layers.items()
    ]
    by_layer = f": {joined(parts)}" if 1 < len(parts) <= MANY else ""
    counted = f"{held:,} of {total:,} units passed a test"
    if held <= FEW * total:
        return (
            f"Almost nothing passes the tests here: {counted}{by_layer}. So few can pass by luck."
        )
    return f"In all, {counted}{by_layer}."


def first_layer(units: Units) -> str:
    """What the units of a first layer are for, by what was found in them."""
    counts = {kind: holding(units, [kind]) for kind in ("orientation", "colour")}
    lines, colours = counts["orientation"], counts["colour"]
    told = (
        f"Of the {len(units):,} units of this layer, {lines or 'none'} answered to lines of one"
        f" angle and {colours or 'none'} to a blob of one colour clearly enough to be named for it"
    )
    things = [
        name
        for kind, name in (("orientation", "lines"), ("colour", "blobs of colour"))
        if several(units, [kind])
    ]
    if not things:
        return f"{told}. So almost nothing passed in this layer."
    return f"{told}. So what this first layer picks out is simple: {joined(things)}."


def median_firing(share: float) -> str:
    """For how many images half of all units fire.

    >>> median_firing(1.0), median_firing(0.41)
    ('all of the images', '41.0\N{NO-BREAK SPACE}% of the images or more')
    """
    return unit.fires(share) + ("" if share >= 1 else " or more")


def drawn(shares: Mapping[int, float], frames: Mapping[int, tuple[int, int]]) -> str:
    """How the projections of each layer became pictures.

    ``shares`` (0 to 1) of their pixels lie beyond black or white; of each layer ``frames`` tells
    how many pixels a tile shows, and how many the field has.
    """
    first, *others = [(f"{tenths(share)}{SPACE}%", index) for index, share in shares.items()]
    parts = [f"{first[0]} of the pixels in layer {first[1]}"]
    parts += [f"{share} in layer {index}" for share, index in others]
    told = f"On average, that cuts a colour off in {joined(parts)}."
    cut = [
        f"{side} of {whole} pixels in layer {index}"
        for index, (side, whole) in frames.items()
        if side < whole
    ]
    if not cut:
        return told
    return (
        f"{told} Where a layer draws in the middle of a much larger field, its tiles show only that"
        f" part, the projections and the patches alike: {joined(cut)}."
    )


def weakest_shown(k: int, per_source: int | None, shares: Sequence[float]) -> str:
    """How much weaker than its first the last of a unit's ``k`` patches is; nothing for no unit.

    ``shares`` are the last activation of each unit over its first, 0 to 1.

    >>> weakest_shown(2, None, [0.5, 0.61, 0.8]).replace(SPACE, " ")
    'In half of all units the last is about 61 % as strong as the first, or weaker.'
    """
    if not shares or k < 2:
        return ""
    many = NUMBERS[k] if k < len(NUMBERS) else f"{k:,}"
    origin = f"They come from {many} photographs; in" if per_source == 1 else "In"
    share = f"about {whole(median(shares))}{SPACE}%"
    return f"{origin} half of all units the last is {share} as strong as the first, or weaker."
