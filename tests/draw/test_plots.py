"""Plots for the inside of a page: well-formed, without a colour or a font of their own."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import samples

from generator.draw import plots
from generator.draw.plots import architecture
from generator.draw.plots.curves import BETWEEN, DENSEST, LABELS, TITLE
from generator.draw.plots.invariance import moved_curves
from generator.draw.plots.numbers import number_grid
from generator.records import Best, Cell, Claim, Hierarchy, Measured, MeasuredLayer
from generator.records.measured import Tunings
from generator.records.pictures import pictures
from generator.records.remade import LayoutBox

CONCEPTS = ("circle", "wheel", "dog face", "lettering")
ANGLES = tuple(float(angle) for angle in range(-85, 95, 5))
HUES = tuple(float(hue) for hue in range(0, 360, 15))
SVG = "{http://www.w3.org/2000/svg}"
MOVED = np.linspace(0, 1, 15).reshape(5, 3)
BLOCKS = (
    LayoutBox("input", "input", ("three colours", "3 × 64 × 64"), (3, 64, 64)),
    LayoutBox("features.conv1", "convolution", ("7×7", "64 × 32 × 32"), (64, 32, 32)),
    LayoutBox("pool1", "max-pool", ("max-pool 3×3", "64 × 16 × 16"), (64, 16, 16)),
    LayoutBox("fc2", "linear", ("linear", "200 numbers"), (200,)),
)


def depths(layers: int) -> Hierarchy:
    trained = tuple(
        tuple(Best(3, 0.6 + 0.07 * at, 0.55 + 0.07 * at, 0.65 + 0.07 * at) for _ in CONCEPTS)
        for at in range(layers)
    )
    random = tuple(tuple(Best(1, 0.57, 0.5, 0.64) for _ in CONCEPTS) for _ in range(layers))
    bars = tuple(tuple(0.64 for _ in CONCEPTS) for _ in range(layers))
    return Hierarchy(CONCEPTS, trained, random, bars, {"trained": 200, "random": 50})


DRAWN = {
    "map": plots.depth_map(depths(5)),
    "curves": plots.depth_curves(depths(5)),
    "one layer": plots.depth_curves(depths(1)),
    "angles": plots.angle_curve(ANGLES, [0.5] * len(ANGLES), -43.2, "1-1-1"),
    "hues": plots.hue_curve(HUES, [0.1] * len(HUES), 141.0, "1-3-2"),
    "moved": moved_curves("scale", (1.0, 1.4, 1.8), MOVED, "scale-last"),
    "shares": moved_curves("rotation", (0.0, 90.0, 350.0), MOVED, "turn", shares=True),
    "wide": architecture.wide(BLOCKS),
    "tall": architecture.tall(BLOCKS),
    "numbers": number_grid(np.array([[0.2, 0.0], [-0.1, 12.3]]), "step-1"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_is_an_element_that_takes_its_colours_and_fonts_from_the_page(name: str) -> None:
    svg = DRAWN[name]
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("height")) == tuple(str(root.get("viewBox")).split()[2:])
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|font-family|<style|<script", svg)
    for colour in re.findall(r"(?:fill|stroke): ([^;\"]+)", svg):
        assert colour == "none" or colour in plots.PAGE.values()
    for text in root.iter(f"{SVG}text"):
        assert "fill: " in str(text.get("style"))
    assert "\n\n" not in svg
    assert not re.search(r"^\s+<", svg, re.MULTILINE)


def test_plots_are_the_same_every_time_and_share_no_ids() -> None:
    assert plots.depth_curves(depths(5)) == DRAWN["curves"]
    ids = [name for svg in DRAWN.values() for name in re.findall(r'\bid="([^"]*)"', svg)]
    names = {name.rpartition("-")[0] for name in ids}
    assert names <= {
        *("depth-map", "depth-curves", "tuning-1-1-1", "tuning-1-3-2", "numbers-step-1"),
        *("moved-scale-last", "moved-turn", "architecture-wide", "architecture-tall"),
    }


def test_the_map_colours_every_score_and_outlines_what_clears_its_bar() -> None:
    svg = DRAWN["map"]
    texts = [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    for concept in CONCEPTS:
        assert concept in texts
    assert {text for text in texts if text and text.isdigit()} == {"1", "2", "3", "4", "5"}
    shades = Counter(re.findall(r"opacity: ([\d.]+)", svg))
    for score in (0.60, 0.67, 0.74, 0.81, 0.88):
        assert shades[f"{DENSEST * (2 * score - 1):.6g}"] == len(CONCEPTS)
    assert shades[f"{DENSEST * (2 * 0.57 - 1):.6g}"] == 5 * len(CONCEPTS)
    outlined = re.findall(r"stroke: currentColor", svg)
    assert len(outlined) == 3 * len(CONCEPTS)  # layers 3 to 5: the low end passes 0.64


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_the_two_titles_of_the_map_have_room_over_any_number_of_layers(layers: int) -> None:
    svg = plots.depth_map(depths(layers))
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])  # type: ignore[index]
    starts = [LABELS, LABELS + (width - LABELS + BETWEEN) / 2]
    assert starts[1] - starts[0] >= TITLE + BETWEEN
    assert width - starts[1] >= TITLE


def test_every_line_and_colour_with_a_tuning_gets_its_curve(tmp_path: Path) -> None:
    tuning = Tunings(
        samples.orientation(angle=-43.2, curve=(0.5,) * len(ANGLES)),
        samples.colour(hue=141.0, curve=(0.5,) * len(HUES)),
    )
    line = Claim("orientation", "line -45", 0.9, 0.4, True)
    spot = Claim("colour", "green blob", 0.9, 0.4, True)
    cells = (
        Cell(1, 1, 3, "line -45", line, samples.evidence(tuning=tuning)),
        Cell(1, 2, 4, "line +45", line, samples.evidence()),
        Cell(3, 2, 5, "green blob", spot, samples.evidence(tuning=tuning)),
        Cell(3, 3, 6, None, None),
    )
    measured = Measured((MeasuredLayer((), 3, 3, cells),), depths(1), ANGLES, HUES)
    made = plots.draw_tunings(measured, tmp_path)
    assert made.keys() == {"1-1-1", "1-3-2"}
    for plot in (*made.values(), *pictures(plots.draw_depths(measured.hierarchy, tmp_path))):
        root = ElementTree.fromstring((tmp_path / plot.file).read_text(encoding="utf-8"))
        assert root.get("width") == str(plot.width)
        assert root.get("height") == str(plot.height)
    assert "green" in (tmp_path / "1-3-2.svg").read_text(encoding="utf-8")


def test_numbers_are_all_in_their_cells_and_zeros_are_left_out() -> None:
    texts = [
        element.text for element in ElementTree.fromstring(DRAWN["numbers"]).iter(f"{SVG}text")
    ]
    assert texts == [".2", "\N{MINUS SIGN}.1", "12.3"]


def test_the_drawing_of_a_network_says_every_name_and_size() -> None:
    for kind in ("wide", "tall"):
        root = ElementTree.fromstring(DRAWN[kind])
        texts = [element.text for element in root.iter(f"{SVG}text")]
        for block in BLOCKS:
            assert block.name in texts
            assert set(block.lines) <= set(texts)
    assert int(ElementTree.fromstring(DRAWN["tall"]).get("width") or 0) <= 358, "wider than a phone"


def test_lines_of_photographs_differ_in_colour_and_in_dashes() -> None:
    strokes = re.findall(r"stroke: (var\(--lesson-series-\d\))", DRAWN["moved"])
    assert len(set(strokes)) == 5
    dashes = re.findall(r"stroke-dasharray: [^;]*", DRAWN["moved"])
    assert len(set(dashes)) == 4  # the first line is solid
