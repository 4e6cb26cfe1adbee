"""Curves of features that move while a photograph is shifted, enlarged or turned."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from generator.draw.plots.page import LINE, SERIES, STYLE, as_svg, figure_of

WIDTH, HEIGHT = 250, 190
# Lines stay apart without their colours too; the page's key has the same.
DASHES: tuple[str, ...] = ("", "6 2", "2 2", "8 2 2 2", "1 2.5")
SIGNS = {"translation": " px", "scale": "×", "rotation": "°"}


def moved_curves(
    kind: str,
    values: Sequence[float],
    curves: npt.NDArray[np.floating],
    name: str,
    shares: bool = False,
) -> str:
    """A line for each photograph: ``curves`` (photographs, values).

    ``kind`` is ``translation``, ``scale`` or ``rotation``; with ``shares`` the curves are shares
    of 1 and are drawn from 0 to 100 %.
    """
    with mpl.rc_context(STYLE):
        figure = figure_of(WIDTH, HEIGHT)
        axes = figure.add_axes((40 / WIDTH, 26 / HEIGHT, 1 - 54 / WIDTH, 1 - 36 / HEIGHT))
        at = _ticks(kind, values)
        axes.set_xticks(at, [_said(kind, value) for value in at])
        for value, label in zip(at, axes.get_xticklabels(), strict=True):
            if value == values[-1]:
                label.set_horizontalalignment("right")  # it would stick out
            elif value == values[0]:
                label.set_horizontalalignment("left")
        highest = 1.0 if shares else max(float(curves.max()) * 1.05, 1e-6)
        axes.set(xlim=(values[0], values[-1]), ylim=(0, highest))
        if shares:
            axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        else:
            axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
        axes.tick_params(length=0, pad=4, labelsize=10)
        axes.grid(axis="y", color=LINE, linewidth=0.8)
        axes.set_axisbelow(True)
        for number, curve in enumerate(curves):
            dashes = [float(part) for part in DASHES[number % len(DASHES)].split()]
            (line,) = axes.plot(
                values, curve, color=SERIES[number % len(SERIES)], linewidth=1.6, clip_on=False
            )
            if dashes:
                line.set_dashes(dashes)
        return as_svg(figure, f"moved-{name}", WIDTH, HEIGHT)


def _ticks(kind: str, values: Sequence[float]) -> list[float]:
    if kind == "rotation":
        return [angle for angle in (0.0, 90.0, 180.0, 270.0) if angle <= values[-1]]
    return [values[0], values[len(values) // 2], values[-1]]


def _said(kind: str, value: float) -> str:
    number = f"{value:+g}" if kind == "translation" and value else f"{value:g}"
    return number.replace("-", "\N{MINUS SIGN}") + SIGNS[kind]
