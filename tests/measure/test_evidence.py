"""The drawings behind a claim, the hierarchy, and the pictures made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import samples
import torch
from PIL import Image
from tiny import chain, network

from generator.draw import strips
from generator.draw.extremes import draw_extremes
from generator.images.stimuli import CONCEPTS, DISTRACTORS, draw
from generator.measure.answers import Answers, answers_to_drawings
from generator.measure.concepts import ConceptScores, auroc, bars, hierarchy
from generator.measure.evidence import NINE, concept_evidence, extremes, extremes_of_units
from generator.measure.giveaways import giveaways
from generator.measure.names import SHAPES
from generator.measure.telling import tell_names
from generator.records import Cell, Claim, Detail, MeasuredLayer
from generator.scan.activations import maxima

SEEDS = 20


def answers(seed: int, knows: str | None = None) -> Answers:
    """Two layers of five units that answer at random, but for unit 3 of the second."""
    random = np.random.default_rng(seed)
    concepts = np.tile(np.array(CONCEPTS), SEEDS)
    first, second = random.random((2, len(concepts), 5)).astype(np.float32)
    if knows:
        second[:, 3] += concepts == knows
    angles = random.uniform(-90, 90, len(concepts))
    seeds = np.repeat(np.arange(SEEDS), len(CONCEPTS))
    return Answers(concepts, seeds, angles, (first, second), (first, second))


def concept_scores(known: Answers) -> list[ConceptScores]:
    return [ConceptScores.of(tell_names(known, number)) for number in range(len(known.values))]


def test_chance_level_comes_out_for_shuffled_labels() -> None:
    random = np.random.default_rng(0)
    known = answers(0, "wheel")
    areas = [
        auroc(known.values[1][:, 3:4], random.permutation(known.concepts), ["wheel"])[0, 0]
        for _ in range(200)
    ]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.015)
    assert auroc(known.values[1][:, 3:4], known.concepts, ["wheel"])[0, 0] == 1


def test_answers_are_filed_under_the_drawings_that_they_belong_to() -> None:
    net = network(chain(), ["relu1", "relu3"])
    all_of_it, part = answers_to_drawings((net, net), (9, 3))
    assert (part.seeds < 3).all()
    assert sorted(set(all_of_it.seeds)) == list(range(9))
    shown = set(CONCEPTS) - set(DISTRACTORS)
    for seed in range(9):
        own = list(all_of_it.concepts[all_of_it.seeds == seed])
        assert len(own) == len(set(own))
        assert set(own) == (set(CONCEPTS) if seed in (0, 1, 8) else shown)
    for number in (0, 40, len(all_of_it.seeds) - 1):
        drawing = draw(str(all_of_it.concepts[number]), int(all_of_it.seeds[number]), 32)
        pixels = torch.from_numpy(drawing.pixels.copy()).permute(2, 0, 1)[None].float() / 255
        strongest = maxima(net, net.preprocess.normalise(pixels))
        for layer, (values, _) in zip(all_of_it.values, strongest, strict=True):
            np.testing.assert_allclose(layer[number], values[0].numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(part.values[1], all_of_it.values[1][: len(part.seeds)], atol=1e-5)


def test_a_number_that_gives_a_concept_away_is_found() -> None:
    known = answers(0)
    random = np.random.default_rng(2)
    plain = random.random((len(known.concepts), 6))
    plain[:, 4] -= known.concepts == "wheel"  # wheels have the least edge energy
    plain[:, 5] += known.concepts == "grid"  # fills the corners itself: says nothing of the ground
    given_away = giveaways(replace(known, plain=plain))
    assert len(given_away) == 6
    worst = max(given_away, key=lambda giveaway: giveaway.score)
    assert (worst.statistic, worst.concept, worst.score) == ("edge energy", "wheel", 1)
    assert given_away[-1].concept != "grid"
    assert all(0.5 <= giveaway.score < 0.75 for giveaway in given_away if giveaway is not worst)


def test_the_hierarchy_holds_the_chosen_unit_of_each_layer_with_its_held_out_score() -> None:
    trained, random = concept_scores(answers(0, "wheel")), concept_scores(answers(1))
    table = hierarchy(trained, random)
    assert table.concepts == SHAPES
    wheel = SHAPES.index("wheel")
    best = table.trained[1][wheel]
    assert (best.channel, best.score, best.high) == (3, 1, 1)
    assert 0.7 < best.low < 0.9  # ten drawings, all told apart, are no proof of no error
    for number, layer in enumerate(table.random):
        for shape, cell in enumerate(layer):
            assert cell.channel == random[number].choosing[:, shape].argmax()
            score = random[number].held_out[cell.channel, shape]
            assert cell.score == pytest.approx(score, abs=1e-4)
            assert cell.low <= cell.score <= cell.high
            assert cell.score <= bars(random[number])[shape] + 1e-4
    half = SEEDS // 2
    assert table.drawings == {"trained": half, "random": half, "distractors": half}


def test_of_the_held_out_drawings_the_strongest_and_the_weakest_are_kept() -> None:
    known = answers(0, "wheel")
    ends = extremes(known, 1, 3)
    assert len(ends.strongest) == len(ends.weakest) == NINE
    assert {one.concept for one in ends.strongest} == {"wheel"}
    assert "wheel" not in {one.concept for one in ends.weakest}
    assert all(one.seed % 2 for one in (*ends.strongest, *ends.weakest))
    order = np.argsort(-np.where(known.choosing, -1, known.values[1][:, 3]))
    assert [one.seed for one in ends.strongest] == known.seeds[order[:NINE]].tolist()


def test_a_unit_that_no_drawing_moves_has_none(tmp_path: Path) -> None:
    known = answers(0, "wheel")
    known.values[1][:, 3] = 0
    *_, cold, moved = extremes_of_units(known, 1, [()] * 5)
    assert (cold.strongest, cold.weakest) == ((), ())
    assert moved == extremes(known, 1, 4)
    drawn = draw_extremes([("3", cold), ("4", moved)], tmp_path)
    assert drawn.keys() == {"4"}
    assert drawn["4"].most == tuple(one.concept for one in moved.strongest)
    with Image.open(tmp_path / drawn["4"].strongest.file) as picture:
        assert picture.size == (drawn["4"].strongest.width, drawn["4"].strongest.height)


def test_the_evidence_of_a_cell_becomes_a_picture(tmp_path: Path) -> None:
    known, scores = answers(0, "wheel"), concept_scores(answers(0, "wheel"))
    depths = hierarchy(scores, concept_scores(answers(1)))
    detail = Detail(low=0.98, high=1.0, drawings=170, positives=10)
    claim = Claim("concept", "wheel", 1.0, 0.7, True, detail)
    backed = concept_evidence(claim, 3, 1, known, depths)
    assert backed.count == SEEDS // 2 * len(CONCEPTS)
    assert backed.positives == SEEDS // 2
    assert backed.random.score == depths.random[1][SHAPES.index("wheel")].score
    cells = (
        Cell(1, 1, 3, "wheel", claim, backed),
        Cell(1, 2, 4, None, None),
        Cell(1, 3, 2, None, Claim("class", "cat", 2.0, 1.5, True), samples.evidence(kind="class")),
    )
    written = strips.draw_strips([MeasuredLayer((), 1, 3, cells)], tmp_path)
    assert written.keys() == {"1-1-1"}
    with Image.open(tmp_path / written["1-1-1"].file) as picture:
        assert picture.size == (written["1-1-1"].width, written["1-1-1"].height)
    first = backed.weakest[0]
    pixels = strips.strip(backed.strongest, backed.weakest)
    lower = pixels[-strips.TILE :, : strips.TILE]
    assert (lower == draw(first.concept, first.seed, strips.TILE).pixels).all()


def test_the_sheet_shows_every_concept(tmp_path: Path) -> None:
    sheet = strips.draw_sheet(tmp_path)
    assert sheet.concepts == CONCEPTS
    with Image.open(tmp_path / sheet.file) as picture:
        assert picture.size == (sheet.width, sheet.height)
    assert sheet.height == len(CONCEPTS) * (sheet.tile + sheet.gap) - sheet.gap
