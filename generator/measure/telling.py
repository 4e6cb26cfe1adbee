"""How well every unit of a layer tells the drawings of one name from all others, and from rivals.

Each score is an area under the ROC curve (AUROC): the share of pairs, a drawing of the name and
another, in which the unit answers more to the first. All of them are taken twice, on the drawings
to choose by and on those that are held out. Besides, of the drawings that a unit answers to most
it is counted how many show what the name says: that is what a reader sees of it.

Two kinds of drawings have a rule of their own. A texture fills a picture, so for a name that only
stands for textures a unit's answer may also be the mean of its rectified map, in place of its
maximum: the one that tells it better on the drawings to choose by. And a line has one angle. A
unit that is after lines is after those of some angle, so it is measured by the lines near the
angle that suits it best, chosen in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import rankdata
from torch import Tensor

from generator.images.stimuli import CONCEPTS
from generator.measure.answers import Answers
from generator.measure.names import NAMES, Name

STRONGEST = 9  # drawings of a half: those that a unit answers to most, as its panel shows them
AMONG = 20  # in a few more than these, something is looked for that is seen less often
LINE = "line"
TURNS = np.arange(-90.0, 90.0, 15.0)  # degrees: the angles that a unit may choose among
NEAR = 15.0  # degrees: lines as near as that are lines of the angle

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """What the units of one layer make of one name.

    ``against`` names what each of the T tests is against: first all other drawings, which is the
    empty word, then each rival; for a wider name also each member, alone against all drawings
    that the name does not stand for. ``choosing`` and ``held_out`` (T, C) are AUROCs in 0 to 1,
    ``positives`` and ``negatives`` (T, C) count held-out drawings. ``shown`` (2, C) is the share
    of the STRONGEST drawings of either half that show it, and ``rarest`` (2, C) the share of the
    first AMONG of them that show the one of its members which is seen least. ``spread`` (C,)
    tells where the answer is the mean of the map.
    """

    against: tuple[str, ...]
    choosing: Scores
    held_out: Scores
    positives: Scores
    negatives: Scores
    shown: Scores
    rarest: Scores
    spread: npt.NDArray[np.bool_]


class _Half:
    """One half of the drawings under one statistic: what the tests of all names share.

    From answers ``values`` (N, C); what is asked of one concept is worked out once.
    """

    def __init__(self, values: npt.NDArray[np.float32], concepts: npt.NDArray[np.str_]) -> None:
        self.count = len(values)
        self._members = {concept: np.flatnonzero(concepts == concept) for concept in CONCEPTS}
        self._ranks = rankdata(values, axis=0)
        self._columns = torch.from_numpy(np.ascontiguousarray(values.T))
        self._sorted: dict[str, Tensor] = {}
        self._pairs: dict[tuple[str, str], Scores] = {}
        few = np.argpartition(-values, min(AMONG, len(values)) - 1, axis=0)[:AMONG]
        own = np.take_along_axis(values, few, axis=0)
        best = np.argsort(-own, axis=0, kind="stable")
        shown = np.where(own > 0, concepts[few], "")
        self._strongest = np.take_along_axis(shown, best, axis=0)  # (AMONG, C), strongest first

    def size(self, concept: str) -> int:
        """How many drawings of a concept there are."""
        return len(self._members[concept])

    def sorted(self, concept: str) -> Tensor:
        """(C, n) the answers to a concept's drawings, ascending."""
        if concept not in self._sorted:
            own = self._columns[:, torch.from_numpy(self._members[concept])]
            self._sorted[concept] = own.sort(dim=1).values
        return self._sorted[concept]

    def pair(self, concept: str, other: str) -> Scores:
        """(C,) AUROC of one concept's drawings against another's."""
        if (other, concept) in self._pairs:
            return np.asarray(1 - self._pairs[other, concept])
        if (concept, other) not in self._pairs:
            placed = _placed(self.sorted(concept), self.sorted(other))
            self._pairs[concept, other] = placed.mean(axis=1)
        return self._pairs[concept, other]

    def against_all(self, concept: str) -> Scores:
        """(C,) AUROC of a concept's drawings against all others."""
        own = self.size(concept)
        above = self._ranks[self._members[concept]].sum(axis=0) - own * (own + 1) / 2
        return np.asarray(above / (own * (self.count - own)))

    def shown(self, members: Sequence[str]) -> Scores:
        """(C,) the share of the STRONGEST drawings that are of these concepts."""
        return np.asarray(np.isin(self._strongest[:STRONGEST], members).sum(axis=0) / STRONGEST)

    def rarest(self, members: Sequence[str]) -> Scores:
        """(C,) of the first AMONG the share that shows the member which is seen least."""
        each = [(self._strongest == member).sum(axis=0) for member in members]
        return np.asarray(np.min(each, axis=0) / AMONG)


def _placed(own: Tensor, others: Tensor) -> Scores:
    """(C, n) for each answer ``own`` (C, n) the share of ``others`` (C, m), sorted, below it."""
    below = torch.searchsorted(others, own, out_int32=True)
    below += torch.searchsorted(others, own, right=True, out_int32=True)  # ties count a half
    return np.asarray(below.numpy() / (2 * others.shape[1]), dtype=np.float64)


def tell_names(answers: Answers, number: int) -> tuple[Told, ...]:
    """The tests of every name, in the order of ``NAMES``, for the layer ``number`` from 0."""
    most = _both(answers, answers.values[number])
    mean = _both(answers, answers.means[number])
    lines = _lines(answers, answers.values[number])
    told: list[Told] = []
    for name in NAMES:
        if name.label == LINE:
            told.append(_of_lines(name, lines, most))
        elif name.fills:
            told.append(_better(_of(name, most, False), _of(name, mean, True)))
        else:
            told.append(_of(name, most, False))
    return tuple(told)


