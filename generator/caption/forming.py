"""Features forming in words: what a column of tiles shows, and which layers settle first."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.words import count_of, joined, number_of, whole
from generator.language import figure, say, say_count
from generator.records.learned import Forming, FormingUnit


def when(epoch: int) -> str:
    """A moment of training.

    >>> when(0), when(1), when(5)
    ('before training', 'after 1 epoch', 'after 5 epochs')
    """
    if epoch == 0:
        return say("before training")
    return say_count("after {epoch} epoch", "after {epoch} epochs", epoch, epoch=epoch)


def forming_picture(kind: str, layer: int, epoch: int, units: Sequence[FormingUnit]) -> str:
    """The text alternative of a column of tiles, projections or patches."""
    fired = [unit for unit in units if unit.image >= 0]
    what = {
        "patches": say("the patch that each answers to most"),
        "projections": say("the patch that each answers to most, projected back, on mid grey"),
    }[kind]
    if fired:
        told = say(
            "from {photographs}; strongest activation {most}",
            photographs=joined(
                [
                    say(
                        "{photograph} (unit {channel})",
                        photograph=unit.photograph,
                        channel=unit.channel,
                    )
                    for unit in fired
                ]
            ),
            most=number_of(max(unit.value for unit in fired)),
        )
    else:
        told = say("none of them fired")
    silent = len(units) - len(fired)
    grey = (
        say(" Mid grey: {silent} that did not fire.", silent=count_of(silent, "unit"))
        if fired and silent
        else ""
    )
    return say(
        "Layer {layer} {epoch}, {units}: {what}, {told}.{grey}",
        layer=layer,
        epoch=when(epoch),
        units=count_of(len(units), "unit"),
        what=what,
        told=told,
        grey=grey,
    )


def sought(images: int, spread: int, count: int) -> str:
    """Among which images the strongest patches were sought, of a collection of ``count``."""
    if images == count:
        return say(
            "It is the strongest of all {count} images, at each moment.", count=figure(f"{count:,}")
        )
    last = say(
        "At the last moment it is the strongest of all {count} images, the first of the"
        " unit’s patches; before that, the strongest of {images}:",
        count=figure(f"{count:,}"),
        images=figure(f"{images:,}"),
    )
    if images == spread:
        return say("{last} these are evenly spread over the collection.", last=last)
    return say(
        "{last} {spread} that are evenly spread over the collection, and the others"
        " those that these units answer to most in the end.",
        last=last,
        spread=figure(f"{spread:,}"),
    )


def settled(forming: Forming) -> list[str]:
    """Whether lower layers settle first: true, false or mixed, with the numbers that say so."""
    epochs, table = forming.epochs, forming.similarity
    held, of = forming.lower_nearer.held, forming.lower_nearer.of
    after = [epoch for epoch in epochs[:-1] if epoch > 0]
    if not of:
        return []
    listed = joined([str(epoch) for epoch in after])
    during = say_count("after epoch {listed}", "after epochs {listed}", len(after), listed=listed)
    if held == of:
        told = say(
            "Lower layers settle first: {during}, every layer is nearer to its end than all"
            " the layers above it.",
            during=during,
        )
    elif 2 * held > of:
        told = say(
            "Lower layers settle first, but not all of them in order: {during}, the lower"
            " of two layers is nearer to its end in {held} of {of} comparisons.",
            during=during,
            held=held,
            of=of,
        )
    else:
        told = say(
            "Here lower layers do not settle first: {during}, the lower of two layers is"
            " nearer to its end in only {held} of {of} comparisons.",
            during=during,
            held=held,
            of=of,
        )
    first, last = table[0], table[-1]
    at = epochs.index(after[0])
    numbers = say(
        "Out of 100, layer 1 has reached {first} {when} and layer {layer} has reached {last}.",
        first=whole(first[at]),
        when=when(after[0]),
        layer=len(table),
        last=whole(last[at]),
    )
    if epochs[0] == 0:
        head = first[0] > last[0]
        start = say("Part of that is a head start") if head else say("That is no head start")
        numbers += say(
            " {start}: before training it is {first} and {last}.",
            start=start,
            first=whole(first[0]),
            last=whole(last[0]),
        )
    return [told, numbers]


def settling_picture(forming: Forming) -> str:
    """The text alternative of the plot."""
    epochs = joined([str(epoch) for epoch in forming.epochs])
    lines = "; ".join(
        say(
            "layer {number}: {values}",
            number=number,
            values=", ".join(str(whole(value)) for value in row),
        )
        for number, row in enumerate(forming.similarity, start=1)
    )
    return say(
        "Likeness to the final answers out of 100, after epochs {epochs}: {lines}.",
        epochs=epochs,
        lines=lines,
    )
