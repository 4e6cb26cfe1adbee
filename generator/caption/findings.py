"""How much passed the tests: over all units, in one layer, and from one layer to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from generator.caption import unit
from generator.caption.words import SPACE, in_words, joined, tenths, whole
from generator.language import figure, say
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
        return say(
            "Almost nothing passes the tests here: not one of {total} units passed any.",
            total=figure(f"{total:,}"),
        )
    parts = [
        say(
            "{held} of {units} in layer {index}",
            held=figure(f"{holding(units):,}"),
            units=figure(f"{len(units):,}"),
            index=index,
        )
        for index, units in layers.items()
    ]
    by_layer = f": {joined(parts)}" if 1 < len(parts) <= MANY else ""
    counted = say(
        "{held} of {total} units passed a test",
        held=figure(f"{held:,}"),
        total=figure(f"{total:,}"),
    )
    if held <= FEW * total:
        return say(
            "Almost nothing passes the tests here: {counted}{by_layer}. So few can pass by luck.",
            counted=counted,
            by_layer=by_layer,
        )
    return say("In all, {counted}{by_layer}.", counted=counted, by_layer=by_layer)


def first_layer(units: Units) -> str:
    """What the units of a first layer are for, by what was found in them."""
    counts = {kind: holding(units, [kind]) for kind in ("orientation", "colour")}
    lines, colours = counts["orientation"], counts["colour"]
    told = say(
        "Of the {units} units of this layer, {lines} answered to lines of one angle and"
        " {colours} to a blob of one colour clearly enough to be named for it",
        units=figure(f"{len(units):,}"),
        lines=lines or say("none"),
        colours=colours or say("none"),
    )
    things = [
        name
        for kind, name in (("orientation", say("lines")), ("colour", say("blobs of colour")))
        if several(units, [kind])
    ]
    if not things:
        return say("{told}. So almost nothing passed in this layer.", told=told)
    return say(
        "{told}. So what this first layer picks out is simple: {things}.",
        told=told,
        things=joined(things),
    )


def median_firing(share: float) -> str:
    """For how many images half of all units fire.

    >>> median_firing(1.0), median_firing(0.41)
    ('all of the images', '41.0\N{NO-BREAK SPACE}% of the images or more')
    """
    return unit.fires(share) + ("" if share >= 1 else say(" or more"))


def drawn(shares: Mapping[int, float], frames: Mapping[int, tuple[int, int]]) -> str:
    """How the projections of each layer became pictures.

    ``shares`` (0 to 1) of their pixels lie beyond black or white; of each layer ``frames`` tells
    how many pixels a tile shows, and how many the field has.
    """
    first, *others = [(f"{tenths(share)}{SPACE}%", index) for index, share in shares.items()]
    parts = [say("{share} of the pixels in layer {index}", share=first[0], index=first[1])]
    parts += [say("{share} in layer {index}", share=share, index=index) for share, index in others]
    told = say("On average, that cuts a colour off in {parts}.", parts=joined(parts))
    cut = [
        say("{side} of {whole} pixels in layer {index}", side=side, whole=whole, index=index)
        for index, (side, whole) in frames.items()
        if side < whole
    ]
    if not cut:
        return told
    return say(
        "{told} Where a layer draws in the middle of a much larger field, its tiles"
        " show only that part, the projections and the patches alike: {cut}.",
        told=told,
        cut=joined(cut),
    )


def weakest_shown(k: int, per_source: int | None, shares: Sequence[float]) -> str:
    """How much weaker than its first the last of a unit's ``k`` patches is; nothing for no unit.

    ``shares`` are the last activation of each unit over its first, 0 to 1.

    >>> weakest_shown(2, None, [0.5, 0.61, 0.8]).replace(SPACE, " ")
    'In half of all units the last is about 61 % as strong as the first, or weaker.'
    """
    if not shares or k < 2:
        return ""
    told = say(
        "In half of all units the last is about {share}\N{NO-BREAK SPACE}% as strong as the first,"
        " or weaker.",
        share=whole(median(shares)),
    )
    if per_source != 1:
        return told
    return say(
        "They come from {many} photographs; in half of all units the last is about"
        " {share}\N{NO-BREAK SPACE}% as strong as the first, or weaker.",
        many=in_words(k),
        share=whole(median(shares)),
    )
