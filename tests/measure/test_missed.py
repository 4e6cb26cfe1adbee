"""The rule by which a class's loss stands out, by hand, and how often it is wrong."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import tiny
import torch
from scipy.stats import binomtest
from torch import Tensor, nn

from generator.measure.kinds import told_groups
from generator.measure.missed import Label, luck, paired_change, passing, told_classes, wilson
from generator.networks.network import Network
from generator.records.ablation import DRAWS, KINDS, SPEAKERS, Effects
from generator.stages.group_removals import group_effects
from generator.stages.removals import ClassAsked, effects

NETWORKS, CLASSES, IMAGES, UNITS, SIDE = 20, 5, 40, 40, 4
MOST = 0.05


def measured(right: list[int], without: list[int], alarms: list[int]) -> Effects:
    """Effects on 25 images a class, of which ``right`` and ``without`` the five are recognised.

    Without random units as many are right as with them, and all five are missed in the same way
    whatever they are set to.
    """
    count, units = len(right), 6
    five = np.tile(np.arange(SPEAKERS), (count, 1))
    sets = np.tile(np.array(right), (2, 2 + DRAWS, 1))
    sets[:, 0] = without
    lost = np.array(right) - np.array(without)
    each = np.ones((2, units, count))
    return Effects(
        images=np.full((2, count), 25),
        shares=each.astype(np.float32),
        scores=np.full((2, count), 10, dtype=np.float32),
        right=np.tile(np.array(right), (2, 1)),
        chance=np.full((2, count), 0.5, dtype=np.float32),
        alarms=np.array(alarms),
        right_without=np.tile(np.array(right), (2, units, 1)),
        chance_without=np.full((2, units, count), 0.4, dtype=np.float32),
        five=five,
        active=np.arange(SPEAKERS),
        draws=np.tile(np.arange(1, 1 + SPEAKERS), (DRAWS, 1)),
        right_sets=sets,
        chance_sets=np.full(sets.shape, 0.3, dtype=np.float32),
        paired=np.tile(np.stack([np.maximum(lost, 0), np.maximum(-lost, 0)]), (2, 1, 1)),
        confused=np.full((2, 3, count), -1),
        times=np.zeros((2, 3, count), dtype=np.int64),
    )


def test_a_class_passes_by_what_it_loses() -> None:
    right, without = [20, 20, 20, 0, 20], [2, 19, 20, 0, 22]
    assert passing(measured(right, without, [0] * 5)).tolist() == [True, False, False, False, False]


def test_a_class_that_is_not_told_from_others_passes_nothing() -> None:
    found = measured([20] * 4, [2] * 4, [0, 30, 50, 75])  # of 75 images of other classes
    assert passing(found).tolist() == [True, False, False, False]


def test_a_loss_under_one_removal_alone_passes_nothing() -> None:
    found = measured([20] * 2, [2] * 2, [0, 0])
    found.right_sets[1, 0, 0], found.paired[1, :, 0] = 20, 0
    found.right_sets[1, 5, 1] = 1  # and one draw of twenty that is missed more
    assert passing(found).tolist() == [False, False]


def test_of_many_classes_more_must_be_lost() -> None:
    """Five images lost and none won: 1 in 32 by luck, enough for one class but not among ten."""
    assert passing(measured([20], [15], [0])).tolist() == [True]
    assert not passing(measured([20] * 10, [15] + [20] * 9, [0] * 10)).any()
    assert passing(measured([20] * 10, [15] * 10, [0] * 10)).all()  # all of them: not by luck


def test_intervals_and_luck_are_those_of_others() -> None:
    for right, images in ((0, 4), (3, 4), (18, 25)):
        low, high = wilson(np.array([right]), np.array([images]))[:, 0]
        truth = binomtest(right, images).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((truth.low, truth.high), abs=1e-6)
    for lost, gained in ((0, 0), (3, 0), (9, 4)):
        truth = binomtest(lost, lost + gained, 0.5, "greater").pvalue if lost + gained else 1.0
        assert luck(np.array(lost), np.array(gained)) == pytest.approx(truth)


def test_intervals_of_a_change_are_wide_where_images_are_few() -> None:
    few, many = paired_change(2, 0, 4), paired_change(100, 0, 200)
    assert few[0] == many[0] == 0.5
    assert few[2] - few[1] > 5 * (many[2] - many[1])
    assert paired_change(0, 0, 2)[1] < 0 < paired_change(0, 0, 2)[2]


def test_the_record_has_what_was_measured() -> None:
    found = measured([20, 10], [2, 9], [0, 0])
    found.confused[0, 0, 0], found.times[0, 0, 0] = 3, 5
    found.confused[1, :2, 0], found.times[1, :2, 0] = (4, 3), (12, 6)
    found.chance_without[:, 2, 1] = 0.1
    names = [f"name {number}" for number in range(9)]
    told = told_classes(
        found, [Label("cats", (3, 7)), Label("name 1", (1,))], names, 5, "100 images"
    )
    cats, other = told.classes
    assert (told.layer, told.images, told.draws, cats.outputs, cats.images) == (
        5,
        100,
        DRAWS,
        (3, 7),
        25,
    )
    assert [one.channel for one in cats.speakers] == list(range(SPEAKERS))
    assert cats.speakers[0].share == pytest.approx(0.1)
    assert (cats.whole.right, cats.zero.five.right, cats.mean.random.right) == (20, 2, 20)
    assert cats.zero.low < cats.zero.change == 0.72 < cats.zero.high
    assert [(one.name, one.times) for one in cats.mistaken] == [("name 3", 5)]
    assert [one.times for one in cats.mistaken_without] == [12, 6]
    assert (cats.holds, other.holds) == (True, False)
    first = told.losers[2][0]
    assert first.place == 1
    assert first.without.chance == pytest.approx(0.1)
    assert first.other.chance == pytest.approx(0.4)


CORNERS = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1], [-1, -1, -1]])


def images_of_classes(seed: int) -> tuple[Tensor, np.ndarray]:
    """Noise on grounds of a colour for each class, (N, 3, SIDE, SIDE), and the classes."""
    random = torch.Generator().manual_seed(seed)
    labels = np.repeat(np.arange(CLASSES), IMAGES)
    colours = CORNERS[torch.from_numpy(labels)][..., None, None]
    shade = torch.randn(len(labels), 3, 1, 1, generator=random)
    return colours + 0.4 * shade + torch.randn(len(labels), 3, SIDE, SIDE, generator=random), labels


def random_network(seed: int) -> Network:
    """Units that each answer to colours of one random direction, and a random head."""
    torch.manual_seed(seed)
    conv = nn.Conv2d(3, UNITS, 1)
    with torch.no_grad():
        conv.weight.copy_(nn.functional.normalize(torch.randn(UNITS, 3))[..., None, None])
        conv.bias.fill_(-1.5)  # type: ignore[union-attr]
    parts: OrderedDict[str, nn.Module] = OrderedDict(conv=conv, relu=nn.ReLU())
    parts |= OrderedDict(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten())
    parts["fc"] = nn.Linear(UNITS, CLASSES)
    return tiny.network(nn.Sequential(parts).requires_grad_(False).eval(), ["conv"], SIDE)


def learn(network: Network) -> None:
    """Turn five units towards each class's colour, and let the class hear these most."""
    conv, *_, head = network.module.children()
    assert isinstance(conv, nn.Conv2d)
    assert isinstance(head, nn.Linear)
    with torch.no_grad():
        turned = nn.functional.normalize(CORNERS.repeat_interleave(SPEAKERS, dim=0))
        conv.weight[: len(turned)] += 4 * turned[..., None, None]
        conv.weight /= conv.weight.norm(dim=1, keepdim=True)
        head.weight *= 0.5
        for own in range(CLASSES):
            head.weight[own, own * SPEAKERS : (own + 1) * SPEAKERS] += 2.0


