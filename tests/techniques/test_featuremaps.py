"""One photograph through the layers and moved, the filters, and the questions about patches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from generator.networks import load
from generator.networks.network import Network
from generator.pages.course import filter_answer
from generator.records import Cell, Hierarchy, Measured, MeasuredLayer
from generator.records.course import FeatureMaps
from generator.records.pictures import pictures
from generator.stages import featuremaps, quiz, scan
from generator.stages.build import Build
from generator.techniques.featuremaps import (
    feature_maps,
    follows,
    moved_copies,
    shifts_for,
    strong_units,
)


def measured(network: Network) -> Measured:
    """Nothing was found; the first nine units of each layer stand in its figure."""
    layers = []
    for layer in network.layers:
        many = min(9, layer.channels)
        cells = tuple(Cell(n // 3 + 1, n % 3 + 1, n, None, None, None) for n in range(many))
        none = ((),) * layer.channels
        layers.append(MeasuredLayer(none, 3, 3, cells, (), ()))
    empty = Hierarchy((), ((),), ((),), ((),), {"trained": 0, "random": 0})
    return Measured(tuple(layers), empty, (), ())


def build_of(network: Network, folder: Path, count: int = 40) -> Build:
    build = Build(tiny.exhibit(), network, tiny.collection(count, network.size))
    (folder / "scan").mkdir()
    build.folders["scan"] = folder / "scan"
    scan.make(folder / "scan", build)
    build.__dict__["measured"] = measured(network)  # where the property would keep it
    return build


@pytest.fixture(scope="module")
def zfnet(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return build_of(load("zfnet64"), tmp_path_factory.mktemp("zfnet"))


def made(build: Build, folder: Path) -> FeatureMaps:
    into = folder / "featuremaps-1"
    into.mkdir()
    featuremaps.make(into, build)
    return featuremaps.entry(into, build)


def test_every_picture_is_as_large_as_is_said(zfnet: Build, tmp_path: Path) -> None:
    maps = made(zfnet, tmp_path)
    named = list(pictures(maps))
    assert len(named) == 1 + 5 + 1 + 3 + 1  # the photograph, layers, the moved one, filters
    for picture in named:
        with Image.open(tmp_path / picture.file) as image:
            assert image.size == (picture.width, picture.height)
    assert [layer.layer for layer in maps.layers] == [1, 2, 3, 4, 5]


def test_a_filter_of_the_page_gives_what_the_network_gives(zfnet: Build, tmp_path: Path) -> None:
    """The patch and the weights as the page gets them, against the network's own first layer."""
    maps = made(zfnet, tmp_path).filters
    assert maps is not None
    first = zfnet.network.module.get_submodule("conv1")
    assert isinstance(first, nn.Conv2d)
    pixels = torch.tensor(maps.pixels, dtype=torch.float32).permute(2, 0, 1) / 255
    inputs = zfnet.network.preprocess.normalise(pixels)
    assert inputs.shape == (3, maps.kernel + 7, maps.kernel + 7)
    for unit in maps.units:
        channel = unit.channel
        whole = functional.conv2d(inputs[None], first.weight[channel][None])[0, 0]
        for row, column in ((0, 0), (3, 5), (7, 7)):
            told = filter_answer(maps, unit, row, column)
            exact = float(whole[row, column]) + float(first.bias[channel])  # type: ignore[index]
            assert told == pytest.approx(exact, abs=1e-4)
    # The patch holds the place that the first unit answers to most, in any image.
    top = zfnet.top[0]
    channel = maps.units[0].channel
    row, column = top.positions[channel, 0].tolist()
    field = zfnet.network.layers[0].field.box(row, column)
    if min(field) >= 0 and max(field) <= zfnet.network.size:
        left, upper, _, _ = maps.box
        told = filter_answer(maps, maps.units[0], field[1] - upper, field[0] - left)
        assert told == pytest.approx(float(top.values[channel, 0]), abs=1e-3)


