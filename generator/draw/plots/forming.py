"""How near each layer is to its end, over the epochs of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl

from generator.draw.plots.page import LINE, SERIES, STYLE, as_svg, figure_of

WIDTH, HEIGHT = 340, 230
LEFT = 82  # of the curves: room for a layer's name, which is longer in other languages
# Lines stay apart without their colours too.
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 2), (2, 2), (8, 2, 2, 2), (1, 2.5))
APART = 0.055  # of the plot's height between two labels


def settling_curves(curves: Sequence[Mapping[int, float]]) -> str:
    """A line for each layer, from 0 to 1; the epochs stand evenly, as the kept ones are.

    ``curves`` hold for each layer its linear CKA with its end, by epoch.
    """
    epochs = list(curves[0])
    across = range(len(epochs))
    with mpl.rc_context(STYLE):
        figure = figure_of(WIDTH, HEIGHT)
        axes = figure.add_axes(
            (LEFT / WIDTH, 40 / HEIGHT, 1 - (LEFT + 16) / WIDTH, 1 - 52 / HEIGHT)
        )
        axes.set_xticks(list(across), [str(epoch) for epoch in epochs])
        axes.set(xlim=(0, len(epochs) - 1), ylim=(0, 1), xlabel="epochs of training")
        axes.set_yticks([0, 0.5, 1], ["0", "50", "100"])
        axes.tick_params(length=0, pad=4, labelsize=10)
        axes.grid(axis="y", color=LINE, linewidth=0.8)
        axes.set_axisbelow(True)
        for number, curve in enumerate(curves):
            (line,) = axes.plot(
                across,
                list(curve.values()),
                color=SERIES[number % len(SERIES)],
                linewidth=1.8,
                clip_on=False,
            )
            if DASHES[number % len(DASHES)]:
                line.set_dashes(DASHES[number % len(DASHES)])
        starts = [curve[epochs[0]] for curve in curves]
        for number, at in enumerate(_spread(starts)):
            axes.annotate(
                f"layer {number + 1}",
                (0, at),
                (-26, 0),
                textcoords="offset points",
                size=10,
                color=SERIES[number % len(SERIES)],
                ha="right",
                va="center",
                annotation_clip=False,
            )
        return as_svg(figure, "settling", WIDTH, HEIGHT)


def _spread(heights: Sequence[float]) -> list[float]:
    """The heights of labels, moved up where two would lie on one another."""
    placed: dict[int, float] = {}
    least = -1.0
    for number in sorted(range(len(heights)), key=lambda number: heights[number]):
        placed[number] = max(heights[number], least)
        least = placed[number] + APART
    return [placed[number] for number in range(len(heights))]
