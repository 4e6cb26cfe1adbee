"""Whether deeper layers tell more apart: the hierarchy of concepts by layer, in words."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.plain import EASY, gained_and_lost
from generator.caption.words import NUMBERS, SPACE, capital, joined, noun, percent_interval, whole
from generator.records import Best, Hierarchy

CLEARLY = f"clearly better (their 95{SPACE}% intervals do not overlap)"


def depths(hierarchy: Hierarchy) -> list[str]:
    """What the hierarchy shows, a few sentences a paragraph: what is found where, and the trend.

    Nothing is taken for granted: where deeper layers do no better, this is what it says.
    """
    told = [first_found(hierarchy)]
    if len(hierarchy.trained) > 1:
        told += [means(hierarchy), trend(hierarchy)]
        easy = [
            f"{noun(concept)} ({whole(best.score)})"
            for concept, best in zip(hierarchy.concepts, hierarchy.trained[0], strict=True)
            if best.score >= EASY
        ]
        if easy:
            told.append(
                f"In layer 1 already {joined(easy)} {'is' if len(easy) == 1 else 'are'} told apart"
                f" in {whole(EASY)} of 100 pairs or more. A unit there sees too little to know a"
                " whole shape, so some small detail gives these drawings away."
            )
    if told_by_chance := by_chance(hierarchy):
        told.append(told_by_chance)
    return told


def by_chance(found: Hierarchy) -> str:
    """What random weights tell in the first layer at least as well as those of the network."""
    known = [
        (concept, whole(random.score), whole(own.score))
        for concept, own, random in zip(
            found.concepts, found.trained[0], found.random[0], strict=True
        )
        if random.score >= max(own.score, EASY)
    ]
    if not known:
        return ""
    parts = [f"{noun(concept)} ({by} against {own})" for concept, by, own in known]
    why = (
        " Every filter, learned or not, prefers lines of some angle; so the lines of layer 1 have a"
        " test of their own, the swing."
        if "line" in [concept for concept, _, _ in known]
        else ""
    )
    return f"In layer 1, random weights do as well at {joined(parts)}.{why}"


def first_found(hierarchy: Hierarchy) -> str:
    """The layer in which each concept first clears its bar, with the score: clear may be little."""
    where: dict[int, list[str]] = {}
    nowhere: list[str] = []
    for row, concept in enumerate(hierarchy.concepts):
        for number, layer in enumerate(hierarchy.trained):
            if layer[row].low > hierarchy.bars[number][row]:
                told = f"{noun(concept)} ({whole(layer[row].score)})"
                where.setdefault(number, []).append(told)
                break
        else:
            nowhere.append(noun(concept))
    if not where:
        some = count(len(nowhere))
        return f"In no layer is one of the {some} concepts clearly above random weights."
    parts = [f"in layer {number + 1}, {joined(where[number])}" for number in sorted(where)]
    missing = f" In no layer: {joined(nowhere)}." if nowhere else ""
    return (
        "Where is each concept clearly above random weights for the first time, and with which"
        f" score out of 100? {capital('; '.join(parts))}.{missing}"
    )


def means(hierarchy: Hierarchy) -> str:
    """The mean over all concepts, layer by layer, beside random weights."""
    own, random = (
        [_mean(layer) for layer in table] for table in (hierarchy.trained, hierarchy.random)
    )
    last = len(own)
    return (
        f"Over all {count(len(hierarchy.concepts))} concepts, the best units are right in"
        f" {joined([str(whole(score)) for score in own])} of 100 pairs on average, from layer 1 to"
        f" layer {last}. With random weights it is"
        f" {joined([str(whole(score)) for score in random])}."
    )


def trend(hierarchy: Hierarchy) -> str:
    """Whether the last layer does better than the first, and where it does not."""
    total, last = len(hierarchy.concepts), len(hierarchy.trained)
    better, worse = gained_and_lost(hierarchy.trained)
    between = f"in layer {last} than in layer 1"
    verb = "is" if better == 1 else "are"
    some = (
        f"All {count(total)}"
        if better == total
        else f"{capital(count(better))} of the {count(total)}"
    )
    sentence = f"{some} {verb} told apart {CLEARLY} {between}"
    sentence += f", {count(worse)} clearly worse." if worse else "."
    rises = 2 * better > total
    if rises:
        sentence += " So here deeper layers do tell more of these shapes apart"
        falls = _falls(hierarchy.trained)
        sentence += (
            f", though not at every step: the average falls {joined(falls)}." if falls else "."
        )
    else:
        sentence += (
            " So this network does not show that deeper layers tell more of these shapes apart."
        )
    earlier = _earlier(hierarchy)
    if earlier:
        sentence += f" Clearly better in an earlier layer than in the last: {joined(earlier)}."
    by_chance, _ = gained_and_lost(hierarchy.random)
    if 2 * by_chance > total:
        sentence += (
            f" With random weights {count(by_chance)} get clearly better, too: what rises there"
            " comes from how the network is built, not from training."
        )
    elif rises:
        gets = "gets" if by_chance == 1 else "get"
        sentence += (
            f" With random weights {count(by_chance)} of the {count(total)} {gets} clearly better"
        )
        sentence += ", so depth alone is not what does it." if 4 * by_chance <= total else "."
    return sentence


def given_away(hierarchy: Hierarchy) -> str:
    """What the plain numbers about the drawings give away: the worst of them, and the ground."""
    *plain, ground = hierarchy.giveaways
    worst = max(plain, key=lambda giveaway: giveaway.score)
    return (
        f"How much can one tell without looking at the shape? Of mean colour, contrast and edge"
        f" energy, {worst.statistic} gives most away: it tells {noun(worst.concept)} from other"
        f" drawings in {whole(worst.score)} of 100 pairs. The {ground.statistic}, which most shapes"
        f" leave free, tells {noun(ground.concept)} in {whole(ground.score)}. Guessing gives 50."
    )


def score_table(hierarchy: Hierarchy) -> list[tuple[str, list[str], list[str]]]:
    """Each concept with its scores by layer, trained and random: "93 (90 to 97)"."""
    return [
        (
            concept,
            [_cell(layer[row]) for layer in hierarchy.trained],
            [_cell(layer[row]) for layer in hierarchy.random],
        )
        for row, concept in enumerate(hierarchy.concepts)
    ]


def depth_picture(hierarchy: Hierarchy, kind: str) -> str:
    """The text alternative of a plot of the hierarchy; ``kind`` is ``map`` or ``curves``."""
    what = {
        "map": "Heat map of the score out of 100 of the best unit",
        "curves": "Curves over the layers of the score of the best unit",
    }[kind]
    return (
        f"{what} for {count(len(hierarchy.concepts))} concepts in layers 1 to"
        f" {len(hierarchy.trained)}, this network beside random weights."
        " The table below the figure holds the same numbers."
    )


def count(number: int) -> str:
    """A number as it stands before or after "of the": "none", "two", "12"."""
    if number == 0:
        return "none"
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _cell(best: Best) -> str:
    return f"{whole(best.score)} ({percent_interval(best.low, best.high)})"


def _mean(layer: Sequence[Best]) -> float:
    return sum(best.score for best in layer) / len(layer)


def _falls(table: Sequence[Sequence[Best]]) -> list[str]:
    """The steps from one layer to the next at which the mean falls by what can be seen."""
    shown = [whole(_mean(layer)) for layer in table]
    return [
        f"from layer {number} to layer {number + 1}"
        for number in range(1, len(shown))
        if shown[number] < shown[number - 1]
    ]


def _earlier(hierarchy: Hierarchy) -> list[str]:
    """Concepts that an earlier layer tells clearly better than the last one."""
    told = []
    for row, concept in enumerate(hierarchy.concepts):
        last = hierarchy.trained[-1][row]
        number, best = max(
            enumerate((layer[row] for layer in hierarchy.trained), start=1),
            key=lambda pair: pair[1].score,
        )
        if best.low > last.high:
            told.append(f"{noun(concept)} (layer {number})")
    return told
