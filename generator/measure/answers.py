"""What every unit answers to the drawn stimuli, drawn ahead of the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from generator.images.stimuli import CONCEPTS, draw
from generator.networks.network import Network
from generator.scan import maxima

SEEDS_A_BATCH = 4  # with 17 concepts about as many drawings as a scan takes at once
AHEAD = 4 * SEEDS_A_BATCH  # seeds drawn before they are asked for
WORKERS = 2  # most of a drawing holds Python's lock: more threads would wait for each other


@dataclass(frozen=True)
class Answers:
    """The strongest activation of every unit for every drawing.

    ``concepts`` (N,) names and ``seeds`` (N,) int64 tell the drawings; ``values`` holds one
    (N, C) float32 a layer. All concepts of one seed share scene and colours, so whole seeds
    belong to one half: ``choosing`` (N,) bool marks the half to choose by.
    """

    concepts: npt.NDArray[np.str_]
    seeds: npt.NDArray[np.int64]
    values: tuple[npt.NDArray[np.float32], ...]

    @property
    def choosing(self) -> npt.NDArray[np.bool_]:
        """The drawings of even seeds; those of odd seeds are held out."""
        return np.asarray(self.seeds % 2 == 0)


def answers_to_drawings(networks: Sequence[Network], counts: Sequence[int]) -> list[Answers]:
    """The answers of each network to the first ``counts`` seeds of every concept.

    All networks take inputs of one size and see the same drawings.
    """
    kept: list[list[list[npt.NDArray[np.float32]]]] = [
        [[] for _ in network.layers] for network in networks
    ]
    total, done = max(counts), 0
    bar = tqdm(total=total * len(CONCEPTS), desc="Measuring", unit="drawing", disable=None)
    with bar:
        for pixels in _drawn(total, networks[0].size):
            scaled = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
            for network, count, layers in zip(networks, counts, kept, strict=True):
                own = scaled[: max(0, count - done) * len(CONCEPTS)]
                if len(own):
                    answers = maxima(network, network.preprocess.normalise(own))
                    for layer, (values, _) in zip(layers, answers, strict=True):
                        layer.append(values.cpu().numpy())
            done += len(pixels) // len(CONCEPTS)
            bar.update(len(pixels))
    return [
        Answers(
            concepts=np.tile(np.array(CONCEPTS), count),
            seeds=np.repeat(np.arange(count), len(CONCEPTS)),
            values=tuple(np.concatenate(layer) for layer in layers),
        )
        for count, layers in zip(counts, kept, strict=True)
    ]


def _drawn(count: int, size: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Batches (N, S, S, 3) of every concept at seeds from 0, seed by seed."""

    def every_concept(seed: int) -> list[npt.NDArray[np.uint8]]:
        return [draw(concept, seed, size).pixels for concept in CONCEPTS]

    with ThreadPoolExecutor(WORKERS) as pool:
        seeds = iter(range(count))
        waiting: deque[Future[list[npt.NDArray[np.uint8]]]] = deque()
        batch: list[npt.NDArray[np.uint8]] = []
        try:
            for number in range(count):
                while len(waiting) < AHEAD and (seed := next(seeds, None)) is not None:
                    waiting.append(pool.submit(every_concept, seed))
                batch += waiting.popleft().result()
                if len(batch) == SEEDS_A_BATCH * len(CONCEPTS) or number == count - 1:
                    yield np.stack(batch)
                    batch = []
        finally:
            pool.shutdown(cancel_futures=True)
