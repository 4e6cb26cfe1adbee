"""Plots behind the claims: the hierarchy as a map and as curves, tuning curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from generator.draw.plots.page import (
    ACCENT,
    INK,
    LINE,
    QUIET,
    STYLE,
    as_svg,
    figure_of,
    save,
)
from generator.records import Best, Hierarchy, Measured, Plot
from generator.records.measured import DepthPlots

DENSEST = 0.9  # of the accent, for a score of 100
CELL, LABELS, BETWEEN = 25, 88, 14  # pixels: five layers twice are as wide as a phone
TITLE = 104  # pixels: the longer title, where there are few layers below it
PANELS = 3  # in a row, of the same width
WIDE = LABELS + BETWEEN + 10 * CELL


def draw_depths(hierarchy: Hierarchy, folder: Path) -> DepthPlots:
    """The plots of the hierarchy."""
    return DepthPlots(
        map=save(depth_map(hierarchy), folder, "map"),
        curves=save(depth_curves(hierarchy), folder, "curves"),
    )


def draw_tunings(measured: Measured, folder: Path) -> dict[str, Plot]:
    """A curve for every cell whose claim rests on one, by ``LAYER-ROW-COLUMN``."""
    drawn: dict[str, Plot] = {}
    for index, layer in enumerate(measured.layers, start=1):
        for cell in layer.cells:
            if cell.claim is None or cell.evidence is None or cell.evidence.tuning is None:
                continue
            place = f"{index}-{cell.row}-{cell.column}"
            lines, colours = cell.evidence.tuning.orientation, cell.evidence.tuning.colour
            if cell.claim.kind == "colour":
                svg = hue_curve(measured.hues, colours.curve, colours.hue, place)
            else:
                svg = angle_curve(measured.angles, lines.curve, lines.angle, place)
            drawn[place] = save(svg, folder, place)
    return drawn


def depth_map(hierarchy: Hierarchy) -> str:
    """Concept by layer: the best held-out score, trained beside random weights.

    The stronger the colour, the higher above chance; an outline marks what clears its bar. The
    numbers are in the table below the figure.
    """
    layers, rows = len(hierarchy.trained), len(hierarchy.concepts)
    across = max(layers * CELL, TITLE)  # of one side
    width, height = LABELS + BETWEEN + 2 * across, 42 + rows * CELL
    with mpl.rc_context(STYLE):
        figure = figure_of(width, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        for row, concept in enumerate(hierarchy.concepts):
            axes.text(LABELS - 8, 42 + (row + 0.5) * CELL, concept, ha="right", va="center")
        sides = (("this network", hierarchy.trained), ("random weights", hierarchy.random))
        for side, (title, table) in enumerate(sides):
            left = LABELS + side * (across + BETWEEN)
            axes.text(left, 12, title, weight="bold", va="center")
            for number, column in enumerate(table):
                x = left + number * CELL
                axes.text(x + CELL / 2, 31, str(number + 1), color=QUIET, ha="center", va="center")
                for row, best in enumerate(column):
                    clear = side == 0 and best.low > hierarchy.bars[number][row]
                    _score(axes, x, 42 + row * CELL, best.score, clear)
        axes.text(LABELS - 8, 31, "layer", color=QUIET, ha="right", va="center")
        return as_svg(figure, "depth-map", width, height)


def _score(axes: Axes, x: float, y: float, score: float, clear: bool) -> None:
    side = CELL - 2
    strength = DENSEST * min(1.0, max(0.0, 2 * score - 1))
    axes.add_patch(Rectangle((x, y), side, side, facecolor=ACCENT, alpha=strength, linewidth=0))
    if clear:
        inside = (x + 0.75, y + 0.75), side - 1.5, side - 1.5
        axes.add_patch(Rectangle(*inside, facecolor="none", edgecolor=INK, linewidth=1.2))


def depth_curves(hierarchy: Hierarchy) -> str:
    """Concepts over layers, each a panel: trained solid, random dashed, 95 % intervals."""
    rows = -(-len(hierarchy.concepts) // PANELS)
    width, step = WIDE, 96
    height = 26 + rows * step + 12
    layers = list(range(1, len(hierarchy.trained) + 1))
    with mpl.rc_context(STYLE):
        figure = figure_of(width, height)
        _key(figure, width, height)
        for number, concept in enumerate(hierarchy.concepts):
            row, column = divmod(number, PANELS)
            box = (30 + column * 108, height - 26 - (row + 1) * step + 12, 96, 58)
            axes = figure.add_axes(
                (box[0] / width, box[1] / height, box[2] / width, box[3] / height)
            )
            axes.set(xlim=(0.8, len(layers) + 0.2), ylim=(0.4, 1.02), xticks=layers)
            axes.set_yticks([0.5, 0.75, 1], ["50", "75", "100"] if column == 0 else [""] * 3)
            axes.tick_params(length=0, labelsize=10, pad=3)
            axes.axhline(0.5, color=LINE, linewidth=1)
            axes.set_title(concept, fontsize=11, loc="left", pad=4)
            for table, colour, dashes in (
                (hierarchy.random, QUIET, "--"),
                (hierarchy.trained, ACCENT, "-"),
            ):
                _curve(axes, layers, [layer[number] for layer in table], colour, dashes)
        return as_svg(figure, "depth-curves", width, height)


def _curve(
    axes: Axes, layers: Sequence[int], bests: Sequence[Best], colour: str, dashes: str
) -> None:
    axes.fill_between(
        layers,
        [best.low for best in bests],
        [best.high for best in bests],
        color=colour,
        alpha=0.2,
        linewidth=0,
        clip_on=False,
    )
    scores = [best.score for best in bests]
    axes.plot(layers, scores, dashes, color=colour, linewidth=1.6, clip_on=False)
    if len(layers) == 1:
        axes.plot(layers, scores, "o", color=colour, markersize=4, clip_on=False)


def _key(figure: Figure, width: int, height: int) -> None:
    axes = figure.add_axes((0, 1 - 20 / height, 1, 20 / height))
    axes.set(xlim=(0, width), ylim=(0, 20))
    axes.axis("off")
    for left, colour, dashes, text in (
        (30, ACCENT, "-", "this network"),
        (138, QUIET, "--", "random weights"),
    ):
        axes.plot([left, left + 22], [11, 11], dashes, color=colour, linewidth=1.6, clip_on=False)
        axes.text(left + 28, 11, text, va="center")


def angle_curve(
    angles: Sequence[float], curve: Sequence[float], preferred: float, name: str
) -> str:
    """How strongly a unit answers at each angle, as a share of its best answer."""
    first = min(angles)
    turned = [(preferred - first) % 180 + first]
    ticks = {at: f"{at:+d}°".replace("-", "\N{MINUS SIGN}") for at in (-45, 45)}
    ticks |= {0: "0°", 90: "90°", -90: "90°"}
    points = [*sorted(zip(angles, curve, strict=True)), (first + 180, curve[angles.index(first)])]
    return _tuning(points, turned, ticks, f"tuning-{name}")


def hue_curve(hues: Sequence[float], curve: Sequence[float], preferred: float, name: str) -> str:
    """How strongly a unit answers to each hue, as a share of its best answer."""
    words = {24: "red", 90: "yellow", 162: "green", 246: "blue"}  # Fairchild's unique hues
    first = min(hues)
    points = [*sorted(zip(hues, curve, strict=True)), (first + 360, curve[hues.index(first)])]
    return _tuning(points, [preferred], words, f"tuning-{name}")


def _tuning(
    points: Sequence[tuple[float, float]],
    preferred: Sequence[float],
    ticks: dict[int, str],
    name: str,
) -> str:
    width, height = 340, 130
    across, values = zip(*points, strict=True)
    with mpl.rc_context(STYLE):
        figure = figure_of(width, height)
        axes = figure.add_axes((34 / width, 24 / height, 1 - 46 / width, 1 - 34 / height))
        shown = {at: tick for at, tick in ticks.items() if across[0] <= at <= across[-1]}
        axes.set_xticks(list(shown), list(shown.values()))
        axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
        axes.tick_params(length=0, pad=4)
        axes.set(xlim=(across[0], across[-1]), ylim=(min(0, *values), 1.04))
        for at in preferred:
            axes.axvline(at, color=QUIET, linewidth=1, linestyle=":", clip_on=False)
        axes.plot(across, values, color=ACCENT, linewidth=1.8, clip_on=False)
        return as_svg(figure, name, width, height)
