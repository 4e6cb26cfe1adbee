"""All measurements of a network put together: what each unit can claim, and who stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.images.collection import Collection
from generator.measure.answers import Answers, answers_to_drawings
from generator.measure.classes import (
    shipped_answers,
    shipped_claims,
    shipped_statistics,
    untrained_ratio,
)
from generator.measure.colour import HUES, colour_tunings
from generator.measure.concepts import ConceptScores, hierarchy
from generator.measure.evidence import (
    colour_table,
    concept_evidence,
    extremes_of_units,
    orientation_table,
    plain_evidence,
    tuning_evidence,
)
from generator.measure.families import ClassAnswers, preferring
from generator.measure.first_layer import Probed, first_layer_offers
from generator.measure.giveaways import giveaways
from generator.measure.labelled import (
    class_claims,
    class_scores,
    labelled_answers,
    labels_of,
    random_values,
)
from generator.measure.naming import TIER, add_names, offers_of, verdicts
from generator.measure.offers import Offer, join
from generator.measure.orientation import ANGLES, orientation_tunings
from generator.measure.placement import CLASSES_FROM, NAMED, part_in_walk, place
from generator.measure.telling import tell_names
from generator.networks.network import Network
from generator.records import (
    Cell,
    Claim,
    ColourTuning,
    Hierarchy,
    Layer,
    Measured,
    MeasuredLayer,
    OrientationTuning,
    TopActivations,
)
from generator.records.measured import ColourNumbers, OrientationNumbers

PER_CONCEPT = 400  # drawings of each concept, half to choose by and half to report
RANDOM_SHARE = 2.5  # the random copy sees one in so many: its best unit is a bar, not a finding
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
    first = Probed.of(network, lines[0], colours[0], np.max(maxima[0], axis=0))
    chance_first = [probed(untrained) for untrained in (control, *copies)]
    counts = PER_CONCEPT, seen_at_random(PER_CONCEPT)
    answers, guesses = answers_to_drawings((network, control), counts)
    numbers = range(len(network.layers))
    own, chance = (
        [tell_names(given, number) for number in numbers] for given in (answers, guesses)
    )
    concepts = list(map(ConceptScores.of, own))
    depths = hierarchy(concepts, list(map(ConceptScores.of, chance)), giveaways(answers))
    classes = _classes(network, control, collection, maxima)
    measured: list[MeasuredLayer] = []
    for number, layer in enumerate(network.layers):
        claims: list[list[Claim]] = [[] for _ in range(layer.channels)]
        known = classes[number] if classes else None
        if layer.index == 1:
            # A unit that sees a few pixels sees lines and colours, whatever classes have these.
            offers = first_layer_offers(first, chance_first, claims)
        else:
            by_label = verdicts(own[number], chance[number])
            add_names(by_label, claims)
            offers = offers_of(by_label, layer.channels)
            for unit, claim in zip(claims, known.claims if known else (), strict=False):
                unit.append(claim)
        answered = known.answers if known else None
        alive = np.asarray((top[number].images >= 0).any(axis=1))
        part = part_in_walk(layer.index, len(network.layers))
        (rows, columns), cells = _placed(part, offers, claims, alive, answered)
        named_too(cells, claims)
        tables = (
            orientation_table(lines[number]),
            colour_table(colours[number], lines[number]),
        )
        backed = _Backing(number, answers, depths, *tables)
        units = tuple(map(tuple, claims))
        scores = tuple(map(tuple, concepts[number].held_out.round(4).tolist()))
        cells = tuple(map(backed, cells))
        liked = extremes_of_units(answers, number, claims)
        measured.append(MeasuredLayer(units, rows, columns, cells, *tables, scores, liked))
    return Measured(tuple(measured), depths, tuple(ANGLES.tolist()), tuple(HUES.tolist()))


def seen_at_random(count: int) -> int:
    """How many of ``count`` drawings of each concept the network with random weights looks at."""
    return int(max(count / RANDOM_SHARE, min(count, RANDOM_LEAST)))


def probed(network: Network, strongest: npt.NDArray[np.floating] | None = None) -> Probed:
    """What there is to know of the first layer of a network; ``strongest`` as in ``Probed.of``."""
    (lines,), (colours,) = _tunings(network, network.layers[:1])
    return Probed.of(network, lines, colours, strongest)


def _tunings(
    network: Network, layers: Sequence[Layer]
) -> tuple[tuple[OrientationTuning, ...], tuple[ColourTuning, ...]]:
    lines = orientation_tunings(network, layers)
    greys = [layer.curves.max(axis=1) for layer in lines]
    return lines, colour_tunings(network, layers, greys)


def _placed(
    part: int,
    offers: dict[str, Offer],
    claims: list[list[Claim]],
    alive: npt.NDArray[np.bool_],
    answered: ClassAnswers | None,
) -> tuple[tuple[int, int], tuple[Cell, ...]]:
    """The figure of a layer that is this ``part`` of the walk."""
    wanted = NAMED.get(part, {})
    named = {at: join([offers[label] for label in labels]) for at, labels in wanted.items()}
    known = answered if part >= CLASSES_FROM else None
    shape, cells = place(
        part,
        {at: offer.claims for at, offer in named.items()},
        {at: preferring(offer.choosing, known, wanted[at], TIER) for at, offer in named.items()},
        claims,
        alive,
        {at: known.claiming(concepts, claims) for at, concepts in wanted.items()} if known else {},
    )
    return shape, tuple(_taught(cell, answered, claims[cell.channel]) for cell in cells)


def _taught(cell: Cell, answered: ClassAnswers | None, claims: Sequence[Claim]) -> Cell:
    """A named cell with what photographs say to the name, where they say something."""
    if cell.wanted is None or answered is None:
        return cell
    claim = cell.claim
    if claim is not None and claim.kind == "class":
        return cell
    wider = claim.tests.members if claim is not None and claim.held and claim.tests else ()
    concepts = wider or tuple(cell.wanted.split(" or "))
    return replace(cell, taught=answered.taught(concepts, claims))


@dataclass(frozen=True)
class _Backing:
    """Gives the cells of one layer the evidence for what is claimed there."""

    number: int
    answers: Answers
    depths: Hierarchy
    lines: Sequence[OrientationNumbers]
    colours: Sequence[ColourNumbers]

    def __call__(self, cell: Cell) -> Cell:
        claim, channel = cell.claim, cell.channel
        if claim is None:
            return cell
        if claim.kind == "concept":
            evidence = concept_evidence(claim, channel, self.number, self.answers, self.depths)
        elif claim.kind in ("orientation", "colour"):
            evidence = tuning_evidence(claim, self.lines[channel], self.colours[channel])
        else:
            evidence = plain_evidence(claim)
        return replace(cell, evidence=evidence)


def named_too(cells: Iterable[Cell], claims: list[list[Claim]]) -> None:
    """What a unit has earned a cell's name for is among its own claims, under that name."""
    for cell in cells:
        claim = cell.claim
        if cell.wanted is None or claim is None or not claim.held:
            continue
        own = claims[cell.channel]
        # A unit has one preferred angle and one hue, so the name of the cell takes their place.
        at = next((n for n, held in enumerate(own) if _same(held, claim)), len(own))
        own[at : at + 1] = [claim]


