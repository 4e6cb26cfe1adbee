"""The committed results of the benchmark, as the page of them reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct


@dataclass(frozen=True)
class Quantity:
    """What was measured: the median of several runs, the lowest and the highest."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class BenchmarkRow:
    """One measurement in ``unit``, and what is asked of it.

    ``measured`` is None with the ``reason`` where it could not be made; ``held`` is None where
    nothing is asked for or measured. ``date`` and ``torch`` are the day and torch's version of a
    row that was measured on the same machine on another day than the others.
    """

    group: str
    title: str
    unit: str
    measured: Quantity | None
    reason: str
    at_most: float | None
    at_least: float | None
    held: bool | None
    date: str = ""
    torch: str = ""


class Hardware(Struct, frozen=True, rename={"instructions": "vector instructions"}):
    """What it ran on, in words that name no one."""

    system: str
    processor: str
    cores: int
    threads: int
    instructions: str
    gpu: str | None


@dataclass(frozen=True)
class BenchmarkFormat:
    """Which format results say that they are of; 0 for those that say none."""

    format: int = 0


@dataclass(frozen=True)
class BenchmarkResults:
    """All rows with the day and the place they were measured."""

    date: str
    machine: Hardware
    versions: Mapping[str, str]
    rows: tuple[BenchmarkRow, ...]
