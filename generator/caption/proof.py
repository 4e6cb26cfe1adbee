"""What backs the claim of a cell, in short lines: the facts of *How do we know?*."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.claims import angle_of, colour_of, paired, selectivity_of
from generator.caption.pictures import listed
from generator.caption.words import (
    SPACE,
    degrees,
    hundredths,
    none_of,
    noun,
    percent_interval,
    slope,
    tenths,
    whole,
)
from generator.records import Claim, Evidence
from generator.records.measured import Interval


def facts(claim: Claim, evidence: Evidence) -> list[tuple[str, str]]:
    """What was measured for a claim, line by line: what the number is called, and the number."""
    doubt = ""
    if evidence.low is not None and evidence.high is not None:
        doubt = f" (95{SPACE}% interval {percent_interval(evidence.low, evidence.high)})"
    told = [("Result", f"{result(claim)}{doubt}")]
    if measured := _measured(claim, evidence):
        told.append(("Measured on", measured))
    if claim.kind in ("orientation", "colour"):
        told.append(("Interval", "none, because nothing in this test is drawn at random"))
    return [*told, ("Random weights", _random(claim, evidence)), ("The bar", bar(claim))]


def result(claim: Claim) -> str:
    """The number of a claim with what it measures: "93 of 100 pairs"."""
    if paired(claim):
        return f"{whole(claim.score)} of 100 pairs"
    if claim.kind == "orientation":
        angle = angle_of(claim)
        selectivity = hundredths(selectivity_of(claim))
        numbers = f"swing {hundredths(claim.score)}, selectivity {selectivity}"
        return f"{numbers}, at {degrees(angle)}, {slope(angle)}"
    if claim.kind == "colour":
        return f"share of colour {hundredths(claim.score)}, most for {colour_of(claim)}"
    return f"{claim.score:.1f} times the mean of all classes"


def bar(claim: Claim) -> str:
    """What a claim has to clear; more digits than elsewhere, so that a narrow miss shows."""
    if paired(claim):
        if claim.detail.low is None:
            return f"more than {tenths(claim.bar)}"
        low = tenths(claim.detail.low)
        return f"low end of the interval ({low}) above {tenths(claim.bar)}"
    if claim.kind == "orientation":
        return f"swing above {claim.bar:.3f}, at the angle looked for"
    if claim.kind == "colour":
        return f"share of colour above {claim.bar:.3f}, the right hue, no liking for one angle"
    return f"more than {claim.bar:.2f} times the mean"


def strip_picture(layer: int, channel: int, evidence: Evidence) -> str:
    """The text alternative of the strongest and the weakest drawings of a unit."""
    strongest, weakest = (
        listed([drawing.concept for drawing in end], most=6)
        for end in (evidence.strongest, evidence.weakest)
    )
    return (
        f"Layer {layer}, unit {channel}: drawings that it answered most, above: {strongest};"
        f" and least, below: {weakest}."
    )


def curve_picture(layer: int, channel: int, claim: Claim) -> str:
    """The text alternative of a tuning curve."""
    if claim.kind == "colour":
        what, where = "each hue", f"the mean is {colour_of(claim)}"
    else:
        what, where = "each angle", f"the mean is at {degrees(angle_of(claim))}"
    return (
        f"Layer {layer}, unit {channel}: tuning curve, its answer at {what} as a share of its"
        f" strongest; {where}."
    )


def stimuli_picture(concepts: Sequence[str], columns: int) -> str:
    """The text alternative of the contact sheet."""
    return (
        f"Drawings for {len(concepts)} concepts, a row for each, {columns} in a row:"
        f" {', '.join(concepts)}."
    )


def _measured(claim: Claim, evidence: Evidence) -> str:
    count = evidence.count
    if count is None:
        return ""
    if claim.kind in ("orientation", "colour"):
        return f"{count} angles" if claim.kind == "orientation" else f"{count} hues"
    if claim.kind == "class":
        return f"{count:,} photographs"
    kept = "all kept apart from those that the unit was chosen by"
    return f"{count:,} drawings, {evidence.positives:,} with {noun(claim.label)}, {kept}"


def _random(claim: Claim, evidence: Evidence) -> str:
    random = evidence.random
    best = claim.bar if claim.detail.random is None else claim.detail.random
    if claim.kind == "class" and paired(claim):
        return f"{whole(best)} of 100 pairs for the best unit of the layer"
    if claim.kind != "concept":
        digits = 2 if claim.kind == "class" else 3
        near = " near this angle" if claim.kind == "orientation" else ""
        return f"{best:.{digits}f} for the best unit of the layer{near}"
    doubt = ""
    if random.low is not None and random.high is not None:
        doubt = f" (95{SPACE}% interval {percent_interval(random.low, random.high)})"
    return f"{whole(random.score)} of 100 pairs{doubt} for the unit chosen in the same way"


def random_score(claim: Claim, random: Interval) -> str:
    """The score of the network with random weights, as a number alone."""
    if paired(claim):
        return str(whole(random.score))
    return hundredths(random.score)


def wanted_name(wanted: str) -> str:
    """What a cell is named for, without its article: "grid or honeycomb"."""
    return none_of(wanted)
