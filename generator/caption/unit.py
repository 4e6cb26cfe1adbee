"""What was measured of any one unit, in short lines, whether or not it earned a name."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.claims import brief, heading, paired
from generator.caption.pictures import listed
from generator.caption.words import (
    MINUS,
    count_of,
    degrees,
    hundredths,
    joined,
    number_of,
    slope,
    whole,
)
from generator.language import figure, later, named, say
from generator.records import Claim
from generator.records.hues import hue_name
from generator.records.measured import ColourNumbers, OrientationNumbers

SEVERAL = later("several angles")
ONE_SIDED = 0.2  # of -1 to 1: below, a unit answers to both sides about alike
COLD = 0.9  # of -1 to 1: above, the other side hardly moves a unit


def fires(share: float) -> str:
    """How many of the images make a unit fire at all.

    >>> fires(0.0), fires(1.0)
    ('none of the images', 'all of the images')
    """
    if share <= 0:
        return say("none of the images")
    if share >= 1:
        return say("all of the images")
    digits = 1 if 0.001 <= share <= 0.999 else 2
    return say(
        "{share}\N{NO-BREAK SPACE}% of the images", share=figure(f"{100 * share:.{digits}f}")
    )


def lines(tuning: OrientationNumbers) -> str:
    """A unit's preferred angle and how selective it is."""
    if tuning.peak <= 0:
        return say("answers to no line and no grating")
    liked = f"{degrees(tuning.angle)}, {slope(tuning.angle)}" if tuning.single else say(SEVERAL)
    return say(
        "{liked}; selectivity {selectivity}",
        liked=liked,
        selectivity=hundredths(tuning.selectivity),
    )


def colours(tuning: ColourNumbers) -> str:
    """A unit's preferred colour and how much colour matters to it."""
    if tuning.peak <= 0:
        return say("answers to no colour")
    colour = named("colour", hue_name(tuning.hue))
    if not tuning.compared:
        return say(
            "{colour}; to lines and gratings in grey it does not answer at all", colour=colour
        )
    return say("{colour}; share of colour {share}", colour=colour, share=hundredths(tuning.share))


def light(on_off: float) -> str:
    """Whether a unit answers to bright or to dark spots.

    >>> light(0.93), light(-1.0), light(0.1)
    ('bright spots (+0.93)', 'dark spots (−1.00)', 'bright and dark spots alike (+0.10)')
    """
    if abs(on_off) < ONE_SIDED:
        return say("bright and dark spots alike ({on_off})", on_off=signed(on_off))
    if on_off > 0:
        return say("bright spots ({on_off})", on_off=signed(on_off))
    return say("dark spots ({on_off})", on_off=signed(on_off))


def opposite(opponent: float) -> str:
    """What a unit answers to the colour across from the one that it prefers.

    >>> opposite(1.0), opposite(0.5), opposite(0.0)
    ('leaves it cold', 'moves it less', 'moves it as much')
    """
    if opponent > COLD:
        return say("leaves it cold")
    return say("moves it less") if opponent > ONE_SIDED else say("moves it as much")


def signed(value: float) -> str:
    """A number from -1 to 1 with its sign."""
    return figure(f"{MINUS if value < 0 else '+'}{abs(value):.2f}")


def unit_facts(
    strongest: float | None,
    share: float,
    orientation: OrientationNumbers,
    colour: ColourNumbers,
) -> list[tuple[str, str]]:
    """The numbers of one unit: what each is called, and what it is; none of what leaves it cold."""
    told = [(say("Fires for"), fires(share))]
    if strongest is not None:
        told.append((say("Strongest activation"), number_of(strongest)))
    told += [(say("Lines"), lines(orientation)), (say("Colour"), colours(colour))]
    if colour.peak > 0:
        told.append((say("The opposite colour"), opposite(colour.opponent)))
    if _blobs(colour):
        told.append((say("Light or dark"), light(colour.on_off)))
    return told


