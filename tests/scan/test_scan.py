"""A scan against a plain loop, one image at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny import Branching, chain, collection, hooks, network
from torch import nn

from generator.errors import ImagesError, UsageError
from generator.images.collection import Collection
from generator.networks import load
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import TopActivations
from generator.scan.activations import activations, maxima
from generator.scan.strongest import scan

LAYERS = ["conv1", "relu2", "relu3"]


def plain_scan(
    parts: nn.Sequential, net: Network, images: Collection, k: int
) -> list[list[list[tuple[float, int, int, int]]]]:
    """Per layer and unit the strongest (value, image, row, column), by a full sort."""
    best: dict[str, list[list[tuple[float, int, int, int]]]] = {
        layer.name: [[] for _ in range(layer.channels)] for layer in net.layers
    }
    for number in range(len(images)):
        try:
            maps = net.preprocess(images[number])[None]
        except ImagesError:
            continue
        for name, part in parts.named_children():
            maps = part(maps)
            for channel, seen in enumerate(best.get(name, [])):
                unit = maps[0, channel].numpy()
                row, column = divmod(int(unit.argmax()), unit.shape[1])
                if unit[row, column] > 0:
                    seen.append((float(unit[row, column]), number, row, column))
    return [
        [sorted(unit, key=lambda e: (-e[0], e[1]))[:k] for unit in best[layer.name]]
        for layer in net.layers
    ]


def check(
    records: tuple[TopActivations, ...],
    expected: list[list[list[tuple[float, int, int, int]]]],
    k: int,
) -> None:
    for record, units in zip(records, expected, strict=True):
        assert record.values.shape == (len(units), k)
        for channel, entries in enumerate(units):
            count = len(entries)
            assert record.images[channel].tolist() == [e[1] for e in entries] + [-1] * (k - count)
            places = record.positions[channel, :count].tolist()
            assert places == [[e[2], e[3]] for e in entries]
            np.testing.assert_allclose(
                record.values[channel, :count], [e[0] for e in entries], rtol=1e-5
            )


@pytest.mark.parametrize("batch_size", [1, 4, 64])
def test_it_agrees_with_a_plain_loop(batch_size: int) -> None:
    parts = chain("overlapping", norm=True)
    net = network(parts, LAYERS)
    images = collection(11)
    check(scan(net, images, 5, batch_size), plain_scan(parts, net, images, 5), 5)


def test_fewer_images_than_asked_for() -> None:
    parts = chain()
    net = network(parts, LAYERS)
    images = collection(3)
    check(scan(net, images, 9), plain_scan(parts, net, images, 9), 9)


def test_few_images_of_one_photograph_stand_among_the_strongest() -> None:
    net = network(chain(), LAYERS)
    sources = [0, 0, 0, 0, 1, 1, 2, 0]
    limited = scan(net, collection(8, sources=sources, per_source=2), 8, batch_size=3)
    free = scan(net, collection(8, sources=sources), 8)
    for few, all_ in zip(limited, free, strict=True):
        for images, every in zip(few.images.tolist(), all_.images.tolist(), strict=True):
            kept: list[int] = []
            for image in every:
                if image >= 0 and sum(sources[k] == sources[image] for k in kept) < 2:
                    kept.append(image)
            assert images == kept + [-1] * (8 - len(kept))


def test_an_image_that_cannot_be_decoded_is_left_out_and_named() -> None:
    parts = chain()
    net = network(parts, LAYERS)
    images = collection(10, broken={0, 4, 5})
    batches = list(activations(net, images, range(10), 2))
    skipped = [entry for part in batches for entry in part.reasons.items()]
    assert skipped == [(0, "0: is torn"), (4, "4: is torn"), (5, "5: is torn")]
    unread = np.isnan(np.concatenate([part.values for part in batches])).all(axis=1)
    assert np.flatnonzero(unread).tolist() == [0, 4, 5]
    records = scan(net, images, 9, 2)
    check(records, plain_scan(parts, net, images, 9), 9)
    assert not np.isin([0, 4, 5], np.concatenate([r.images.ravel() for r in records])).any()


def test_a_collection_of_broken_images_is_an_error() -> None:
    net = network(chain(), LAYERS)
    with pytest.raises(ImagesError, match="noise in memory: no image could be decoded"):
        scan(net, collection(5, broken=range(5)), 9, 2)
    assert hooks(net.module) == 0


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_a_k_out_of_range_is_a_wrong_option(k: int) -> None:
    with pytest.raises(UsageError, match=f"k is {k}; give a number from 1 to 1000"):
        scan(network(chain(), LAYERS), collection(2), k)


@pytest.mark.parametrize(
    ("module", "name"), [(chain("overlapping"), "relu3"), (Branching(), "added")]
)
def test_the_patch_alone_gives_the_recorded_activation(module: nn.Module, name: str) -> None:
    net = network(module, [name], size=64)
    (layer,) = net.layers
    images = collection(6, size=64)
    (record,) = scan(net, images, 4)
    random = torch.Generator().manual_seed(5)
    checked = 0
    for channel in range(layer.channels):
        for entry in np.flatnonzero(record.images[channel] >= 0):
            row, column = record.positions[channel, entry].tolist()
            whole = net.preprocess(images[int(record.images[channel, entry])])
            left, top, right, bottom = layer.field.box(row, column)
            inside = (slice(max(top, 0), bottom), slice(max(left, 0), right))
            patch = torch.randn(whole.shape, generator=random)  # all else is noise
            patch[:, *inside] = whole[:, *inside]
            for pixels in (whole, patch):
                activation = record_maps(net, pixels[None])[0][0, channel, row, column].item()
                assert activation == pytest.approx(record.values[channel, entry], rel=1e-4)
            checked += 1
    assert checked > 10


def test_the_first_of_equal_places_wins() -> None:
    conv = nn.Conv2d(3, 1, 1)
    nn.init.ones_(conv.weight)
    net = network(nn.Sequential(conv, nn.ReLU()), ["1"], size=4)
    same = torch.ones(1, 3, 4, 4)
    ((values, places),) = maxima(net, same)
    assert values.shape == places.shape == (1, 1)
    assert places.item() == 0
    same[0, :, 1, 2] = same[0, :, 3, 0] = 2
    assert maxima(net, same)[0][1].item() == 6


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    module = chain()
    module.get_parameter("conv2.bias")[1] = value
    with pytest.raises(ImagesError, match="layer relu2 gives values that are not finite"):
        scan(network(module, LAYERS), collection(2))
    assert hooks(module) == 0


def test_hooks_are_gone_afterwards_also_after_an_error() -> None:
    net = network(chain(), LAYERS)
    scan(net, collection(2))
    assert hooks(net.module) == 0
    with pytest.raises(RuntimeError, match="channels"):
        record_maps(net, torch.zeros(1, 1, 32, 32))
    assert hooks(net.module) == 0


def test_layers_recorded_together_are_as_each_alone() -> None:
    """ResNets add their shortcut in place: what was recorded before must not change by it."""
    net = load("resnet18", "none", layers=("layer1.0.bn2", "layer1.1.conv2", "layer2.0.bn2"))
    images = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    together = [maps.clone() for maps in record_maps(net, images)]
    for layer, maps in zip(net.layers, together, strict=True):
        assert torch.equal(record_maps(net, images, (layer,))[0], maps), layer.name


def test_layers_named_out_of_order_come_back_in_the_order_of_their_names() -> None:
    net = network(chain(), ["relu3", "conv1"])
    maps = record_maps(net, torch.zeros(2, 3, 32, 32))
    assert [tuple(part.shape) for part in maps] == [(2, 5, 8, 8), (2, 4, 16, 16)]
