"""What a row of the benchmark is, and how two things are timed in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAIRS = 5  # fewer would leave the spread a guess


@dataclass(frozen=True)
class Sizes:
    """How much is timed; a test makes it tiny.

    ``photographs`` is a folder to use in place of the bundled photographs, ``many`` one with
    enough images for the memory rows.
    """

    pairs: int = PAIRS
    batches: int = 6  # of images in memory, for the scan
    files: int = 256  # on disk, for the scan end to end
    units: int = 32  # of each layer, for the projections
    single: int = 8  # images for what goes one image at a time
    counts: tuple[int, ...] = (1_000, 10_000, 100_000)  # images, for the memory
    gpu_images: int = 50_000
    side: int = 480  # pixels of the files' shorter side
    network: str = "alexnet"
    photographs: Path | None = None
    many: Path | None = None


@dataclass(frozen=True)
class Row:
    """One line of the benchmark.

    ``measured`` holds ``median``, ``low`` and ``high`` (of the pairs) in ``unit``, or is None
    with the ``reason``; ``at_most`` or ``at_least`` is what is asked for.
    """

    name: str
    title: str
    measured: Mapping[str, float] | None = None
    unit: str = "times"
    reason: str = ""
    at_most: float | None = None
    at_least: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> bool | None:
        """Whether the median is as asked for; None where nothing is asked for or measured."""
        if self.measured is None or (self.at_most is None and self.at_least is None):
            return None
        median = self.measured["median"]
        return (self.at_most is None or median <= self.at_most) and (
            self.at_least is None or median >= self.at_least
        )


def spread(values: list[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def seconds(job: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def in_turn(pairs: int, *jobs: Callable[[], object]) -> list[tuple[float, ...]]:
    """Seconds of each job for each pair; the order changes from one pair to the next.

    One run of each goes before and is not counted.
    """
    for job in jobs:
        job()
    taken: list[tuple[float, ...]] = []
    for number in range(pairs):
        order = range(len(jobs)) if number % 2 == 0 else reversed(range(len(jobs)))
        times = {job: seconds(jobs[job]) for job in order}
        taken.append(tuple(times[job] for job in range(len(jobs))))
    return taken


def ratio(
    name: str,
    title: str,
    taken: list[tuple[float, ...]],
    work: Callable[[tuple[float, ...]], float] = lambda pair: pair[0] / pair[1],
    **more: Any,
) -> Row:
    """A row from the seconds of some pairs: the first over the second, if not told otherwise."""
    typical = [statistics.median(column) for column in zip(*taken, strict=True)]
    details = {"pairs": len(taken), "seconds": typical, **more.pop("details", {})}
    return Row(name, title, spread([work(pair) for pair in taken]), details=details, **more)
