"""How good a network's units are to look at: what a training run is judged by besides accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.measure.answers import answers_to_drawings
from generator.measure.claims import PER_CONCEPT, probed, seen_at_random
from generator.measure.first_layer import first_layer_offers
from generator.measure.names import SHAPES
from generator.measure.naming import add_names, offers_of, verdicts
from generator.measure.offers import Offer
from generator.measure.placement import NAMED, part_in_walk
from generator.measure.telling import tell_names
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.records import Claim
from generator.stages.build import CONTROL_SEED
from generator.stages.measure import COPIES

FINE = 1 / 3  # cycles a pixel, from where frequencies are high; the most there can be is 1/2
SAMPLES = 64  # frequencies a side at which a filter's spectrum is taken


@dataclass(frozen=True)
class Named:
    """The unit that is best at one of the concepts that the lesson names a cell of its layer for.

    ``label`` is what it claims to be, the ``concept`` or a wider name that includes it, and
    ``held`` whether it passed all tests for that. ``score`` is its AUROC in 0 to 1 on drawings
    that it wasn't chosen by, ``low`` the lower end of its 95 % interval, ``bar`` what that has to
    clear: what random weights reach.
    """

    layer: str
    concept: str
    label: str
    channel: int
    score: float
    low: float
    bar: float
    held: bool


@dataclass(frozen=True)
class Appearance:
    """What figures of a network depend on.

    ``units`` and ``dead`` are counts by layer; a unit is dead when no image makes it fire.
    ``grain`` is the share of the energy of the first layer's filters in the highest third of
    frequencies, the mean over filters, from 0 for smooth ones to 0.65 for random numbers.
    ``one_angle`` and ``one_colour`` count the units of the first layer that can claim a line or
    a colour.
    """

    units: dict[str, int]
    dead: dict[str, int]
    grain: float
    one_angle: int
    one_colour: int
    named: tuple[Named, ...]


@dataclass(frozen=True)
class Claimed:
    """What the units of each layer claim by drawings, and what they would in named cells.

    ``offers`` are by concept; those of the first layer, about lines and colours, are left out.
    """

    claims: tuple[list[list[Claim]], ...]
    offers: tuple[Mapping[str, Offer], ...]


def claimed(
    network: Network,
    means: Mapping[str, npt.NDArray[np.floating]],
    per_concept: int = PER_CONCEPT,
    copies: int = COPIES,
) -> Claimed:
    """Measure the units as the lesson's figures do, against ``copies`` with random weights.

    ``means`` (2, C, classes) by layer are the class statistics that ship with the network;
    ``per_concept`` is the number of drawings of each.
    """
    random = [_random(network, CONTROL_SEED + number) for number in range(copies)]
    first: list[list[Claim]] = [[] for _ in range(network.layers[0].channels)]
    strongest = means[network.layers[0].name].max(axis=(0, 2))
    chance = [probed(untrained) for untrained in random]
    first_layer_offers(probed(network, strongest), chance, first)
    counts = per_concept, seen_at_random(per_concept)
    answers, guesses = answers_to_drawings((network, random[0]), counts)
    claims: list[list[list[Claim]]] = [first]
    offers: list[Mapping[str, Offer]] = [{}]
    for number, layer in enumerate(network.layers[1:], start=1):
        by_label = verdicts(tell_names(answers, number), tell_names(guesses, number))
        own: list[list[Claim]] = [[] for _ in range(layer.channels)]
        add_names(by_label, own)
        claims.append(own)
        offers.append(offers_of(by_label, layer.channels))
    return Claimed(tuple(claims), tuple(offers))


def appearance(
    network: Network, means: Mapping[str, npt.NDArray[np.floating]], claimed: Claimed
) -> Appearance:
    """How good the units are to look at, by what they claim.

    A dead unit answered to none of the images that ``means`` are of, as for ``claimed``.
    """
    held = [claim for own in claimed.claims[0] for claim in own if claim.held]
    filters = next(network.module.parameters()).detach().cpu().numpy()
    return Appearance(
        units={layer.name: layer.channels for layer in network.layers},
        dead={name: int((array.max(axis=(0, 2)) <= 0).sum()) for name, array in means.items()},
        grain=round(float(fine_share(filters).mean()), 4),
        one_angle=sum(claim.kind == "orientation" for claim in held),
        one_colour=sum(claim.kind == "colour" for claim in held),
        named=_named(network, claimed),
    )


def fine_share(filters: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(C,) in 0 to 1: the share of each filter's energy in the highest third of frequencies.

    ``filters`` (C, 3, K, K). Frequencies run from 0 to half a cycle a pixel in each direction;
    how high one is, is its length. The energy of the three colours is added up.
    """
    spectrum = np.abs(np.fft.fft2(filters.astype(np.float64), s=(SAMPLES, SAMPLES))) ** 2
    energy = spectrum.sum(axis=1)  # (C, SAMPLES, SAMPLES)
    along = np.fft.fftfreq(SAMPLES)
    fine = np.hypot(along, along[:, None]) > FINE
    return np.asarray(energy[:, fine].sum(axis=1) / energy.sum(axis=(1, 2)))


def _named(network: Network, claimed: Claimed) -> tuple[Named, ...]:
    named: list[Named] = []
    for layer, offers in zip(network.layers, claimed.offers, strict=True):
        cells = NAMED.get(part_in_walk(layer.index, len(network.layers)), {})
        wanted = [
            concept for concepts in cells.values() for concept in concepts if concept in SHAPES
        ]
        for concept in wanted:
            channel = int(offers[concept].choosing.argmax())
            claim = offers[concept].claims[channel]
            low, bar = claim.detail.low or 0.0, round(claim.bar, 4)
            score, held = round(claim.score, 4), claim.held
            named.append(Named(layer.name, concept, claim.label, channel, score, low, bar, held))
    return tuple(named)


def _random(network: Network, seed: int) -> Network:
    """A network with the random weights of a seed, looking at images as the given one does."""
    names = tuple(layer.name for layer in network.layers)
    blank = load_network(network.name, "none", str(network.device), names, seed=seed)
    return replace(blank, preprocess=network.preprocess)
