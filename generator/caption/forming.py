"""Features forming in words: what a column of tiles shows, and which layers settle first."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.words import APOSTROPHE, count_of, joined, number_of, whole
from generator.records.learned import Forming, FormingUnit


def when(epoch: int) -> str:
    """A moment of training.

    >>> when(0), when(1), when(5)
    ('before training', 'after 1 epoch', 'after 5 epochs')
    """
    if epoch == 0:
        return "before training"
    return f"after {epoch} epoch{'' if epoch == 1 else 's'}"


def forming_picture(kind: str, layer: int, epoch: int, units: Sequence[FormingUnit]) -> str:
    """The text alternative of a column of tiles, projections or patches."""
    fired = [unit for unit in units if unit.image >= 0]
    what = {
        "patches": "the patch that each answers to most",
        "projections": "the patch that each answers to most, projected back, on mid grey",
    }[kind]
    told = (
        "from "
        + joined([f"{unit.photograph} (unit {unit.channel})" for unit in fired])
        + f"; strongest activation {number_of(max(unit.value for unit in fired))}"
        if fired
        else "none of them fired"
    )
    silent = len(units) - len(fired)
    grey = f" Mid grey: {count_of(silent, 'unit')} that did not fire." if fired and silent else ""
    return f"Layer {layer} {when(epoch)}, {count_of(len(units), 'unit')}: {what}, {told}.{grey}"


def sought(images: int, spread: int, count: int) -> str:
    """Among which images the strongest patches were sought, of a collection of ``count``."""
    if images == count:
        return f"It is the strongest of all {count:,} images, at each moment."
    last = (
        f"At the last moment it is the strongest of all {count:,} images, the first of the"
        f" unit{APOSTROPHE}s patches; before that, the strongest of {images:,}:"
    )
    if images == spread:
        return f"{last} these are evenly spread over the collection."
    return (
        f"{last} {spread:,} that are evenly spread over the collection, and the others those that"
        " these units answer to most in the end."
    )


def settled(forming: Forming) -> list[str]:
    """Whether lower layers settle first: true, false or mixed, with the numbers that say so."""
    epochs, table = forming.epochs, forming.similarity
    held, of = forming.lower_nearer.held, forming.lower_nearer.of
    after = [epoch for epoch in epochs[:-1] if epoch > 0]
    if not of:
        return []
    listed = joined([str(epoch) for epoch in after])
    during = f"after {'epoch' if len(after) == 1 else 'epochs'} {listed}"
    if held == of:
        told = (
            f"Lower layers settle first: {during}, every layer is nearer to its end than all the"
            " layers above it."
        )
    elif 2 * held > of:
        told = (
            f"Lower layers settle first, but not all of them in order: {during}, the lower of two"
            f" layers is nearer to its end in {held} of {of} comparisons."
        )
    else:
        told = (
            f"Here lower layers do not settle first: {during}, the lower of two layers is nearer to"
            f" its end in only {held} of {of} comparisons."
        )
    first, last = table[0], table[-1]
    at = epochs.index(after[0])
    numbers = (
        f"Out of 100, layer 1 has reached {whole(first[at])} {when(after[0])} and layer"
        f" {len(table)} has reached {whole(last[at])}."
    )
    if epochs[0] == 0:
        head = first[0] > last[0]
        start = "Part of that is a head start" if head else "That is no head start"
        numbers += f" {start}: before training it is {whole(first[0])} and {whole(last[0])}."
    return [told, numbers]


def settling_picture(forming: Forming) -> str:
    """The text alternative of the plot."""
    epochs = joined([str(epoch) for epoch in forming.epochs])
    lines = "; ".join(
        f"layer {number}: {', '.join(str(whole(value)) for value in row)}"
        for number, row in enumerate(forming.similarity, start=1)
    )
    return f"Likeness to the final answers out of 100, after epochs {epochs}: {lines}."
