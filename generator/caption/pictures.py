"""The text alternatives of pictures: what is in them, for whoever can't see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.caption.words import by_itself, count_of, joined, number_of
from generator.language import say


def picture(kind: str, layer: int, channel: int, strongest: float, sources: Sequence[str]) -> str:
    """The text alternative of one unit's picture.

    ``kind`` is ``projections``, ``patches``, ``pattern`` (the first projection alone),
    ``random`` or ``shuffled``; ``sources`` are the photographs that the patches come from, one
    entry a patch.
    """
    number = count_of(len(sources), "patch")
    what = {
        "patches": say("the {number} that made it answer most", number=number),
        "projections": say(
            "projections of its {number} back to pixels, on mid grey", number=number
        ),
        "pattern": say("the pattern projected from one of its strongest patches, on mid grey"),
        "random": say(
            "the same {number} projected through the network with random weights", number=number
        ),
        "shuffled": say(
            "the same {number} projected with their switches shuffled, on mid grey", number=number
        ),
    }[kind]
    return say(
        "Layer {layer}, unit {channel}: {what}. From {sources}; strongest activation {strongest}.",
        layer=layer,
        channel=channel,
        what=what,
        sources=listed(sources),
        strongest=number_of(strongest),
    )


def drawings(layer: int, channel: int, shown: Sequence[str], most: bool) -> str:
    """The text alternative of the drawings that a unit answers to most, or to least.

    >>> drawings(3, 7, ["wheel", "circle", "wheel"], most=True)
    'Layer 3, unit 7: the three drawings that it answers to most, of wheel (2) and circle.'
    """
    drawings = count_of(len(shown), "drawing")
    told = {
        "layer": layer,
        "channel": channel,
        "drawings": drawings,
        "of": listed([by_itself(one) for one in shown], most=6),
    }
    if most:
        return say(
            "Layer {layer}, unit {channel}: the {drawings} that it answers to most, of {of}.",
            **told,
        )
    return say(
        "Layer {layer}, unit {channel}: the {drawings} that it answers to least, of {of}.", **told
    )


def listed(sources: Sequence[str], most: int = 3) -> str:
    """Photographs by name, the most frequent first, with how many patches each gave.

    >>> listed(["Cat", "Coffee", "Cat"])
    'Cat (2) and Coffee'
    """
    counts = Counter(sources).most_common()
    names = [f"{name} ({times})" if times > 1 else name for name, times in counts[:most]]
    if len(counts) > most:
        names.append(count_of(len(counts) - most, "other"))
    return joined(names)
