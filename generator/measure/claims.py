"""All measurements of a network put together: what each unit can claim, and who stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.images.collection import Collection
from generator.measure.answers import Answers, answers_to_drawings
from generator.measure.classes import shipped_claims, shipped_statistics, untrained_ratio
from generator.measure.colour import HUES, colour_tunings
from generator.measure.concepts import SHAPES, ConceptScores, bars, concept_scores, hierarchy
from generator.measure.evidence import (
    colour_table,
    concept_evidence,
    orientation_table,
    plain_evidence,
    tuning_evidence,
)
from generator.measure.first_layer import Probed, first_layer
from generator.measure.giveaways import giveaways
from generator.measure.labelled import class_claims, class_scores, labels_of, random_values
from generator.measure.offers import Offer, join
from generator.measure.orientation import ANGLES, orientation_tunings
from generator.measure.placement import NAMED, part_in_walk, place
from generator.networks.network import Network
from generator.records import (
    Cell,
    Claim,
    ColourTuning,
    Detail,
    Hierarchy,
    Layer,
    Measured,
    MeasuredLayer,
    OrientationTuning,
    TopActivations,
)
from generator.records.measured import ColourNumbers, OrientationNumbers

PER_CONCEPT = 400  # drawings of each concept, half to choose by and half to report
RANDOM_SHARE = 5  # the random copy sees one in so many: its best unit is a bar, not a finding
RANDOM_LEAST = 20


def measure(
    network: Network,
    control: Network,
    copies: Iterable[Network],
    collection: Collection,
    top: Sequence[TopActivations],
    maxima: Sequence[npt.NDArray[np.floating]],
) -> Measured:
    """Everything that can be said about every unit of a network.

    ``control`` is the same network with random weights: a claim holds only above what the best
    of its units reaches. ``copies`` are more of the same, each with weights of its own, for the
    bars of the first layer. ``top`` tells which units fire at all, ``maxima`` one (images, C) a
    layer what they answer to each image, for claims about classes.
    """
    lines, colours = _tunings(network, network.layers)
    first = Probed.of(network, lines[0], colours[0])
    chance_first = [probed(one) for one in (control, *copies)]
    few = max(PER_CONCEPT // RANDOM_SHARE, min(PER_CONCEPT, RANDOM_LEAST))
    answers, guesses = answers_to_drawings((network, control), (PER_CONCEPT, few))
    concepts, chance = concept_scores(answers), concept_scores(guesses)
    depths = hierarchy(concepts, chance, giveaways(answers))
    classes = _classes(network, control, collection, maxima)
    measured: list[MeasuredLayer] = []
    for number, layer in enumerate(network.layers):
        claims: list[list[Claim]] = [[] for _ in range(layer.channels)]
        if layer.index == 1:
            offers = first_layer(first, chance_first, claims)
        else:
            offers = shapes(concepts[number], chance[number], claims)
        for own, claim in zip(claims, classes[number], strict=False):
            own.append(claim)
        alive = np.asarray((top[number].images >= 0).any(axis=1))
        part = part_in_walk(layer.index, len(network.layers))
        (rows, columns), cells = _placed(part, offers, claims, alive)
        named_too(cells, claims)
        tables = (
            orientation_table(lines[number]),
            colour_table(colours[number], lines[number]),
        )
        backed = _Backing(number, answers, concepts[number], depths, *tables)
        units = tuple(map(tuple, claims))
        scores = tuple(map(tuple, concepts[number].held_out.round(4).tolist()))
        cells = tuple(map(backed, cells))
        measured.append(MeasuredLayer(units, rows, columns, cells, *tables, scores))
    return Measured(tuple(measured), depths, tuple(ANGLES.tolist()), tuple(HUES.tolist()))


def probed(network: Network) -> Probed:
    """What there is to know of the first layer of a network."""
    (lines,), (colours,) = _tunings(network, network.layers[:1])
    return Probed.of(network, lines, colours)


def _tunings(
    network: Network, layers: Sequence[Layer]
) -> tuple[tuple[OrientationTuning, ...], tuple[ColourTuning, ...]]:
    lines = orientation_tunings(network, layers)
    greys = [layer.curves.max(axis=1) for layer in lines]
    return lines, colour_tunings(network, layers, greys)


def _placed(
    part: int, offers: dict[str, Offer], claims: list[list[Claim]], alive: npt.NDArray[np.bool_]
) -> tuple[tuple[int, int], tuple[Cell, ...]]:
    """The figure of a layer that is this ``part`` of the walk."""
    named = {
        at: join([offers[one] for one in wanted]) for at, wanted in NAMED.get(part, {}).items()
    }
    return place(
        part,
        {at: offer.claims for at, offer in named.items()},
        {at: offer.choosing for at, offer in named.items()},
        claims,
        alive,
    )


@dataclass(frozen=True)
class _Backing:
    """Gives the cells of one layer the evidence for what is claimed there."""

    number: int
    answers: Answers
    scores: ConceptScores
    depths: Hierarchy
    lines: Sequence[OrientationNumbers]
    colours: Sequence[ColourNumbers]

    def __call__(self, cell: Cell) -> Cell:
        claim, channel = cell.claim, cell.channel
        if claim is None:
            return cell
        if claim.kind == "concept":
            found = concept_evidence(
                claim, channel, self.number, self.answers, self.scores, self.depths
            )
        elif claim.kind in ("orientation", "colour"):
            found = tuning_evidence(claim, self.lines[channel], self.colours[channel])
        else:
            found = plain_evidence(claim)
        return replace(cell, evidence=found)


def shapes(
    scores: ConceptScores, chance: ConceptScores, claims: list[list[Claim]]
) -> dict[str, Offer]:
    """Drawn concepts, against the same layer with random weights.

    To ``claims`` is added for every unit the concept that it stands out for most, held or not,
    and after it every other that held, if it cleared its bar on both halves of the drawings.
    """
    lowest, best = bars(chance), [chance.best(shape).score for shape in range(len(SHAPES))]

    def claim(channel: int, shape: int) -> Claim:
        score, bar = float(scores.held_out[channel, shape]), float(lowest[shape])
        low, high = scores.interval(score)
        detail = Detail(
            drawings=scores.positives + scores.negatives,
            random=best[shape],
            low=round(low, 4),
            high=round(high, 4),
            chosen=round(float(scores.choosing[channel, shape]), 4),
        )
        return Claim("concept", SHAPES[shape], score, bar, low > bar, detail)

    offered = [[claim(c, shape) for c in range(len(claims))] for shape in range(len(SHAPES))]
    for channel, found in enumerate(claims):
        above = scores.choosing[channel] - lowest
        first, *others = np.argsort(-above, kind="stable").tolist()
        found.append(offered[first][channel])
        clear = (offered[shape][channel] for shape in others if above[shape] > 0)
        found += [other for other in clear if other.held]
    return {
        name: Offer(scores.choosing[:, shape], offered[shape]) for shape, name in enumerate(SHAPES)
    }


def named_too(cells: Iterable[Cell], claims: list[list[Claim]]) -> None:
    """What a unit has earned a cell's name for is among its own claims, under that name."""
    for cell in cells:
        claim = cell.claim
        if cell.wanted is None or claim is None or not claim.held:
            continue
        own = claims[cell.channel]
        # A unit has one preferred angle and one hue, so the name of the cell takes their place.
        at = next((n for n, one in enumerate(own) if _same(one, claim)), len(own))
        own[at : at + 1] = [claim]


def _same(one: Claim, other: Claim) -> bool:
    return one.kind == other.kind and (one.kind != "concept" or one.label == other.label)


def _classes(
    network: Network,
    control: Network,
    collection: Collection,
    maxima: Sequence[npt.NDArray[np.floating]],
) -> list[list[Claim]]:
    """For each layer one claim a unit, or none.

    From the collection's own labels where it has them, or else from the statistics that ship
    with the bundled network.
    """
    labels = labels_of(collection)
    if labels:
        guesses = random_values(control, collection)
        found: list[list[Claim]] = []
        for values, random in zip(maxima, guesses, strict=True):
            scores = class_scores(values, labels)
            chance = class_scores(random, labels)
            found.append(class_claims(scores, chance, labels.names) if scores else [])
        return found
    statistics = shipped_statistics(network)
    if not statistics:
        return [[] for _ in network.layers]
    return [
        shipped_claims(own, untrained_ratio(network, layer.name))
        for own, layer in zip(statistics, network.layers, strict=True)
    ]
