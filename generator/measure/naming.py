"""What each unit may be called by drawings, and what it would claim in a cell named for one.

A name holds if a unit passes all of its tests, on the drawings to choose by and on those that are
held out: against all others and against each rival its score, less its doubt, clears the bar, and
of the nine drawings that it answers to most at least seven show what the name says. A unit that
fails with a narrow name may hold a wider one, which has its own tests: it is then called by all
that it holds, and all of that is among the first twenty.

The bar against all other drawings is that of ``concepts.bars``. For the other tests random weights
set it under the same search: of the layer with random weights that unit is taken whose weakest
test is best on the half to choose by, and a bar is what it scores on the other half in that test,
never less than the weakest test of any random unit there, nor than guessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.measure.concepts import interval
from generator.measure.names import NAMED, NAMES, Name, wider
from generator.measure.offers import Offer
from generator.measure.telling import STRONGEST, Scores, Told
from generator.records import Against, Claim, Detail, NameTests

# Of the strongest drawings so many show what a name says, and of a few more each thing that a wider
# name stands for, or a reader would not see it.
MOSTLY, EACH = 7 / STRONGEST, 0.1
TIER = 4.0  # more than what lies within one: a better kind of name goes before any better score


@dataclass(frozen=True)
class Verdict:
    """One name for all units of a layer: its bars (T,), and what came of the tests.

    ``low`` and ``high`` (T, C) are the ends of the held-out intervals, ``random`` the best score
    with random weights; ``passed`` (2, C) tells for either half whether all tests were passed;
    ``margin`` (C,) is how far, on the half to choose by, the lower end of the worst test lies above
    its bar, in shares of the way to 1.
    """

    name: Name
    told: Told
    bars: Scores
    low: Scores
    high: Scores
    random: float
    passed: npt.NDArray[np.bool_]
    margin: Scores

    def claim(self, channel: int) -> Claim:
        """What a unit claims by this name, held or not."""
        told = self.told
        scores, low = told.held_out[:, channel], self.low[:, channel]
        tests = zip(told.against, scores.tolist(), low.tolist(), self.bars.tolist(), strict=True)
        _, *others = (
            Against(of, round(score, 4), round(end, 4), round(bar, 4))
            for of, score, end, bar in tests
        )
        detail = Detail(
            drawings=int(told.positives[0, channel] + told.negatives[0, channel]),
            positives=int(told.positives[0, channel]),
            random=round(self.random, 4),
            low=round(float(low[0]), 4),
            high=round(float(self.high[0, channel]), 4),
            chosen=round(float(told.choosing[0, channel]), 4),
        )
        passed = NameTests(
            self.name.members,
            tuple(others),
            round(float(told.shown[1, channel]), 4),
            STRONGEST,
            bool(told.spread[channel]),
        )
        held = bool(self.passed[:, channel].all())
        return Claim(
            "concept",
            self.name.label,
            float(scores[0]),
            float(self.bars[0]),
            held,
            detail,
            passed,
        )


def verdicts(own: Sequence[Told], chance: Sequence[Told]) -> dict[str, Verdict]:
    """Every name by its label, measured against the same layer with random weights."""
    return {
        name.label: _verdict(name, told, random)
        for name, told, random in zip(NAMES, own, chance, strict=True)
    }


def _verdict(name: Name, told: Told, chance: Told) -> Verdict:
    bars, random = _bars(chance)
    low, high = interval(told.held_out, told.positives, told.negatives)
    first, _ = interval(told.choosing, told.positives, told.negatives)
    clear = [(ends > bars[:, None]).all(axis=0) for ends in (first, low)]
    above = (first - bars[:, None]) / np.maximum(1 - bars[:, None], 1e-6)
    return Verdict(
        name,
        told,
        bars,
        low,
        high,
        random,
        np.stack(clear) & (told.shown >= MOSTLY) & (told.rarest >= EACH),
        above.min(axis=0),
    )


def _bars(chance: Told) -> tuple[Scores, float]:
    """What the lower end of each test's interval has to clear (T,), and the best random score.

    That is the score of the unit chosen for its score against all others.
    """
    weakest = chance.choosing.min(axis=0)
    chosen = chance.held_out[:, int(weakest.argmax())]
    bars = np.maximum(np.maximum(chosen, chance.held_out.min(axis=0).max()), 0.5)
    alone = int(chance.choosing[0].argmax())
    best = float(chance.held_out[0, alone])
    _, upper = interval(best, chance.positives[0, alone], chance.negatives[0, alone])
    bars[0] = max(float(chance.held_out[0].max()), float(upper), 0.5)
    return bars, best


def offers_of(by_label: Mapping[str, Verdict], channels: int) -> dict[str, Offer]:
    """For each concept what every unit would claim in a cell that is named for it.

    First come the units that passed the name's tests on the half to choose by, then those that
    passed there for a wider name that includes it, then the rest; and of these first those whose
    strongest drawings show it and that clear their bars by far. What a unit claims is the first of
    these names, the narrowest first, that it holds on the other half as well.
    """
    offers: dict[str, Offer] = {}
    for name in NAMED:
        kinds = [by_label[name.label], *(by_label[wide.label] for wide in wider(name.label))]
        which = np.array([kind.passed[0] for kind in kinds])  # (names, C)
        first = np.where(which.any(axis=0), which.argmax(axis=0), 0)
        holds = which & np.array([kind.passed[1] for kind in kinds])
        claimed = np.where(holds.any(axis=0), holds.argmax(axis=0), first)
        tier = np.where(which[0], 2, np.where(which.any(axis=0), 1, 0))
        within = np.array([kind.told.shown[0] + kind.margin for kind in kinds])
        choosing = TIER * tier + np.take_along_axis(within, first[None], axis=0)[0]
        claims = [kinds[claimed[channel]].claim(channel) for channel in range(channels)]
        offers[name.label] = Offer(choosing, claims)
    return offers


def add_names(by_label: Mapping[str, Verdict], claims: Sequence[list[Claim]]) -> None:
    """To each unit's ``claims`` are added the names that it holds, or the one that it nearly did.

    A unit holds a name whose tests it passed on both halves; narrow names go before wider ones,
    and of what has a narrow name no wider one is told. A unit that holds none has the concept that
    stood out most on the half to choose by, which may have held on the other by luck: so it is
    told as not held.
    """
    for channel, own in enumerate(claims):
        held = [verdict for verdict in by_label.values() if verdict.passed[:, channel].all()]
        held.sort(key=lambda verdict: (verdict.name.wide, -float(verdict.margin[channel])))
        if not held:
            narrow = (by_label[name.label] for name in NAMED)
            own.append(
                max(narrow, key=lambda verdict: float(verdict.margin[channel])).claim(channel)
            )
        named: set[str] = set()
        for verdict in held:
            if named.isdisjoint(verdict.name.members):
                own.append(verdict.claim(channel))
                named.update(verdict.name.members)
