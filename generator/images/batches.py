"""Images as batches of network input, decoded ahead of the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import torch
from torch import Tensor

from generator.errors import ImagesError
from generator.images.collection import Collection

AHEAD = 4  # batches decoded before they are asked for


def batches(
    collection: Collection,
    prepare: Callable[..., Tensor],
    indices: Sequence[int],
    batch_size: int,
    skip: Callable[[int, str], None],
    workers: int = 2,
) -> Iterator[tuple[list[int], Tensor]]:
    """The images at ``indices``, in that order, as (their indices, inputs (N, 3, H, W) float32).

    ``prepare`` turns an image into (3, H, W). Threads suffice: Pillow decodes and scales
    without holding Python's lock. An image that can't be decoded is left out and handed to
    ``skip`` with its reason.
    """

    def read(index: int) -> Tensor | str:
        try:
            return prepare(collection[index])
        except ImagesError as error:
            return str(error)

    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[tuple[list[int], list[Future[Tensor | str]]]] = deque()
        starts = iter(range(0, len(indices), batch_size))

        def ask() -> None:
            start = next(starts, None)
            if start is not None:
                part = list(indices[start : start + batch_size])
                waiting.append((part, [pool.submit(read, index) for index in part]))

        for _ in range(AHEAD):
            ask()
        try:
            while waiting:
                part, futures = waiting.popleft()
                ask()
                good: list[int] = []
                inputs: list[Tensor] = []
                for index, future in zip(part, futures, strict=True):
                    result = future.result()
                    if isinstance(result, str):
                        skip(index, result)
                    else:
                        good.append(index)
                        inputs.append(result)
                if inputs:
                    yield good, torch.stack(inputs)
        finally:
            pool.shutdown(cancel_futures=True)
