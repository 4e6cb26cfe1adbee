"""Random networks are measured against random networks: what is claimed of them is false."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from generator.measure.answers import answers_to_drawings
from generator.measure.claims import shapes
from generator.measure.colour import colour_tunings
from generator.measure.concepts import concept_scores
from generator.measure.first_layer import Probed, first_layer
from generator.measure.offers import Offer
from generator.measure.orientation import orientation_tunings
from generator.networks import zfnet
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.records import Claim

NETWORKS, UNITS, PER_CONCEPT = 20, 16, 60
MOST = 0.05


@pytest.fixture(scope="module")
def networks() -> list[Network]:
    """Narrow copies of the bundled network's build, each with random weights of its own."""
    convolutions = tuple(
        zfnet.Convolution(UNITS, conv.kernel, conv.stride, conv.padding)
        for conv in zfnet.ZFNET64.convolutions
    )
    parts = {**vars(zfnet.ZFNET64), "convolutions": convolutions, "hidden": (8,)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(zfnet.ARCHITECTURES, "zfnet64", zfnet.Architecture(**parts))
        return [load_network("zfnet64", "none", seed=10 + seed) for seed in range(NETWORKS)]


def share_held(claims: Sequence[Claim]) -> float:
    return float(np.mean([claim.held for claim in claims]))


def chosen(offer: Offer) -> Claim:
    """The claim of the unit that a cell's name goes to."""
    return offer.claims[int(offer.choosing.argmax())]


def test_at_most_one_claim_in_twenty_about_random_shapes_holds(networks: list[Network]) -> None:
    answers = answers_to_drawings(networks, [PER_CONCEPT] * NETWORKS)
    scores = [concept_scores(one) for one in answers]
    units: list[bool] = []
    named: list[Claim] = []
    for number, layers in enumerate(scores):
        for layer, chance in zip(layers, scores[number - 1], strict=True):
            claims: list[list[Claim]] = [[] for _ in range(UNITS)]
            named += [chosen(offer) for offer in shapes(layer, chance, claims).values()]
            units += [any(claim.held for claim in unit) for unit in claims]
    print(f"false claims: {np.mean(units):.4f} of units, {share_held(named):.4f} of searches")
    assert np.mean(units) <= MOST
    assert share_held(named) <= MOST


def test_at_most_one_claim_in_twenty_about_random_lines_and_colours_holds(
    networks: list[Network],
) -> None:
    lines = [orientation_tunings(one, one.layers[:1])[0] for one in networks]
    colours = [
        colour_tunings(one, one.layers[:1], (tuning.curves.max(axis=1),))[0]
        for one, tuning in zip(networks, lines, strict=True)
    ]
    probed = list(map(Probed.of, networks, lines, colours))
    own: list[Claim] = []
    named: list[Claim] = []
    for number in range(NETWORKS):
        claims: list[list[Claim]] = [[] for _ in range(UNITS)]
        random = [probed[number - back] for back in range(1, 6)]
        offers = first_layer(probed[number], random, claims)
        named += [chosen(offer) for offer in offers.values()]
        own += [claim for unit in claims for claim in unit]
    print(f"false claims: {share_held(own):.4f} of units, {share_held(named):.4f} of searches")
    assert share_held(own) <= MOST
    assert share_held(named) <= MOST
