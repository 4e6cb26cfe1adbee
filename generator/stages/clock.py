"""How long each stage took, how much memory, and on what: the record of a build, not of figures."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from generator.records.manifest import StageTime


@dataclass
class Clock:
    """Seconds and peak memory of each stage, for *About this build*.

    A build that is to be the same again (``SOURCE_DATE_EPOCH`` is set) writes down neither.
    """

    rows: list[StageTime] = field(default_factory=list)
    total: float = 0.0

    @contextmanager
    def stage(self, name: str, from_store: bool = False) -> Iterator[None]:
        """Time the block; peak memory is the process's largest so far, in megabytes."""
        started = time.perf_counter()
        yield
        seconds = round(time.perf_counter() - started, 2)
        self.total += seconds
        if "SOURCE_DATE_EPOCH" in os.environ:
            self.rows.append(StageTime(name, None, None, from_store=False))
        else:
            self.rows.append(StageTime(name, seconds, _peak(), from_store))


def machine() -> str:
    """What the build ran on, in words that name no one."""
    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processor cores"


def _peak() -> int | None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows keeps no such account
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1_000_000 if sys.platform == "darwin" else 1_000))
