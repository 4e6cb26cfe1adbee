"""What was measured about a unit, and what became of the named cells of a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.caption.words import (
    SPACE,
    capital,
    degrees,
    either,
    hundredths,
    noun,
    percent_interval,
    plural,
    position,
    slope,
    tenths,
    thousandths,
    whole,
)
from generator.errors import StoreError
from generator.records import Cell, Claim
from generator.records.hues import hue_name

KINDS = ("orientation", "colour", "concept", "class")  # in the order in which they are told
UNCLEAR = "Tested, but not clear enough: "


def title(place: Cell, rows: int, columns: int) -> str:
    """Where a named cell is and what became of its name: "Top left: a wheel".

    Raises ValueError for a cell that is named for nothing: there is nothing to say about it.
    """
    if place.wanted is None:
        raise ValueError("no concept was looked for in this cell")
    where = capital(position(place.row, place.column, rows, columns))
    claim = place.claim
    if claim is None:
        return f"{where}: {either(place.wanted)}, which this build did not test"
    if claim.held:
        return f"{where}: {noun(claim.label)}"
    return f"{where}: {either(place.wanted)}, not found"


def verdict(place: Cell, others: Sequence[Claim] = ()) -> str:
    """The numbers for a named cell; ``others`` are all claims of the unit in it."""
    unit, claim = f"unit {place.channel}", place.claim
    if claim is None:
        return f"You see {unit}. {instead(others)}"
    if claim.held:
        return f"{capital(unit)} {evidence(claim)}.{even_more(claim, others)}"
    others = [other for other in others if (other.kind, other.label) != (claim.kind, claim.label)]
    return (
        f"The best candidate, {unit}, {evidence(claim)}. {why_not(claim)}. {instead(others, 'but')}"
    )


def even_more(claim: Claim, others: Iterable[Claim]) -> str:
    """The concept that a unit picks out still more often than that of a claim, if there is one."""
    better = [
        other
        for other in others
        if other.kind == claim.kind == "concept" and whole(other.score) > whole(claim.score)
    ]
    best = max(
        (claim for claim in better if claim.held), key=lambda claim: claim.score, default=None
    )
    if best is None:
        return ""
    return f" It picks out {noun(best.label)} still more often: in {whole(best.score)} of 100."


def instead(claims: Iterable[Claim], link: str = "") -> str:
    """What else is known of a unit, in sentences: two findings at most."""
    held = sorted(
        (claim for claim in claims if claim.held), key=lambda claim: KINDS.index(claim.kind)
    )
    if not held:
        return "Nothing that we measured singles it out."
    told = capital(f"{link} it ".lstrip()) + ". It also ".join(
        evidence(claim) for claim in held[:2]
    )
    return f"{told}."


def evidence(claim: Claim) -> str:
    """The numbers behind a claim, as what a unit does: "answers most to ...".

    The score of a concept is the area under the ROC curve, which is the share of pairs, one
    drawing with the concept and one without, in which the unit answers the right one more.
    """
    if claim.kind == "orientation":
        angle = angle_of(claim)
        angles = claim.detail.drawings  # the grating is drawn once for every angle
        measured = f", measured at {angles} angles" if angles else ""
        score = f"swing {hundredths(claim.score)}{measured}"
        return f"answers most to lines at {degrees(angle)}, {slope(angle)} ({score})"
    if claim.kind == "colour":
        share = f"share of colour {hundredths(claim.score)}"
        # A unit that missed the name may well prefer another hue than that of the label.
        if claim.held:
            return f"answers most to {noun(claim.label)} ({share})"
        return f"prefers {colour_of(claim)} to all other colours ({share})"
    if claim.kind == "class" and paired(claim):
        pairs = f"{whole(claim.score)} of 100 pairs{doubt(claim)}"
        return f"picks {plural(claim.label)} out of photographs in {pairs}"
    if claim.kind == "class":
        images = claim.detail.images
        measured = f", measured on {images:,} photographs" if images else ""
        return (
            f"prefers {plural(claim.label)}: its strongest activation for them is on average"
            f" {claim.score:.1f} times that for all classes{measured}"
        )
    return f"picks out {noun(claim.label)} in {whole(claim.score)} of 100 pairs{doubt(claim)}"


def angle_of(claim: Claim) -> float:
    """The angle of a claim about lines, in degrees. Raises StoreError where it has none."""
    return _known(claim, "angle", claim.detail.angle)


def colour_of(claim: Claim) -> str:
    """The hue of a claim about colour, by its word. Raises StoreError where it has none."""
    return hue_name(_known(claim, "hue", claim.detail.hue))


def selectivity_of(claim: Claim) -> float:
    """The selectivity of a claim about lines, 0 to 1. Raises StoreError where it has none."""
    return _known(claim, "selectivity", claim.detail.selectivity)


def _known(claim: Claim, name: str, value: float | None) -> float:
    if value is None:
        raise StoreError(
            f"the claim {claim.label!r} has no {name}, so another version made the store; make the"
            " figures again with `python -m generator figures`"
        )
    return value


def paired(claim: Claim) -> bool:
    """Whether the score is a share of pairs that a unit answers rightly (AUROC)."""
    return claim.kind == "concept" or claim.detail.measure == "auroc"


def doubt(claim: Claim) -> str:
    """How sure a concept's score is, and what chance makes of the same test."""
    parts, detail = [], claim.detail
    if detail.low is not None and detail.high is not None:
        parts.append(f"95{SPACE}% interval {percent_interval(detail.low, detail.high)}")
    if detail.random is not None:
        parts.append(f"random weights {whole(detail.random)}")
    return f" ({'; '.join(parts)})" if parts else ""


