"""What backs the claim of a cell, in short lines: the facts of *How do we know?*."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.claims import angle_of, colour_of, paired, selectivity_of
from generator.caption.pictures import listed
from generator.caption.words import (
    by_itself,
    degrees,
    hundredths,
    none_of,
    noun,
    percent_interval,
    slope,
    tenths,
    whole,
)
from generator.language import figure, say
from generator.records import Claim, Evidence
from generator.records.measured import Interval


def facts(claim: Claim, evidence: Evidence) -> list[tuple[str, str]]:
    """What was measured for a claim, line by line: what the number is called, and the number."""
    doubt = ""
    if evidence.low is not None and evidence.high is not None:
        doubt = say(
            " (95\N{NO-BREAK SPACE}% interval {interval})",
            interval=percent_interval(evidence.low, evidence.high),
        )
    told = [(say("Result"), f"{result(claim)}{doubt}")]
    if measured := _measured(claim, evidence):
        told.append((say("Measured on"), measured))
    if claim.kind in ("orientation", "colour"):
        told.append((say("Interval"), say("none, because nothing in this test is drawn at random")))
    return [*told, (say("Random weights"), _random(claim, evidence)), (say("The bar"), bar(claim))]


def result(claim: Claim) -> str:
    """The number of a claim with what it measures: "93 of 100 pairs"."""
    if paired(claim):
        return say("{score} of 100 pairs", score=whole(claim.score))
    if claim.kind == "orientation":
        angle = angle_of(claim)
        selectivity = hundredths(selectivity_of(claim))
        numbers = say(
            "swing {score}, selectivity {selectivity}",
            score=hundredths(claim.score),
            selectivity=selectivity,
        )
        return say(
            "{numbers}, at {angle}, {slope}",
            numbers=numbers,
            angle=degrees(angle),
            slope=slope(angle),
        )
    if claim.kind == "colour":
        return say(
            "share of colour {score}, most for {colour}",
            score=hundredths(claim.score),
            colour=colour_of(claim),
        )
    return say("{score} times the mean of all classes", score=figure(f"{claim.score:.1f}"))


def bar(claim: Claim) -> str:
    """What a claim has to clear; more digits than elsewhere, so that a narrow miss shows."""
    if paired(claim):
        if claim.detail.low is None:
            return say("more than {bar}", bar=tenths(claim.bar))
        low = tenths(claim.detail.low)
        return say("low end of the interval ({low}) above {bar}", low=low, bar=tenths(claim.bar))
    if claim.kind == "orientation":
        return say("swing above {bar}, at the angle looked for", bar=figure(f"{claim.bar:.3f}"))
    if claim.kind == "colour":
        return say(
            "share of colour above {bar}, the right hue, no liking for one angle",
            bar=figure(f"{claim.bar:.3f}"),
        )
    return say("more than {bar} times the mean", bar=figure(f"{claim.bar:.2f}"))


def strip_picture(layer: int, channel: int, evidence: Evidence) -> str:
    """The text alternative of the strongest and the weakest drawings of a unit."""
    strongest, weakest = (
        listed([by_itself(drawing.concept) for drawing in end], most=6)
        for end in (evidence.strongest, evidence.weakest)
    )
    return say(
        "Layer {layer}, unit {channel}: drawings that it answered most, above:"
        " {strongest}; and least, below: {weakest}.",
        layer=layer,
        channel=channel,
        strongest=strongest,
        weakest=weakest,
    )


def curve_picture(layer: int, channel: int, claim: Claim) -> str:
    """The text alternative of a tuning curve."""
    if claim.kind == "colour":
        what, where = say("each hue"), say("the mean is {colour}", colour=colour_of(claim))
    else:
        what, where = (
            say("each angle"),
            say("the mean is at {angle}", angle=degrees(angle_of(claim))),
        )
    return say(
        "Layer {layer}, unit {channel}: tuning curve, its answer at {what} as a share"
        " of its strongest; {where}.",
        layer=layer,
        channel=channel,
        what=what,
        where=where,
    )


def stimuli_picture(concepts: Sequence[str], columns: int) -> str:
    """The text alternative of the contact sheet."""
    return say(
        "Drawings for {concepts} concepts, a row for each, {columns} in a row: {names}.",
        concepts=len(concepts),
        columns=columns,
        names=", ".join(map(by_itself, concepts)),
    )


def _measured(claim: Claim, evidence: Evidence) -> str:
    count = evidence.count
    if count is None:
        return ""
    if claim.kind in ("orientation", "colour"):
        return (
            say("{count} angles", count=count)
            if claim.kind == "orientation"
            else say("{count} hues", count=count)
        )
    if claim.kind == "class":
        return say("{count} photographs", count=figure(f"{count:,}"))
    kept = say("all kept apart from those that the unit was chosen by")
    return say(
        "{count} drawings, {positives} with {label}, {kept}",
        count=figure(f"{count:,}"),
        positives=figure(f"{evidence.positives:,}"),
        label=noun(claim.label),
        kept=kept,
    )


def _random(claim: Claim, evidence: Evidence) -> str:
    random = evidence.random
    best = claim.bar if claim.detail.random is None else claim.detail.random
    if claim.kind == "class" and paired(claim):
        return say("{best} of 100 pairs for the best unit of the layer", best=whole(best))
    if claim.kind != "concept":
        digits = 2 if claim.kind == "class" else 3
        near = say(" near this angle") if claim.kind == "orientation" else ""
        return say(
            "{best} for the best unit of the layer{near}",
            best=figure(f"{best:.{digits}f}"),
            near=near,
        )
    doubt = ""
    if random.low is not None and random.high is not None:
        doubt = say(
            " (95\N{NO-BREAK SPACE}% interval {interval})",
            interval=percent_interval(random.low, random.high),
        )
    return say(
        "{score} of 100 pairs{doubt} for the unit chosen in the same way",
        score=whole(random.score),
        doubt=doubt,
    )


def random_score(claim: Claim, random: Interval) -> str:
    """The score of the network with random weights, as a number alone."""
    if paired(claim):
        return str(whole(random.score))
    return hundredths(random.score)


def wanted_name(wanted: str) -> str:
    """What a cell is named for, without its article: "grid or honeycomb"."""
    return none_of(wanted)
