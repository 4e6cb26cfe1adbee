"""Which unit stands in which cell of a layer's figure: positions are earned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from generator.records import Cell, Claim

# The cells that the lesson names, by the layer's part in the walk: row and column from 1.
NAMED: dict[int, dict[tuple[int, int], tuple[str, ...]]] = {
    1: {(1, 1): ("line -45",), (1, 2): ("line +45",), (3, 2): ("green blob",)},
    2: {(1, 2): ("stripes",), (2, 2): ("circle",), (4, 4): ("rectangle",)},
    3: {(1, 1): ("grid", "honeycomb"), (2, 2): ("wheel",), (3, 3): ("face",)},
    5: {(1, 1): ("dog face",), (1, 2): ("bird face",), (1, 3): ("bicycle",)},
}
CLASSES_FROM = 4  # parts of the walk before this one show shapes, whatever class they help with
SHAPE = {1: (3, 3), 2: (4, 4), 3: (3, 4), 4: (3, 4), 5: (3, 4)}


def part_in_walk(index: int, layers: int) -> int:
    """The lesson walks over five layers; in a network with more or fewer the last is the fifth."""
    return 5 if index == layers and layers > 3 else min(index, 4)


def assign(scores: npt.NDArray[np.float64]) -> list[int]:
    """For each wanted cell (W, units) a unit of its own, so that the scores sum to the most."""
    wanted, units = linear_sum_assignment(scores, maximize=True)
    chosen = dict(zip(wanted.tolist(), units.tolist(), strict=True))
    return [chosen[number] for number in range(len(scores)) if number in chosen]


def fill_figure(taken: Sequence[int], claims: Sequence[Sequence[Claim]], count: int) -> list[int]:
    """More units for a figure: those that claim something, labels as mixed as can be.

    The strongest unit of each label comes first, then the second of each, and so on; units
    without a claim that held come last, in order of their best score. Claims about classes come
    before those about drawings: photographs show more than drawings do. Strong is what stands
    far above its own bar on the half to choose by: the number that is then reported is from the
    other half, and not flattered by having won.
    """
    by_label: dict[str, list[tuple[bool, float, int]]] = {}
    rest: list[tuple[float, int]] = []
    for channel, own in enumerate(claims):
        if channel in taken:
            continue
        held = [claim for claim in own if claim.held]
        if held:
            best = max(held, key=lambda claim: (claim.kind == "class", margin(claim)))
            strength = best.kind != "class", -margin(best), channel
            by_label.setdefault(best.label, []).append(strength)
        else:
            rest.append((-max(map(margin, own), default=0.0), channel))
    queues = sorted(sorted(queue) for queue in by_label.values())
    ordered: list[int] = []
    for turn in range(max((len(queue) for queue in queues), default=0)):
        ordered += [queue[turn][-1] for queue in queues if turn < len(queue)]
    ordered += [channel for _, channel in sorted(rest)]
    return ordered[:count]


def margin(claim: Claim) -> float:
    """How far a score stands above its bar: 0 at the bar, 1 at the best there can be.

    The score is that of the half to choose by, or the only one where there are no halves.
    """
    chosen = claim.detail.chosen
    score = claim.score if chosen is None else chosen
    if claim.detail.measure == "ratio":  # which has no upper end
        return 1 - claim.bar / score if score > 0 else -1.0
    return (score - claim.bar) / (1 - claim.bar) if claim.bar < 1 else -1.0


def place(
    part: int,
    wanted_claims: Mapping[tuple[int, int], Sequence[Claim]],
    choosing: Mapping[tuple[int, int], npt.NDArray[np.float64]],
    claims: Sequence[Sequence[Claim]],
    alive: npt.NDArray[np.bool_],
    by_photographs: Mapping[tuple[int, int], Sequence[int]],
) -> tuple[tuple[int, int], tuple[Cell, ...]]:
    """The shape (rows, columns) and the cells of a figure, row by row.

    ``choosing`` gives for each named cell every unit's score (C,), ``wanted_claims`` the claim
    that each unit would make there. Where that of the chosen unit does not hold, the first free
    one of ``by_photographs`` stands there, with what it claims of a class. Units that never fire
    are not shown unless nothing else is left.
    """
    rows, columns = SHAPE[part]
    named = NAMED.get(part, {})
    scores = np.stack([choosing[cell] for cell in named]) if named else np.zeros((0, len(alive)))
    chosen = assign(np.where(alive, scores, -1.0)) if named else []
    standing = dict(zip(named, chosen, strict=False))
    told = {at: wanted_claims[at][channel] for at, channel in standing.items()}
    for at in standing:
        likely = [unit for unit in by_photographs.get(at, ()) if alive[unit]]
        unit = next((unit for unit in likely if unit not in standing.values()), None)
        if not told[at].held and unit is not None:
            standing[at] = unit
            told[at] = next(one for one in claims[unit] if one.kind == "class" and one.held)
    dead = [int(channel) for channel in np.flatnonzero(~alive)]
    shown = [[c for c in own if c.kind != "class" or part >= CLASSES_FROM] for own in claims]
    placed = [*standing.values(), *dead]
    others = iter([*fill_figure(placed, shown, rows * columns), *dead])
    cells: list[Cell] = []
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            at = (row, column)
            if at in standing:
                cells.append(Cell(row, column, standing[at], " or ".join(named[at]), told[at]))
                continue
            free = next(others, None)
            if free is not None:
                own = max(shown[free], key=lambda claim: (claim.held, margin(claim)), default=None)
                cells.append(Cell(row, column, free, None, own))
    return (rows, columns), tuple(cells)
