"""What every unit answers to the drawn stimuli, drawn ahead of the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from generator.images.stimuli import (
    CONCEPTS,
    DISTRACTORS,
    draw,
    ground_grain,
    simple_statistics,
)
from generator.networks.network import Network
from generator.scan.activations import maxima

SEEDS_A_BATCH = 4  # with 14 concepts and more about as many drawings as a scan takes at once
AHEAD = 4 * SEEDS_A_BATCH  # seeds drawn before they are asked for
DISTRACTED = 4  # pairs of seeds to one that has distractors, of which nothing is ever claimed
WORKERS = 2  # most of a drawing holds Python's lock: more threads would wait for each other


@dataclass(frozen=True)
class Answers:
    """The strongest activation of every unit for every drawing.

    ``concepts`` (N,) names and ``seeds`` (N,) int64 tell the drawings; ``values`` holds one
    (N, C) float32 a layer. All concepts of one seed share scene and colours, so whole seeds
    belong to one half: ``choosing`` (N,) bool marks the half to choose by. ``plain`` (M, 6)
    are the plain numbers about the first drawings, those that every network saw, the grain of
    the ground last.
    """

    concepts: npt.NDArray[np.str_]
    seeds: npt.NDArray[np.int64]
    values: tuple[npt.NDArray[np.float32], ...]
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


def answers_to_drawings(networks: Sequence[Network], counts: Sequence[int]) -> list[Answers]:
    """The answers of each network to the drawings of its first ``counts`` seeds.

    All networks take inputs of one size and see the same drawings.
    """
    kept: list[list[list[npt.NDArray[np.float32]]]] = [
        [[] for _ in network.layers] for network in networks
    ]
    drawn = [(seed, concept) for seed in range(max(counts)) for concept in concepts_of(seed)]
    seeds = np.array([seed for seed, _ in drawn], dtype=np.int64)
    concepts = np.array([concept for _, concept in drawn])
    plain: list[list[float]] = []
    done = 0
    with tqdm(total=len(drawn), desc="Measuring", unit="drawing", disable=None) as bar:
        for pixels in _drawn(max(counts), networks[0].size):
            scaled = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
            for network, count, layers in zip(networks, counts, kept, strict=True):
                own = scaled[: int((seeds[done : done + len(pixels)] < count).sum())]
                if len(own):
                    answers = maxima(network, network.preprocess.normalise(own))
                    for layer, (values, _) in zip(layers, answers, strict=True):
                        layer.append(values.cpu().numpy())
            seen_by_all = int((seeds[done : done + len(pixels)] < min(counts)).sum())
            plain += [[*simple_statistics(one), ground_grain(one)] for one in pixels[:seen_by_all]]
            done += len(pixels)
            bar.update(len(pixels))
    return [
        Answers(
            concepts=concepts[seeds < count],
            seeds=seeds[seeds < count],
            values=tuple(np.concatenate(layer) for layer in layers),
            plain=np.array(plain),
        )
        for count, layers in zip(counts, kept, strict=True)
    ]


def _drawn(count: int, size: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Batches (N, S, S, 3) of the drawings of seeds from 0, seed by seed."""

    def all_of(seed: int) -> list[npt.NDArray[np.uint8]]:
        return [draw(concept, seed, size).pixels for concept in concepts_of(seed)]

    with ThreadPoolExecutor(WORKERS) as pool:
        seeds = iter(range(count))
        waiting: deque[Future[list[npt.NDArray[np.uint8]]]] = deque()
        batch: list[npt.NDArray[np.uint8]] = []
        try:
            for number in range(1, count + 1):
                while len(waiting) < AHEAD and (seed := next(seeds, None)) is not None:
                    waiting.append(pool.submit(all_of, seed))
                batch += waiting.popleft().result()
                if number % SEEDS_A_BATCH == 0 or number == count:
                    yield np.stack(batch)
                    batch = []
        finally:
            pool.shutdown(cancel_futures=True)
