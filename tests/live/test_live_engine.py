"""The pages' network agrees with PyTorch: maps, classes and projections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import live_engine
import numpy as np
import numpy.typing as npt
import pytest
import tiny
import torch
from live_networks import MADE, made
from torch import Tensor, nn
from torch.nn import functional

from generator.errors import UnsupportedNetworkError
from generator.images import open_collection
from generator.live.packed import Packed, pack, size
from generator.live.program import program, program_of
from generator.networks import load
from generator.networks.network import Network
from generator.networks.recording import probabilities, record_maps
from generator.techniques.deconvnet import project

NEAR = 1e-3  # of the largest number of a map
Array = npt.NDArray[np.float32]


def sizes(network: Network, classes: int) -> tuple[int, ...]:
    return (*(layer.channels * layer.height * layer.width for layer in network.layers), classes)


def units_of(network: Network, inputs: Tensor) -> list[live_engine.Unit]:
    """The strongest unit of each layer, and a unit that answers less, at their best places."""
    units: list[live_engine.Unit] = []
    for at, maps in enumerate(record_maps(network, inputs)):
        best = maps[0].flatten(1).max(dim=1).values.argsort(descending=True)
        for channel in (int(best[0]), int(best[len(best) // 2])):
            place = int(maps[0, channel].argmax())
            units.append((at, channel, *divmod(place, maps.shape[3])))
    return units


def agree(network: Network, packed: Packed, inputs: Tensor, folder: Path) -> None:
    """Every map, the classes and the projections of some units are PyTorch's."""
    likely, maps = probabilities(network, inputs, network.layers)
    units = units_of(network, inputs)
    stack = inputs.float().numpy()
    answers = live_engine.answers(packed, stack, sizes(network, likely.shape[1]), units, folder)
    for number, answer in enumerate(answers):
        for layer, own, theirs in zip(network.layers, answer.maps, maps, strict=True):
            close(own, theirs[number].float().numpy(), layer.name)
        close(answer.classes, likely[number].numpy(), "classes")
        assert answer.classes.argmax() == int(likely[number].argmax())
        for own, (at, channel, row, column) in zip(answer.projections, units, strict=True):
            layer = network.layers[at]
            place = np.array([[row, column]])
            image = inputs[number : number + 1]
            theirs = project(network, layer, image, np.array([channel]), place)
            close(own, theirs[0].float().numpy(), f"projection from {layer.name}")


def close(own: Array, theirs: Array, what: str) -> None:
    apart = abs(own.reshape(-1) - theirs.reshape(-1)).max(initial=0)
    assert apart <= NEAR * abs(theirs).max(), f"{what}: {apart / abs(theirs).max():.2g} apart"


@pytest.mark.parametrize("name", MADE)
def test_networks_of_five_makes_agree_with_pytorch(name: str, tmp_path: Path) -> None:
    network = made(name)
    inputs = tiny.inputs(2, network.size, dtype=torch.float32)
    agree(network, pack(program(network), network.preprocess), inputs, tmp_path)


def test_the_bundled_network_agrees_over_the_bundled_photographs(tmp_path: Path) -> None:
    network, collection = load("zfnet64"), open_collection("bundled")
    largest: dict[int, int] = {}  # one image of each photograph
    for number, item in enumerate(collection.items):
        largest.setdefault(item.source, number)
    inputs = torch.stack([network.preprocess(collection[image]) for image in largest.values()])
    assert len(inputs) == collection.sources
    agree(network, pack(program(network), network.preprocess), inputs, tmp_path)


def test_torchvisions_mobilenet_runs_in_the_page(tmp_path: Path) -> None:
    network = load("mobilenet_v2", "none", size=64)
    whole = program(network)
    caps = {step.cap for step in whole.operations if step.kind == "relu"}
    assert caps == {6.0}
    inputs = 3 * tiny.inputs(1, network.size, dtype=torch.float32)
    agree(network, pack(whole, network.preprocess), inputs, tmp_path)


def test_what_a_cap_cuts_off_is_cut_off_in_the_page_too() -> None:
    """The networks above would agree without caps if none of their numbers reached one."""
    network = made("MobileNetV2")
    maps = record_maps(network, tiny.inputs(2, network.size, dtype=torch.float32))
    for at, cap in ((0, 6.0), (2, 0.5), (3, 2.0)):
        reached = float(maps[at].max())
        assert reached <= cap
        assert reached == cap or at == 0


def test_batch_normalisation_is_folded_but_where_its_input_is_shown() -> None:
    kinds = [step.kind for step in program(made("VGG")).operations]
    assert "scale" not in kinds
    shown = program(made("ResNet"))  # "one", the convolution before norm1, is a layer
    assert [step.kind for step in shown.operations].count("scale") == 1


