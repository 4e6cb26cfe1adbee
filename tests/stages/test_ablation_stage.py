"""The stage that asks what classes lose: from labels, from shipped numbers, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny

from generator.errors import WeightsError
from generator.measure import kinds
from generator.networks.chosen import ChosenWeights, choose_weights
from generator.networks.loading import load_network
from generator.networks.network import Classes
from generator.records import Claim, Hierarchy, Measured, MeasuredLayer, NameTests
from generator.records.ablation import SPEAKERS
from generator.stages import ablation
from generator.stages.ablation import classes_asked
from generator.stages.build import Build

NAMES = ("beagle", "robin", "Chihuahua", "goldfish", "wheelbarrow", "tench", "Siamese cat")
FACES = 3  # units of the last layer that are for faces


def labelled(labels: list[int], classes: tuple[str, ...], broken: int = -1) -> Build:
    """A build with images of these labels; the number of the one that can't be read."""
    network = replace(tiny.classifier(), classes=Classes(NAMES))
    images = tiny.collection(len(labels))
    items = tuple(
        replace(item, label=label) for item, label in zip(images.items, labels, strict=True)
    )
    build = Build(tiny.exhibit(), network, replace(images, items=items, classes=classes))
    maxima = np.ones((len(labels), network.layers[-1].channels), dtype=np.float32)
    maxima[broken if broken >= 0 else len(labels) :] = np.nan
    build.maxima = [maxima] * len(network.layers)
    faces = Claim("concept", "face", 1.0, 0.5, held=True, tests=NameTests(("face",), (), 1.0, 9))
    claims: list[tuple[tuple[Claim, ...], ...]]
    claims = [((),) * layer.channels for layer in network.layers]
    claims[-1] = ((faces,),) * FACES + claims[-1][FACES:]
    layers = tuple(MeasuredLayer(own, 3, 3, ()) for own in claims)
    build.measured = Measured(layers, Hierarchy((), (), (), (), {}))
    return build


def test_classes_of_a_folder_are_measured_where_the_network_has_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "SPEAKERS", FACES)  # as few make a group in so small a network
    labels = [0] * 5 + [1] * 4 + [2] * 4 + [3] * 2 + [-1, 2]  # the last can't be read
    build = labelled(labels, ("robin", "a holiday", "wheelbarrow", "tench"), broken=16)
    ablation.make(tmp_path, build)
    told = ablation.entry(tmp_path, build)
    assert told is not None
    assert [one.name for one in told.classes] == ["robin", "wheelbarrow"]  # in order of outputs
    assert [one.outputs for one in told.classes] == [(1,), (4,)]
    assert [one.images for one in told.classes] == [2, 2]
    assert told.source == "9 images of noise in memory"
    assert (told.images, told.layer) == (9, 2)
    for one in told.classes:
        assert len(one.speakers) == SPEAKERS
        assert one.zero.high - one.zero.low > 0.5  # two images tell little, and that is said
        assert not one.holds
        wrong = sum(other.times for other in one.mistaken)
        assert wrong == one.images - one.whole.right
    (faces,) = told.groups  # on all images of all its classes, also those with too few to ask about
    assert (faces.layer, faces.kind, faces.channels) == (2, "faces", tuple(range(FACES)))
    assert faces.images == 11


def test_nothing_is_asked_where_names_are_not_known(tmp_path: Path) -> None:
    labels = [0] * 4 + [1] * 4
    for number, build in enumerate((labelled(labels, ("x", "y")), labelled(labels, ()))):
        folder = tmp_path / str(number)
        folder.mkdir()
        ablation.make(folder, build)
        assert ablation.entry(folder, build) is None


def test_classes_of_few_images_are_asked_about_with_their_group() -> None:
    names = ("beagle", "robin", "Chihuahua", "goldfish", "standard poodle", "tench")
    own = np.array([0, 0, 2, 4, 2, 2, 4, 4, 0, 1, 3, 5, -1, 1, 1, 1])
    asked = classes_asked(own, names)
    assert {name: one.outputs for name, one in asked.items()} == {"robin": (1,), "dogs": (0, 2, 4)}
    dogs = asked["dogs"]  # two kinds of fish have one image each: too few even together
    assert dogs.images.tolist() == list(range(9))
    assert dogs.own.tolist() == own[:9].tolist()


def test_of_many_images_some_are_asked_about_from_first_to_last() -> None:
    own = np.repeat(np.arange(8), 500)
    asked = classes_asked(own, [f"class {number}" for number in range(8)])
    for number, one in enumerate(asked.values()):
        assert len(one.images) == ablation.TOGETHER // 8
        assert (one.images[0], one.images[-1]) == (500 * number, 500 * number + 499)
        assert set(np.diff(one.images)) == {10, 11}


def shipped(layers: tuple[str, ...] | None = None, weights: ChosenWeights | None = None) -> Build:
    network = load_network("zfnet64", layers=layers)
    weights = weights or choose_weights("zfnet64", None)
    return Build(tiny.exhibit(), network, tiny.collection(2), weights)


def test_the_network_that_comes_with_the_project_has_its_numbers_with_it(tmp_path: Path) -> None:
    build = shipped()
    ablation.make(tmp_path, build)
    told = ablation.entry(tmp_path, build)
    assert told is not None
    assert "Tiny ImageNet" in told.source
    assert (told.layer, told.images, len(told.classes)) == (5, 10_000, 200)
    assert len(told.losers) == build.network.layers[-1].channels
    right = sum(one.whole.right for one in told.classes)
    images = sum(one.images for one in told.classes)
    assert right / images == pytest.approx(build.network.provenance.accuracy, abs=0.02)
    holds = [one for one in told.classes if one.holds]
    assert len(holds) > len(told.classes) / 2
    for one in holds:
        for removed in (one.zero, one.mean):
            assert removed.five.right < removed.least <= removed.random.right <= removed.most


def test_numbers_of_another_layer_are_not_told_and_a_torn_file_is_an_error(tmp_path: Path) -> None:
    names = tuple(layer.name for layer in load_network("zfnet64").layers)
    build = shipped(names[:2])
    ablation.make(tmp_path, build)
    assert ablation.entry(tmp_path, build) is None
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(b"not numbers")
    weights = replace(choose_weights("zfnet64", None), effects=torn)
    with pytest.raises(WeightsError, match=r"torn\.safetensors: can't be read .*install"):
        ablation.make(tmp_path, shipped(weights=weights))
