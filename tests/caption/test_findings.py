"""How much passed, in words, and that it follows from the counts."""

from __future__ import annotations

import pytest

from generator.caption import findings, plain
from generator.caption.words import SPACE
from generator.records import Best, Claim, Hierarchy


def units(count: int, held: int, kind: str = "concept") -> list[list[Claim]]:
    """So many units with a claim each, of which the first ``held`` hold it."""
    return [[Claim(kind, "wheel", 0.9, 0.8, at < held)] for at in range(count)]


def test_nothing_passes() -> None:
    told = findings.passed({1: units(64, 0), 2: units(1000, 0)})
    assert told == "Almost nothing passes the tests here: not one of 1,064 units passed any."


@pytest.mark.parametrize(("held", "few"), [(1, True), (5, True), (6, False), (80, False)])
def test_few_are_those_that_luck_accounts_for(held: int, few: bool) -> None:
    told = findings.passed({1: units(60, held // 2), 2: units(40, held - held // 2)})
    assert told.startswith("Almost nothing passes") == few
    of = f"{held // 2} of 60 in layer 1 and {held - held // 2} of 40 in layer 2"
    assert f"{held} of 100 units passed a test: {of}." in told
    assert findings.several(units(100, held)) != few


def test_many_layers_are_counted_together() -> None:
    told = findings.passed({index: units(10, 5) for index in range(1, 21)})
    assert told == "In all, 100 of 200 units passed a test."


def test_only_the_kinds_that_are_asked_for_count() -> None:
    layer = units(10, 4, "orientation") + units(10, 3, "class") + [[]]
    assert findings.holding(layer) == 7
    assert findings.holding(layer, ["class"]) == 3
    assert not findings.several(layer, ["colour"])


@pytest.mark.parametrize(
    ("lines", "colours", "end"),
    [
        (40, 10, "is simple: lines and blobs of colour."),
        (40, 1, "is simple: lines."),
        (0, 9, "is simple: blobs of colour."),
        (0, 1, "So almost nothing passed in this layer."),
    ],
)
def test_the_first_layer_is_what_was_found_in_it(lines: int, colours: int, end: str) -> None:
    layer = units(lines, lines, "orientation") + units(colours, colours, "colour")
    layer += units(64 - len(layer), 0, "orientation")
    told = findings.first_layer(layer)
    assert told.endswith(end)
    assert f"{lines or 'none'} answered to lines of one angle and {colours} to a blob" in told


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (0.81, "Layer 3 goes on in the same direction."),
        (0.752, "In layer 3 we found no step forward."),
        (0.7, "In layer 3 we found no step forward."),
    ],
)
def test_a_layer_goes_further_only_where_its_numbers_do(last: float, said: str) -> None:
    def layer(score: float) -> tuple[Best, ...]:
        return (Best(0, score - 0.1, score, score), Best(0, score + 0.1, score, score))

    layers = (layer(0.6), layer(0.758), layer(last))
    found = Hierarchy(("a", "b"), layers, layers, ((0.7,) * 2,) * 3, {})
    assert plain.onward_line(found, 3) == said


def test_how_many_images_half_of_the_units_fire_for() -> None:
    assert findings.median_firing(1.0) == "all of the images"
    assert findings.median_firing(0.971) == "97.1\N{NO-BREAK SPACE}% of the images or more"


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([0.2, 0.99, 1.0], "almost as"),
        ([0.6, 0.62, 0.7], "about two thirds as"),
        ([0.4, 0.6], "about half as"),
        ([0.05], "far less"),
    ],
)
def test_the_last_patch_is_as_strong_as_half_of_the_units_have_it(
    shares: list[float], said: str
) -> None:
    sentence = f"The strongest comes first; the last is typically {said} strong."
    assert plain.weakest(shares) == sentence
    assert plain.weakest([]) == ""


def test_what_projections_are_scaled_and_cut_to_is_said() -> None:
    plain = findings.drawn({1: 0.0081, 2: 0.0119}, {1: (7, 7), 2: (64, 64)})
    assert plain == (
        f"On average, that cuts a colour off in 0.8{SPACE}% of the pixels in layer 1 and"
        f" 1.1{SPACE}% in layer 2."
    )
    cut = findings.drawn({1: 0.0081, 2: 0.0119}, {1: (7, 7), 2: (61, 107)})
    assert cut.startswith(plain)
    assert cut.endswith("the projections and the patches alike: 61 of 107 pixels in layer 2.")
