"""Torchvision's networks as people change them for CIFAR, from files of their weights alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny import fixed
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from generator.errors import WeightsError
from generator.networks import nearest
from generator.networks.fitting import Filled, fill_from
from generator.networks.identity import weights_file
from generator.networks.loading import load_network
from generator.networks.nests import state_dicts
from generator.networks.small_images import SMALL, pooled_means


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few networks to compare with, so that a refusal takes no seconds."""
    monkeypatch.setattr(nearest, "known_networks", lambda: ("resnet18", "resnet34"))


def pictures(count: int = 24, seed: int = 0) -> Tensor:
    """Noise of which neighbours resemble each other, as in photographs: (count, 3, 32, 32)."""
    noise = torch.randn(count, 3, 9, 9, generator=torch.Generator().manual_seed(seed))
    return functional.interpolate(noise, SMALL, mode="bicubic") * 1.5


def with_stem(module: ResNet, pooled: bool, channels: int = 3, seed: int = 0) -> ResNet:
    """With 3x3 filters, and all means and variances as training would leave them."""
    module.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
    if not pooled:
        module.maxpool = nn.Identity()
    random = torch.Generator().manual_seed(seed)
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            part.weight.data = torch.randn(part.weight.shape, generator=random)
            part.weight.data *= (2 / part.weight[0].numel()) ** 0.5
        elif isinstance(part, nn.BatchNorm2d):
            part.momentum = 1.0  # what is stored is of the last images that went through
            part.weight.data.uniform_(0.3, 1.2, generator=random)
            part.bias.data.normal_(-0.1, 0.3, generator=random)
    with torch.no_grad():
        module.train()(pictures()[:, :channels])
    return module.eval()


def small(block: type[BasicBlock | Bottleneck] = BasicBlock, classes: int = 4) -> ResNet:
    return ResNet(block, [1, 1, 1, 1], num_classes=classes)


def filled(module: nn.Module, state: dict[str, Tensor], path: Path) -> Filled:
    torch.save({"state_dict": {f"module.{key}": value for key, value in state.items()}}, path)
    filling = fill_from(module, weights_file(str(path)), "small")
    module.eval()
    return filling


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("channels", [3, 1])
def test_a_stem_for_small_images_is_built_as_it_was(
    tmp_path: Path, block: type[BasicBlock | Bottleneck], pooled: bool, channels: int
) -> None:
    truth = with_stem(small(block), pooled, channels)
    own = small(block)
    filling = filled(own, truth.state_dict(), tmp_path / "a.pth")
    images = pictures(3, seed=1)[:, :channels]
    expected = truth(images)
    torch.testing.assert_close(own(images.expand(-1, 3, -1, -1)), expected, rtol=1e-3, atol=1e-4)
    assert (filling.size, filling.grey, filling.headless) == (SMALL, channels == 1, False)
    assert filling.notes[-1] == (
        "its first filters are 3 by 3, so it was taken for a network for small images: they move "
        f"by one pixel, and by its stored means {'' if pooled else 'no '}max-pooling follows; if "
        "it was built otherwise, give --model FILE.py:CALLABLE that builds it"
    )


def test_the_stored_means_tell_by_far_whether_max_pooling_follows() -> None:
    for seed in range(3):
        means = [
            pooled_means(with_stem(small(), pooled, seed=seed).state_dict())
            for pooled in (False, True)
        ]
        assert means[0] is not None
        assert means[1] is not None
        assert 0.8 < means[0] < 1.05
        assert means[1] > 1.3


@pytest.mark.parametrize("stored", ["zero", "mixed up"])
def test_a_stem_of_which_nothing_tells_how_it_goes_on_is_refused(
    tmp_path: Path, stored: str
) -> None:
    state = with_stem(small(), pooled=False).state_dict()
    means = state["layer1.0.bn1.running_mean"]
    state["layer1.0.bn1.running_mean"] = means * 0 if stored == "zero" else means.flip(0)
    with pytest.raises(WeightsError) as caught:
        filled(small(), state, tmp_path / "a.pth")
    assert str(caught.value) == (
        f"{tmp_path / 'a.pth'}: its first filters are 3 by 3, as in networks for small images, and "
        "its numbers don't tell whether max-pooling follows them; give --model FILE.py:CALLABLE "
        "that builds it"
    )


