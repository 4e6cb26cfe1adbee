"""The stage that ships a network to browsers: what it writes, and when it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from generator.live.program import program
from generator.records import Provenance, TopActivations
from generator.stages import live
from generator.stages.build import Build
from generator.stages.read import Subject


def top(values: list[float]) -> TopActivations:
    """Units whose strongest activations these are; 0 for one that never fired."""
    strongest = np.array(values, np.float32)[:, None]
    images = np.where(strongest > 0, 0, -1).astype(np.int64)
    return TopActivations(strongest, images, np.zeros((len(values), 1, 2), np.int64))


def build(megabytes: int = 16) -> Build:
    network = replace(tiny.classifier(), provenance=Provenance("tiny", "tiny", random=True))
    built = Build(tiny.exhibit(live=megabytes), network, tiny.collection(4))
    image = network.preprocess(built.collection[2])
    built.subjects = [Subject(2, "2", "A tile", 0, False, 1.0, image)]
    built.top = tuple(top([3.0, 2.0, *[4.0] * (layer.channels - 2)]) for layer in network.layers)
    return built


def test_a_record_far_below_the_others_is_nothing_to_compare_with() -> None:
    assert live.records(top([2.0, 4.0, 0.0, 3.0, 0.2])) == [2.0, 4.0, None, 3.0, None]
    assert live.records(top([0.0, 0.0])) == [None, None]


def test_a_network_is_written_with_its_layers_records_and_classes(tmp_path: Path) -> None:
    built = build()
    live.make(tmp_path, built)
    section = live.entry(tmp_path, built)
    assert section.refused is None
    assert section.program == f"{tmp_path.name}/program.json"
    listed = json.loads((tmp_path / "program.json").read_text())
    assert (tmp_path / "weights.bin").stat().st_size == listed["bytes"] == section.bytes
    shapes = {step["result"]: step["shape"] for step in listed["operations"]}
    for layer, number, shown in zip(
        built.network.layers, listed["maps"], listed["layers"], strict=True
    ):
        assert shapes[number] == [layer.channels, layer.height, layer.width]
        assert shown["records"][:2] == [3.0, 2.0]
        assert shown["field"] == vars(layer.field)
    assert len(listed["classes"]) == shapes[listed["output"]][0]


def test_an_example_tells_the_networks_own_answers(tmp_path: Path) -> None:
    built = build()
    live.make(tmp_path, built)
    (example,) = live.entry(tmp_path, built).examples
    assert (tmp_path / Path(example.picture.file).name).is_file()
    image = built.subjects[0].input[None]
    with torch.no_grad():
        shares = built.network.module(image).flatten(1).softmax(1)[0]
    assert example.guesses[0].probability == pytest.approx(float(shares.max()), rel=1e-3)
    assert example.guesses[0].name == f"class {int(shares.argmax())}"
    for units in example.units:
        assert [unit.share for unit in units] == sorted(
            (unit.share for unit in units), reverse=True
        )
        for unit in units:
            record = 3.0 if unit.channel == 0 else 2.0 if unit.channel == 1 else 4.0
            assert unit.share == pytest.approx(unit.value / record, rel=1e-3)


def test_a_network_that_is_too_large_is_not_shipped(tmp_path: Path) -> None:
    built = build(megabytes=0)
    live.make(tmp_path, built)
    section = live.entry(tmp_path, built)
    assert "this build ships at most 0" in (section.refused or "")
    assert section.program is None
    assert section.weights is None
    assert section.examples  # the page shows these in its place
    assert not (tmp_path / "weights.bin").exists()


def test_one_that_pages_cannot_run_is_refused_by_name(tmp_path: Path) -> None:
    built = build()
    built.network = replace(
        built.network, module=torch.nn.Sequential(built.network.module, torch.nn.Sigmoid())
    )
    built.network = replace(
        built.network,
        layers=tuple(replace(layer, name=f"0.{layer.name}") for layer in built.network.layers),
    )
    live.make(tmp_path, built)
    assert "sigmoid" in (live.entry(tmp_path, built).refused or "")


def test_the_program_ends_with_the_classes() -> None:
    network = tiny.classifier()
    made = program(network)
    assert made.operations[-1].result == made.output
