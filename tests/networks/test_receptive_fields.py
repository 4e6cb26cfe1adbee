"""Receptive fields against published tables, and against pixels that are changed one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
import torch
import torchvision.models as zoo
from tiny import Branching, Padded, chain, hooks, inputs, network
from torch import Tensor, nn

from generator.errors import UnsupportedNetworkError, UsageError
from generator.networks import load
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.networks.trace import Traced, trace
from generator.networks.zfnet import ZFNET, ZFNET64, build
from generator.records import Layer

CPU = torch.device("cpu")


def traced(module: nn.Module, size: int) -> dict[str, Traced]:
    return {part.name: part for part in trace(module.eval(), size, CPU)}


def test_zfnet_has_the_map_sizes_and_fields_of_the_paper() -> None:
    with torch.device("meta"):  # shapes are enough
        module = build(ZFNET, 1000)
    by_name = {part.name: part for part in trace(module.eval(), 224, torch.device("meta"))}
    order = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [by_name[name].height for name in order] == [110, 55, 26, 13, 13, 13, 13, 6]
    assert [by_name[name].width for name in order] == [110, 55, 26, 13, 13, 13, 13, 6]
    convolutions = [by_name[f"conv{n}"] for n in range(1, 6)]
    assert [part.channels for part in convolutions] == [96, 256, 384, 384, 256]
    fields = [(part.field.size, part.field.stride) for part in convolutions]
    assert fields == [(7, 2), (27, 8), (75, 16), (107, 16), (139, 16)]


def test_zfnet64_has_its_map_sizes() -> None:
    by_name = traced(build(ZFNET64, 200), 64)
    order = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [by_name[name].height for name in order] == [32, 16, 16, 8, 8, 8, 8, 4]


def test_alexnet_has_its_published_fields() -> None:
    layers = load("alexnet", "none").layers
    assert [layer.field.size for layer in layers] == [11, 51, 99, 131, 163]
    assert [layer.field.stride for layer in layers] == [4, 8, 16, 16, 16]
    # From the network's padding: -2; then -2 - 2 * 8; then one step of 16 for each 3x3 behind.
    assert [layer.field.offset for layer in layers] == [-2, -18, -34, -50, -66]


def test_a_field_worked_out_by_hand() -> None:
    """3x3 stride 2 padding 1: 3, 2, -1. Pool of 2: 3 + 2 = 5, 4, -1. 3x3 dilated by 2, padding 2:
    5 + 4 * 4 = 21, 4, -1 - 8 = -9."""
    module = nn.Sequential(
        nn.Conv2d(3, 1, 3, stride=2, padding=1),
        nn.MaxPool2d(2),
        nn.Conv2d(1, 1, 3, padding="same", dilation=2),
    )
    fields = [part.field for part in trace(module, 32, CPU)]
    assert [(f.size, f.stride, f.offset) for f in fields] == [(3, 2, -1), (5, 4, -1), (21, 4, -9)]
    assert fields[0].box(row=2, column=5) == (9, 3, 12, 6)  # left, top, right, bottom


def positive(module: nn.Module) -> nn.Module:
    """The network with positive weights and no biases, so that nothing ever cancels out.

    A unit of it is above zero just if one of the pixels that it sees is: every influence, and
    nothing else, shows. In double precision, for influences become small.
    """
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.Linear):
            part.weight.data = torch.full_like(part.weight, 1 / part.weight[0].numel())
            if part.bias is not None:
                part.bias.data.zero_()
        elif isinstance(part, nn.BatchNorm2d):
            assert part.running_mean is not None
            assert part.running_var is not None
            part.weight.data.fill_(1)
            part.bias.data.zero_()
            part.running_mean.zero_()
            part.running_var.fill_(1)
    return module.requires_grad_(False).double().eval()


def fires(net: Network, layer: Layer, pixels: Tensor, row: int, column: int) -> bool:
    """Whether the unit does when just the ``pixels`` (H, W) are lit."""
    image = pixels.double().expand(1, 3, -1, -1)
    return bool(record_maps(net, image, (layer,))[0][0, :, row, column].any())


def check_by_lighting_pixels(module: nn.Module, names: list[str], size: int) -> None:
    """A unit in the middle sees nothing outside its field, and each edge of the field."""
    net = network(module, names, size=size)
    positive(module)
    for layer in net.layers:
        row, column = layer.height // 2, layer.width // 2 - 1
        left, top, right, bottom = layer.field.box(row, column)
        assert left > 0, f"{layer.name} sees over the border; give a larger image"
        assert top > 0
        assert max(right, bottom) < size
        outside = torch.ones(size, size)
        outside[top:bottom, left:right] = 0
        assert not fires(net, layer, outside, row, column), layer
        for line in (
            (slice(top, top + 1), slice(left, right)),
            (slice(bottom - 1, bottom), slice(left, right)),
            (slice(top, bottom), slice(left, left + 1)),
            (slice(top, bottom), slice(right - 1, right)),
        ):
            lit = torch.zeros(size, size)
            lit[line] = 1
            assert fires(net, layer, lit, row, column), (layer, line)


@pytest.mark.parametrize(
    "pool", ["max", "overlapping", "rounding up", "average", "overlapping average"]
)
def test_fields_of_a_chain(pool: str) -> None:
    check_by_lighting_pixels(chain(pool, norm=True), ["conv1", "pool1", "relu2", "relu3"], 64)


def test_fields_of_branches_that_are_joined_and_added() -> None:
    check_by_lighting_pixels(Branching(), ["joined", "added", "shrink", "top"], 64)


def test_fields_of_zfnet64() -> None:
    names = ["conv1", "conv2", "conv3", "conv4", "conv5", "pool5"]
    check_by_lighting_pixels(build(ZFNET64, 10), names, 160)


REAL: list[tuple[Callable[[], nn.Module], list[str], int]] = [
    (zoo.squeezenet1_0, ["features.2", "features.5", "features.8"], 224),
    (zoo.resnet18, ["layer1", "layer2.0", "layer2.1"], 224),
    (
        lambda: zoo.googlenet(init_weights=False, aux_logits=False),
        ["conv3", "inception3a", "inception3b"],
        224,
    ),
    (zoo.densenet121, ["features.transition1.relu", "features.transition1"], 192),
    (zoo.shufflenet_v2_x0_5, ["maxpool", "stage2.0", "stage2.3"], 256),
]


@pytest.mark.parametrize(
    ("make", "names", "size"),
    REAL,
    ids=["squeezenet1_0", "resnet18", "googlenet", "densenet121", "shufflenet"],
)
def test_fields_of_well_known_networks(
    make: Callable[[], nn.Module], names: list[str], size: int
) -> None:
    check_by_lighting_pixels(make(), names, size)


@pytest.mark.parametrize("size", [64, 65, 67, 70])
def test_fields_behind_padding_by_the_size_of_a_map(size: int) -> None:
    check_by_lighting_pixels(Padded(), ["relu1", "pool1", "relu2", "relu3"], size)


def test_padding_of_two_sides_worked_out_by_hand() -> None:
    """One place more to the left and two above; then a 3x3 window of stride 2: 3, 2, and where
    the two directions begin apart the field holds both. Cutting off one place moves it back."""
    module = nn.Sequential(
        nn.ConstantPad2d((1, 0, 2, 1), 5.0), nn.Conv2d(3, 1, 3, stride=2), nn.ZeroPad2d(-1)
    )
    fields = [part.field for part in trace(module, 32, CPU)]
    assert [(f.size, f.stride, f.offset) for f in fields] == [(2, 1, -2), (4, 2, -2), (4, 2, 0)]
    assert [part.padded for part in trace(module, 32, CPU)] == [True] * 3


@pytest.mark.parametrize("way", ["reflect", "replicate", "circular"])
def test_padding_with_what_is_in_the_map_is_refused(
    way: Literal["reflect", "replicate", "circular"],
) -> None:
    module = nn.Sequential(nn.Conv2d(3, 1, 3, padding=1, padding_mode=way), nn.ReLU())
    with pytest.raises(UnsupportedNetworkError, match=rf"^pad \(in 0\) fills .* {way!r} way; "):
        trace(module, 24, CPU)


@pytest.mark.parametrize(
    ("module", "name"),
    [(chain("overlapping"), "relu3"), (Branching(), "top"), (Padded(), "relu3")],
)
def test_noise_outside_the_field_changes_nothing(module: nn.Module, name: str) -> None:
    """With weights of either sign, at the border too."""
    net = network(module, [name], size=64)
    (layer,) = net.layers
    image, noise = inputs(2, 64, dtype=torch.float32)
    before = record_maps(net, image[None])[0]
    for row, column in ((0, 0), (layer.height // 2, layer.width // 2), (layer.height - 1, 0)):
        left, top, right, bottom = layer.field.box(row, column)
        changed = noise.clone()
        inside = (slice(max(top, 0), bottom), slice(max(left, 0), right))
        changed[:, *inside] = image[:, *inside]
        after = record_maps(net, changed[None])[0]
        torch.testing.assert_close(after[0, :, row, column], before[0, :, row, column])
        assert not torch.allclose(after, before)


def test_kernels_that_are_not_square() -> None:
    """The field is the smallest square that holds what is seen: exact along the long side."""
    module = nn.Sequential(
        nn.Conv2d(3, 2, (1, 7), padding=(0, 3)), nn.ReLU(), nn.Conv2d(2, 2, (3, 1), padding=(1, 0))
    )
    net = network(module, ["0", "2"], size=24)
    assert [layer.field.size for layer in net.layers] == [7, 7]
    positive(module)
    layer = net.layers[1]
    left, top, right, bottom = layer.field.box(12, 12)
    assert (left, top, right, bottom) == (9, 9, 16, 16)
    single = torch.eye(24 * 24, dtype=torch.float64).view(-1, 1, 24, 24)  # each pixel alone
    seen = record_maps(net, single.expand(-1, 3, -1, -1), (layer,))[0][:, 0, 12, 12] > 0
    expected = torch.zeros(24, 24, dtype=torch.bool)
    expected[11:14, 9:16] = True  # by hand: three rows and seven columns around the place
    assert torch.equal(seen.view(24, 24), expected)


def test_strides_that_differ_are_refused() -> None:
    module = nn.Sequential(nn.Conv2d(3, 2, 3, stride=(2, 1)))
    with pytest.raises(UnsupportedNetworkError, match=r"\b0\b.*stride"):
        trace(module, 24, CPU)


class Clash(nn.Module):
    """Two branches whose places lie in different steps."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Conv2d(3, 2, 3)
        self.coarse = nn.Conv2d(3, 2, 4, stride=2)
        self.meet = nn.Identity()

    def forward(self, image: Tensor) -> Tensor:
        coarse = self.coarse(image)
        fine = self.fine(image)[:, :, : coarse.shape[2], : coarse.shape[3]]
        answer: Tensor = self.meet(torch.cat([fine, coarse], 1))
        return answer


def test_a_network_that_cuts_its_maps_is_refused_by_name() -> None:
    module = Clash()
    with pytest.raises(UnsupportedNetworkError, match=r"^__getitem__ \(in the network itself\)"):
        trace(module, 24, CPU)
    assert hooks(module) == 0


class Twice(nn.Module):
    """One rectifier that is called twice in a pass."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU()

    def forward(self, image: Tensor) -> Tensor:
        answer: Tensor = self.relu(self.second(self.relu(self.first(image))))
        return answer


def test_a_module_that_is_used_twice_says_so() -> None:
    assert [part.calls for part in trace(Twice(), 8, CPU, ["relu"])] == [1, 2]
    assert [part.calls for part in trace(Twice(), 8, CPU)] == [1, 2, 1, 2]
    for layers in (("layer1.0.relu",), ("layer1.0.relu", "layer2")):
        with pytest.raises(UsageError, match=r"layer1\.0\.relu.* used 2 times"):
            load("resnet18", "none", layers=layers)


def test_too_small_an_image_is_named() -> None:
    with pytest.raises(UnsupportedNetworkError, match="8 by 8 pixels does not fit"):
        trace(nn.Sequential(nn.Conv2d(3, 1, 9)), 8, CPU)
