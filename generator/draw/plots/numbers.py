"""A small array as a plot: every number in its cell, the stronger the deeper its colour."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.patches import Rectangle

from generator.draw.plots.page import ACCENT, LINE, QUIET, STYLE, as_svg, figure_of

CELL = 31  # pixels: eleven are as wide as a phone
MOST = 11  # cells along one direction: more could not be read
DENSEST = 0.55  # of the colour behind a number


def number_grid(values: npt.NDArray[np.floating], name: str) -> str:
    """(R, C) numbers: positive on the accent, negative on grey, zero left empty."""
    rows, columns = values.shape
    width, height = columns * CELL + 2, rows * CELL + 2
    strongest = max(float(np.abs(values).max()), 1e-30)
    digits = 2 if strongest < 1 else 1 if strongest < 20 else 0
    with mpl.rc_context(STYLE):
        figure = figure_of(width, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-1, width - 1), ylim=(height - 1, -1))
        axes.axis("off")
        for at in range(rows + 1):
            axes.plot([0, columns * CELL], [at * CELL] * 2, color=LINE, linewidth=1)
        for at in range(columns + 1):
            axes.plot([at * CELL] * 2, [0, rows * CELL], color=LINE, linewidth=1)
        for (row, column), value in np.ndenumerate(values):
            if value == 0:
                continue
            colour = ACCENT if value > 0 else QUIET
            strength = DENSEST * abs(float(value)) / strongest
            corner = column * CELL + 1, row * CELL + 1
            axes.add_patch(
                Rectangle(corner, CELL - 2, CELL - 2, facecolor=colour, alpha=strength, lw=0)
            )
            written = f"{float(value):.{digits}f}".replace("-", "\N{MINUS SIGN}")
            middle = (column + 0.5) * CELL, (row + 0.5) * CELL
            axes.text(*middle, _short(written), size=9.5, ha="center", va="center")
        return as_svg(figure, f"numbers-{name}", width, height)


def _short(number: str) -> str:
    """A number below one without its zero, as room is scarce."""
    sign = number[:1] if number[:1] == "\N{MINUS SIGN}" else ""
    bare = number.removeprefix(sign)
    return sign + (bare[1:] if bare.startswith("0.") else bare)
