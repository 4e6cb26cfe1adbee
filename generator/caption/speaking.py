"""What a class loses without the units that speak for it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.words import MINUS, NUMBERS, SPACE, joined, plural
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
    units, left = word(len(one.speakers)), one.zero
    return (
        f"These {units} units speak for {plural(one.name)}. Without them, the network recognises"
        f" {counted(left.five.right)} instead of {counted(one.whole.right)} of {one.images}"
        f" photographs; without {units} others, {counted(left.random.right)}."
    )


def none_stands_out(ablation: Ablation) -> str:
    """That no class loses more without its units than luck could take."""
    return (
        "We switched off, for each class, the units that bring most to it. For none of the"
        f" {len(ablation.classes)} classes could we tell the loss from luck."
    )


def counted(number: float) -> str:
    """Images as a whole number: a mean over several draws need not be one.

    >>> counted(18.0), counted(11.55)
    ('18', '12')
    """
    return f"{number:.0f}"


def word(number: int) -> str:
    """A small number as a word: 5 is "five"."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def hundredth(share: float) -> str:
    """A share from 0 to 1 as whole percent."""
    return f"{_signed(share)}{SPACE}%"


def _signed(share: float) -> str:
    return f"{round(100 * share)}".replace("-", MINUS)


def without_five(one: SpokenFor) -> str:
    """What is recognised without the units that speak for a class, and without others."""
    units, left = word(len(one.speakers)), one.zero
    lost = f"{counted(left.five.right)} instead of {counted(one.whole.right)} of {one.images}"
    if not one.holds:
        return (
            f"This is not clear enough to count. Without these {units} units, the network"
            f" recognises {lost} photographs; without {units} others, picked at random,"
            f" {counted(left.random.right)}."
        )
    return (
        f"Without these {units} units, the network recognises {lost} photographs. Without {units}"
        f" others, picked at random, it recognises {counted(left.random.right)}."
    )


def surely(one: SpokenFor) -> str:
    """How many more images are lost than without random units, with the interval."""
    left = one.zero
    return (
        f"Of its photographs, {hundredth(left.change)} are lost without these units and not"
        f" without random ones (95{SPACE}% interval {_signed(left.low)} to"
        f" {hundredth(left.high)})."
    )


def otherwise(one: SpokenFor) -> str:
    """The mean probability of a class, and the removal to the mean."""
    zero, mean, whole = one.zero, one.mean, one.whole
    return (
        f"The mean probability of the class is {hundredth(whole.chance)}, without these units"
        f" {hundredth(zero.five.chance)}, without random ones {hundredth(zero.random.chance)}. Set"
        f" to their means and not to zero, these units leave {counted(mean.five.right)} recognised,"
        f" random ones {counted(mean.random.right)}."
    )


def alone(speakers: Sequence[Speaker]) -> str:
    """What is recognised without each unit alone."""
    told = [f"{counted(one.alone.right)} without unit {one.channel}" for one in speakers]
    return f"With one of them off, this many are recognised: {joined(told)}."


def standing_out(ablation: Ablation) -> str:
    """For how many classes the loss stands out."""
    held, count = sum(one.holds for one in ablation.classes), len(ablation.classes)
    if not held:
        return f"For none of the {count} classes could we tell the loss from luck."
    return (
        f"For {held} of the {count} classes the loss is clear. For the others it could be luck, or"
        " the network hardly knows them to begin with; then it says so."
    )