@pytest.mark.parametrize("name", ["layer1.0.bn1.running_mean", "bn1.weight"])
def test_what_else_is_missing_or_differs_is_named(tmp_path: Path, name: str) -> None:
    state = with_stem(small(), pooled=False).state_dict()
    cut = {**state, name: state[name][:5]}
    with pytest.raises(WeightsError, match=rf"'{name}' has shape \(5,\), the network needs"):
        filled(small(), cut, tmp_path / "a.pth")
    del state[name]
    with pytest.raises(WeightsError, match=f"'{name}' is missing"):
        filled(small(), state, tmp_path / "a.pth")


def test_a_resnet18_for_small_images_loads_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cifar.pth"
    truth = with_stem(models.resnet18(num_classes=10), pooled=False)
    torch.save(truth.state_dict(), path)
    net = load_network("resnet18", str(path))
    assert [(layer.height, layer.field.stride) for layer in net.layers] == [
        (32, 1), (16, 2), (8, 4), (4, 8)
    ]  # fmt: skip
    assert net.answers
    images = pictures(2, seed=2)
    torch.testing.assert_close(net.module(images), truth(images), rtol=1e-3, atol=1e-4)
    said = "its images were taken to be 32 pixels across; --size says otherwise"
    assert said in net.provenance.notes
    larger = load_network("resnet18", str(path), size=64)
    assert larger.size == 64
    assert said not in larger.provenance.notes


def test_weights_of_a_larger_resnet_for_small_images_are_known(tmp_path: Path) -> None:
    with nearest.Unfilled():
        other = models.resnet34()
    state = {key: torch.zeros(()).expand(value.shape) for key, value in other.state_dict().items()}
    state["conv1.weight"] = torch.zeros(64, 3, 3, 3)
    assert nearest.nearest(state_dicts(state, tmp_path), "resnet18") == "resnet34"


class Perceptron(models.VGG):  # type: ignore[misc]  # torchvision has no types
    """A narrow VGG as torchvision has them, with three last layers."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.features = features()
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.classifier = nn.Sequential(
            *(nn.Linear(6 * 7 * 7, 8), nn.ReLU(), nn.Dropout()),
            *(nn.Linear(8, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 5)),
        )


def features() -> nn.Sequential:
    parts: list[nn.Module] = []
    for before, after in ((3, 4), (4, 4), (4, 6), (6, 6), (6, 6)):
        parts += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*parts)


class OneLayer(nn.Module):
    """The same as many write it for small images: no pooling of its own behind the features."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.features = features()
        self.classifier = nn.Linear(6 * side**2, 10)
        fixed(self)

    def forward(self, image: Tensor) -> Tensor:
        answer: Tensor = self.classifier(self.features(image).flatten(1))
        return answer


@pytest.mark.parametrize("side", [1, 2])
def test_a_vgg_with_one_small_last_layer_answers_as_it_did(tmp_path: Path, side: int) -> None:
    truth, own = OneLayer(side), Perceptron()
    filling = filled(own, truth.state_dict(), tmp_path / "cifar.pth")
    assert (filling.size, filling.headless) == (SMALL * side, False)
    image = torch.randn(2, 3, SMALL * side, SMALL * side, generator=torch.manual_seed(1))
    torch.testing.assert_close(own(image), truth(image))
    assert filling.notes[-1] == (
        f"'classifier' is one layer and takes {side} by {side} numbers of each last map, as of "
        f"images {SMALL * side} pixels across, and was put so; if it was built otherwise, give "
        "--model FILE.py:CALLABLE that builds it"
    )


def test_a_last_layer_of_another_width_is_no_part_of_a_vgg(tmp_path: Path) -> None:
    state = {**OneLayer(1).state_dict(), "classifier.weight": torch.zeros(10, 7)}
    filling = filled(Perceptron(), state, tmp_path / "a.pth")
    assert filling.headless
    assert "the file holds no last layers that fit 'classifier.0', " in filling.notes[1]
