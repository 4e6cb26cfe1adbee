from __future__ import annotations

import itertools
import math
import subprocess
import sys
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from scipy.stats import rankdata

from generator.errors import UsageError
from generator.images.stimuli import (
    CONCEPTS,
    DISTRACTORS,
    FILLING,
    ORIENTED,
    contact_sheet,
    draw,
    draw_many,
    ground_grain,
    simple_statistics,
)
from generator.images.stimuli.drawing import _KINDS
from generator.images.stimuli.pen import Pen
from generator.images.stimuli.scene import scene

NAMED = {
    *("line", "blob", "stripes", "circle", "rectangle", "cross", "grid", "honeycomb", "wheel"),
    *("face", "dog face", "bird face", "bicycle", "lettering"),
}


def ridge_angle(pixels: NDArray[np.uint8]) -> float:
    """The angle of the strongest structure, by the structure tensor; in degrees, rising is > 0."""
    luminance = pixels.astype(np.float64) @ [0.299, 0.587, 0.114]
    luminance = ndimage.gaussian_filter(luminance, 1.5)
    down, right = np.gradient(luminance)
    weight = down**2 + right**2  # lets the ridge outvote the texture
    xx, yy, xy = ((weight * g).sum() for g in (right**2, down**2, right * down))
    across = 0.5 * math.atan2(2 * xy, xx - yy)  # of the gradient, rows running down
    return (-math.degrees(across) + 180) % 180 - 90


def apart(a: float, b: float) -> float:
    """How far two undirected angles lie apart, in degrees."""
    return abs((a - b + 90) % 180 - 90)


def test_the_concepts_have_their_names() -> None:
    assert set(CONCEPTS) - set(DISTRACTORS) == NAMED
    assert len(set(CONCEPTS)) == len(CONCEPTS)
    assert len(DISTRACTORS) >= 2
    assert set(DISTRACTORS) <= set(CONCEPTS)


@pytest.mark.parametrize("size", [16, 32, 64, 127, 224])
@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_concept_draws_at_every_size(concept: str, size: int) -> None:
    drawing = draw(concept, 3, size)
    assert (drawing.concept, drawing.seed) == (concept, 3)
    assert drawing.pixels.shape == (size, size, 3)
    assert drawing.pixels.dtype == np.uint8
    assert drawing.pixels.std() > 5
    assert (drawing.angle is not None) == (concept in ORIENTED)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_same_arguments_give_the_same_bytes(concept: str) -> None:
    first, again = draw(concept, 5, 64), draw(concept, 5, 64)
    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.angle == again.angle
    others = [draw(concept, seed, 64).pixels.tobytes() for seed in range(5)]
    assert len({first.pixels.tobytes(), *others}) == 6


