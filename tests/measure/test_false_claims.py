"""Random networks are measured against random networks: what is claimed of them is false."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from generator.measure.answers import answers_to_drawings
from generator.measure.colour import colour_tunings
from generator.measure.first_layer import Probed, first_layer_offers
from generator.measure.names import WIDE_LABELS
from generator.measure.naming import add_names, offers_of, verdicts
from generator.measure.offers import Offer
from generator.measure.orientation import orientation_tunings
from generator.measure.telling import tell_names
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
    layers = range(len(networks[0].layers))
    known = [[tell_names(answer, layer) for layer in layers] for answer in answers]
    units: dict[bool, list[bool]] = {False: [], True: []}  # by whether the name is a wider one
    named: list[Claim] = []
    for number, own in enumerate(known):
        for layer in layers:
            by_label = verdicts(own[layer], known[number - 1][layer])
            claims: list[list[Claim]] = [[] for _ in range(UNITS)]
            add_names(by_label, claims)
            named += [chosen(offer) for offer in offers_of(by_label, UNITS).values()]
            for wide, held in units.items():
                held += [
                    any(claim.held and (claim.label in WIDE_LABELS) == wide for claim in unit)
                    for unit in claims
                ]
    narrow, wider = (float(np.mean(held)) for held in units.values())
    print(f"names {narrow:.4f}, wider {wider:.4f} of units; {share_held(named):.4f} of places")
    assert narrow <= MOST
    assert wider <= MOST
    assert share_held(named) <= MOST


def test_at_most_one_claim_in_twenty_about_random_lines_and_colours_holds(
    networks: list[Network],
) -> None:
    lines = [orientation_tunings(network, network.layers[:1])[0] for network in networks]
    colours = [
        colour_tunings(network, network.layers[:1], (tuning.curves.max(axis=1),))[0]
        for network, tuning in zip(networks, lines, strict=True)
    ]
    probed = list(map(Probed.of, networks, lines, colours))
    own: list[Claim] = []
    named: list[Claim] = []
    for number in range(NETWORKS):
        claims: list[list[Claim]] = [[] for _ in range(UNITS)]
        random = [probed[number - back] for back in range(1, 6)]
        offers = first_layer_offers(probed[number], random, claims)
        named += [chosen(offer) for offer in offers.values()]
        own += [claim for unit in claims for claim in unit]
    print(f"false claims: {share_held(own):.4f} of units, {share_held(named):.4f} of searches")
    assert share_held(own) <= MOST
    assert share_held(named) <= MOST
