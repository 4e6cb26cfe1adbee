"""How large the maps of the layers are, and how well they follow a picture that moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from generator.caption.words import joined
from generator.records import Layer
from generator.records.course import ShiftedMaps

PERFECT = "1.00"  # a match, as the page shows it


def map_sizes(layers: Sequence[Layer]) -> str:
    """How many places the maps have, layer after layer; neighbours of one size are named together.

    Says that they get coarser, and that a place sees more, only where that is so.
    """
    runs: list[list[Layer]] = []
    for layer in layers:
        if runs and _places(runs[-1][0]) == _places(layer):
            runs[-1].append(layer)
        else:
            runs.append([layer])
    told = [f"{run[0].height} × {run[0].width} places in {_layers(run)}" for run in runs]
    counts = [run[0].height * run[0].width for run in runs]
    coarser = len(runs) > 1 and all(later < before for before, later in pairwise(counts))
    start = "The maps get coarser on the way" if coarser else "How large the maps are"
    sentences = [f"{start}: {joined(told)}."]
    if len(layers) > 1 and all(a.field.size < b.field.size for a, b in pairwise(layers)):
        sentences.append("With each layer, a place has seen more of the photograph.")
    return " ".join(sentences)


def following(layers: Sequence[ShiftedMaps]) -> str:
    """How well the maps follow the moved photograph: the first layer, then the worst behind it.

    The first place is where the photograph began, and shows nothing.
    """
    first, *deeper = layers
    lowest = f"{min(first.follows[1:]):.2f}"
    how = f"is {PERFECT} throughout" if lowest == PERFECT else f"goes down to {lowest}"
    sentences = [f"In layer {first.layer} the match {how}."]
    parts = []
    for wanted, kind in ((True, "by whole steps of the layer"), (False, "between its steps")):
        partly = [
            (value, one.layer)
            for one in deeper
            for value, whole in zip(one.follows[1:], one.whole[1:], strict=True)
            if whole == wanted and f"{value:.2f}" != PERFECT
        ]
        if partly:
            value, layer = min(partly)
            parts.append(f"to {value:.2f} in layer {layer} for moves {kind}")
    if parts:
        stride = max(one.stride for one in deeper)
        wide = f"moves in steps of {stride} pixels, and it " if stride > 1 else ""
        sentences += [
            f"In the deeper layers shown, it goes down {', and '.join(parts)}.",
            f"A deep layer {wide}also feels the edge of the picture.",
            "So its map does not follow to the letter.",
        ]
    elif deeper:
        sentences.append(f"In the deeper layers shown it is {PERFECT} throughout, too.")
    return " ".join(sentences)


def _places(layer: Layer) -> tuple[int, int]:
    return layer.height, layer.width


def _layers(run: Sequence[Layer]) -> str:
    """One layer, or several that stand together."""
    return f"layer{'s' if len(run) > 1 else ''} {joined([str(layer.index) for layer in run])}"
