"""What every unit answers to the drawn stimuli, drawn ahead of the network.

A unit sees only its field, so each layer looks at the drawings in a size in which a shape about
fills a field: a circle three times as large as all that a unit sees is nothing but an edge to it.
Every drawing is made once, as large as the deepest layer needs it, and scaled down for the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from generator.images.stimuli import (
    CONCEPTS,
    DISTRACTORS,
    Drawing,
    draw,
    ground_grain,
    simple_statistics,
)
from generator.networks.network import Network
from generator.networks.recording import record_both
from generator.records import Layer

SEEDS_A_BATCH = 4  # with 14 concepts and more about as many drawings as a scan takes at once
AHEAD = 4 * SEEDS_A_BATCH  # seeds drawn before they are asked for
DISTRACTED = 4  # pairs of seeds to one that has distractors, of which nothing is ever claimed
ROOM = 1.2  # fields across a drawing, whose shape fills two thirds to nine tenths of it
SMALLEST = 32  # pixels: what is drawn smaller can't be made out
STEP = 16  # pixels: layers whose fields are nearly of a size share drawings, and a pass
WORKERS = 2  # most of a drawing holds Python's lock: more threads would wait for each other


@dataclass(frozen=True)
class Answers:
    """What every unit answers to every drawing.

    ``concepts`` (N,) names and ``seeds`` (N,) int64 tell the drawings, ``angles`` (N,) how those
    are turned that have an angle, in degrees, NaN for the others. For each layer ``values`` holds
    (N, C) float32, the largest value of each rectified map, and ``means`` the mean over it. All
    concepts of one seed share scene and colours, so whole seeds belong to one half: ``choosing``
    (N,) bool marks the half to choose by. ``plain`` (M, 6) are the plain numbers about the first
    drawings, those that every network saw, the grain of the ground last.
    """

    concepts: npt.NDArray[np.str_]
    seeds: npt.NDArray[np.int64]
    angles: npt.NDArray[np.float64]
    values: tuple[npt.NDArray[np.float32], ...]
    means: tuple[npt.NDArray[np.float32], ...]
    plain: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 6)))

    @property
    def choosing(self) -> npt.NDArray[np.bool_]:
        """The drawings of even seeds; those of odd seeds are held out."""
        return np.asarray(self.seeds % 2 == 0)


def concepts_of(seed: int) -> tuple[str, ...]:
    """What is drawn of a seed: every concept, and in one pair of seeds of four the distractors."""
    if seed // 2 % DISTRACTED == 0:
        return CONCEPTS
    return tuple(concept for concept in CONCEPTS if concept not in DISTRACTORS)


def drawn_at(network: Network, layer: Layer) -> int:
    """Side in pixels of the drawings that a layer looks at; never above the input's."""
    return int(min(network.size, max(SMALLEST, STEP * round(ROOM * layer.field.size / STEP))))


def answers_to_drawings(networks: Sequence[Network], counts: Sequence[int]) -> list[Answers]:
    """The answers of each network to the drawings of its first ``counts`` seeds.

    All networks have the same layers and see the same drawings.
    """
    sides = [drawn_at(networks[0], layer) for layer in networks[0].layers]
    kept = [_Kept(len(network.layers)) for network in networks]
    drawn = [(seed, concept) for seed in range(max(counts)) for concept in concepts_of(seed)]
    seeds = np.array([seed for seed, _ in drawn], dtype=np.int64)
    concepts = np.array([concept for _, concept in drawn])
    angles: list[float] = []
    plain: list[list[float]] = []
    done = 0
    with tqdm(total=len(drawn), desc="Measuring", unit="drawing", disable=None) as bar:
        for drawings in _drawn(max(counts), max(sides)):
            pixels = np.stack([drawing.pixels for drawing in drawings])
            angles += [np.nan if drawing.angle is None else drawing.angle for drawing in drawings]
            own = seeds[done : done + len(pixels)]
            for side, scaled in _scaled(pixels, sides):
                for network, count, answers in zip(networks, counts, kept, strict=True):
                    shown = scaled[: int((own < count).sum())]
                    if len(shown):
                        answers.look(network, shown, [other == side for other in sides])
            seen_by_all = int((own < min(counts)).sum())
            plain += [
                [*simple_statistics(picture), ground_grain(picture)]
                for picture in pixels[:seen_by_all]
            ]
            done += len(pixels)
            bar.update(len(pixels))
    return [
        Answers(
            concepts=concepts[seeds < count],
            seeds=seeds[seeds < count],
            angles=np.array(angles)[seeds < count],
            values=tuple(map(np.concatenate, answers.values)),
            means=tuple(map(np.concatenate, answers.means)),
            plain=np.array(plain),
        )
        for count, answers in zip(counts, kept, strict=True)
    ]


class _Kept:
    """What was recorded of a network so far: a list of (n, C) float32 for each layer."""

    def __init__(self, layers: int) -> None:
        self.values: list[list[npt.NDArray[np.float32]]] = [[] for _ in range(layers)]
        self.means: list[list[npt.NDArray[np.float32]]] = [[] for _ in range(layers)]

    def look(self, network: Network, scaled: Tensor, wanted: Sequence[bool]) -> None:
        """Add the answers of the wanted layers to drawings (n, 3, S, S) in 0 to 1."""
        numbers = [number for number, is_wanted in enumerate(wanted) if is_wanted]
        layers = tuple(network.layers[number] for number in numbers)
        recorded = record_both(network, network.preprocess.normalise(scaled), layers)
        for number, (most, mean) in zip(numbers, recorded, strict=True):
            self.values[number].append(most.cpu().numpy())
            self.means[number].append(mean.cpu().numpy())


def _scaled(pixels: npt.NDArray[np.uint8], sides: Sequence[int]) -> Iterator[tuple[int, Tensor]]:
    """Each side once, with drawings (N, S, S, 3) in that size: (N, 3, side, side) in 0 to 1."""
    whole = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    for side in sorted(set(sides)):
        if side == whole.shape[-1]:
            yield side, whole
        else:
            size = (side, side)
            yield side, functional.interpolate(whole, size=size, mode="bilinear", antialias=True)


def _drawn(count: int, size: int) -> Iterator[list[Drawing]]:
    """Batches of the drawings of seeds from 0, ``size`` pixels square, seed by seed."""

    def all_of(seed: int) -> list[Drawing]:
        return [draw(concept, seed, size) for concept in concepts_of(seed)]

    with ThreadPoolExecutor(WORKERS) as pool:
        seeds = iter(range(count))
        waiting: deque[Future[list[Drawing]]] = deque()
        batch: list[Drawing] = []
        try:
            for number in range(1, count + 1):
                while len(waiting) < AHEAD and (seed := next(seeds, None)) is not None:
                    waiting.append(pool.submit(all_of, seed))
                batch += waiting.popleft().result()
                if number % SEEDS_A_BATCH == 0 or number == count:
                    yield batch
                    batch = []
        finally:
            pool.shutdown(cancel_futures=True)
