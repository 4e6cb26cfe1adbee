"""Units of one kind, images of all classes, and what may be said of a whole group."""

from __future__ import annotations

import numpy as np
import pytest

from generator.measure.kinds import kinds_of, spread_over, told_groups
from generator.measure.names import NAMES
from generator.records import Claim, NameTests
from generator.records.ablation import DRAWS, GroupEffects

MEMBERS = {name.label: name.members for name in NAMES}


def claim(label: str, held: bool = True) -> Claim:
    if label in ("line -45", "green blob"):
        return Claim("orientation" if "line" in label else "colour", label, 1.0, 0.5, held)
    if label == "goldfish":
        return Claim("class", label, 1.0, 0.5, held)
    tests = NameTests(MEMBERS[label], (), 1.0, 9)
    return Claim("concept", label, 1.0, 0.5, held, tests=tests)


def test_units_are_of_the_kind_that_all_they_may_be_called_by_is_of() -> None:
    curves = ("circle", "wheel", "curves, closed or open", "round outlines, empty or with spokes")
    claims = [[claim(label), claim("goldfish")] for label in (*curves, "circle")]
    claims += [[claim("wheels, alone or on bicycles")], [claim("circle", held=False)]]
    claims += [[claim(label)] for label in ("stripes", "grid", "honeycomb", "face")]
    claims[0] += [claim("patterns of lines that repeat"), claim("wheel")]
    assert kinds_of(claims) == {"curves": (0, 1, 2, 3, 4)}  # four of patterns are too few
    assert kinds_of([*claims, [claim("nets, of squares or of hexagons")]]) == {
        "curves": (0, 1, 2, 3, 4),
        "patterns": (0, 7, 8, 9, 11),
    }


def test_lines_and_colours_are_kinds_but_not_where_all_units_are() -> None:
    claims = [[claim("line -45")]] * 6 + [[claim("green blob")]] * 5
    assert kinds_of(claims) == {"lines": tuple(range(6)), "colours": tuple(range(6, 11))}
    assert kinds_of(claims[:6]) == {}


def test_images_are_taken_from_all_classes_alike() -> None:
    own = np.array([0, 0, 0, 0, 1, -1, 1, 2])
    assert spread_over(own, 3).tolist() == [0, 4, 7]
    assert spread_over(own, 5).tolist() == [0, 1, 4, 6, 7]
    assert spread_over(own, 50).tolist() == [0, 1, 2, 3, 4, 6, 7]


def test_a_group_holds_by_what_is_lost_beyond_random_units() -> None:
    """Three groups on 100 images, 60 recognised: one that counts, one that doesn't, one by luck."""
    sets = np.full((2, 1 + DRAWS, 3), 50)
    sets[:, 0] = [20, 50, 48]
    found = GroupEffects(
        layers=np.array([1, 1, 3]),
        kinds=np.array([0, 1, 2]),
        channels=np.array([[1, 2, 5], [3, 4, -1], [7, 8, 9]]),
        among=np.array([64, 64, 128]),
        images=np.array([100] * 3),
        right=np.array([60] * 3),
        chance=np.array([0.5] * 3, dtype=np.float32),
        right_sets=sets,
        chance_sets=np.full(sets.shape, 0.4, dtype=np.float32),
        paired=np.tile(np.array([[32, 5, 4], [2, 5, 2]]), (2, 1, 1)),
    )
    lines, colours, curves = told_groups(found)
    assert (lines.kind, colours.kind, curves.kind) == ("lines", "colours", "curves")
    assert [group.holds for group in (lines, colours, curves)] == [True, False, False]
    assert (lines.channels, colours.channels, curves.layer) == ((1, 2, 5), (3, 4), 3)
    assert (lines.whole.right, lines.zero.group.right, lines.mean.random.right) == (60, 20, 50)
    assert lines.zero.change == pytest.approx(0.3)
    assert lines.zero.low < 0.3 < lines.zero.high
    found.right_sets[1, 3, 0] = 20  # one draw is missed as much, under one of the removals
    assert not told_groups(found)[0].holds