def _same(claim: Claim, other: Claim) -> bool:
    return claim.kind == other.kind and (claim.kind != "concept" or claim.label == other.label)


@dataclass(frozen=True)
class _Classes:
    """What classes say to one layer: a claim a unit, or none, and what units are placed by."""

    claims: list[Claim]
    answers: ClassAnswers | None


def _classes(
    network: Network,
    control: Network,
    collection: Collection,
    maxima: Sequence[npt.NDArray[np.floating]],
) -> list[_Classes]:
    """For each layer what classes say to it; empty where none are known.

    From the collection's own labels where it has them, or else from the statistics that ship
    with the bundled network.
    """
    labels = labels_of(collection)
    if labels:
        guesses = random_values(control, collection)
        measured: list[_Classes] = []
        for values, random in zip(maxima, guesses, strict=True):
            scores, chance = class_scores(values, labels), class_scores(random, labels)
            if scores is None:
                measured.append(_Classes([], None))
                continue
            claims = class_claims(scores, chance, labels.names)
            measured.append(_Classes(claims, labelled_answers(scores, chance, labels.names)))
        return measured
    return [
        _Classes(
            shipped_claims(own, ratio := untrained_ratio(network, layer.name)),
            shipped_answers(own, ratio),
        )
        if own
        else _Classes([], None)
        for own, layer in zip(shipped_statistics(network), network.layers, strict=True)
    ]
