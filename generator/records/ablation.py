"""What was measured of classes with units of a layer removed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

REMOVALS = ("zero", "mean")  # what a removed unit's map is set to, in this order everywhere
SPEAKERS = 5  # units that speak for a class
DRAWS = 20  # sets of as many random units, the control
# What units are put together by, in the order in which files count them.
KINDS = ("lines", "colours", "curves", "patterns", "faces")


@dataclass(frozen=True)
class Effects:
    """What the removal of units of one layer does to each class: K classes, C units.

    A class may be a group of several, which is recognised in any of them; its score is then that
    of each image's own class.

    Images fall into two halves: ``five`` are chosen on the first, and what is told of them is of
    the second. Arrays that begin with 2 hold the removals to zero and to the mean, in this order.

    ``images`` (2, K) counts the images of a class in each half. ``shares`` (2, C, K) is the mean
    of what each unit brings to the score of the class on its own images, on each half, ``scores``
    (2, K) that mean score. ``right`` (2, K) counts the images that are recognised, ``chance``
    (2, K) is the mean probability of the class. ``alarms`` (K,) counts images of other classes in
    the second half that are taken for the class.

    ``right_without`` and ``chance_without`` (2, C, K): the half, each unit alone, set to zero.

    ``five`` (K, 5) are the units with the largest shares on the first half, ``active`` (5,) those
    with the largest mean over all images, ``draws`` (D, 5) random ones among those that fire.
    ``right_sets`` and ``chance_sets`` (2, 2 + D, K) are counts and mean probabilities on the
    second half without the five, without the active, and without each draw. ``paired`` (2, 2, K)
    counts images of that half which most of the draws leave recognised and the five do not, and
    the other way about.

    ``confused`` (2, 3, K) are the classes that its images of the second half are wrongly taken
    for most often, whole and with the five set to zero, -1 for none; ``times`` (2, 3, K) how
    often.
    """

    images: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    right: npt.NDArray[np.int64]
    chance: npt.NDArray[np.float32]
    alarms: npt.NDArray[np.int64]
    right_without: npt.NDArray[np.int64]
    chance_without: npt.NDArray[np.float32]
    five: npt.NDArray[np.int64]
    active: npt.NDArray[np.int64]
    draws: npt.NDArray[np.int64]
    right_sets: npt.NDArray[np.int64]
    chance_sets: npt.NDArray[np.float32]
    paired: npt.NDArray[np.int64]
    confused: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]


@dataclass(frozen=True)
class GroupEffects:
    """What the removal of whole groups of units does to images of all classes: G groups.

    ``layers`` (G,) are counted from 1, ``kinds`` (G,) count ``KINDS``; ``channels`` (G, M) are the
    units, -1 where there are fewer, and ``among`` (G,) how many of the layer fire. ``images``,
    ``right`` (G,) and ``chance`` (G,) count images, those that are recognised, and give the mean
    probability of each one's class.

    ``right_sets`` and ``chance_sets`` (2, 1 + D, G) are the same without the group, and without
    each draw of as many random units, for both removals; ``paired`` (2, 2, G) counts images that
    most of the draws leave recognised and the group does not, and the other way about.
    """

    layers: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int64]
    channels: npt.NDArray[np.int64]
    among: npt.NDArray[np.int64]
    images: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    chance: npt.NDArray[np.float32]
    right_sets: npt.NDArray[np.int64]
    chance_sets: npt.NDArray[np.float32]
    paired: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """What is left of a class on its held-out images.

    ``right`` counts those that are recognised, ``chance`` is the mean probability of the class, 0
    to 1. A mean over several sets of units need not be whole.
    """

    right: float
    chance: float


@dataclass(frozen=True)
class Removed:
    """A class without units that were set to one value, on its held-out images.

    Without the ``five``, the five most ``active``, and the mean over the ``random`` draws, whose
    worst and best leave ``least`` to ``most`` of its images right. ``change`` is the share of
    images, -1 to 1, that the five lose beyond the random ones, and ``low`` to ``high`` its 95 %
    interval.
    """

    five: Outcome
    active: Outcome
    random: Outcome
    least: int
    most: int
    change: float
    low: float
    high: float


@dataclass(frozen=True)
class Speaker:
    """One of the units that speak for a class, by ``channel``.

    ``share`` is what it brings, as a share of the class's mean score on held-out images; None
    where that score isn't above 0. ``alone`` is what is left without it alone, set to zero.
    """

    channel: int
    share: float | None
    alone: Outcome


@dataclass(frozen=True)
class Confusion:
    """Another class that so many ``times`` an image is taken for."""

    name: str
    times: int


@dataclass(frozen=True)
class SpokenFor:
    """A class of a network and the units that speak for it.

    ``outputs`` is its number, or those of the classes that make up a group: where a collection has
    too few images of each class, groups of them are asked about, and an image counts as recognised
    where it is taken for any class of its group. ``group`` is a word such as ``dogs``, or empty.
    ``images`` counts those that are held out, ``whole`` is what the whole network makes of them.
    ``mistaken`` and ``mistaken_without`` are the classes that they are wrongly taken for most,
    whole and with the five set to zero. ``holds`` says that the loss stands out from that of random
    units.
    """

    outputs: tuple[int, ...]
    name: str
    group: str
    images: int
    whole: Outcome
    speakers: tuple[Speaker, ...]
    zero: Removed
    mean: Removed
    mistaken: tuple[Confusion, ...]
    mistaken_without: tuple[Confusion, ...]
    holds: bool


@dataclass(frozen=True)
class Loser:
    """A class, by its place in ``classes``, that a unit is missed by.

    On held-out images: ``whole``, ``without`` the unit (set to zero), and without one ``other``
    unit, the mean over all others.
    """

    place: int
    whole: Outcome
    without: Outcome
    other: Outcome


@dataclass(frozen=True)
class GroupRemoved:
    """Images of all classes without a group of units, each set to one value.

    ``right`` counts the images that are recognised, ``chance`` is the mean probability of the
    class of each. ``group`` without the group's units, ``random`` the mean over draws of as many
    random units of the layer, whose worst and best leave ``least`` to ``most`` images right.
    ``change`` is the share of images, -1 to 1, that the group loses beyond the random units, and
    ``low`` to ``high`` its 95 % interval.
    """

    group: Outcome
    random: Outcome
    least: int
    most: int
    change: float
    low: float
    high: float


@dataclass(frozen=True)
class UnitGroup:
    """All units of one ``kind`` in a ``layer`` (from 1), removed together.

    ``kind`` is a word such as ``lines`` or ``curves``; ``channels`` are its units, ``among`` counts
    those of the layer that fire, from which the random ones are drawn. ``images`` counts the
    images, ``whole`` is what the whole network makes of them. ``holds`` says that the loss stands
    out from that of as many random units.
    """

    layer: int
    kind: str
    channels: tuple[int, ...]
    among: int
    images: int
    whole: Outcome
    zero: GroupRemoved
    mean: GroupRemoved
    holds: bool


@dataclass(frozen=True)
class RemovalOption:
    """A unit that a question offers, and the mean probability of the class without it, 0 to 1."""

    channel: int
    chance: float


@dataclass(frozen=True)
class RemovalQuestion:
    """Which of four units was switched off? ``place`` is that of the class in ``classes``.

    ``right`` is the channel of the unit that the class misses; the others hardly matter to it.
    """

    place: int
    right: int
    options: tuple[RemovalOption, ...]


@dataclass(frozen=True)
class Ablation:
    """Which units of the ``layer`` (from 1) speak for each class, and what happens without them.

    ``images`` counts all that were looked at, half of them to choose by; ``source`` says which.
    ``draws`` counts the sets of random units. ``losers`` are for each unit the few classes that
    lose most without it. ``groups`` are kinds of units of all layers, each removed as a whole;
    empty where none was asked about. ``questions`` ask which unit was switched off.
    """

    layer: int
    images: int
    source: str
    draws: int
    classes: tuple[SpokenFor, ...]
    losers: tuple[tuple[Loser, ...], ...]
    groups: tuple[UnitGroup, ...] = ()
    questions: tuple[RemovalQuestion, ...] = ()
