"""The build of a network as boxes: rows and columns of a map to scale, channels as length."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from generator.draw.plots.page import ACCENT, INK, QUIET, STYLE, as_svg, figure_of
from generator.records.remade import LayoutBox

ACROSS = 12  # boxes in a row of the wide drawing
STEP, TALL = 92, 350  # pixels from box to box; width of the drawing for a phone
POST = 30.0  # pixels: the height of a list of numbers
LETTERS = 14
SLANT = 0.4  # of a map's side: how far its columns run back
COLOURS = {"convolution": ACCENT, "input": INK, "linear": INK}  # pools and the rest are quiet


def wide(blocks: Sequence[LayoutBox]) -> str:
    """Boxes from left to right, several rows of them where there are many."""
    across = -(-len(blocks) // -(-len(blocks) // ACROSS))
    side, length = _scales(blocks, 122.0, 58.0)
    rows = [blocks[start : start + across] for start in range(0, len(blocks), across)]
    rooms = [max(_height(block, side) for block in row) + 6 for row in rows]
    below = [18 + 14 * max(len(block.lines) + 1 for block in row) for row in rows]
    width, height = across * STEP + 8, round(sum(rooms) + sum(below))
    with mpl.rc_context(STYLE):
        figure = figure_of(width, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        floor = 0.0
        for number, row in enumerate(rows):
            floor += rooms[number] + (below[number - 1] if number else 0)
            for column, block in enumerate(row):
                x, y = 8 + column * STEP, floor + 14
                if column:
                    axes.plot([x - 9, x - 3], [y, y], color=QUIET, linewidth=1)
                _box(axes, block, x, floor, side, length)
                axes.text(x, y, _short(block.name), size=10.5, weight="bold", va="center")
                for at, line in enumerate(block.lines, start=1):
                    axes.text(x, y + 1 + 14 * at, line, size=9.5, color=QUIET, va="center")
        return as_svg(figure, "architecture-wide", width, height)


def tall(blocks: Sequence[LayoutBox]) -> str:
    """The boxes of a network for a phone: from top to bottom, their words beside them."""
    side, length = _scales(blocks, 78.0, 74.0)
    heights = [max(_height(block, side), 15.0 + 14 * len(block.lines)) + 18 for block in blocks]
    height = round(sum(heights)) + 4
    with mpl.rc_context(STYLE):
        figure = figure_of(TALL, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, TALL), ylim=(height, 0))
        axes.axis("off")
        top = 0.0
        for block, own in zip(blocks, heights, strict=True):
            middle = top + own / 2
            _box(axes, block, 6, middle + _height(block, side) / 2, side, length)
            first = middle - 7 * len(block.lines)
            axes.text(134, first, block.name, size=11, weight="bold", va="center")
            for below, line in enumerate(block.lines, start=1):
                y = first + 14.5 * below
                axes.text(134, y, line, size=10.5, color=QUIET, va="center")
            top += own
        return as_svg(figure, "architecture-tall", TALL, height)


def _scales(blocks: Sequence[LayoutBox], highest: float, longest: float) -> tuple[float, float]:
    """Pixels for one row of a map, and for one channel."""
    maps = [block.size for block in blocks if len(block.size) == 3]
    return highest / max(max(size[1:]) for size in maps), longest / max(size[0] for size in maps)


def _height(block: LayoutBox, side: float) -> float:
    """Pixels from the floor of a box to its highest corner."""
    return side * block.size[1] * (1 + SLANT) if len(block.size) == 3 else POST


def _short(name: str) -> str:
    """As much of a module's name as there is room for, its end above all."""
    return name if len(name) <= LETTERS else name.rpartition(".")[2][:LETTERS]


def _box(axes: Axes, block: LayoutBox, x: float, floor: float, side: float, length: float) -> None:
    """A map as a box that stands on ``floor``; a list of numbers as a post, not to scale."""
    colour = COLOURS.get(block.kind, QUIET)
    channels, rows, columns = block.size if len(block.size) == 3 else (0, 0, 0)
    along = max(1.5, channels * length) if channels else 4.0
    up = max(1.5, rows * side) if channels else POST - 2
    back = max(0.6, columns * side * SLANT) if channels else 2.0
    front = [(x, floor), (x + along, floor), (x + along, floor - up), (x, floor - up)]
    over = [
        (x, floor - up),
        (x + along, floor - up),
        (x + along + back, floor - up - back),
        (x + back, floor - up - back),
    ]
    face = [
        (x + along, floor),
        (x + along, floor - up),
        (x + along + back, floor - up - back),
        (x + along + back, floor - back),
    ]
    for corners, strength in ((front, 0.5), (over, 0.16), (face, 0.28)):
        axes.add_patch(Polygon(corners, facecolor=colour, alpha=strength, linewidth=0))
        outline = {"facecolor": "none", "edgecolor": colour, "linewidth": 0.9}
        axes.add_patch(Polygon(corners, **outline))  # type: ignore[arg-type]
