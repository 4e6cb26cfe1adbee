"""What backs the claim of a cell, for *How do we know?*, and the tuning of every unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import structs

from generator.measure.answers import Answers
from generator.measure.names import SHAPES
from generator.measure.orientation import one_sided
from generator.records import Claim, ColourTuning, Evidence, Hierarchy, OrientationTuning
from generator.records.measured import (
    ColourNumbers,
    Extremes,
    Interval,
    OrientationNumbers,
    Stimulus,
    Tunings,
)
from generator.records.rounding import rounded

STRIP = 6  # drawings at each end of a strip: as many as stand side by side on a phone
NINE = 9  # at each end of a unit: as many as it has patches


def concept_evidence(
    claim: Claim,
    channel: int,
    number: int,
    answers: Answers,
    depths: Hierarchy,
) -> Evidence:
    """For a drawn concept; ``number`` counts the layers from 0."""
    spread = claim.tests is not None and claim.tests.spread
    ends = extremes(answers, number, channel, spread)
    if claim.label in SHAPES:
        best = depths.random[number][SHAPES.index(claim.label)]
        random = Interval(best.score, best.low, best.high)
    else:  # a wider name, of which no table is made
        random = Interval(claim.detail.random or 0.5, None, None)
    return Evidence(
        kind=claim.kind,
        score=round(claim.score, 4),
        low=claim.detail.low,
        high=claim.detail.high,
        of="drawings",
        count=claim.detail.drawings,
        positives=claim.detail.positives,
        random=random,
        strip=None,
        curve=None,
        strongest=ends.strongest[:STRIP],
        weakest=ends.weakest[:STRIP],
    )


def extremes(answers: Answers, number: int, channel: int, spread: bool = False) -> Extremes:
    """The ``NINE`` held-out drawings that a unit answers to most, and those to least.

    ``spread`` asks for the mean of the map in place of its largest value. Drawings that leave a
    unit cold are many and alike: of these a seeded draw picks.
    """
    held_out = np.flatnonzero(~answers.choosing)
    shuffled = np.random.default_rng(channel).permutation(held_out)
    values = (answers.means if spread else answers.values)[number]
    order = shuffled[np.argsort(-values[shuffled, channel], kind="stable")]

    def told(places: npt.NDArray[np.int64]) -> tuple[Stimulus, ...]:
        return tuple(
            Stimulus(str(answers.concepts[place]), int(answers.seeds[place])) for place in places
        )

    return Extremes(told(order[:NINE]), told(order[::-1][:NINE]))


def extremes_of_units(
    answers: Answers, number: int, claims: Sequence[Sequence[Claim]]
) -> tuple[Extremes, ...]:
    """Those of every unit of a layer, by the answer that the first of its names was tested by.

    None for a unit that no drawing moves.
    """
    moved = answers.values[number][~answers.choosing].max(axis=0, initial=0.0) > 0
    spread = (
        next((one.tests.spread for one in own if one.held and one.tests), False) for own in claims
    )
    return tuple(
        extremes(answers, number, channel, one) if moved[channel] else Extremes()
        for channel, one in enumerate(spread)
    )


def tuning_evidence(claim: Claim, lines: OrientationNumbers, colours: ColourNumbers) -> Evidence:
    """For a line or a colour, with the unit's own tuning."""
    return structs.replace(plain_evidence(claim), tuning=Tunings(lines, colours))


def orientation_table(tuning: OrientationTuning) -> tuple[OrientationNumbers, ...]:
    """The numbers of each unit."""
    single = one_sided(tuning)
    return tuple(
        OrientationNumbers(
            angle=round(float(tuning.angle[unit]), 1),
            single=bool(single[unit]),
            selectivity=round(float(tuning.selectivity[unit]), 3),
            peak=rounded(float(curve.max())),
            curve=_shares(curve),
        )
        for unit, curve in enumerate(tuning.curves)
    )


def colour_table(tuning: ColourTuning, lines: OrientationTuning) -> tuple[ColourNumbers, ...]:
    """The numbers of each unit; ``lines`` tell what there is to compare its colours with."""
    compared = lines.curves.max(axis=1) > 0
    return tuple(
        ColourNumbers(
            hue=round(float(tuning.hue[unit]), 1),
            share=round(float(tuning.share[unit]), 3),
            compared=bool(compared[unit]),
            on_off=round(float(tuning.on_off[unit]), 3),
            opponent=round(float(tuning.opponent[unit]), 3),
            peak=rounded(float(curve.max())),
            curve=_shares(curve),
        )
        for unit, curve in enumerate(tuning.curves)
    )


def _shares(curve: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """A tuning curve in shares of its peak."""
    peak = float(curve.max())
    shares = curve / peak if peak > 0 else curve
    return tuple(round(float(share), 3) for share in shares)


def plain_evidence(claim: Claim) -> Evidence:
    """For any other claim: what its own detail tells."""
    detail = claim.detail
    random = claim.bar if detail.random is None else detail.random
    return Evidence(
        kind=claim.kind,
        score=round(claim.score, 4),
        low=detail.low,
        high=detail.high,
        of={"orientation": "angles", "colour": "hues"}.get(claim.kind, "photographs"),
        count=detail.drawings if detail.images is None else detail.images,
        positives=detail.positives,
        random=Interval(round(random, 4), None, None),
        strip=None,
        curve=None,
    )