def held(network: Network, images: Tensor, labels: np.ndarray) -> np.ndarray:
    """(classes,) which pass."""
    asked = [ClassAsked.one(own, np.flatnonzero(labels == own)) for own in range(CLASSES)]
    (layer,) = network.layers
    return passing(effects(network, layer, asked, lambda rows: images[torch.from_numpy(rows)]))


def test_with_random_weights_or_shuffled_labels_no_class_passes() -> None:
    untrained, shuffled, true = [], [], []
    for seed in range(NETWORKS):
        images, labels = images_of_classes(seed)
        network = random_network(seed)
        untrained.append(held(network, images, labels))
        learn(network)
        mixed = np.random.default_rng(seed).permutation(labels)
        shuffled.append(held(network, images, mixed))
        true.append(held(network, images, labels))
    print(
        f"passed: {np.mean(true):.3f}; untrained {np.mean(untrained):.3f}, shuffled "
        f"{np.mean(shuffled):.3f}"
    )
    assert np.mean(true) > 0.5  # or the rule would never be wrong because it never says a thing
    assert np.mean(untrained) <= MOST
    assert np.mean(shuffled) <= MOST


def groups_held(network: Network, groups: list[list[int]], seed: int) -> list[bool]:
    """Whether the loss without each group of units stands out."""
    images, labels = images_of_classes(seed)
    kinds = dict(zip(KINDS, groups, strict=True))
    rows = np.arange(len(labels))
    found = group_effects(network, [kinds], rows, labels, lambda at: images[torch.from_numpy(at)])
    assert found is not None
    return [group.holds for group in told_groups(found)]


def test_with_random_weights_or_random_units_no_group_stands_out() -> None:
    untrained, picked, true = [], [], []
    for seed in range(NETWORKS):
        random = np.random.default_rng(seed)
        some = [random.choice(UNITS, SPEAKERS, replace=False).tolist() for _ in KINDS]
        network = random_network(seed)
        untrained += groups_held(network, some, seed)
        learn(network)
        picked += groups_held(network, some, seed)
        speaking = np.arange(len(KINDS) * SPEAKERS).reshape(len(KINDS), SPEAKERS)
        true += groups_held(network, speaking.tolist(), seed)
    print(
        f"stood out: {np.mean(true):.3f}; untrained {np.mean(untrained):.3f}, "
        f"units picked at random {np.mean(picked):.3f}"
    )
    assert np.mean(true) > 0.5
    assert np.mean(untrained) <= MOST
    assert np.mean(picked) <= MOST
