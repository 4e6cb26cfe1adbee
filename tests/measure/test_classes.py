"""What units answer to labelled images: against scikit-learn, and by hand where images are few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tiny import chain, collection, network

from generator.caption.claims import why_not
from generator.measure.concepts import interval
from generator.measure.imagenet import class_name, groups, with_groups
from generator.measure.labelled import (
    Labels,
    areas,
    choosing_half,
    class_claims,
    class_scores,
    labels_of,
    random_values,
)
from generator.records.measured import ClassScore

RANDOM = np.random.default_rng(0)


def plain(numbers: np.ndarray, names: tuple[str, ...]) -> Labels:
    return Labels(numbers, names, np.eye(len(names), dtype=bool))


def test_classes_have_words_and_groups() -> None:
    assert class_name("n02113799") == "standard poodle"
    assert class_name("my holiday") == "my holiday"
    classes = ("n02113799", "n01440764", "n02085620", "n01443537", "n02123045")
    assert groups(classes) == {"dogs": (0, 2), "fish": (1, 3)}  # a single cat makes no group
    assert groups(("beagle", "my holiday", "collie", "n02123045")) == {"dogs": (0, 2)}  # by name
    names, members = with_groups(("n02085620", "my holiday", "collie"))
    assert names == ("Chihuahua", "my holiday", "collie", "dogs")
    assert members.astype(int).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1]]


def test_areas_of_classes_and_groups_agree_with_scikit_learn() -> None:
    values = RANDOM.integers(0, 9, (80, 5)).astype(float)  # many ties
    labels = RANDOM.integers(0, 4, 80)
    members = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 1]], dtype=bool)
    shares = areas(values, labels, members)
    for unit in range(5):
        for number, own in enumerate(members):
            truth = roc_auc_score(own[labels], values[:, unit])
            assert shares[unit, number] == pytest.approx(truth)


def test_halves_share_every_class_out_and_the_small_ones_together() -> None:
    labels = np.array([0] * 5 + [1] + [2] + [3] * 4 + [4] * 3)
    half = choosing_half(labels)
    assert [int(half[labels == number].sum()) for number in range(5)] == [3, 1, 0, 2, 2]


def test_a_unit_that_knows_a_class_is_found_and_others_are_near_chance() -> None:
    labels = np.repeat(np.arange(5), 40)
    values = RANDOM.random((200, 130)).astype(np.float16)  # more than one round of ranking
    values[:, 100] += labels == 3
    values[7] = np.nan  # an image that could not be read
    scores = class_scores(values, plain(labels, tuple("abcde")))
    assert scores is not None
    assert (scores.label[100], scores.score[100]) == (3, 1)
    assert scores.images == 100 - 1 + 1 or scores.images == 99
    others = np.delete(scores.score, 100)
    assert others.mean() == pytest.approx(0.5, abs=0.02)  # chosen on the other half
    chance = class_scores(RANDOM.random((200, 130)), plain(labels, tuple("abcde")))
    claims = class_claims(scores, chance, tuple("abcde"))
    assert claims[100].label == "d"
    assert claims[100].held
    assert claims[100].detail.positives == 20
    told = claims[100].detail.classes
    assert told[0] == ClassScore("d", 1.0)
    assert sorted(score.name for score in told) == list("abcde")
    assert np.mean([claim.held for claim in claims]) <= 0.05


def test_a_class_is_claimed_only_where_the_strongest_images_show_it() -> None:
    """All of class b above the middle, but below ten images of class a: by hand."""
    labels = np.repeat(np.arange(4), 40)
    values = RANDOM.random((160, 3))
    values[labels == 1] += 1  # in all units
    values[:20, 1] += 2  # of class a, half of them held out
    values[:6, 2] += 2  # so that of the nine strongest three are of class a
    scores = class_scores(values, plain(labels, tuple("abcd")))
    assert scores is not None
    assert scores.label.tolist() == [1, 1, 1]
    assert scores.shown == pytest.approx([1, 0, 6 / 9])
    assert (scores.low > 0.6).all()
    claims = class_claims(scores, None, tuple("abcd"))
    assert [claim.held for claim in claims] == [True, False, True]
    assert why_not(claims[1]).startswith("Too few of the photographs")


def test_the_classes_after_the_best_are_chosen_on_one_half_too() -> None:
    """By hand: the other half would put them in another order."""
    labels = np.repeat(np.arange(8), 40)
    rows = np.arange(len(labels))
    first, second = rows % 2 == 0, rows % 2 == 1
    values = np.where(first, labels, 7 - labels)[:, None] + 0.01 * RANDOM.random((320, 1))
    scores = class_scores(values, plain(labels, tuple("abcdefgh")))
    assert scores is not None
    assert scores.labels.tolist() == [[7, 6, 5, 4, 3]]
    truth = [roc_auc_score(labels[second] == label, values[second, 0]) for label in (7, 6, 5, 4, 3)]
    assert scores.scores[0] == pytest.approx(truth)
    (claim,) = class_claims(scores, None, tuple("abcdefgh"))
    assert [score.name for score in claim.detail.classes] == list("hgfed")
    assert [score.score for score in claim.detail.classes] == pytest.approx(truth, abs=1e-4)


def test_classes_of_few_images_count_in_their_groups_only() -> None:
    labels = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    members = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], dtype=bool)
    values = (labels < 2).astype(float)[:, None] + 0.1 * RANDOM.random((11, 1))
    scores = class_scores(values, Labels(labels, ("a", "b", "c", "group"), members))
    assert scores is not None
    assert scores.label.tolist() == [3]
    alone = class_scores(values[:4], plain(np.array([0, 0, 1, 1]), ("a", "b")))
    assert alone is None


def test_intervals_are_wide_where_images_are_few() -> None:
    counts = np.array([2, 20, 200])
    low, high = interval(np.ones(3), counts, np.full(3, 1000))
    assert low[0] < 0.5 < low[1] < 0.9 < low[2]
    assert (high == 1).all()
    # Normal deviates one standard deviation apart: Phi(1 / sqrt 2).
    covered = 0
    for _ in range(300):
        values = RANDOM.normal(size=(120, 1))
        labels = np.repeat([0, 1], [20, 100])
        values[labels == 0] += 1
        score = areas(values, labels, np.array([[True, False]]))[0]
        low, high = interval(score, np.array([20]), np.array([100]))
        covered += bool(low[0] <= 0.7602 <= high[0])
    assert 0.91 <= covered / 300 <= 0.99


def test_labels_come_from_the_collection_and_random_weights_look_at_a_part() -> None:
    images = collection(24)
    assert labels_of(images) is None
    items = tuple(replace(item, label=number % 2) for number, item in enumerate(images.items))
    images = replace(images, items=items, classes=("n02113799", "n02085620"))
    labels = labels_of(images)
    assert labels is not None
    assert labels.names == ("standard poodle", "Chihuahua", "dogs")
    (values,) = random_values(network(chain(), ["relu2"]), images)
    assert values.shape == (24, 6)
    assert np.isfinite(values).all()
    scores = class_scores(values, labels)
    assert scores is not None
    assert set(scores.label.tolist()) <= {0, 1}  # all images are dogs: nothing to tell apart
