"""Units removed, against a plain loop and by hand; shares that add up to the score."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import fields

import numpy as np
import pytest
import torch
from tiny import Branching, chain, hooks, inputs, network
from torch import Tensor, nn

from generator.measure.speaking import packed, random_sets, unpacked
from generator.networks.network import Network
from generator.records.ablation import DRAWS, KINDS, SPEAKERS, Effects, GroupEffects
from generator.stages.group_removals import group_effects
from generator.stages.removals import ClassAsked, effects
from generator.techniques.ablation import (
    RoundAboutError,
    answers_from,
    latest,
    maps_at,
    score_shares,
    without,
)

CLASSES = 4


def named(hidden: bool = True) -> Network:
    """A small network with a head of ``CLASSES``, of two linear layers or of one."""
    torch.manual_seed(3)
    parts = OrderedDict(chain().named_children())
    parts["pool3"], parts["flatten"] = nn.MaxPool2d(2), nn.Flatten()
    if hidden:
        parts["fc4"], parts["relu4"] = nn.Linear(80, 12), nn.ReLU()
    parts["fc5"] = nn.Linear(12 if hidden else 80, CLASSES)
    return network(nn.Sequential(parts).requires_grad_(False).eval(), ["conv2", "conv3"])


def slowly(net: Network, name: str, images: Tensor, units: list[int], fill: list[float]) -> Tensor:
    """The scores of each image alone, every module called by hand."""
    said = []
    for image in images:
        values = image[None]
        for own, part in net.module.named_children():
            values = part(values)
            if own == name:
                for unit in units:
                    values[0, unit] = fill[unit]
        said.append(values[0])
    return torch.stack(said)


@pytest.mark.parametrize("number", [0, 1])
def test_removals_are_those_of_a_plain_loop(number: int) -> None:
    net = named()
    layer, images = net.layers[number], inputs(5, dtype=torch.float32)
    fill = torch.linspace(0.1, 0.7, layer.channels)
    sets = [[], [0], [1, 4], list(range(layer.channels))]
    for place in (layer, latest(net, layer)):
        found = list(without(net, place, maps_at(net, place, images), sets, fill))
        for units, scores in zip(sets, found, strict=True):
            truth = slowly(net, layer.name, images, units, fill.tolist())
            torch.testing.assert_close(scores, truth, rtol=1e-4, atol=1e-5)
    assert not hooks(net.module)


def test_units_are_removed_behind_what_treats_each_map_alone() -> None:
    net = named()
    assert [latest(net, layer).name for layer in net.layers] == ["relu2", "pool3"]


def test_two_units_by_hand() -> None:
    """Two units of one place each: the first speaks for class 0, the second against it."""
    conv, linear = nn.Conv2d(3, 2, 1, bias=False), nn.Linear(2, 2)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])[:, :, None, None])
        linear.weight.copy_(torch.tensor([[2.0, -1.0], [0.0, 3.0]]))
        linear.bias.copy_(torch.tensor([0.5, -0.5]))
    parts = OrderedDict(conv=conv, relu=nn.ReLU(), pool=nn.AdaptiveAvgPool2d(1))
    parts |= OrderedDict(flatten=nn.Flatten(), fc=linear)
    net = network(nn.Sequential(parts).requires_grad_(False).eval(), ["conv"])
    (layer,) = net.layers
    image = torch.zeros(1, 3, 32, 32)
    image[0, 0], image[0, 1] = 4.0, 1.0  # the units answer 4 and 1 everywhere
    maps = maps_at(net, layer, image)
    brought, scores = score_shares(net, layer, maps, torch.tensor([0]))
    np.testing.assert_allclose(brought, [[8.0, -1.0]], rtol=1e-5)
    np.testing.assert_allclose(scores, [7.5])  # 8 - 1 and the bias of 0.5
    fill = torch.tensor([0.0, 2.0])
    found = torch.cat(list(without(net, layer, maps, [[], [0], [1]], fill)))
    truth = [[7.5, 2.5], [-0.5, 2.5], [6.5, 5.5]]
    np.testing.assert_allclose(found.numpy(), truth, rtol=1e-5)


@pytest.mark.parametrize("hidden", [False, True])
def test_shares_add_up_to_the_score_but_for_the_biases(hidden: bool) -> None:
    net, images = named(hidden), inputs(6, dtype=torch.float32)
    layer, classes = net.layers[-1], torch.arange(6) % CLASSES
    sums: list[np.ndarray] = []
    for place in (layer, latest(net, layer)):
        brought, scores = score_shares(net, place, maps_at(net, place, images), classes)
        sums.append(brought)
        if not hidden:  # linear from here on: the whole is exact
            bias = net.module.get_submodule("fc5").bias
            assert isinstance(bias, Tensor)
            whole = brought.sum(axis=1) + bias[classes].numpy()
            np.testing.assert_allclose(whole, scores, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(sums[0], sums[1], rtol=1e-4, atol=1e-5)
    if hidden:  # a rectifier between: exact where no bias is left
        with torch.no_grad():
            for name in ("fc4", "fc5"):
                net.module.get_submodule(name).bias.zero_()  # type: ignore[operator]
        brought, scores = score_shares(net, layer, maps_at(net, layer, images), classes)
        np.testing.assert_allclose(brought.sum(axis=1), scores, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["narrow", "second"])
def test_a_layer_that_something_leads_round_is_refused(name: str) -> None:
    net = network(Branching(), [name])
    (layer,) = net.layers
    with pytest.raises(RoundAboutError):
        answers_from(net, layer, maps_at(net, layer, inputs(3, dtype=torch.float32)))


def test_effects_are_those_of_a_plain_loop() -> None:
    net = named()
    layer, images = net.layers[-1], inputs(24, dtype=torch.float32)
    members = [np.arange(own, 24, 3) for own in range(3)]
    outputs = (2, 0, 1)
    asked = list(map(ClassAsked.one, outputs, members))
    found = effects(net, layer, asked, lambda numbers: images[torch.as_tensor(numbers)])
    maps = maps_at(net, layer, images).clamp(min=0)
    means = maps.mean(dim=(0, 2, 3)).tolist()
    assert found.active.tolist() == np.argsort(-np.array(means), kind="stable")[:SPEAKERS].tolist()
    alive = [unit for unit, mean in enumerate(means) if mean > 0]
    assert found.draws.shape[0] == DRAWS
    assert set(np.unique(found.draws)) <= set(alive) or len(alive) < SPEAKERS
    plain = slowly(net, layer.name, images, [], means)
    for number, (rows, own) in enumerate(zip(members, outputs, strict=True)):
        for half in (0, 1):
            part = rows[half::2]
            assert found.images[half, number] == len(part)
            said = plain[part]
            assert found.right[half, number] == int((said.argmax(1) == own).sum())
            assert found.chance[half, number] == pytest.approx(
                float(said.softmax(1)[:, own].mean()), rel=1e-4
            )
            for unit in range(layer.channels):
                said = slowly(net, layer.name, images[part], [unit], [0.0] * layer.channels)
                assert found.right_without[half, unit, number] == int((said.argmax(1) == own).sum())
                assert found.chance_without[half, unit, number] == pytest.approx(
                    float(said.softmax(1)[:, own].mean()), rel=1e-3
                )
        second = rows[1::2]
        order = np.argsort(-found.shares[0, :, number], kind="stable")
        assert found.five[number].tolist() == order[:SPEAKERS].tolist()
        sets = [found.five[number].tolist(), found.active.tolist(), *found.draws.tolist()]
        for removal, fill in enumerate(([0.0] * layer.channels, means)):
            called = [
                slowly(net, layer.name, images[second], units, fill).argmax(1).numpy() == own
                for units in sets
            ]
            assert found.right_sets[removal, :, number].tolist() == [one.sum() for one in called]
            mostly = np.mean(called[2:], axis=0) > 0.5
            pair = [(mostly & ~called[0]).sum(), (~mostly & called[0]).sum()]
            assert found.paired[removal, :, number].tolist() == pair
        others = np.concatenate([one[1::2] for one in members if one is not rows])
        assert found.alarms[number] == int((plain[others].argmax(1) == own).sum())
        wrong = found.times[0, :, number].sum()
        assert wrong == len(second) - found.right[1, number]


def test_groups_are_those_of_a_plain_loop() -> None:
    net = named()
    images = inputs(40, dtype=torch.float32)  # more than go through at once
    rows, own = np.arange(1, 40), np.arange(1, 40) % CLASSES
    kinds: list[dict[str, tuple[int, ...]]]
    kinds = [{"lines": (1, 4), "colours": (0, 2, 3)}, {"faces": (0, 3)}]
    found = group_effects(net, kinds, rows, own, lambda some: images[torch.as_tensor(some)])
    assert found is not None
    assert [KINDS[number] for number in found.kinds] == ["lines", "colours", "faces"]
    assert found.layers.tolist() == [1, 1, 2]
    assert found.channels.tolist() == [[1, 4, -1], [0, 2, 3], [0, 3, -1]]
    plain = slowly(net, "", images[1:], [], [])
    assert found.right.tolist() == [int((plain.argmax(1).numpy() == own).sum())] * 3
    for at, (number, channels) in enumerate(((0, [1, 4]), (0, [0, 2, 3]), (1, [0, 3]))):
        layer = net.layers[number]
        means = maps_at(net, layer, images[1:]).clamp(min=0).mean(dim=(0, 2, 3)).numpy()
        assert found.among[at] == (means > 0).sum()
        sets = [channels, *random_sets(means, len(channels)).tolist()]
        for removal, fill in enumerate(([0.0] * layer.channels, means.tolist())):
            scores = [slowly(net, layer.name, images[1:], units, fill) for units in sets]
            right = np.stack([one.argmax(1).numpy() == own for one in scores])
            assert found.right_sets[removal, :, at].tolist() == right.sum(axis=1).tolist()
            chance = [one.softmax(1)[range(39), own].mean().item() for one in scores]
            np.testing.assert_allclose(found.chance_sets[removal, :, at], chance, rtol=1e-3)
            mostly = right[1:].mean(axis=0) > 0.5
            pair = [(mostly & ~right[0]).sum(), (~mostly & right[0]).sum()]
            assert found.paired[removal, :, at].tolist() == pair
    again = unpacked(packed(found), GroupEffects)
    for field in fields(found):
        np.testing.assert_allclose(getattr(again, field.name), getattr(found, field.name), 1e-3)
    assert group_effects(net, [{}, {}], rows, own, lambda some: images[some]) is None


def test_effects_come_back_from_few_bytes() -> None:
    net, images = named(), inputs(12, dtype=torch.float32)
    asked = [ClassAsked.one(own, np.arange(own, 12, 3)) for own in range(3)]
    found = effects(net, net.layers[-1], asked, lambda rows: images[torch.as_tensor(rows)])
    again = unpacked(packed(found), Effects)
    for field in fields(found):
        before, after = getattr(found, field.name), getattr(again, field.name)
        assert before.dtype == after.dtype
        np.testing.assert_allclose(after, before, rtol=1e-3, atol=1e-3)


def test_random_units_are_drawn_among_those_that_fire() -> None:
    means = np.array([0.0, 1, 2, 3, 0, 4, 5, 6])
    sets = random_sets(means)
    assert sets.shape == (DRAWS, SPEAKERS)
    assert all(len(set(one)) == SPEAKERS for one in sets.tolist())
    assert set(np.unique(sets)) == {1, 2, 3, 5, 6, 7}
    assert (random_sets(means) == sets).all()
