"""Where things are on a page: grids side by side or dealt out by unit, nothing cut off."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from browser.screens import Reader

SIDE_BY_SIDE = (1024, 1280, 1366, 1440, 1600)
UNIT_BY_UNIT = (360, 390, 640, 820, 1023)
SMALLEST = 21  # pixels across a tile, of nine in a cell
PAGES = (
    "",
    "layers/1/",
    "layers/5/",
    "units/",
    "classes/",
    "paper-figures/",
    "how-we-know/",
    "about/",
)

# For each figure of a layer and each of its units, the boxes of its cells in all grids.
CELLS = """() => [...document.querySelectorAll("figure.layer")].map((figure) => {
  const grids = [...figure.querySelectorAll(".side")].map((side) =>
    [...side.querySelectorAll(".units > a")].map((cell) => {
      const { left, top, right, bottom } = cell.getBoundingClientRect();
      return { left, top, right, bottom };
    }),
  );
  return grids[0].map((_, at) => grids.map((grid) => grid[at]));
})"""

# What the reader sees of the text, without what is folded away.
SHOWN = "() => document.querySelector('article').innerText"


def figures(page: Any) -> list[list[list[dict[str, float]]]]:
    boxes: list[list[list[dict[str, float]]]] = page.evaluate(CELLS)
    assert len(boxes) == 4
    return boxes


@pytest.mark.parametrize("width", SIDE_BY_SIDE)
def test_projections_and_photographs_are_side_by_side(width: int, reader: Reader) -> None:
    for figure in figures(reader("", size=(width, 900))):
        for projections, patches, *_ in figure:
            assert projections["top"] == pytest.approx(patches["top"], abs=1)
            assert projections["right"] < patches["left"]
        first = figure[0]
        assert all(unit[0]["right"] < first[1]["left"] for unit in figure)
        assert (first[0]["right"] - first[0]["left"]) / 3 >= SMALLEST


@pytest.mark.parametrize("width", UNIT_BY_UNIT)
def test_on_a_narrow_window_all_of_a_unit_is_in_one_row(width: int, reader: Reader) -> None:
    for figure in figures(reader("", size=(width, 900))):
        for cells in figure:
            middles = [(cell["top"] + cell["bottom"]) / 2 for cell in cells]
            assert middles == pytest.approx([middles[0]] * len(cells), abs=2)
            for cell, following in pairwise(cells):
                assert 0 < following["left"] - cell["right"] < 40
            assert (cells[0]["right"] - cells[0]["left"]) / 3 >= SMALLEST


@pytest.mark.parametrize("page", PAGES)
def test_nothing_scrolls_sideways(page: str, reader: Reader) -> None:
    opened = reader(page)
    for width in (360, 390, 640, 820, 1023, 1024, 1280, 1600, 1920, 2560):
        opened.set_viewport_size({"width": width, "height": 900})
        opened.wait_for_timeout(400)  # the theme moves its drawer and its search
        assert opened.evaluate("document.documentElement.scrollWidth") <= width, width


def test_the_lesson_is_short(reader: Reader) -> None:
    page = reader("", size=(1280, 900))
    shown = page.evaluate(SHOWN)
    words = re.findall(r"[^\W\d_][\w'\u2019-]*", shown)
    numerals = re.findall(r"\d[\d.,]*", shown)
    assert len(words) <= 1_700
    assert len(numerals) <= 70, numerals
    assert page.evaluate("document.documentElement.scrollHeight") <= 15 * 900


def test_the_side_bar_clips_nothing(reader: Reader) -> None:
    page = reader("", size=(1280, 900))
    clipped = page.evaluate(
        """() => [...document.querySelectorAll(".md-sidebar--primary .md-ellipsis")]
        .filter((text) => text.offsetParent && text.scrollWidth > text.clientWidth + 1)
        .map((text) => text.textContent.trim())"""
    )
    assert clipped == []