def test_what_only_training_needs_leaves_nothing_behind() -> None:
    kinds = {step.kind for step in program(made("AlexNet")).operations}
    assert kinds == {
        *("convolution", "relu", "contrast", "max-pool"),
        *("adaptive-average-pool", "linear"),
    }


@pytest.mark.parametrize("strength", [1e-12, 1.0, 1e6])
def test_weights_of_any_size_keep_their_digits(strength: float, tmp_path: Path) -> None:
    """Each filter has its own step."""
    first, last = nn.Conv2d(3, 4, 3), nn.Linear(4 * 36, 3)
    module = tiny.fixed(nn.Sequential(first, nn.ReLU(), nn.Flatten(), last))
    first.weight.mul_(strength)
    if first.bias is not None:
        first.bias.mul_(strength)
    last.weight.div_(strength)
    network = tiny.network(module, ("1",), 8)
    packed = pack(program(network), network.preprocess)
    assert len(packed.numbers) == packed.listed["bytes"] == size(program(network))
    agree(network, packed, tiny.inputs(1, 8, dtype=torch.float32), tmp_path)


class Unknown(nn.Module):
    def __init__(self, way: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.way = nn.Conv2d(3, 4, 3), way

    def forward(self, image: Tensor) -> Tensor:
        return self.way(self.conv(image))


@pytest.mark.parametrize(
    ("way", "name"),
    [
        (torch.sigmoid, "sigmoid"),
        (lambda maps: functional.hardtanh(maps, -1, 1), "hardtanh"),
        (lambda maps: maps.view(1, 2, -1), "view"),
        (lambda maps: torch.cat([maps, maps], 2), "cat"),
        (lambda maps: maps + 1, "add"),
        (lambda maps: functional.avg_pool2d(maps, 2, divisor_override=3), "avg_pool2d"),
    ],
)
def test_what_pages_do_not_know_is_refused_by_name(
    way: Callable[[Tensor], Tensor], name: str
) -> None:
    with pytest.raises(UnsupportedNetworkError, match=name):
        program_of(Unknown(way), 12, ["conv"])


def test_a_program_of_another_network_is_refused(tmp_path: Path) -> None:
    packed = pack(program(made("SqueezeNet")), made("SqueezeNet").preprocess)
    short = Packed(packed.listed, packed.numbers[:-2])
    with pytest.raises(AssertionError, match="bytes in place of"):
        live_engine.answers(short, np.zeros((1, 3, 50, 50), np.float32), (1,), [], tmp_path)


def test_fewer_products_give_the_same_convolution(tmp_path: Path) -> None:
    """Both ways of a convolution side by side, for sizes that are no whole number of tiles."""
    script = """
    const [scripts] = process.argv.slice(2);
    const { directConvolution } = await import(`${scripts}/direct.js`);
    const { suits, winogradConvolution } = await import(`${scripts}/winograd.js`);
    let seed = 1;
    const random = () => ((seed = (seed * 16807) % 2147483647) / 2147483647) - 0.5;
    const fill = (length) => Float32Array.from({ length }, random);
    let tried = 0;
    const sizes = [[3, 8, 8], [3, 13, 11], [3, 27, 30], [5, 16, 16], [5, 13, 22]];
    for (const [size, high, wide] of sizes)
      for (const padding of [0, 1, 2]) {
        const [channels, outs] = [5, 7];
        const shape = [outs, high + 2 * padding - size + 1, wide + 2 * padding - size + 1];
        const step = { kind: "convolution", sources: [0], result: 1, shape, groups: 1,
          kernel: [size, size], stride: [1, 1], padding: [padding, padding], dilation: [1, 1],
          weights: fill(outs * channels * size * size), biases: fill(outs) };
        if (!suits(step)) continue;
        tried += 1;
        const input = fill(channels * high * wide);
        const [one, other] = [0, 1].map(() => new Float32Array(shape[0] * shape[1] * shape[2]));
        directConvolution(step, [channels, high, wide])(input, one);
        winogradConvolution(step, [channels, high, wide])(input, other);
        const most = Math.max(...one.map(Math.abs));
        const apart = Math.max(...one.map((value, n) => Math.abs(value - other[n])));
        const where = `${size} ${high} ${wide} ${padding}`;
        if (apart > 1e-5 * most) throw new Error(`${where}: ${apart / most}`);
      }
    console.log(tried);
    """
    assert int(live_engine.run_script(script, tmp_path, live_engine.SCRIPTS.as_uri())) >= 12
