"""What was measured about a unit, and what became of the named cells of a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.caption.words import (
    by_itself,
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
from generator.language import figure, later, named, say
from generator.records import Cell, Claim
from generator.records.hues import hue_name

KINDS = ("orientation", "colour", "concept", "class")  # in the order in which they are told
UNCLEAR = later("Tested, but not clear enough: ")
# Why a claim whose score is clear of its bar did not hold.
OTHERWISE = {
    "orientation": later("That angle is too far off for the name"),
    "colour": later("Either that is another colour, or it also cares how lines run"),
    "class": later("Too few of the photographs that it answers to most show that"),
}


def title(place: Cell, rows: int, columns: int) -> str:
    """Where a named cell is and what became of its name: "Top left: a wheel".

    Raises ValueError for a cell that is named for nothing: there is nothing to say about it.
    """
    if place.wanted is None:
        raise ValueError("no concept was looked for in this cell")
    where = capital(position(place.row, place.column, rows, columns))
    claim = place.claim
    if claim is None:
        return say(
            "{where}: {wanted}, which this build did not test",
            where=where,
            wanted=either(place.wanted),
        )
    if place.earned:
        return f"{where}: {noun(claim.label)}"
    if claim.held:
        return say(
            "{where}: {wanted}, not found in drawings; {label} in photographs",
            where=where,
            wanted=either(place.wanted),
            label=plural(claim.label),
        )
    return say("{where}: {wanted}, not found", where=where, wanted=either(place.wanted))


def found(place: Cell) -> str:
    """What was found where something was looked for, in a few words.

    >>> lines = Claim("concept", "parallel lines, crossed or not", 0.9, 0.7, True)
    >>> found(Cell(1, 2, 6, "stripes", lines))
    'parallel lines, crossed or not'
    >>> found(Cell(1, 2, 7, "bird face", Claim("class", "goose", 2.7, 1.6, True)))
    'not in drawings; geese in photographs'
    """
    assert place.wanted is not None
    claim = place.claim
    if claim is None or not claim.held:
        return say("no")
    if not place.earned:
        return say("not in drawings; {label} in photographs", label=plural(claim.label))
    return say("yes") if claim.label in place.wanted.split(" or ") else by_itself(claim.label)


def verdict(place: Cell, others: Sequence[Claim] = ()) -> str:
    """The numbers for a named cell; ``others`` are all claims of the unit in it."""
    unit, claim = say("unit {channel}", channel=place.channel), place.claim
    if claim is None:
        return say("You see {unit}. {others}", unit=unit, others=instead(others))
    if claim.held:
        return f"{capital(unit)} {evidence(claim)}.{even_more(claim, others)}"
    others = [other for other in others if (other.kind, other.label) != (claim.kind, claim.label)]
    return say(
        "The best candidate, {unit}, {does}. {why_not}. {others}",
        unit=unit,
        does=evidence(claim),
        why_not=why_not(claim),
        others=instead(others, but=True),
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
    return say(
        " It picks out {label} still more often: in {score} of 100.",
        label=noun(best.label),
        score=whole(best.score),
    )


def instead(claims: Iterable[Claim], but: bool = False) -> str:
    """What else is known of a unit, in sentences: two findings at most."""
    held = sorted(
        (claim for claim in claims if claim.held), key=lambda claim: KINDS.index(claim.kind)
    )
    if not held:
        return say("Nothing that we measured singles it out.")
    first, *second = (evidence(claim) for claim in held[:2])
    told = [say("But it {does}.", does=first) if but else say("It {does}.", does=first)]
    return " ".join([*told, *(say("It also {does}.", does=does) for does in second)])


def evidence(claim: Claim) -> str:
    """The numbers behind a claim, as what a unit does: "answers most to ...".

    The score of a concept is the area under the ROC curve, which is the share of pairs, one
    drawing with the concept and one without, in which the unit answers the right one more.
    """
    if claim.kind == "orientation":
        angle = angle_of(claim)
        angles = claim.detail.drawings  # the grating is drawn once for every angle
        measured = say(", measured at {angles} angles", angles=angles) if angles else ""
        score = say("swing {score}{measured}", score=hundredths(claim.score), measured=measured)
        return say(
            "answers most to lines at {angle}, {slope} ({score})",
            angle=degrees(angle),
            slope=slope(angle),
            score=score,
        )
    if claim.kind == "colour":
        share = say("share of colour {score}", score=hundredths(claim.score))
        # A unit that missed the name may well prefer another hue than that of the label.
        if claim.held:
            return say("answers most to {label} ({share})", label=noun(claim.label), share=share)
        return say(
            "prefers {colour} to all other colours ({share})", colour=colour_of(claim), share=share
        )
    if claim.kind == "class" and paired(claim):
        pairs = say("{score} of 100 pairs{doubt}", score=whole(claim.score), doubt=doubt(claim))
        return say(
            "picks {label} out of photographs in {pairs}", label=plural(claim.label), pairs=pairs
        )
    if claim.kind == "class":
        images = claim.detail.images
        measured = (
            say(", measured on {images} photographs", images=figure(f"{images:,}"))
            if images
            else ""
        )
        return say(
            "prefers {label}: its strongest activation for them is on average {score} times"
            " that for all classes{measured}",
            label=plural(claim.label),
            score=figure(f"{claim.score:.1f}"),
            measured=measured,
        )
    return say(
        "picks out {label} in {score} of 100 pairs{doubt}",
        label=noun(claim.label),
        score=whole(claim.score),
        doubt=doubt(claim),
    )


def angle_of(claim: Claim) -> float:
    """The angle of a claim about lines, in degrees. Raises StoreError where it has none."""
    return _known(claim, "angle", claim.detail.angle)


def colour_of(claim: Claim) -> str:
    """The hue of a claim about colour, by its word. Raises StoreError where it has none."""
    return named("colour", hue_name(_known(claim, "hue", claim.detail.hue)))


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
        parts.append(
            say(
                "95\N{NO-BREAK SPACE}% interval {interval}",
                interval=percent_interval(detail.low, detail.high),
            )
        )
    if detail.random is not None:
        parts.append(say("random weights {random}", random=whole(detail.random)))
    return f" ({'; '.join(parts)})" if parts else ""


def why_not(claim: Claim) -> str:
    """Why a claim did not hold, as a sentence without its full stop."""
    if claim.kind == "concept":
        if claim.detail.random is not None and claim.bar <= claim.detail.random + 1e-3:
            return say("That is not clearly more than random weights can do")
        return say(
            "For the name it would have to be clearly more than {bar}", bar=tenths(claim.bar)
        )
    cleared = claim.score if claim.detail.low is None else claim.detail.low
    if cleared <= claim.bar:
        # More digits than elsewhere, so that a narrow miss is seen to be one.
        return say(
            "The name needs more than {bar}, and this is {score}",
            bar=figure(f"{claim.bar:.3f}"),
            score=thousandths(cleared),
        )
    return say(OTHERWISE[claim.kind])


def brief(claim: Claim) -> str:
    """A claim in a few words, to stand under a unit among hundreds.

    >>> from generator.records.measured import Detail
    >>> brief(Claim("concept", "wheel", 0.94, 0.8, True, Detail(drawings=400, random=0.71)))
    'Wheel: 94 of 100 pairs (random weights 71)'
    """
    if paired(claim):
        chance = claim.detail.random
        beside = "" if chance is None else say(" (random weights {chance})", chance=whole(chance))
        called = heading(claim)
        if claim.kind == "class":
            called = say("Prefers {label}", label=plural(claim.label))
        return say(
            "{called}: {score} of 100 pairs{beside}",
            called=called,
            score=whole(claim.score),
            beside=beside,
        )
    if claim.kind == "class":
        return say(
            "Prefers {label}: {score} times the mean of all classes",
            label=plural(claim.label),
            score=figure(f"{claim.score:.1f}"),
        )
    if claim.kind == "orientation":
        angle = degrees(angle_of(claim))
        return say("Lines at {angle}: swing {score}", angle=angle, score=hundredths(claim.score))
    return say(
        "{found}: share of colour {score}", found=heading(claim), score=hundredths(claim.score)
    )


def missed(claims: Iterable[Claim]) -> str:
    """All claims that did not hold, in one short line; empty where there are none."""
    parts = []
    for claim in claims:
        if claim.held:
            continue
        if paired(claim):
            called = plural(claim.label) if claim.kind == "class" else by_itself(claim.label)
            parts.append(
                say("{called} ({score} of 100 pairs)", called=called, score=whole(claim.score))
            )
        elif claim.kind == "class":
            parts.append(
                say(
                    "{label} ({score} times the mean)",
                    label=plural(claim.label),
                    score=figure(f"{claim.score:.1f}"),
                )
            )
        elif claim.kind == "orientation":
            angle = degrees(angle_of(claim))
            parts.append(
                say("lines at {angle} (swing {score})", angle=angle, score=hundredths(claim.score))
            )
        else:
            parts.append(
                say(
                    "{label} (share of colour {score})",
                    label=by_itself(claim.label),
                    score=hundredths(claim.score),
                )
            )
    return f"{say(UNCLEAR)}{', '.join(parts)}" if parts else ""


def heading(claim: Claim) -> str:
    """What a claim is about, to gather units under: "Wheel", "Green blob", "Lines near 45°"."""
    if claim.kind == "orientation":
        return say("Lines near {angle}", angle=degrees(nominal_angle(claim)))
    if claim.kind == "class":
        return capital(plural(claim.label))
    return capital(by_itself(claim.label))


def nominal_angle(claim: Claim) -> float:
    """The angle that a claim about lines is filed under, in degrees; 0 for other claims."""
    return float(claim.label.removeprefix("line ")) if claim.kind == "orientation" else 0.0
