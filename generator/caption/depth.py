"""Whether deeper layers tell more apart: the hierarchy of concepts by layer, in words."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.plain import EASY, gained_and_lost
from generator.caption.words import NUMBERS, capital, joined, noun, percent_interval, whole
from generator.language import later, named, say, say_count
from generator.records import Best, Hierarchy

CLEARLY = later("clearly better (their 95\N{NO-BREAK SPACE}% intervals do not overlap)")


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
                say_count(
                    "In layer 1 already {easy} is told apart in {score} of 100 pairs or more.",
                    "In layer 1 already {easy} are told apart in {score} of 100 pairs or more.",
                    len(easy),
                    easy=joined(easy),
                    score=whole(EASY),
                )
                + say(
                    " A unit there sees too little to know a whole shape, so some small detail"
                    " gives these drawings away."
                )
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
    parts = [
        say("{concept} ({by} against {own})", concept=noun(concept), by=by, own=own)
        for concept, by, own in known
    ]
    why = (
        say(
            " Every filter, learned or not, prefers lines of some angle; so the lines of"
            " layer 1 have a test of their own, the swing."
        )
        if "line" in [concept for concept, _, _ in known]
        else ""
    )
    return say(
        "In layer 1, random weights do as well at {parts}.{why}", parts=joined(parts), why=why
    )


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
        return say(
            "In no layer is one of the {some} concepts clearly above random weights.", some=some
        )
    parts = [
        say("in layer {number}, {where}", number=number + 1, where=joined(where[number]))
        for number in sorted(where)
    ]
    missing = say(" In no layer: {nowhere}.", nowhere=joined(nowhere)) if nowhere else ""
    return say(
        "Where is each concept clearly above random weights for the first time, and"
        " with which score out of 100? {parts}.{missing}",
        parts=capital("; ".join(parts)),
        missing=missing,
    )


def means(hierarchy: Hierarchy) -> str:
    """The mean over all concepts, layer by layer, beside random weights."""
    own, random = (
        [_mean(layer) for layer in table] for table in (hierarchy.trained, hierarchy.random)
    )
    last = len(own)
    return say(
        "Over all {concepts} concepts, the best units are right in {own} of 100 pairs"
        " on average, from layer 1 to layer {last}. With random weights it is {random}.",
        concepts=count(len(hierarchy.concepts)),
        own=joined([str(whole(score)) for score in own]),
        last=last,
        random=joined([str(whole(score)) for score in random]),
    )


def trend(hierarchy: Hierarchy) -> str:
    """Whether the last layer does better than the first, and where it does not."""
    total, last = len(hierarchy.concepts), len(hierarchy.trained)
    better, worse = gained_and_lost(hierarchy.trained)
    between = say("in layer {last} than in layer 1", last=last)
    some = (
        say("All {total}", total=count(total))
        if better == total
        else say("{better} of the {total}", better=capital(count(better)), total=count(total))
    )
    sentence = say_count(
        "{some} is told apart {clearly} {between}",
        "{some} are told apart {clearly} {between}",
        better,
        some=some,
        clearly=say(CLEARLY),
        between=between,
    )
    sentence += say(", {worse} clearly worse.", worse=count(worse)) if worse else "."
    rises = 2 * better > total
    if rises:
        sentence += say(" So here deeper layers do tell more of these shapes apart")
        falls = _falls(hierarchy.trained)
        sentence += (
            say(", though not at every step: the average falls {falls}.", falls=joined(falls))
            if falls
            else "."
        )
    else:
        sentence += say(
            " So this network does not show that deeper layers tell more of these shapes apart."
        )
    earlier = _earlier(hierarchy)
    if earlier:
        sentence += say(
            " Clearly better in an earlier layer than in the last: {earlier}.",
            earlier=joined(earlier),
        )
    by_chance, _ = gained_and_lost(hierarchy.random)
    if 2 * by_chance > total:
        sentence += say(
            " With random weights {by_chance} get clearly better, too: what rises there"
            " comes from how the network is built, not from training.",
            by_chance=count(by_chance),
        )
    elif rises:
        sentence += say_count(
            " With random weights {by_chance} of the {total} gets clearly better",
            " With random weights {by_chance} of the {total} get clearly better",
            by_chance,
            by_chance=count(by_chance),
            total=count(total),
        )
        sentence += say(", so depth alone is not what does it.") if 4 * by_chance <= total else "."
    return sentence


def given_away(hierarchy: Hierarchy) -> str:
    """What the plain numbers about the drawings give away: the worst of them, and the ground."""
    *plain, ground = hierarchy.giveaways
    worst = max(plain, key=lambda giveaway: giveaway.score)
    return say(
        "How much can one tell without looking at the shape? Of mean colour, contrast"
        " and edge energy, {plain} gives most away: it tells {concept} from other"
        " drawings in {score} of 100 pairs. The {ground}, which most shapes leave"
        " free, tells {other} in {ground_score}. Guessing gives 50.",
        plain=named("statistic", worst.statistic),
        concept=noun(worst.concept),
        score=whole(worst.score),
        ground=named("statistic", ground.statistic),
        other=noun(ground.concept),
        ground_score=whole(ground.score),
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
        "map": say("Heat map of the score out of 100 of the best unit"),
        "curves": say("Curves over the layers of the score of the best unit"),
    }[kind]
    return say(
        "{what} for {concepts} concepts in layers 1 to {trained}, this network beside"
        " random weights. The table below the figure holds the same numbers.",
        what=what,
        concepts=count(len(hierarchy.concepts)),
        trained=len(hierarchy.trained),
    )


def count(number: int) -> str:
    """A number as it stands before or after "of the": "none", "two", "12"."""
    if number == 0:
        return named("number", "none")
    return named("number", NUMBERS[number]) if number < len(NUMBERS) else str(number)


def _cell(best: Best) -> str:
    return f"{whole(best.score)} ({percent_interval(best.low, best.high)})"


def _mean(layer: Sequence[Best]) -> float:
    return sum(best.score for best in layer) / len(layer)


def _falls(table: Sequence[Sequence[Best]]) -> list[str]:
    """The steps from one layer to the next at which the mean falls by what can be seen."""
    shown = [whole(_mean(layer)) for layer in table]
    return [
        say("from layer {number} to layer {next}", number=number, next=number + 1)
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
            told.append(say("{concept} (layer {number})", concept=noun(concept), number=number))
    return told