def test_another_process_draws_the_same_bytes() -> None:
    # Python hashes strings differently in each process; a drawing must not hang on that.
    code = (
        "import hashlib; from generator.images.stimuli import draw;"
        "print(hashlib.sha256(draw('dog face', 11, 64).pixels.tobytes()).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": salt, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(answers) == 1


def test_concepts_of_one_seed_differ() -> None:
    assert len({draw(concept, 0, 64).pixels.tobytes() for concept in CONCEPTS}) == len(CONCEPTS)


@pytest.mark.parametrize("concept", ORIENTED)
@pytest.mark.parametrize("angle", [-75, -45, -20, 0, 30, 45, 90])
def test_an_angle_is_drawn_as_it_is_named(concept: str, angle: float) -> None:
    drawings = [draw(concept, seed, 64, angle=angle) for seed in range(12)]
    assert {d.angle for d in drawings} == {float(angle)}
    misses = [apart(ridge_angle(d.pixels), angle) for d in drawings]
    assert np.median(misses) < 4
    assert max(misses) < 15


def test_minus_45_falls_to_the_right() -> None:
    # By hand, without the structure tensor: the ridge lies in row r + k where it lay in r before.
    for seed in range(8):
        luminance = draw("line", seed, 64, angle=-45).pixels.mean(axis=2)
        ridge = np.abs(luminance - np.median(luminance))
        rows, columns = np.nonzero(ridge > 0.7 * ridge.max())
        assert np.corrcoef(rows, columns)[0, 1] > 0.6


def test_an_angle_the_seed_picks_is_the_one_it_tells() -> None:
    misses = []
    for seed in range(20):
        drawing = draw("line", seed, 64)
        assert drawing.angle is not None
        misses.append(apart(ridge_angle(drawing.pixels), drawing.angle))
    assert np.median(misses) < 4


def test_half_a_turn_is_the_same_drawing() -> None:
    for concept in ORIENTED:
        drawing, other = draw(concept, 2, 64, angle=-45), draw(concept, 2, 64, angle=135)
        assert drawing.angle == other.angle == -45
        assert drawing.pixels.tobytes() == other.pixels.tobytes()


def test_statistics_of_a_picture_worked_out_by_hand() -> None:
    # Left half black, right half pure green: one edge of height 0.587 in one of three columns.
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    pixels[:, 2:, 1] = 255
    got = simple_statistics(pixels)
    assert got == pytest.approx([0, 0.5, 0, 0.587 / 2, 0.587 / 3], abs=1e-6)


def best_areas(values: NDArray[np.float64], names: NDArray[np.str_]) -> dict[str, float]:
    """For each concept the AUROC, either way round, of the number (N, S) that tells it best."""
    ranks = np.apply_along_axis(rankdata, 0, values)
    areas = {}
    for concept in CONCEPTS:
        mine = names == concept
        n, rest = mine.sum(), (~mine).sum()
        area = (ranks[mine].sum(axis=0) - n * (n + 1) / 2) / (n * rest)  # (S,)
        areas[concept] = float(np.maximum(area, 1 - area).max())
    return areas


def test_plain_numbers_do_not_tell_the_concepts_apart() -> None:
    drawings = list(draw_many(CONCEPTS, 100, 64))
    names = np.array([d.concept for d in drawings])
    whole = best_areas(np.array([simple_statistics(d.pixels) for d in drawings]), names)
    ground = best_areas(np.array([[ground_grain(d.pixels)] for d in drawings]), names)
    beside = {concept: area for concept, area in ground.items() if concept not in FILLING}
    for title, areas in (("picture", whole), ("corners", beside)):
        name = max(areas, key=lambda concept: areas[concept])
        print(f"best AUROC of a plain number about the {title}: {areas[name]:.3f} ({name})")
    assert max(whole.values()) <= 0.6, whole
    assert max(beside.values()) <= 0.6, beside


def test_the_ground_beside_a_shape_is_the_same_for_all_shapes() -> None:
    # Level and scale differ, since the picture's mean and contrast are given; the pattern does not.
    corners = []
    for concept in ("circle", "wheel", "bicycle", "face"):
        luminance = draw(concept, 3, 128).pixels[-14:, :14].astype(np.float64).mean(axis=2)
        corners.append((luminance - luminance.mean()).ravel())
    assert np.corrcoef(corners).min() > 0.9


def test_concepts_that_fill_the_picture_are_those_that_ask_for_a_window() -> None:
    for concept in CONCEPTS:
        pen = Pen(64, scene(0, 0).place)
        _KINDS[concept].draw(pen, Random(0))
        assert pen.windowed == (concept in FILLING)


def test_contrast_has_either_sign_for_every_concept() -> None:
    # A disc is lighter than its ground about as often as it is darker.
    signs = []
    for seed in range(60):
        luminance = draw("blob", seed, 64).pixels.mean(axis=2)
        signs.append(luminance.mean() > np.median(luminance))
    assert 15 <= sum(signs) <= 45


def test_draw_many_takes_turns() -> None:
    concepts = ("wheel", "line", "face")
    order = [(d.concept, d.seed) for d in draw_many(concepts, 2, 32, seed=7)]
    assert order == [(c, s) for s in (7, 8) for c in concepts]
    drawing = next(itertools.islice(draw_many(concepts, 2, 32, seed=7), 4, None))
    assert drawing.pixels.tobytes() == draw("line", 8, 32).pixels.tobytes()


def test_contact_sheet_holds_a_row_for_each_concept() -> None:
    sheet = contact_sheet(32, 3, ("wheel", "bicycle"), seed=4, gap=2, ground=128)
    assert sheet.shape == (66, 100, 3)
    assert sheet.dtype == np.uint8
    assert (sheet[32:34] == 128).all()
    assert (sheet[34:, 68:] == draw("bicycle", 6, 32).pixels).all()


def test_an_unknown_concept_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown concept 'bicicle'; did you mean 'bicycle'"):
        draw("bicicle", 0, 64)
    with pytest.raises(UsageError, match="did you mean 'honeycomb'"):
        draw_many(["line", "honycomb"], 1, 64)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("face", 0, 64, 10.0), "has no angle"),
        (("line", 0, 64, math.nan), "not a number"),
        (("line", -1, 64, None), "seeds count from 0"),
        (("line", 0, 8, None), "16 px is the least"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(
    arguments: tuple[str, int, int, float | None], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        draw(*arguments)


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        contact_sheet(32, 0)