def test_a_first_map_follows_the_picture_exactly(zfnet: Build, tmp_path: Path) -> None:
    maps = made(zfnet, tmp_path).moved
    assert maps is not None
    first, *others = maps.layers
    assert maps.shifts == tuple(range(0, 17, 2))
    assert first.places == tuple(range(9))
    assert first.whole == (True,) * 9
    assert min(first.follows) > 0.9999
    for channel_map in others:
        assert list(channel_map.whole) == [shift % channel_map.stride == 0 for shift in maps.shifts]
        assert channel_map.follows[0] == 1
        assert all(-1 <= value <= 1 for value in channel_map.follows)


def test_a_map_that_stays_does_not_follow() -> None:
    random = np.random.default_rng(0).random((8, 8), dtype=np.float32)
    assert follows(random, np.roll(random, 2, axis=1), 2) == pytest.approx(1)
    assert abs(follows(random, random, 2)) < 0.6
    assert follows(random, np.zeros_like(random), 0) == 0


def test_moves_are_whole_steps_and_the_picture_keeps_its_pixels() -> None:
    assert shifts_for(64, 2) == list(range(0, 17, 2))
    assert shifts_for(224, 2) == list(range(0, 57, 8))
    assert shifts_for(224, 4)[-1] <= 56
    assert shifts_for(32, 16) == [0]
    image = tiny.inputs(1, 32, dtype=torch.float32)[0]
    frames = moved_copies(image, [0, 4, 8])
    assert frames.shape == (3, 3, 32, 32)
    assert torch.equal(frames[2][:, :, 8:], frames[0][:, :, :-8])
    assert not frames[2][:, :, :8].any()


def test_strong_units_are_strong_for_themselves() -> None:
    maps = np.zeros((4, 2, 2), dtype=np.float32)
    maps[:, 0, 0] = 5, 1, 0, 3
    best = np.array([10, 1, 1, 0], dtype=np.float32)
    assert strong_units(maps, best, 3) == [1, 0]


class Odd(nn.Module):
    """Begins with a pool, so that there is no first filter over pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(2)
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.relu1 = nn.ReLU()
        tiny.fixed(self)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.relu1(self.conv1(self.pool(image)))
        return maps


def test_networks_of_another_shape(tmp_path: Path) -> None:
    for name, network, filters in (
        ("odd", tiny.network(Odd(), ["conv1"]), False),
        ("branches", tiny.network(tiny.Branching(), ["joined", "top"]), True),
        ("chain", tiny.network(tiny.chain(), ["conv1", "conv2", "conv3"]), True),
    ):
        (tmp_path / name).mkdir()
        maps = made(build_of(network, tmp_path / name, 12), tmp_path / name)
        assert (maps.filters is not None) == filters, name
        assert maps.layers


def test_a_right_patch_fires_the_unit_and_a_wrong_one_does_not(
    zfnet: Build, tmp_path: Path
) -> None:
    quiz.make(tmp_path, zfnet)
    asked = quiz.entry(tmp_path, zfnet)
    assert asked
    for question in asked:
        number, channel = question.layer - 1, question.channel
        top, layer = zfnet.top[number], zfnet.network.layers[number]
        options = question.options
        assert len(options) == quiz.OPTIONS
        (right,) = [option for option in options if option.right]
        assert right.channel == channel
        assert right.slot not in question.examples
        images = [int(top.images[option.channel, option.slot]) for option in options]
        assert len(set(images)) == len(images)
        # What the network itself answers to the four images, not what the scan wrote down.
        stack = torch.stack([zfnet.inputs(image) for image in images])
        maps = feature_maps(zfnet.network, stack)[layer.index - 1]
        strongest = maps[:, channel].reshape(len(images), -1).max(axis=1)
        for option, value in zip(options, strongest, strict=True):
            assert option.value == pytest.approx(float(value), rel=2e-2, abs=2e-3)
            if not option.right:
                assert value <= quiz.WEAK * top.values[channel].min() * 1.01
