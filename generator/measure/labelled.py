"""Which class, or group of classes, a unit tells from all others in a labelled collection.

As for drawn concepts, a unit's score is the AUROC of its strongest activation, images of the
class against all others; the class is chosen on one half of the images and reported on the
other. Photographs of one class share colours and grounds that even random weights pick up, so
the same search through the network with random weights is the bar. And most of the images that
the unit answers to most have to be of the class (see ``strongest``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from generator.images.batches import batches, network_input
from generator.images.collection import Collection
from generator.measure.concepts import interval
from generator.measure.families import ClassAnswers
from generator.measure.imagenet import with_groups
from generator.measure.leading import FEW, leading, told
from generator.measure.strongest import MOST, share_shown, strongest_labels
from generator.networks.network import Network
from generator.records import Claim, Detail
from generator.scan.activations import maxima

LEAST = 4  # images that a class needs for a score of its own: two to choose by, two to report
RANDOM_IMAGES = 1000  # the random copy looks at no more, so that it costs a tenth of a scan
STRETCH = 10  # images in a row that it looks at, so that it sees several of a class
UNITS_AT_ONCE = 64  # ranked together; more would hold a large collection's values in memory


@dataclass(frozen=True)
class Labels:
    """The labels of a collection's images: ``of`` (N,) int64 class numbers, -1 for none.

    ``members`` (L, classes) bool says which classes each label stands for: a class for
    itself, a group for several.
    """

    of: npt.NDArray[np.int64]
    names: tuple[str, ...]
    members: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClassScores:
    """The few labels that each unit of a layer tells best: chosen on one half of the images.

    ``labels`` (C, K) are their numbers, best first, and ``scores`` (C, K) their held-out AUROCs;
    ``lows`` (C, K) are the lower ends of these, and ``first`` (C, K) those on the half to choose
    by. Of the best one, all (C,): its score lies below ``high``, ``positives`` are its held-out
    images, and of the few that the unit answers to most a share ``shown`` is of it; ``images``
    counts all that are held out.
    """

    labels: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    first: npt.NDArray[np.float64]
    lows: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    positives: npt.NDArray[np.int64]
    shown: npt.NDArray[np.float64]
    images: int

    @property
    def label(self) -> npt.NDArray[np.int64]:
        """(C,) the label that each unit tells best."""
        return self.labels[:, 0]

    @property
    def score(self) -> npt.NDArray[np.float64]:
        """(C,) the score of that one."""
        return self.scores[:, 0]

    @property
    def low(self) -> npt.NDArray[np.float64]:
        """(C,) the lower end of its interval."""
        return self.lows[:, 0]

    @property
    def choosing(self) -> npt.NDArray[np.float64]:
        """(C,) the lower end of that one on the half that it was chosen by."""
        return self.first[:, 0]


def labels_of(collection: Collection) -> Labels | None:
    """Classes and named groups of a collection; None where it has less than two classes."""
    if len(collection.classes) < 2:
        return None
    names, members = with_groups(collection.classes)
    numbers = np.array([item.label for item in collection.items], dtype=np.int64)
    return Labels(numbers, names, members)


def choosing_half(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """(N,) every other image of each class; of classes too small for that, every other of all."""
    half = np.zeros(len(labels), dtype=bool)
    rest: list[int] = []
    for number in np.unique(labels):
        own = np.flatnonzero(labels == number)
        if len(own) >= LEAST:
            half[own[::2]] = True
        else:
            rest += own.tolist()
    half[sorted(rest)[::2]] = True
    return half


def class_scores(values: npt.NDArray[np.floating], labels: Labels) -> ClassScores | None:
    """From the strongest activations (N, C) of one layer; None where no label has enough images.

    Images without a label, and those whose values are not numbers, take no part.
    """
    used = np.flatnonzero((labels.of >= 0) & np.isfinite(values[:, 0]))
    numbers = labels.of[used]
    counts = labels.members @ np.bincount(numbers, minlength=labels.members.shape[1])
    known = np.flatnonzero((counts >= LEAST) & (counts <= len(used) - LEAST))
    half = choosing_half(numbers)
    if not len(known):
        return None
    members = labels.members[known]
    halves = [used[half], used[~half]]
    positives = [_counts(labels.of[part], members) for part in halves]
    enough = (positives[0] > 0) & (positives[1] > 0)
    if not enough.any():
        return None
    known, members = known[enough], members[enough]
    positives = [count[enough] for count in positives]
    channels = values.shape[1]
    few = channels, min(FEW, len(known))
    chosen, scores, choosing = np.zeros(few, dtype=np.int64), np.zeros(few), np.zeros(few)
    seen = np.zeros(channels)
    for start in range(0, channels, UNITS_AT_ONCE):
        part = np.asarray(values[:, start : start + UNITS_AT_ONCE])
        first, second = (
            areas(part[rows], labels.of[rows], members) for rows in halves
        )  # each (C, L)
        low = interval(first, positives[0], len(halves[0]) - positives[0])[0]
        best = leading(low)  # by the lower end, or the smallest class would win by luck
        here = slice(start, start + UNITS_AT_ONCE)
        chosen[here], choosing[here] = best, np.take_along_axis(low, best, axis=1)
        scores[here] = np.take_along_axis(second, best, axis=1)
        strongest = strongest_labels(part[halves[1]], labels.of[halves[1]])
        asked = np.minimum(positives[1][best[:, 0]], len(strongest))
        seen[here] = share_shown(strongest, members[best[:, 0]], asked)
    own = positives[1][chosen]
    lows, highs = interval(scores, own, len(halves[1]) - own)
    parts = known[chosen], scores, choosing, lows, highs[:, 0], own[:, 0], seen
    return ClassScores(*parts, len(halves[1]))


def _counts(labels: npt.NDArray[np.int64], members: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    counted: npt.NDArray[np.int64] = members @ np.bincount(labels, minlength=members.shape[1])
    return counted


def areas(
    values: npt.NDArray[np.floating],
    labels: npt.NDArray[np.int64],
    members: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """(C, L) AUROC of each column of ``values`` (N, C) for each label of ``members``.

    All labels from one ranking: a group's sum of ranks is that of its classes.
    """
    ranks = rankdata(values, axis=0)  # (N, C)
    sums = np.zeros((members.shape[1], values.shape[1]))
    np.add.at(sums, labels, ranks)
    positives = _counts(labels, members)[:, None]
    above = members @ sums - positives * (positives + 1) / 2
    shares: npt.NDArray[np.float64] = (above / (positives * (len(labels) - positives))).T
    return shares


def random_values(control: Network, collection: Collection) -> list[npt.NDArray[np.float32]]:
    """What the network with random weights answers: (N, C) a layer, NaN for images not shown."""
    count = len(collection)
    step = -(-count // RANDOM_IMAGES)
    strongest = [np.full((count, layer.channels), np.nan, np.float32) for layer in control.layers]
    shown = [i for i in range(count) if i // STRETCH % step == 0]
    for batch in batches(collection, control.preprocess, shown, 64):
        if batch.good:
            inputs = network_input(batch.pixels, control.preprocess, control.device)
            for layer, (values, _) in zip(strongest, maxima(control, inputs), strict=True):
                layer[batch.good] = values.cpu().numpy()
    return strongest


def class_bar(chance: ClassScores | None) -> float:
    """The best lower end that any unit with random weights reaches, and never less than chance."""
    return 0.5 if chance is None else max(0.5, float(chance.low.max()))


def labelled_answers(
    scores: ClassScores, chance: ClassScores | None, names: tuple[str, ...]
) -> ClassAnswers:
    """The few labels of each unit, to place units by."""
    return ClassAnswers(names, scores.labels, scores.first, class_bar(chance), complete=False)


def class_claims(
    scores: ClassScores, chance: ClassScores | None, names: Sequence[str]
) -> list[Claim]:
    """One claim a unit; it holds when the lower end of its interval clears the bar.

    The bar is the best lower end that any unit with random weights reaches in the same search,
    and never below the 0.5 of chance. More than ``MOST`` of its strongest images are of the class.
    """
    bar = class_bar(chance)
    best = None if chance is None else int(chance.low.argmax())
    random = 0.5 if chance is None or best is None else float(chance.score[best])
    claims: list[Claim] = []
    for unit, score in enumerate(scores.score.tolist()):
        low, high = float(scores.low[unit]), float(scores.high[unit])
        detail = Detail(
            low=round(low, 4),
            high=round(high, 4),
            chosen=round(float(scores.choosing[unit]), 4),
            images=scores.images,
            positives=int(scores.positives[unit]),
            chance=0.5,
            measure="auroc",
            random=round(random, 4),
            shown=round(float(scores.shown[unit]), 4),
            classes=told(names, scores.labels[unit], scores.scores[unit]),
        )
        label = names[int(scores.label[unit])]
        held = low > bar and bool(scores.shown[unit] > MOST)
        claims.append(Claim("class", label, score, bar, held, detail))
    return claims
