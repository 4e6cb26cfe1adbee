"""What outputs are called: only what somebody has said, and two of one name stay two."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from tiny import chain, collection, network

from generator.measure.classes import shipped_statistics
from generator.measure.imagenet import all_classes
from generator.measure.labelled import labels_of
from generator.measure.outputs import outputs_of
from generator.networks import load
from generator.networks.network import Classes

NET = network(chain(), ["relu1"])


def test_nothing_is_guessed_from_the_number_of_outputs() -> None:
    classes = outputs_of(NET, 1000)
    assert not classes.known
    assert classes.names[7] == "class 7"
    assert classes.numbers == {}


def test_a_card_can_say_that_they_are_imagenets() -> None:
    classes = outputs_of(replace(NET, classes=Classes(imagenet=True)), 1000)
    assert classes.known
    assert classes.names[0] == "tench"
    assert classes.numbers["n01440764"] == classes.numbers["tench"] == 0
    assert not outputs_of(replace(NET, classes=Classes(imagenet=True)), 10).known


def test_names_of_a_card_are_those_of_the_outputs() -> None:
    named = replace(NET, classes=Classes(("robin", "wren"), ("a", "b")))
    assert outputs_of(named, 2).numbers == {"robin": 0, "wren": 1, "a": 0, "b": 1}
    assert not outputs_of(named, 3).known


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        ((), ("crane (0)", "wren", "crane (2)")),
        (("x", "y", "z"), ("crane (x)", "wren", "crane (z)")),
    ],
)
def test_two_classes_of_one_name_stay_two(folders: tuple[str, ...], names: tuple[str, ...]) -> None:
    classes = outputs_of(replace(NET, classes=Classes(("crane", "wren", "crane"), folders)), 3)
    assert classes.names == names
    assert [classes.numbers[name] for name in names] == [0, 1, 2]


def test_imagenet_has_a_thousand_names() -> None:
    """ImageNet itself calls two of its classes ``crane``, and two ``maillot``."""
    _, names = all_classes()
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert {"crane (bird)", "crane (machine)"} <= set(names)


def test_folders_of_both_cranes_are_two_labels() -> None:
    images = collection(4)
    items = tuple(replace(item, label=at % 2) for at, item in enumerate(images.items))
    labels = labels_of(replace(images, items=items, classes=("n02012849", "n03126707")))
    assert labels is not None
    assert len(set(labels.names[:2])) == 2


def test_a_layer_without_shipped_numbers_has_none() -> None:
    """They ship for the convolutions; that another layer lacks them is no damage."""
    statistics = shipped_statistics(load("zfnet64", layers=("relu1", "conv2")))
    assert statistics[0] is None
    assert statistics[1] is not None
    assert statistics[1].means.shape == (2, 128, 200)
    assert shipped_statistics(NET) == (None,)
