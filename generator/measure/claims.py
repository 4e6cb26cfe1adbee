"""All measurements of a network put together: what each unit can claim, and who stands where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.measure.answers import answers_to_drawings
from generator.measure.classes import class_preference, shipped_statistics, untrained_ratio
from generator.measure.colour import ColourTuning, colour_tuning, hue_name
from generator.measure.concepts import SHAPES, ConceptScores, bars, concept_scores, hierarchy
from generator.measure.evidence import concept_evidence, plain_evidence
from generator.measure.orientation import (
    ANGLES,
    OrientationTuning,
    angle_between,
    orientation_tuning,
)
from generator.measure.placement import NAMED, part_in_walk, place
from generator.networks.network import Network
from generator.records import Cell, Claim, Layer, Measured, MeasuredLayer, TopActivations

PER_CONCEPT = 400  # drawings of each concept, half to choose by and half to report
RANDOM_SHARE = 4  # the random copy sees one in so many: its best unit is a bar, not a finding
RANDOM_LEAST = 20
NEAR = 10.0  # degrees within which a line is the line that was looked for


@dataclass(frozen=True)
class _Offer:
    """What every unit of a layer would claim in one named cell."""

    choosing: npt.NDArray[np.float64]  # (C,) score to choose by
    claims: list[Claim]


def measure(network: Network, control: Network, top: Sequence[TopActivations]) -> Measured:
    """Everything that can be said about every unit of a network.

    ``control`` is the same network with random weights: a claim holds only above what the best
    of its units reaches. ``top`` tells which units fire at all.
    """
    few = max(PER_CONCEPT // RANDOM_SHARE, min(PER_CONCEPT, RANDOM_LEAST))
    answers, guesses = answers_to_drawings((network, control), (PER_CONCEPT, few))
    concepts, chance = concept_scores(answers), concept_scores(guesses)
    depths = hierarchy(concepts, chance)
    statistics = shipped_statistics(network)
    measured: list[MeasuredLayer] = []
    for number, layer in enumerate(network.layers):
        part = part_in_walk(layer.index, len(network.layers))
        claims: list[list[Claim]] = [[] for _ in range(layer.channels)]
        offers: dict[str, _Offer] = {}
        if layer.index == 1:
            offers = _first_layer(network, control, layer, claims)
        else:
            offers = _shapes(concepts[number], chance[number], claims)
        if statistics:
            _classes(network, layer, claims)
        named = {cell: _join([offers[w] for w in wanted]) for cell, wanted in named_in(part)}
        alive = np.asarray((top[number].images >= 0).any(axis=1))
        (rows, columns), cells = place(
            part,
            {cell: offer.claims for cell, offer in named.items()},
            {cell: offer.choosing for cell, offer in named.items()},
            claims,
            alive,
        )

        def backed(cell: Cell, number: int = number) -> Cell:
            if cell.claim is None:
                return cell
            if cell.claim.kind != "concept":
                return replace(cell, evidence=plain_evidence(cell.claim))
            found = concept_evidence(
                cell.claim, cell.channel, number, answers, concepts[number], depths
            )
            return replace(cell, evidence=found)

        units = tuple(map(tuple, claims))
        measured.append(MeasuredLayer(units, rows, columns, tuple(map(backed, cells))))
    return Measured(tuple(measured), depths)


def named_in(part: int) -> list[tuple[tuple[int, int], tuple[str, ...]]]:
    """The named cells of one part of the walk and the concepts that each is named for."""
    return list(NAMED.get(part, {}).items())


def _first_layer(
    network: Network, control: Network, layer: Layer, claims: list[list[Claim]]
) -> dict[str, _Offer]:
    """Lines and colour blobs; the bars are what the best unit with random weights reaches."""
    lines, colours = _tuning(network, layer)
    random_lines, random_colours = _tuning(control, control.layers[layer.index - 1])
    line_bar = float(random_lines.selectivity.max())
    colour_bar = float(random_colours.share.max())
    drawings = lines.curves.shape[1]

    def line(channel: int, label: str, near: bool) -> Claim:
        selectivity = float(lines.selectivity[channel])
        detail = {"angle": round(float(lines.angle[channel]), 1), "drawings": drawings}
        held = near and selectivity > line_bar
        return Claim("orientation", label, selectivity, line_bar, held, detail)

    def spot(channel: int, label: str, fits: bool) -> Claim:
        share = float(colours.share[channel])
        detail = {
            "hue": round(float(colours.hue[channel]), 1),
            "orientation": round(float(lines.selectivity[channel]), 3),
        }
        held = fits and share > colour_bar
        return Claim("colour", label, share, colour_bar, held, detail)

    plain = lines.selectivity <= line_bar
    for channel, found in enumerate(claims):
        nearest = int(ANGLES[np.argmin(angle_between(ANGLES, float(lines.angle[channel])))])
        found.append(line(channel, f"line {signed(nearest)}", near=True))
        if plain[channel]:
            found.append(spot(channel, f"{hue_name(colours.hue[channel])} blob", fits=True))
    offers: dict[str, _Offer] = {}
    for angle in (-45, 45):
        apart = angle_between(lines.angle, angle)
        near = apart <= NEAR
        choosing = lines.selectivity * np.where(near, 1.0, 0.5 * np.cos(np.deg2rad(apart)) ** 2)
        label = f"line {signed(angle)}"
        offers[label] = _Offer(
            choosing, [line(c, label, bool(near[c])) for c in range(layer.channels)]
        )
    green = np.array([hue_name(hue) == "green" for hue in colours.hue])
    fits = green & plain
    choosing = colours.share * np.where(fits, 1.0, 0.3) * (1 - lines.selectivity)
    offers["green blob"] = _Offer(
        choosing, [spot(c, "green blob", bool(fits[c])) for c in range(layer.channels)]
    )
    return offers


def signed(angle: int) -> str:
    """An orientation as it is written: level and upright lines neither rise nor fall."""
    return f"{angle:+d}" if angle % 90 else f"{abs(angle)}"


def _tuning(network: Network, layer: Layer) -> tuple[OrientationTuning, ColourTuning]:
    lines = orientation_tuning(network, layer)
    return lines, colour_tuning(network, layer, lines.curves.max(axis=1))


def _shapes(
    scores: ConceptScores, chance: ConceptScores, claims: list[list[Claim]]
) -> dict[str, _Offer]:
    """Drawn concepts; the bar of each is the best held-out score of any random unit."""
    lowest = bars(chance)

    def claim(channel: int, shape: int) -> Claim:
        score, bar = float(scores.held_out[channel, shape]), float(lowest[shape])
        low, high = scores.interval(score)
        detail = {
            "drawings": scores.positives + scores.negatives,
            "random": round(bar, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }
        return Claim("concept", SHAPES[shape], score, bar, low > bar, detail)

    for channel, found in enumerate(claims):
        best = int((scores.choosing[channel] - lowest).argmax())
        found.append(claim(channel, best))
    return {
        name: _Offer(scores.choosing[:, shape], [claim(c, shape) for c in range(len(claims))])
        for shape, name in enumerate(SHAPES)
    }


def _classes(network: Network, layer: Layer, claims: list[list[Claim]]) -> None:
    statistics = (shipped_statistics(network) or ())[layer.index - 1]
    preference = class_preference(statistics.means)
    bar = untrained_ratio(network, layer.name)
    for channel, found in enumerate(claims):
        ratio = float(preference.ratio[channel])
        label = statistics.classes[int(preference.best[channel])]
        held = ratio > bar
        detail = {"images": statistics.images}
        found.append(Claim("class", label, ratio, bar, held, detail))


def _join(offers: Sequence[_Offer]) -> _Offer:
    """Several concepts for one cell: each unit offers the one that it is best at."""
    scores = np.stack([offer.choosing for offer in offers])
    best = scores.argmax(axis=0)
    claims = [offers[int(which)].claims[channel] for channel, which in enumerate(best)]
    return _Offer(scores.max(axis=0), claims)
