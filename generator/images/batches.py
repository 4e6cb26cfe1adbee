"""Images as batches of pixels, decoded ahead of the network.

Threads decode a small collection, worker processes a large one: starting these costs more than
a few hundred photographs do, and threads wait for each other wherever Python itself has work.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_start_method
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from generator.errors import ImagesError
from generator.images.collection import Collection
from generator.images.jpeg import Jpeg

AHEAD = 4  # batches decoded before they are asked for
WORTH_PROCESSES = 4096  # images; fewer are decoded before workers would have started to pay
MOST_PROCESSES = 16  # more than that many decoders outrun any one device


class Preparation(Protocol):
    """From an image to the pixels that a network sees, and from these to its input."""

    def pixels(self, image: Any) -> npt.NDArray[np.uint8]:
        """(S, S, 3) of an RGB image of any size."""

    def normalise(self, pixels: Tensor) -> Tensor:
        """(..., 3, H, W) in 0 to 1 to the network's input range."""


Indices = Sequence[int] | npt.NDArray[np.int64]


@dataclass(frozen=True)
class Encoded:
    """Files of a batch that are not decoded yet: the numbers of their images, one or more.

    ``sizes`` are width and height of each picture; ``content`` (bytes,) uint8 are the files
    one after the other, of ``lengths`` bytes each: one piece of memory to hand over, not many.
    """

    indices: list[int]
    sizes: list[tuple[int, int]]
    lengths: list[int]
    content: Tensor


@dataclass(frozen=True)
class Batch:
    """Consecutive images of what was asked for.

    ``pixels`` (n, S, S, 3) uint8 of those that could be read, whose numbers are ``good``;
    ``reasons`` says of the others why not; ``encoded`` are those that are still to be decoded.
    """

    indices: Sequence[int]
    good: list[int]
    reasons: dict[int, str]
    pixels: Tensor
    encoded: Encoded | None = None


Found = npt.NDArray[np.uint8] | Jpeg | str  # pixels, a file to be decoded, or why there is none


def batches(
    collection: Collection,
    preprocess: Preparation,
    indices: Sequence[int] | npt.NDArray[np.int64],
    batch_size: int,
    workers: int | None = None,
    pinned: bool = False,
    encoded: bool = False,
) -> Iterator[Batch]:
    """The images at ``indices``, in that order.

    ``workers`` is how many processes decode; 0 means threads of this one, None whichever suits
    the number of images and cores. ``pinned`` batches lie where a GPU can fetch them by itself.
    ``encoded`` leaves plain JPEGs as they are, for ``on_device.py``.

    Raises ImagesError when a worker process is lost.
    """
    parts: list[Indices] = [
        indices[start : start + batch_size] for start in range(0, len(indices), batch_size)
    ]
    reader = Reader(collection, preprocess, encoded)
    count = suitable_workers(len(indices), pinned) if workers is None else workers
    made = _in_processes(reader, parts, count) if count else _in_threads(reader, parts)
    yield from map(_pinned, made) if pinned else made