def why_not(claim: Claim) -> str:
    """Why a claim did not hold, as a sentence without its full stop."""
    if claim.kind == "concept":
        if claim.detail.random is not None and claim.bar <= claim.detail.random + 1e-3:
            return "That is not clearly more than random weights can do"
        return f"For the name it would have to be clearly more than {tenths(claim.bar)}"
    if claim.score <= claim.bar:
        # More digits than elsewhere, so that a narrow miss is seen to be one.
        return f"The name needs more than {claim.bar:.3f}, and this is {thousandths(claim.score)}"
    if claim.kind == "orientation":
        return "That angle is too far off for the name"
    if claim.kind == "colour":
        return "Either that is another colour, or it also cares how lines run"
    return "It failed another test of the name"


def brief(claim: Claim) -> str:
    """A claim in a few words, to stand under a unit among hundreds.

    >>> from generator.records.measured import Detail
    >>> brief(Claim("concept", "wheel", 0.94, 0.8, True, Detail(drawings=400, random=0.71)))
    'Wheel: 94 of 100 pairs (random weights 71)'
    """
    if paired(claim):
        chance = claim.detail.random
        beside = "" if chance is None else f" (random weights {whole(chance)})"
        prefers = "Prefers " if claim.kind == "class" else ""
        named = plural(claim.label) if claim.kind == "class" else heading(claim)
        return f"{prefers}{named}: {whole(claim.score)} of 100 pairs{beside}"
    if claim.kind == "class":
        return f"Prefers {plural(claim.label)}: {claim.score:.1f} times the mean of all classes"
    if claim.kind == "orientation":
        angle = degrees(angle_of(claim))
        return f"Lines at {angle}: swing {hundredths(claim.score)}"
    return f"{heading(claim)}: share of colour {hundredths(claim.score)}"


def missed(claims: Iterable[Claim]) -> str:
    """All claims that did not hold, in one short line; empty where there are none."""
    parts = []
    for claim in claims:
        if claim.held:
            continue
        if paired(claim):
            named = plural(claim.label) if claim.kind == "class" else claim.label
            parts.append(f"{named} ({whole(claim.score)} of 100 pairs)")
        elif claim.kind == "class":
            parts.append(f"{plural(claim.label)} ({claim.score:.1f} times the mean)")
        elif claim.kind == "orientation":
            angle = degrees(angle_of(claim))
            parts.append(f"lines at {angle} (swing {hundredths(claim.score)})")
        else:
            parts.append(f"{claim.label} (share of colour {hundredths(claim.score)})")
    return f"{UNCLEAR}{', '.join(parts)}" if parts else ""


def heading(claim: Claim) -> str:
    """What a claim is about, to gather units under: "Wheel", "Green blob", "Lines near 45°"."""
    if claim.kind == "orientation":
        return f"Lines near {degrees(nominal_angle(claim))}"
    if claim.kind == "class":
        return capital(plural(claim.label))
    return capital(claim.label)


def nominal_angle(claim: Claim) -> float:
    """The angle that a claim about lines is filed under, in degrees; 0 for other claims."""
    return float(claim.label.removeprefix("line ")) if claim.kind == "orientation" else 0.0