def _blobs(colour: ColourNumbers) -> bool:
    """Whether a unit answered to any blob, of a colour or without."""
    return bool(colour.peak > 0 or colour.on_off)


def unit_row(
    orientation: OrientationNumbers, colour: ColourNumbers
) -> tuple[str, str, str, str, str, str]:
    """Numbers for a table: angle, selectivity, hue, share of colour, light or dark, opponent."""
    lined = (
        (
            degrees(orientation.angle) if orientation.single else SEVERAL,
            hundredths(orientation.selectivity),
        )
        if orientation.peak > 0
        else ("", "")
    )
    coloured = colour.peak > 0
    return (
        *lined,
        named("colour", hue_name(colour.hue)) if coloured else "",
        hundredths(colour.share) if coloured and colour.compared else "",
        signed(colour.on_off) if _blobs(colour) else "",
        signed(colour.opponent) if coloured else "",
    )


def names(claims: Sequence[Claim]) -> list[str]:
    """What a unit is found under: a heading for each claim that held."""
    return [heading(claim) for claim in claims if claim.held]


def described(claims: Sequence[Claim]) -> list[str]:
    """The claims that held, in a few words each."""
    return [brief(claim) for claim in claims if claim.held]


def percentile(number: int, level: float) -> str:
    """What one grid of patches from the middle shows.

    >>> percentile(90, 0.3127)
    'Around the 90th percentile (activation 0.313)'
    """
    return say(
        "Around the {number}th percentile (activation {level})",
        number=number,
        level=number_of(level),
    )


def spread_picture(layer: int, channel: int, number: int, sources: Sequence[str]) -> str:
    """The text alternative of one grid of patches from the middle."""
    patches = count_of(len(sources), "patch")
    return say(
        "Layer {layer}, unit {channel}: {patches} drawn from around the {number}th"
        " percentile of its answers. From {sources}.",
        layer=layer,
        channel=channel,
        patches=patches,
        number=number,
        sources=listed(sources),
    )


def spread_title(percentiles: Sequence[int]) -> str:
    """What all grids of patches from the middle are called, side by side.

    >>> spread_title([90, 75, 50])
    'Around the 90th, 75th and 50th percentile of its answers, from left to right'
    """
    numbers = joined([say("{number}th", number=number) for number in percentiles])
    return say(
        "Around the {numbers} percentile of its answers, from left to right", numbers=numbers
    )


def spread_pictures(layer: int, channel: int) -> str:
    """The text alternative of all grids of patches from the middle."""
    return say(
        "Layer {layer}, unit {channel}: patches drawn at random from what it answers to less.",
        layer=layer,
        channel=channel,
    )


def tile_picture(layer: int, channel: int, sources: Sequence[str]) -> str:
    """The text alternative of a unit's patches among those of all units."""
    return say(
        "Layer {layer}, unit {channel}: its strongest patches, from {sources}.",
        layer=layer,
        channel=channel,
        sources=listed(sources),
    )


def preferred_tile(layer: int, channel: int) -> str:
    """The text alternative of a unit's preferred input among those of all units."""
    what = say("preferred input")
    return say("Layer {layer}, unit {channel}: {what}", layer=layer, channel=channel, what=what)


def photograph_picture(rank: int, name: str) -> str:
    """The text alternative of a whole photograph with a box drawn on it."""
    return say(
        "The photograph of patch {rank}, {name}, with the part that the unit sees outlined.",
        rank=rank,
        name=name,
    )


def class_unit(claim: Claim) -> str:
    """What the scores of a unit's classes count."""
    return say("of 100 pairs") if paired(claim) else say("times the mean of all classes")


def class_score(claim: Claim, score: float) -> str:
    """A score for one class, in these."""
    return str(whole(score)) if paired(claim) else figure(f"{score:.1f}")


def concept_score(score: float) -> str:
    """A score for a drawn concept, out of 100 pairs."""
    return str(whole(score))
