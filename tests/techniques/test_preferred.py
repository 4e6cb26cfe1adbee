"""Preferred inputs: networks whose optimum is known, and the archive that ships."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
import samples
import tiny
import torch
from torch import nn

from generator.caption import preferred as words
from generator.images.bundled import open_bundled
from generator.images.colours import colour_covariance
from generator.networks import load
from generator.networks.identity import shipped_pictures
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records.learned import BothWays, Moves, PreferredInputs, Reach
from generator.records.units import Called
from generator.stages import prebuilt
from generator.stages.preferred import moves
from generator.techniques import preferred as techniques
from generator.techniques.preferred import Fourier, Pixels, answers, canvas, preferred

REMAKE = "make them again: python -m generator preferred"


def linear(seed: int = 0) -> Network:
    """One convolution and nothing else: what a unit likes best is its filter, at its bounds."""
    module = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 4, 5, padding=2)))
    return tiny.network(tiny.fixed(module, seed), ("conv",))


def best(network: Network, channel: int) -> np.ndarray:
    """(5, 5, 3): white where the filter is positive, black where it is negative."""
    weight = network.module.state_dict()["conv.weight"][channel].permute(1, 2, 0)
    return np.where(weight.numpy() > 0, 255, 0)


def test_pixels_find_the_optimum_of_a_linear_unit() -> None:
    network = linear()
    plain = Pixels(steps=20, rate=1e4, decay=0, every=1000, noise=0)
    pictures = preferred(network, network.layers[0], range(4), plain)
    view = canvas(network.layers[0], network.size)
    top = view.row - 2
    for channel in range(4):
        own = pictures[channel, top : top + 5, top : top + 5]
        np.testing.assert_array_equal(own, best(network, channel))


def test_waves_come_near_the_optimum_of_a_linear_unit() -> None:
    network = linear()
    layer = network.layers[0]
    plain = Fourier(steps=400, fall=0, shift=0, scales=(1, 1))
    pictures = preferred(network, layer, range(4), plain, np.eye(3))
    view = canvas(layer, network.size)
    highest = np.full_like(pictures, 128)
    for channel in range(4):
        top = view.row - 2
        highest[channel, top : top + 5, top : top + 5] = best(network, channel)
    reached = answers(network, layer, range(4), pictures) / answers(
        network, layer, range(4), highest
    )
    assert (reached > 0.95).all()
    assert (reached <= 1 + 1e-6).all()


@pytest.mark.parametrize("settings", [Fourier(steps=40), Pixels(steps=40)])
def test_a_unit_gets_the_same_picture_in_any_company(settings: Fourier | Pixels) -> None:
    network = tiny.network(tiny.chain(), ("conv1", "conv2", "conv3"))
    layer = network.layer(3)
    together = preferred(network, layer, range(5), settings, batch=5)
    np.testing.assert_array_equal(preferred(network, layer, range(5), settings, batch=5), together)
    for channel in range(5):
        alone = preferred(network, layer, [channel], settings)
        assert np.abs(alone[0].astype(int) - together[channel]).max() <= 2
    turned = preferred(network, layer, [4, 2, 0], settings, batch=2)
    assert np.abs(turned.astype(int) - together[[4, 2, 0]]).max() <= 2
    other = preferred(network, layer, range(5), replace(settings, seed=1))
    assert np.abs(other.astype(int) - together).max() > 2


@pytest.mark.parametrize("settings", [Fourier(steps=64), Pixels(steps=64)])
def test_pictures_drive_their_units_more_than_noise_does(settings: Fourier | Pixels) -> None:
    network = tiny.network(tiny.chain(contrast=True), ("conv1", "conv2", "relu3"))
    for layer in network.layers:
        channels = range(layer.channels)
        pictures = preferred(network, layer, channels, settings, colour_covariance())
        side = canvas(layer, network.size).side
        assert pictures.shape == (layer.channels, side, side, 3)
        assert pictures.dtype == np.uint8
        noise = np.random.default_rng(0).integers(0, 256, (40, side, side, 3)).astype(np.uint8)
        for channel, answer in zip(
            channels, answers(network, layer, channels, pictures), strict=True
        ):
            assert answer > answers(network, layer, [channel] * 40, noise).max()


def test_a_unit_that_is_silent_at_first_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    module = tiny.chain()
    with torch.no_grad():
        module.get_submodule("conv3").bias.sub_(1)  # type: ignore[operator]
    network = tiny.network(module, ("relu3",))
    layer = network.layers[0]
    grey = np.full((5, 32, 32, 3), 115, dtype=np.uint8)
    assert (answers(network, layer, range(5), grey) == 0).all()
    for settings in (Fourier(), Pixels()):
        pictures = preferred(network, layer, range(5), settings)
        assert (answers(network, layer, range(5), pictures) > 0).sum() >= 3
    monkeypatch.setattr(techniques, "cap_of", lambda *_: None)  # none is redirected
    stuck = preferred(network, layer, range(5), Fourier(steps=40))
    assert (answers(network, layer, range(5), stuck) == 0).all()


@pytest.mark.parametrize("size", [32, 96])
def test_pictures_move_as_far_as_is_told(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny.network(tiny.chain(), ("conv3",), size=size)
    layer, plain = network.layers[0], Fourier(steps=200)
    monkeypatch.setattr(techniques, "canvas", lambda layer, size: techniques.Canvas(size, 0, 0))
    seen: list[tuple[int, float]] = []
    view = techniques._view

    def spy(pictures: torch.Tensor, shift: Any, scale: float, side: int) -> torch.Tensor:
        taken = min(round(side / scale), pictures.shape[-1])
        seen.append((max(abs(at - (pictures.shape[-1] - side) // 2) for at in shift), side / taken))
        return view(pictures, shift, scale, side)

    monkeypatch.setattr(techniques, "_view", spy)
    preferred(network, layer, [0], plain)
    told = moves(size, plain)
    moving, still = seen[:150], seen[150:]
    assert max(shift for shift, _ in moving) == told.shift
    assert min(scale for _, scale in moving) == pytest.approx(told.least, abs=0.03)
    assert max(scale for _, scale in moving) == pytest.approx(told.largest, abs=0.03)
    assert {*still} == {(0, 1.0)}
    assert told.largest == pytest.approx(1.2 if size < 64 else 1 + 0.2 * 64 / 96, abs=1e-3)


def test_how_far_pictures_moved_is_told_by_layer() -> None:
    small, large = Moves(35, 4, 0.814, 1.1), Moves(64, 8, 0.8, 1.1)
    told = words.moved(samples.preferred(moves={2: small, 3: large, 4: large}))
    assert "by up to 4 of 35 pixels each way and to 81 to 110" in told
    assert "by up to 8 of 64 pixels each way and to 80 to 110" in told
    assert "in layer 2; by" in told
    assert "in layers 3 and 4. Only" in told
    assert told.endswith("In the last 64 steps it does not move.")


def test_rectifiers_that_are_called_as_functions_are_seen_too() -> None:
    network = tiny.network(tiny.Functional(), ("out",))
    layer = network.layers[0]
    pictures = preferred(network, layer, range(5), Fourier(steps=32))
    assert (answers(network, layer, range(5), pictures) > 0).any()
    assert tiny.hooks(network.module) == 0


def test_a_unit_answers_to_its_picture_as_it_does_inside_the_whole_input() -> None:
    network = load("zfnet64", "none")
    for layer in network.layers:
        view = canvas(layer, network.size)
        random = np.random.default_rng(layer.index)
        whole = random.integers(0, 256, (1, network.size, network.size, 3)).astype(np.uint8)
        shift = (network.size - view.side) // layer.field.stride // 2
        corner = shift * layer.field.stride
        part = whole[:, corner : corner + view.side, corner : corner + view.side]
        inputs = network.preprocess.normalise(torch.from_numpy(whole).permute(0, 3, 1, 2) / 255)
        (maps,) = record_maps(network, inputs, (layer,))
        expected = maps[0, :, view.row + shift, view.column + shift].clamp(min=0).numpy()
        channels = range(layer.channels)
        got = answers(network, layer, channels, np.repeat(part, layer.channels, axis=0))
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
        box = layer.field.box(view.row, view.column)
        if view.side < network.size:
            assert min(box) >= 0
            assert max(box) <= view.side
        else:
            middle = (box[0] + box[2]) / 2
            assert abs(middle - network.size / 2) <= layer.field.stride


def test_colours_are_those_of_the_bundled_photographs() -> None:
    collection = open_bundled()
    pixels = []
    for source in range(collection.sources):
        first = next(n for n, item in enumerate(collection.items) if item.source == source)
        pixels.append(np.asarray(collection[first].reduce(4)).reshape(-1, 3)[::7] / 255)
    weights = np.concatenate([np.full(len(pixel), 1 / len(pixel)) for pixel in pixels])
    rough = np.cov(np.concatenate(pixels).T, aweights=weights)
    np.testing.assert_allclose(colour_covariance(), rough, rtol=0.15)


def found(multiples: list[float], every: bool = True) -> PreferredInputs:
    reach = Reach(
        units=len(multiples),
        reached=sum(multiple >= 1 for multiple in multiples),
        least=min(multiples, default=None),
        median=sorted(multiples)[len(multiples) // 2] if multiples else None,
    )
    return samples.preferred(layers={2: reach}, all=reach, every=every)


def test_no_sentence_promises_more_than_was_reached() -> None:
    told = words.reached(found([0.999, 2.0, 3.98]))
    assert told.startswith("2 of three units answer at least as much")
    assert "Half of all answer 2.0 times as much or more; the least is 0.9 times." in told
    assert words.reached(found([1.2, 2.0])).startswith("All two units answer")
    assert "Only the units" in words.reached(found([2.0], every=False))
    assert "nothing to compare" in words.reached(found([]))


def test_methods_are_compared_where_a_photograph_fired() -> None:
    pairs = {
        channel: BothWays(samples.wish(waves), samples.wish(pixels))
        for channel, (waves, pixels) in enumerate([(3.0, 2.0), (4.0, 5.0), (None, None)])
    }
    told = words.methods(samples.preferred(compared={2: pairs}))
    assert "In 1 of 2 cases" in told
    assert "3.5 times that to the strongest photograph for waves, and 3.5 times for pixels" in told
    assert words.methods(samples.preferred()) == ""


def test_what_the_network_calls_a_picture_is_told_where_it_is_sure() -> None:
    name = "goldfish, Carassius auratus"
    assert words.called(Called(name, 0.939)) == "goldfish"
    assert words.called(Called(name, 0.5)) == ""


def test_what_the_network_sees_most_often_is_told_where_it_sees_it_twice() -> None:
    dog, bus = Called("terrier", 0.6), Called("bus", 0.9)
    unsure = Called("bus", 0.4)
    told = words.often([dog, dog, bus, unsure])
    assert told.startswith("Of the 4 pictures of this layer the network is sure of 3.")
    assert "terrier (2)." in told
    assert words.often([dog, bus, unsure]) == ""


@pytest.fixture(scope="module")
def network() -> Network:
    return load("zfnet64")


def test_what_ships_was_made_by_this_code_of_these_weights(network: Network) -> None:
    path = shipped_pictures("zfnet64")
    assert path is not None, REMAKE
    with ZipFile(path) as archive:
        card = json.loads(archive.read(prebuilt.CARD))
    own = json.loads(json.dumps(prebuilt.archive_card(network)))
    assert card == own, f"the code, the settings or the weights have changed; {REMAKE}"
    assert prebuilt.shipped(network) is not None


@pytest.mark.parametrize(
    ("index", "method", "channels"),
    [(2, "waves", [0, 43, 86, 127]), (2, "pixels", [0, 43, 86]), (5, "waves", [1, 20, 99, 120])],
)
def test_some_of_what_ships_come_out_the_same_again(
    network: Network, index: int, method: str, channels: list[int]
) -> None:
    archive = prebuilt.shipped(network)
    assert archive is not None, REMAKE
    layer = network.layer(index)
    pictures = archive.read(method, layer, channels)
    kept = np.stack([prebuilt.from_avif(picture) for picture in pictures])
    made = preferred(network, layer, channels, prebuilt.METHODS[method], colour_covariance())
    # AVIF has rounded the pictures that ship, and another processor rounds otherwise.
    assert np.abs(made.astype(int) - kept).mean() < 4
    np.testing.assert_allclose(
        answers(network, layer, channels, made), answers(network, layer, channels, kept), rtol=0.1
    )


def test_an_archive_of_other_weights_is_not_used(network: Network) -> None:
    other = replace(network, provenance=replace(network.provenance, sha256="other"))
    assert prebuilt.shipped(other) is None
    assert prebuilt.shipped(replace(network, layers=network.layers[:3])) is None
    assert prebuilt.shipped(replace(network, name="alexnet")) is None


def test_a_rectifier_at_its_cap_asks_for_nothing() -> None:
    """By hand: below zero, at zero, between, at the cap, above it; more is asked for, or less."""
    waking = torch.full((1, 1), 0.5)
    for sign, expected in ((-1.0, [-0.5, -0.5, -1, 0, 0]), (1.0, [0, 0, 1, 0, 0])):
        given = torch.tensor([[-2.0, 0.0, 3.0, 6.0, 8.0]], requires_grad=True)
        result = techniques._Redirect.apply(given, waking, 6.0)
        assert result.tolist() == [[0, 0, 3, 6, 6]]
        (down,) = torch.autograd.grad(result, given, torch.full((1, 5), sign))
        assert down.tolist() == [expected]


def test_a_unit_behind_rectifiers_with_a_cap_climbs() -> None:
    module = tiny.chain()
    module.relu1, module.relu2, module.relu3 = torch.nn.ReLU6(), torch.nn.ReLU6(), torch.nn.ReLU6()
    network = tiny.network(module, ("conv3",))
    layer = network.layers[0]
    grey = np.full((5, 32, 32, 3), 115, dtype=np.uint8)
    pictures = preferred(network, layer, range(5), Fourier(steps=40))
    before = answers(network, layer, range(5), grey)
    assert (answers(network, layer, range(5), pictures) > before + 0.5).all()
