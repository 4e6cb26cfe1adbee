"""The first layer of a network that was trained on ImageNet has the units that it is famous for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.measure.claims import probed
from generator.measure.first_layer import NEAR, first_layer_offers
from generator.measure.orientation import angle_between
from generator.networks.loading import load_network
from generator.records import Claim
from generator.records.hues import hue_name
from generator.stages.build import CONTROL_SEED
from generator.stages.measure import COPIES

LAYERS = ("features.1",)


def test_lines_of_both_slants_and_a_green_blob_are_found(data_folder: Path) -> None:
    weights = data_folder / "squeezenet1_0-imagenet.safetensors"
    if not weights.is_file():
        pytest.skip(f"no ImageNet weights in {data_folder}")
    network = load_network("squeezenet1_0", str(weights), layers=LAYERS)
    chance = [
        probed(load_network("squeezenet1_0", "none", layers=LAYERS, seed=CONTROL_SEED + copy))
        for copy in range(COPIES)
    ]
    claims: list[list[Claim]] = [[] for _ in range(network.layers[0].channels)]
    offers = first_layer_offers(probed(network), chance, claims)
    best = {name: offer.claims[int(offer.choosing.argmax())] for name, offer in offers.items()}
    assert all(claim.held for claim in best.values()), best
    for wanted in (-45, 45):
        angle = np.array([best[f"line {wanted:+d}"].detail.angle])
        assert angle_between(angle, wanted)[0] <= NEAR
    hue = best["green blob"].detail.hue
    assert hue is not None
    assert hue_name(hue) == "green"