def suitable_workers(images: int, feeds_gpu: bool = False) -> int:
    """How many processes should decode; 0 for threads.

    A network that runs on the same cores needs most of them for itself; a GPU needs to be fed.
    Processes that ``torchrun`` started on one machine share its cores.
    """
    if images < WORTH_PROCESSES:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    own = (cores or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return min(MOST_PROCESSES, max(1, own - 1 if feeds_gpu else own // 2))


class Reader(Dataset[Batch]):
    """Reads a batch of a collection by its indices; with ``encoded``, plain JPEGs as files."""

    def __init__(
        self, collection: Collection, preprocess: Preparation, encoded: bool = False
    ) -> None:
        self._collection = collection
        self._preprocess = preprocess
        self._jpeg = collection.jpeg if encoded else None

    def one(self, index: int) -> Found:
        """An image's file or pixels, or why there are none."""
        file = self._jpeg(self._collection.items[index]) if self._jpeg else None
        return file or self.pixels(index)

    def pixels(self, index: int) -> npt.NDArray[np.uint8] | str:
        """The pixels of an image, decoded by the processor, or why there are none."""
        try:
            return self._preprocess.pixels(self._collection[index])
        except ImagesError as error:
            return str(error)

    def __getitem__(self, indices: Indices) -> Batch:
        return _joined(indices, [self.one(int(index)) for index in indices])


def network_input(pixels: Tensor, preprocess: Preparation, device: torch.device) -> Tensor:
    """(N, S, S, 3) uint8 as network input (N, 3, S, S) float32 on ``device``, channels last."""
    moved = pixels.to(device, non_blocking=True)
    return preprocess.normalise(moved.permute(0, 3, 1, 2).float().div_(255))


def _in_threads(reader: Reader, parts: Sequence[Indices]) -> Iterator[Batch]:
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[tuple[Indices, list[Future[Found]]]] = deque()
        ahead = iter(parts)

        def ask() -> None:
            part = next(ahead, None)
            if part is not None:
                waiting.append((part, [pool.submit(reader.one, int(index)) for index in part]))

        for _ in range(AHEAD):
            ask()
        try:
            while waiting:
                part, futures = waiting.popleft()
                ask()
                yield _joined(part, [future.result() for future in futures])
        finally:
            pool.shutdown(cancel_futures=True)


def _in_processes(reader: Reader, parts: Sequence[Indices], workers: int) -> Iterator[Batch]:
    loader: DataLoader[Batch] = DataLoader(
        reader,
        batch_size=None,
        sampler=parts,  # the reader is asked for one of these at a time
        num_workers=workers,
        collate_fn=_as_it_is,
        worker_init_fn=_begin(os.getpid()),
        prefetch_factor=2,
    )
    try:
        with _uninterrupted():
            made = iter(loader)  # starts the workers
        yield from made
    except RuntimeError as error:
        if "worker" not in str(error):
            raise
        reason = str(error).splitlines()[0]
        raise ImagesError(
            f"{reader._collection.title}: a process that decodes images was lost ({reason}); "
            "start again, or with --workers 0"
        ) from error


def _begin(starter: int) -> Callable[[int], None] | None:
    """What a worker does first: it ends if the process that started it is gone by then.

    From here on torch's own watch looks whether the worker still has the parent that it had at
    the beginning. A worker that lost it before that would wait for ever.
    """
    # A fork server is the parent of those that it starts, and ends with the process it serves.
    return None if get_start_method() == "forkserver" else partial(_end_without, starter)


def _end_without(starter: int, _: int) -> None:
    if os.getppid() != starter:
        os._exit(1)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Inside, Ctrl-C waits, and a process that is started there never hears of it.

    It is for this process, which ends its workers; one half started would complain at length.
    """
    late: list[int] = []
    leads = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, lambda *_: late.append(1)) if leads else None
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if leads:
            signal.signal(signal.SIGINT, handler)
        if late and callable(handler):
            handler(signal.SIGINT, None)


def _as_it_is(batch: Any) -> Any:
    return batch


def _pinned(batch: Batch) -> Batch:
    return replace(batch, pixels=batch.pixels.pin_memory())


def _joined(part: Indices, contents: Sequence[Found]) -> Batch:
    indices = [int(index) for index in part]
    read = dict(zip(indices, contents, strict=True))
    reasons = {index: reason for index, reason in read.items() if isinstance(reason, str)}
    arrays = {index: pixels for index, pixels in read.items() if isinstance(pixels, np.ndarray)}
    files = {index: file for index, file in read.items() if isinstance(file, Jpeg)}
    stacked = np.stack([*arrays.values()]) if arrays else np.empty((0, 0, 0, 3), dtype=np.uint8)
    encoded = _encoded(files) if files else None
    return Batch(indices, [*arrays], reasons, torch.from_numpy(stacked), encoded)


def _encoded(files: dict[int, Jpeg]) -> Encoded:
    parts = files.values()
    return Encoded(
        indices=[*files],
        sizes=[(file.width, file.height) for file in parts],
        lengths=[len(file.content) for file in parts],
        content=torch.frombuffer(
            bytearray().join(file.content for file in parts), dtype=torch.uint8
        ),
    )
