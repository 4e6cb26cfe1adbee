"""Every family that torchvision has either runs or is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torchvision import models

from generator.errors import UnsupportedNetworkError
from generator.networks.loading import load_network
from generator.records.taken import STOPPED
from generator.scan.activations import maxima
from generator.techniques.deconvnet import project

RUNS = [
    "alexnet", "densenet121", "googlenet", "inception_v3", "mobilenet_v2", "resnet18",
    "resnext50_32x4d",
    "shufflenet_v2_x0_5", "squeezenet1_1", "vgg11", "vgg11_bn", "wide_resnet50_2",
]  # fmt: skip
REFUSED = {
    name: "|".join(next(words for start, words in STOPPED.items() if name.startswith(start)))
    for name in (
        *("mobilenet_v3_small", "efficientnet_b0", "convnext_tiny", "swin_t", "vit_b_16"),
        *("regnet_y_400mf", "maxvit_t"),
    )
}


@pytest.mark.parametrize("name", RUNS)
def test_each_layer_of_a_network_can_be_looked_at(name: str) -> None:
    network = load_network(name, "none")
    assert 4 <= len(network.layers) <= 5
    image = torch.randn(1, 3, network.size, network.size, generator=torch.manual_seed(1))
    for layer, (values, places) in zip(network.layers, maxima(network, image), strict=True):
        channel = int(values[0].argmax())
        place = divmod(int(places[0, channel]), layer.width)
        assert values[0, channel] > 0
        projection = project(network, layer, image, np.array([channel]), np.array([place]))[0]
        rows, columns = (projection != 0).any(dim=0).nonzero(as_tuple=True)
        left, top, right, bottom = layer.field.box(*place)
        assert len(rows) > 0
        assert top <= int(rows.min()) <= int(rows.max()) < bottom
        assert left <= int(columns.min()) <= int(columns.max()) < right


@pytest.mark.parametrize(("name", "operation"), REFUSED.items())
def test_other_rectifiers_are_refused_by_name(name: str, operation: str) -> None:
    for weights in ("none", None, "no such file"):  # before any is read, or downloaded
        with pytest.raises(UnsupportedNetworkError, match=operation):
            load_network(name, weights)


def test_the_lists_name_real_networks() -> None:
    assert {*RUNS, *REFUSED} <= set(models.list_models(module=models))
