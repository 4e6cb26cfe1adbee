"""Torchvision's networks from files in their published form: loaded as torchvision loads them.

Names, shapes and refusals of all of them are tried without memory for weights. Whole files, and
projections beside the plain implementation, are those of a small one of each family; with SLOW
set, of all that run.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import published
import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from generator.errors import UnsupportedNetworkError
from generator.networks import nearest
from generator.networks.keys import best_fit
from generator.networks.loading import load_network
from generator.networks.nests import StateDict
from generator.networks.sources import IMAGENET_MEAN, IMAGENET_STD
from generator.networks.trace import trace
from generator.records.taken import STOPPED
from generator.scan.activations import maxima
from generator.techniques.deconvnet import project

ALL = models.list_models(module=models)
STOPS = {
    name: "|".join(words)
    for name in ALL
    for start, words in STOPPED.items()
    if name.startswith(start)
}
RUN = [name for name in ALL if name not in STOPS]
FEW = (
    *("densenet121", "googlenet", "mnasnet0_5", "mobilenet_v2", "regnet_x_400mf", "resnet18"),
    *("shufflenet_v2_x0_5", "squeezenet1_1"),
)


@pytest.mark.parametrize("name", STOPS)
def test_every_network_that_does_not_run_is_refused_by_operation_and_module(name: str) -> None:
    """All of them, by shapes alone; ``test_torchvision.py`` goes through the whole program."""
    with nearest.Unfilled():
        module = nearest.build_known(name)
    size = int(getattr(module, "image_size", 224))
    refused = rf"^({STOPS[name]}) \(in [\w.-]+\) is not an operation that "
    with pytest.raises(UnsupportedNetworkError, match=refused):
        trace(module.to("meta").eval(), size, torch.device("meta"))


@pytest.mark.parametrize("name", RUN if "SLOW" in os.environ else FEW)
def test_a_published_file_loads_as_torchvision_loads_it(
    name: str, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    state = published.published(name, published.trained(name))
    path = published.write(name, state, tmp_path / "file")
    network = load_network(name, str(path))
    path.unlink()
    assert network.provenance.notes == ()
    assert network.answers
    theirs = published.loaded_by_torchvision(name, state)
    side = network.size
    pixels = torch.rand(1, 3, side, side, generator=torch.manual_seed(1))
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    image = network.preprocess.normalise(pixels)
    # Theirs takes ImageNet's normalisation in any case, and changes it inside where need be.
    expected = theirs((pixels - mean) / std)
    assert expected.std() > 0
    torch.testing.assert_close(network.module(image), expected, rtol=1e-3, atol=1e-4)

    apart = 0.0
    for layer, (values, places) in zip(network.layers, maxima(network, image), strict=True):
        channel = int(values[0].argmax())
        place = divmod(int(places[0, channel]), layer.width)
        projection = project(network, layer, image, np.array([channel]), np.array([place]))[0]
        by_hand = published.project_by_hand(network.module, layer.name, image, channel, place)
        largest = float(by_hand.abs().max())
        assert largest > 0
        apart = max(apart, float((projection - by_hand).abs().max()) / largest)
    assert apart < 1e-4
    tell(f"{name}: {len(network.layers)} layers projected, at most {apart:.0e} apart")


@pytest.mark.parametrize("name", ALL)
def test_every_tensor_of_a_published_file_is_found_under_its_name(name: str) -> None:
    """By names and shapes alone, which takes no memory for weights."""
    shapes, _ = nearest.shapes_of(name)
    own = {key: shape for key, shape in shapes.items() if not key.endswith("num_batches_tracked")}
    tensors = {
        published.older_name(key): torch.empty(shape, device="meta") for key, shape in own.items()
    }
    fit = best_fit(own, [StateDict("", tensors, {})])
    assert fit is not None
    assert fit.all == len(own)
    assert fit.tensors.keys() == own.keys()


@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_a_file_of_the_first_mnasnet_makes_the_first_mnasnet(tmp_path: Path, ending: str) -> None:
    """Its stem was of one width for all; the version, or else the shapes, tell which it is."""
    module = published.trained("mnasnet0_5")
    first: OrderedDict[str, torch.Tensor] = OrderedDict()
    first._metadata = {"": {"version": 1}}  # type: ignore[attr-defined]
    with pytest.warns(UserWarning, match="A new version of MNASNet"):
        module.load_state_dict(first, strict=False)
    state = published.published("mnasnet0_5", module)
    assert state["layers.0.weight"].shape[0] == 32
    path = tmp_path / f"first.{ending}"
    if ending == "pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    network = load_network("mnasnet0_5", str(path))
    image = torch.rand(1, 3, 64, 64, generator=torch.manual_seed(0))
    module.eval()
    torch.testing.assert_close(network.module(image), module(image), rtol=1e-3, atol=1e-4)


def test_a_file_of_todays_mnasnet_needs_no_version(tmp_path: Path) -> None:
    module = published.trained("mnasnet0_5")
    save_file(module.state_dict(), tmp_path / "a.safetensors")
    network = load_network("mnasnet0_5", str(tmp_path / "a.safetensors"))
    image = torch.rand(1, 3, 64, 64, generator=torch.manual_seed(0))
    torch.testing.assert_close(network.module(image), module(image), rtol=1e-3, atol=1e-4)
