"""The paper's figures from stage to sentence: boxes of a network, what is chosen, what is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from fake_remade import filters as filters_section
from fake_remade import remade
from msgspec import structs

from generator.caption import remade as said
from generator.draw import heat
from generator.networks import load
from generator.networks.architecture import architecture
from generator.pages.manifest import PaperFigures
from generator.records import Provenance
from generator.stages import occlusion, steps
from generator.stages.build import Build
from generator.stages.layout import blocks, outputs
from generator.stages.read import Subject
from generator.techniques.deconvnet import projection
from generator.techniques.occlusion import Occluded


def boxes(name: str) -> list[tuple[str, tuple[int, ...]]]:
    network = load(name, "none")
    drawn = blocks(architecture(network), network.size, outputs(network))
    return [(box.name, box.size) for box in drawn]


def test_the_network_of_the_paper_has_the_map_sizes_of_its_figure_3() -> None:
    assert boxes("zfnet") == [
        ("input", (3, 224, 224)),
        ("conv1", (96, 110, 110)),
        ("pool1", (96, 55, 55)),
        ("conv2", (256, 26, 26)),
        ("pool2", (256, 13, 13)),
        ("conv3", (384, 13, 13)),
        ("conv4", (384, 13, 13)),
        ("conv5", (256, 13, 13)),
        ("pool5", (256, 6, 6)),
        ("fc6", (4096,)),
        ("fc7", (4096,)),
        ("fc8", (1000,)),
    ]


def test_where_boxes_are_too_many_a_module_is_a_box_with_what_it_hands_on() -> None:
    drawn = dict(boxes("squeezenet1_0"))
    assert drawn["features.3"] == (128, 54, 54)  # two branches of 64, joined
    assert drawn["features.12"] == (512, 13, 13)
    assert drawn["classifier.1"] == (1000, 13, 13)
    assert len(drawn) == 15
    assert len(boxes("resnet18")) <= 25


def test_the_way_down_starts_behind_the_first_pool() -> None:
    layer = steps.followed_layer(load("zfnet64", "none"))
    assert layer is not None
    assert (layer.name, layer.field.size, layer.field.stride) == ("conv2", 27, 4)
    assert steps.followed_layer(tiny.network(tiny.chain("average"), ["conv1"])) is None


def subject(build: Build, number: int) -> Subject:
    image = build.network.preprocess(build.collection[number])
    with torch.no_grad():
        shares = build.network.module(image[None]).softmax(1)[0]
    label = int(shares.argmax())
    return Subject(number, str(number), str(number), label, False, float(shares[label]), image)


def test_the_photographs_covered_are_those_that_a_square_changes_most() -> None:
    network = replace(tiny.classifier(), provenance=Provenance("tiny", "tiny", random=True))
    built = Build(tiny.exhibit(), network, tiny.collection(6))
    built.subjects = [subject(built, number) for number in range(5)]
    left: list[float] = []
    size, square = network.size, occlusion.square_of(built).square
    for candidate in built.subjects:
        kept: list[float] = []
        for top in range(0, size, square):
            for column in range(0, size, square):
                covered = candidate.input.clone()
                covered[:, top : top + square, column : column + square] = 0
                with torch.no_grad():
                    said_now = network.module(covered[None]).softmax(1)[0]
                kept.append(float(said_now[candidate.label]))
        left.append(min(kept) / candidate.probability)
    truth = sorted(np.argsort(left)[:3].tolist())
    assert [chosen.image for chosen in occlusion.shown(built)] == truth
    built.exhibit = tiny.exhibit(photographs=("0", "1", "2", "3"))
    assert [chosen.image for chosen in occlusion.shown(built)] == [0, 1, 2, 3]


def occluded(best: list[list[int]], label: int) -> Occluded:
    cells = np.array(best)
    ones = np.ones(cells.shape, dtype=np.float32)
    return Occluded(0, 0, 0, label, 1.0, 1.0, label, ones, ones, cells)


def test_classes_get_colours_the_watched_one_first_then_the_most_frequent() -> None:
    covered = occluded([[9, 4, 4], [2, 2, 2], [7, 7, 7]], label=5)
    assert occlusion.legend(covered) == [5, 2, 7, 4, 9]
    many = occluded([[1, 2, 3], [4, 5, 6], [7, 8, 9]], label=9)
    assert occlusion.legend(many)[0] == 9
    assert len(occlusion.legend(many)) == len(heat.CLASSES)
    picture = heat.class_map(np.array([[5, 2], [8, 8]]), [5, 2], stride=3, size=5)
    assert picture.shape == (5, 5, 3)
    assert picture[0, 0].tolist() == [0x44, 0x77, 0xAA]
    assert picture[2, 3].tolist() == [0xEE, 0x66, 0x77]
    assert picture[4, 4].tolist() == [0xBB] * 3


def test_a_heat_map_runs_from_zero_to_its_highest() -> None:
    picture = heat.heat_map(np.array([[0.0, 5.0], [2.5, 9.0]]), 5.0, stride=2, size=4)
    ends = [heat.scale_colours(2)[end] for end in (0, 1)]
    as_hex = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (picture[0, 0], picture[0, 3])]
    assert as_hex == ends
    assert (picture[3, 3] == picture[0, 3]).all()  # what is above stays at the top
    assert heat.heat_map(np.zeros((2, 2)), 0.0, 1, 2).shape == (2, 2, 3)


@pytest.fixture
def found(tmp_path: Path) -> PaperFigures:
    return remade(tmp_path, "A cup")


def test_sentences_say_what_the_square_did(found: PaperFigures) -> None:
    assert found.occlusion
    first, second = (said.covered(photograph) for photograph in found.occlusion.photographs)
    assert "go-kart, which is the network’s own first guess" in first
    assert "At 1 of 4 places another class comes first: Chihuahua (1)." in first
    assert "falls from 33.1 to 18.3" in first
    assert "At none of the 4 places another class comes first" in second
    unnamed = structs.replace(found.occlusion.photographs[0], label="class 382")
    assert said.covered(unnamed).startswith("We watch class 382, which is ")
    one = structs.replace(found.occlusion.photographs[0], by_folder=True, first_guess="tractor")
    assert "is the right one, though the network’s first guess is tractor" in said.covered(one)


def test_sentences_say_how_far_features_moved(found: PaperFigures) -> None:
    assert found.invariance
    scale = said.features_moved(found.invariance.changes[1])
    assert "Enlarged 1.4 times" in scale
    assert "85" in scale  # (0.9 + 0.8) / 2
    assert "Enlarged 1.8 times" in scale
    assert "105" in scale
    table = ((0.4, 0.3, 0.0, 0.11, 0.22),)
    shift = replace(
        found.invariance.changes[0],
        values=(-2.0, -1.0, 0.0, 1.0, 2.0),
        first=table,
        last=table,
        probability=table,
    )
    assert "Shifted down by one pixel" in said.features_moved(shift)
    assert "by 11" in said.features_moved(shift)


def test_sentences_say_what_clipping_would_change(tmp_path: Path) -> None:
    filters = filters_section(tmp_path)
    assert "None passes 0.1" in said.filter_strengths(filters)
    assert said.filter_strengths(replace(filters, over_paper_radius=2)).endswith(
        " 2 of them pass 0.1."
    )
    assert said.dead_filters(filters).startswith("One filter fired for no image")
    assert said.dead_filters(replace(filters, dead=())).startswith("Every filter fired")
    assert said.dead_filters(replace(filters, dead=None)).startswith("One filter is less")
    assert "a stride of 4 folds 25.0" in said.folding(filters)


def test_a_small_share_is_not_said_to_be_nothing() -> None:
    told = [said.share(value).replace("\N{NO-BREAK SPACE}", " ") for value in (0, 0.004, 0.03, 1)]
    assert told == ["0 %", "less than 1 %", "3 %", "100 %"]


def test_every_kind_of_step_has_its_words(found: PaperFigures) -> None:
    assert found.steps is not None
    steps = found.steps.steps
    told = [said.step(step, last=False)[0] for step in steps]
    assert told == ["Filter with conv2", "Unpool", "Rectify", "Filter with conv1"]
    assert "turn all 64 maps" in said.step(steps[-1], last=True)[1]
    kinds = set(projection._Followed.KINDS.values())
    assert kinds == {"filter", "unpool", *said.OTHERS}  # a rectifier is known by what it does
    for kind in said.OTHERS:
        assert all(said.step(replace(steps[0], kind=kind), last=False))
