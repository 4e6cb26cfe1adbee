"""What backs the claim of a cell, as JSON values for *How do we know?*.

Every piece of evidence tells the ``kind`` of the claim, its ``score`` with the 95 % interval
``low`` to ``high`` (null where a score has none), over how many pictures it was taken
(``count``, of which ``positives`` show what the claim names) and what they are (``of``), and
``random``: the same number for the network with random weights, with its own interval.
Concepts add the ``strongest`` and the ``weakest`` of the held-out drawings; lines and colours
the unit's ``tuning``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from generator.measure.answers import Answers
from generator.measure.names import SHAPES
from generator.measure.orientation import one_sided
from generator.records import Claim, ColourTuning, Hierarchy, OrientationTuning

STRIP = 6  # drawings at each end: as many as stand side by side on a phone


def concept_evidence(
    claim: Claim,
    channel: int,
    number: int,
    answers: Answers,
    depths: Hierarchy,
) -> dict[str, Any]:
    """For a drawn concept; ``number`` counts the layers from 0."""
    spread = claim.backing is not None and claim.backing.spread
    strongest, weakest = extremes(answers, number, channel, spread)
    random: dict[str, float | None]
    if claim.label in SHAPES:
        best = depths.random[number][SHAPES.index(claim.label)]
        random = {"score": best.score, "low": best.low, "high": best.high}
    else:  # a wider name, of which no table is made
        random = {"score": claim.detail["random"], "low": None, "high": None}
    return {
        "kind": claim.kind,
        "score": round(claim.score, 4),
        "low": claim.detail["low"],
        "high": claim.detail["high"],
        "of": "drawings",
        "count": claim.detail["drawings"],
        "positives": claim.detail["positives"],
        "random": random,
        "strongest": strongest,
        "weakest": weakest,
    }


def extremes(
    answers: Answers, number: int, channel: int, spread: bool = False
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The held-out drawings that a unit answers to most, and least: strongest and weakest first.

    ``spread`` asks for the mean of the map in place of its largest value. Drawings that leave a
    unit cold are many and alike: of these a seeded draw picks.
    """
    held_out = np.flatnonzero(~answers.choosing)
    shuffled = np.random.default_rng(channel).permutation(held_out)
    values = (answers.means if spread else answers.values)[number]
    order = shuffled[np.argsort(-values[shuffled, channel], kind="stable")]

    def told(places: Any) -> list[dict[str, Any]]:
        return [
            {"concept": str(answers.concepts[place]), "seed": int(answers.seeds[place])}
            for place in places
        ]

    return told(order[:STRIP]), told(order[::-1][:STRIP])


def tuning_evidence(
    claim: Claim, lines: Mapping[str, Any], colours: Mapping[str, Any]
) -> dict[str, Any]:
    """For a line or a colour, with the unit's own tuning."""
    return {**plain_evidence(claim), "tuning": {"orientation": lines, "colour": colours}}


def orientation_table(tuning: OrientationTuning) -> tuple[dict[str, Any], ...]:
    """One entry a unit: ``angle``, ``selectivity``, ``peak`` and the ``curve`` in shares of it.

    ``single`` tells whether the angle is one that the unit likes, or lies between several.
    """
    single = one_sided(tuning)
    return tuple(
        {
            "angle": round(float(tuning.angle[unit]), 1),
            "single": bool(single[unit]),
            "selectivity": round(float(tuning.selectivity[unit]), 3),
            **_curve(curve),
        }
        for unit, curve in enumerate(tuning.curves)
    )


def colour_table(tuning: ColourTuning, lines: OrientationTuning) -> tuple[dict[str, Any], ...]:
    """One entry a unit, as of orientation, with ``share``, ``on_off`` and ``opponent``.

    ``compared`` tells whether any line or grating moved the unit: without, there is nothing that
    its answer to colour could be compared with.
    """
    compared = lines.curves.max(axis=1) > 0
    return tuple(
        {
            "hue": round(float(tuning.hue[unit]), 1),
            "share": round(float(tuning.share[unit]), 3),
            "compared": bool(compared[unit]),
            "on_off": round(float(tuning.on_off[unit]), 3),
            "opponent": round(float(tuning.opponent[unit]), 3),
            **_curve(curve),
        }
        for unit, curve in enumerate(tuning.curves)
    )


def _curve(curve: npt.NDArray[np.float64]) -> dict[str, Any]:
    peak = float(curve.max())
    shares = curve / peak if peak > 0 else curve
    return {"peak": float(f"{peak:.4g}"), "curve": [round(float(one), 3) for one in shares]}


def plain_evidence(claim: Claim) -> dict[str, Any]:
    """For any other claim: what its own detail tells."""
    detail = claim.detail
    of = {"orientation": "angles", "colour": "hues"}.get(claim.kind, "photographs")
    random = {"score": round(detail.get("random", claim.bar), 4), "low": None, "high": None}
    return {
        "kind": claim.kind,
        "score": round(claim.score, 4),
        "low": detail.get("low"),
        "high": detail.get("high"),
        "of": of,
        "count": detail.get("images", detail.get("drawings")),
        "positives": detail.get("positives"),
        "random": random,
    }
