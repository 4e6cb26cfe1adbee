"""A photograph by its name, the names of classes, and which photographs are looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import tiny
import torch
from PIL import Image

from generator.errors import UsageError
from generator.images import open_collection
from generator.images.collection import Collection, Item
from generator.images.naming import find, identities, largest
from generator.measure.outputs import outputs_of
from generator.networks import load
from generator.networks.network import Classes
from generator.records import Provenance
from generator.stages import subjects
from generator.stages.build import Build
from generator.stages.fitting import check_fitting
from generator.stages.read import SUBJECTS, read_subjects


def test_a_photograph_is_found_by_its_name_its_title_or_as_a_file(tmp_path: Path) -> None:
    bundled = open_collection("bundled")
    number = find(bundled, "Chelsea the cat")
    assert isinstance(number, int)
    item = bundled.items[number]
    assert item.name.startswith("Chelsea the cat (300 px")
    assert find(bundled, bundled.items[777].name) == 777
    Image.new("RGB", (9, 9)).save(tmp_path / "own.png")
    assert find(bundled, str(tmp_path / "own.png")) == tmp_path / "own.png"
    with pytest.raises(UsageError, match="did you mean 'Chelsea the cat'"):
        find(bundled, "Chelsea a cat")
    folder = open_collection(str(tmp_path))
    assert find(folder, "own.png") == 0


def test_of_tiles_the_largest_stand_for_their_photograph() -> None:
    items = tuple(
        Item(str(n), source=n // 3, side=side) for n, side in enumerate((9, 9, 5, 7, 8, 2))
    )
    collection = replace(tiny.collection(6), items=items)
    assert largest(collection) == {0: [0, 1], 1: [4]}
    assert largest(tiny.collection(3)) == {0: [0], 1: [1], 2: [2]}


def test_a_file_counts_by_its_content_not_by_its_place(tmp_path: Path) -> None:
    collection = tiny.collection(2)
    for folder, colour in (("a", "red"), ("b", "red"), ("c", "blue")):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (9, 9), colour).save(tmp_path / folder / "x.png")
    same, again, other = (
        identities(collection, [str(tmp_path / folder / "x.png")]) for folder in "abc"
    )
    assert same == again != other
    assert str(tmp_path) not in same[0]
    assert identities(collection, ["1"]) == ["1"]


def test_classes_have_names_where_anyone_has_said_them() -> None:
    bundled = outputs_of(load("zfnet64"), 200)
    assert bundled.known
    assert bundled.names[0] == "goldfish"
    assert bundled.numbers["n01443537"] == bundled.numbers["goldfish"] == 0
    random = outputs_of(load("zfnet64", "none"), 200)
    assert not random.known
    assert (random.names[17], dict(random.numbers)) == ("class 17", {})
    network = tiny.network(tiny.chain(), ["conv1"])
    assert not outputs_of(network, 1000).known, "a thousand outputs need not be ImageNet's"
    imagenet = outputs_of(replace(network, classes=Classes(imagenet=True)), 1000)
    assert (imagenet.names[0], imagenet.names[999]) == ("tench", "toilet tissue")
    assert imagenet.numbers["n02123045"] == 281  # the tabby's usual number
    assert not outputs_of(network, 7).known


def build(collection: Collection, *names: str) -> Build:
    network = replace(tiny.classifier(), provenance=Provenance("tiny", "tiny", random=True))
    return Build(tiny.exhibit(photographs=names), network, collection)


def sure_of(build: Build, index: int) -> tuple[int, float]:
    with torch.no_grad():
        likely = build.network.module(
            build.network.preprocess(build.collection[index])[None]
        ).softmax(1)[0]
    return int(likely.argmax()), float(likely.max())


def test_the_surest_photographs_are_chosen_one_of_a_class(tmp_path: Path) -> None:
    built = build(tiny.collection(40, broken={3}))
    subjects.make(tmp_path, built)
    chosen = read_subjects(tmp_path)
    answers = {index: sure_of(built, index) for index in range(40) if index != 3}
    best: dict[int, tuple[float, int]] = {}
    for index, (label, probability) in answers.items():
        best[label] = max(best.get(label, (0.0, 0)), (probability, index))
    truth = [index for _, index in sorted(best.values(), reverse=True)][:5]
    assert [subject.image for subject in chosen] == truth
    assert not any(subject.by_folder for subject in chosen)
    for subject in chosen:
        assert subject.image is not None
        label, probability = answers[subject.image]
        assert subject.label == label
        assert subject.probability == pytest.approx(probability, rel=1e-4)
        inputs = built.network.preprocess(built.collection[subject.image])
        torch.testing.assert_close(subject.input, inputs)


def test_those_named_come_first(tmp_path: Path) -> None:
    Image.new("RGB", (50, 40), "red").save(tmp_path / "own.png")
    (tmp_path / "stage").mkdir()
    built = build(tiny.collection(20), "7", str(tmp_path / "own.png"))
    subjects.make(tmp_path / "stage", built)
    chosen = read_subjects(tmp_path / "stage")
    assert [subject.name for subject in chosen[:2]] == ["7", "own.png"]
    assert str(tmp_path) not in (tmp_path / "stage" / SUBJECTS).read_text()


def test_folders_that_name_classes_say_which_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = SimpleNamespace(names=tuple("abcdefg"), numbers={"c": 2, "e": 4}, known=True)
    monkeypatch.setattr(subjects, "outputs_of", lambda *_: known)
    plain = tiny.collection(12)
    items = tuple(replace(item, label=n % 3) for n, item in enumerate(plain.items))
    built = build(replace(plain, items=items, classes=("c", "e", "unknown")))
    subjects.make(tmp_path, built)
    chosen = read_subjects(tmp_path)
    assert [subject.by_folder for subject in chosen[:2]] == [True, True]
    assert {subject.label for subject in chosen[:2]} == {2, 4}
    for subject in chosen[:2]:
        assert subject.image is not None
        with torch.no_grad():
            likely = built.network.module(subject.input[None]).softmax(1)[0]
        assert subject.probability == pytest.approx(float(likely[subject.label]), rel=1e-4)
        own = {2: 0, 4: 1}[subject.label]
        with torch.no_grad():
            rivals = [
                built.network.module(built.network.preprocess(built.collection[n])[None]).softmax(
                    1
                )[0]
                for n in range(own, 12, 3)
            ]
        best = max(float(rival[subject.label]) for rival in rivals)
        assert subject.probability == pytest.approx(best, rel=1e-4)


def test_a_class_comes_twice_rather_than_too_few_photographs(tmp_path: Path) -> None:
    built = build(tiny.collection(6))
    last = built.network.module.get_submodule("classes")
    torch.nn.init.zeros_(last.weight)  # type: ignore[arg-type]
    subjects.make(tmp_path, built)
    chosen = read_subjects(tmp_path)
    assert len({subject.label for subject in chosen}) == 1
    assert len({subject.image for subject in chosen}) == len(chosen) == 5


def test_what_does_not_fit_is_refused_before_anything_is_made() -> None:
    with pytest.raises(UsageError, match="square is 99"):
        check_fitting(tiny.exhibit(square=99), tiny.classifier(), tiny.collection(1))
