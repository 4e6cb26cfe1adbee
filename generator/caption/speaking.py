"""What a class loses without the units that speak for it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.words import MINUS, SPACE, in_words, joined, plural
from generator.language import say
from generator.records.ablation import Ablation, Speaker, SpokenFor

# Whom a reader knows, in the order in which an example is sought among them.
KNOWN = (("dogs",), ("birds",), ("cars", "wheeled things", "bicycles", "boats"))


def clearest(ablation: Ablation) -> SpokenFor | None:
    """The class to show as an example: among those whose loss stands out the surest.

    The first of the groups that a reader knows which has such a class, or else any; None where
    no class stands out. The surest is that with the highest lower end of the interval of what is
    lost beyond random units; then that of which the largest share is lost.
    """
    held = [one for one in ablation.classes if one.holds]
    families = ([one for one in held if one.group in groups] for groups in KNOWN)
    best = next((family for family in families if family), held)
    return max(best, key=lambda one: (one.zero.low, one.zero.change), default=None)


def example(one: SpokenFor) -> str:
    """Which units speak for a class, and what happens without them."""
    return say(
        "These {units} units speak for {classes}. Without them, the network recognises {left}"
        " instead of {whole} of {images} photographs; without {units} others, {random}.",
        classes=plural(one.name),
        **_counts(one),
    )


def none_stands_out(ablation: Ablation) -> str:
    """That no class loses more without its units than luck could take."""
    return say(
        "We switched off, for each class, the units that bring most to it. For none of the"
        " {count} classes could we tell the loss from luck.",
        count=len(ablation.classes),
    )


def counted(number: float) -> str:
    """Images as a whole number: a mean over several draws need not be one.

    >>> counted(18.0), counted(11.55)
    ('18', '12')
    """
    return f"{number:.0f}"


def hundredth(share: float) -> str:
    """A share from 0 to 1 as whole percent."""
    return f"{_signed(share)}{SPACE}%"


def _signed(share: float) -> str:
    return f"{round(100 * share)}".replace("-", MINUS)


def overview(one: SpokenFor) -> str:
    """What is recognised with the units that speak for a class, and without them."""
    return say("{whole} of {images} recognised, {left} without its units", **_counts(one))


def without_five(one: SpokenFor) -> str:
    """What is recognised without the units that speak for a class, and without others."""
    if not one.holds:
        return say(
            "This is not clear enough to count. Without these {units} units, the network"
            " recognises {left} instead of {whole} of {images} photographs; without {units}"
            " others, picked at random, {random}.",
            **_counts(one),
        )
    return say(
        "Without these {units} units, the network recognises {left} instead of {whole} of {images}"
        " photographs. Without {units} others, picked at random, it recognises {random}.",
        **_counts(one),
    )


def _counts(one: SpokenFor) -> dict[str, object]:
    return {
        "units": in_words(len(one.speakers)),
        "images": one.images,
        "whole": counted(one.whole.right),
        "left": counted(one.zero.five.right),
        "random": counted(one.zero.random.right),
    }


def surely(one: SpokenFor) -> str:
    """How many more images are lost than without random units, with the interval."""
    return say(
        "Of its photographs, {share} are lost without these units and not without random ones"
        " ({interval}).",
        share=hundredth(one.zero.change),
        interval=loss_interval(one.zero.low, one.zero.high),
    )


def loss_interval(low: float, high: float) -> str:
    """The 95 % interval of a share, -1 to 1, inside a sentence."""
    ends = say("{low} to {high}", low=_signed(low), high=hundredth(high))
    return say("95\N{NO-BREAK SPACE}% interval {interval}", interval=ends)


def otherwise(one: SpokenFor) -> str:
    """The mean probability of a class, and the removal to the mean."""
    zero, mean = one.zero, one.mean
    return say(
        "The mean probability of the class is {whole}, without these units {left}, without random"
        " ones {random}. Set to their means and not to zero, these units leave {five} recognised,"
        " random ones {others}.",
        whole=hundredth(one.whole.chance),
        left=hundredth(zero.five.chance),
        random=hundredth(zero.random.chance),
        five=counted(mean.five.right),
        others=counted(mean.random.right),
    )


def alone(speakers: Sequence[Speaker]) -> str:
    """What is recognised without each unit alone."""
    told = [
        say("{count} without unit {channel}", count=counted(one.alone.right), channel=one.channel)
        for one in speakers
    ]
    return say("With one of them off, this many are recognised: {units}.", units=joined(told))


def standing_out(ablation: Ablation) -> str:
    """For how many classes the loss stands out."""
    held, count = sum(one.holds for one in ablation.classes), len(ablation.classes)
    if not held:
        return say("For none of the {count} classes could we tell the loss from luck.", count=count)
    return say(
        "For {held} of the {count} classes the loss is clear. For the others it could be luck, or"
        " the network hardly knows them to begin with; then it says so.",
        held=held,
        count=count,
    )