def _both(answers: Answers, values: npt.NDArray[np.float32]) -> tuple[_Half, _Half]:
    half = answers.choosing
    first, second = (_Half(values[rows], answers.concepts[rows]) for rows in (half, ~half))
    return first, second


def _of(name: Name, halves: tuple[_Half, _Half], spread: bool) -> Told:
    choosing, held_out = (np.stack(list(_tests(name, half))) for half in halves)
    counts = np.array(list(_counts(name, halves[1])), dtype=np.float64)  # (T, 2)
    units = choosing.shape[1]
    positives, negatives = (np.repeat(kind[:, None], units, axis=1) for kind in counts.T)
    return Told(
        _against(name),
        choosing,
        held_out,
        positives,
        negatives,
        np.stack([half.shown(name.members) for half in halves]),
        np.stack([half.rarest(name.members) for half in halves]),
        np.full(units, spread),
    )


def _against(name: Name) -> tuple[str, ...]:
    alone = name.members if name.wide else ()
    return ("", *(rival for rival, _ in name.rivals), *alone)


def _tests(name: Name, half: _Half) -> Iterable[Scores]:
    """The AUROCs of a name, each (C,): of pairs of concepts, weighted by their drawings."""
    sizes = {member: half.size(member) for member in name.members}
    own = sum(sizes.values())
    outside = half.count - own
    alone: list[Scores] = []
    for member, size in sizes.items():
        others = [(other, sizes[other]) for other in name.members if other != member]
        among = sum((count * half.pair(member, other) for other, count in others), np.zeros(1))
        alone.append((half.against_all(member) * (half.count - size) - among) / outside)
    whole = (size * score for size, score in zip(sizes.values(), alone, strict=True))
    yield sum(whole, np.zeros(1)) / own
    for rival, _ in name.rivals:
        pairs = (size * half.pair(member, rival) for member, size in sizes.items())
        yield sum(pairs, np.zeros(1)) / own
    if name.wide:
        yield from alone


def _counts(name: Name, half: _Half) -> Iterable[tuple[int, int]]:
    sizes = [half.size(member) for member in name.members]
    outside = half.count - sum(sizes)
    yield sum(sizes), outside
    for rival, _ in name.rivals:
        yield sum(sizes), half.size(rival)
    if name.wide:
        yield from ((size, outside) for size in sizes)


def _better(first: Told, other: Told) -> Told:
    """Each unit by the statistic with which it tells the name better on the half to choose by."""
    use = other.choosing[0] > first.choosing[0]  # (C,)
    return replace(
        first,
        **{
            part: np.where(use, getattr(other, part), getattr(first, part))
            for part in ("choosing", "held_out", "shown", "rarest", "spread")
        },
    )


@dataclass(frozen=True)
class _Lines:
    """The answers (n, C) to the lines of one half, and their ``angles`` (n,) in degrees."""

    values: npt.NDArray[np.float32]
    angles: Scores


def _lines(answers: Answers, values: npt.NDArray[np.float32]) -> tuple[_Lines, _Lines]:
    own = answers.concepts == LINE
    first, second = (
        _Lines(values[own & rows], answers.angles[own & rows])
        for rows in (answers.choosing, ~answers.choosing)
    )
    return first, second


def _of_lines(name: Name, lines: Sequence[_Lines], halves: tuple[_Half, _Half]) -> Told:
    """The tests of lines, each unit by the lines near the angle that suits it best."""
    choosing, held_out = (_turned(name, *both) for both in zip(lines, halves, strict=True))
    known = np.isfinite(choosing[:, 0] + held_out[:, 0]).all(axis=1, keepdims=True)  # (turns, 1)
    best = np.where(known, choosing[:, 0], -1.0).argmax(axis=0)  # (C,)
    units = np.arange(len(best))
    near = [int(np.count_nonzero(_near(lines[1], turn))) for turn in TURNS]
    own = np.array(near, dtype=np.float64)[best]  # (C,)
    all_others = halves[1].count - halves[1].size(LINE)
    others = [all_others, *(halves[1].size(rival) for rival, _ in name.rivals)]
    return Told(
        _against(name),
        choosing[best, :, units].T,
        held_out[best, :, units].T,
        np.repeat(own[None], len(others), axis=0),
        np.repeat(np.array(others, dtype=np.float64)[:, None], len(units), axis=1),
        np.stack([half.shown(name.members) for half in halves]),
        np.stack([half.rarest(name.members) for half in halves]),
        np.zeros(len(units), dtype=bool),
    )


def _near(lines: _Lines, turn: float) -> npt.NDArray[np.bool_]:
    apart = np.abs(lines.angles - turn) % 180
    return np.asarray(np.minimum(apart, 180 - apart) <= NEAR)


def _turned(name: Name, lines: _Lines, half: _Half) -> Scores:
    """(turns, T, C) AUROCs of the lines near each angle; NaN where there is no such line."""
    own = torch.from_numpy(np.ascontiguousarray(lines.values.T))
    concepts = [concept for concept in CONCEPTS if concept != LINE]
    sizes = np.array([half.size(concept) for concept in concepts])
    places = np.stack([_placed(own, half.sorted(concept)) for concept in concepts])  # (K, C, n)
    rivals = [places[concepts.index(rival)] for rival, _ in name.rivals]
    tests = np.stack([np.average(places, axis=0, weights=sizes), *rivals])  # (T, C, n)
    turned = np.full((len(TURNS), len(tests), len(own)), np.nan)
    for number, turn in enumerate(TURNS):
        near = _near(lines, turn)
        if near.any():
            turned[number] = tests[:, :, near].mean(axis=2)
    return turned
