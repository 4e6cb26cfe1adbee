"""How large the maps of the layers are, and how well they follow a picture that moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from generator.caption.words import joined
from generator.language import figure, say, say_count
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
    told = [
        say(
            "{height} × {width} places in {run}",
            height=run[0].height,
            width=run[0].width,
            run=_layers(run),
        )
        for run in runs
    ]
    counts = [run[0].height * run[0].width for run in runs]
    coarser = len(runs) > 1 and all(later < before for before, later in pairwise(counts))
    start = say("The maps get coarser on the way") if coarser else say("How large the maps are")
    sentences = [f"{start}: {joined(told)}."]
    if len(layers) > 1 and all(a.field.size < b.field.size for a, b in pairwise(layers)):
        sentences.append(say("With each layer, a place has seen more of the photograph."))
    return " ".join(sentences)


def following(layers: Sequence[ShiftedMaps]) -> str:
    """How well the maps follow the moved photograph: the first layer, then the worst behind it.

    The first place is where the photograph began, and shows nothing.
    """
    first, *deeper = layers
    lowest = figure(f"{min(first.follows[1:]):.2f}")
    how = (
        say("is {perfect} throughout", perfect=figure(PERFECT))
        if lowest == figure(PERFECT)
        else say("goes down to {lowest}", lowest=lowest)
    )
    sentences = [say("In layer {layer} the match {how}.", layer=first.layer, how=how)]
    parts = []
    for wanted, kind in (
        (True, say("by whole steps of the layer")),
        (False, say("between its steps")),
    ):
        partly = [
            (value, one.layer)
            for one in deeper
            for value, whole in zip(one.follows[1:], one.whole[1:], strict=True)
            if whole == wanted and f"{value:.2f}" != PERFECT
        ]
        if partly:
            value, layer = min(partly)
            parts.append(
                say(
                    "to {value} in layer {layer} for moves {kind}",
                    value=figure(f"{value:.2f}"),
                    layer=layer,
                    kind=kind,
                )
            )
    if parts:
        stride = max(one.stride for one in deeper)
        deep = say("A deep layer also feels the edge of the picture.")
        if stride > 1:
            deep = say(
                "A deep layer moves in steps of {stride} pixels, and it also feels the edge of the"
                " picture.",
                stride=stride,
            )
        sentences += [
            say(
                "In the deeper layers shown, it goes down {parts}.", parts=say(", and ").join(parts)
            ),
            deep,
            say("So its map does not follow to the letter."),
        ]
    elif deeper:
        sentences.append(
            say(
                "In the deeper layers shown it is {perfect} throughout, too.",
                perfect=figure(PERFECT),
            )
        )
    return " ".join(sentences)


def _places(layer: Layer) -> tuple[int, int]:
    return layer.height, layer.width


def _layers(run: Sequence[Layer]) -> str:
    """One layer, or several that stand together."""
    numbers = joined([str(layer.index) for layer in run])
    return say_count("layer {numbers}", "layers {numbers}", len(run), numbers=numbers)
