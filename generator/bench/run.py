"""Runs the benchmark: all of it or some groups of rows, as a table or as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from generator.allocation import keep_memory
from generator.bench.rows import Row, Sizes
from generator.errors import unknown

FORMAT = 1
# Group: the module that has its rows, and the function.
GROUPS = {
    "scan": ("scanning", "rows"),
    "end-to-end": ("scanning", "end_to_end"),
    "projection": ("projecting", "rows"),
    "peers": ("peers", "rows"),
    "site": ("site", "rows"),
    "memory": ("memory", "rows"),
    "live": ("live", "rows"),
    "gpu": ("gpu", "rows"),
}


def benchmark(only: Sequence[str], sizes: Sizes) -> Iterator[tuple[str, Row]]:
    """The rows of the groups that ``only`` names (all without it), with their group."""
    for name in only:
        if name not in GROUPS:
            raise unknown("group of rows", name, GROUPS)
    keep_memory()  # so that neither side of a row waits for pages
    for name, (module, function) in GROUPS.items():
        if name in only or not only:
            make: Callable[[Sizes], Iterator[Row]] = getattr(
                import_module(f"generator.bench.{module}"), function
            )
            for row in make(sizes):
                yield name, row


def report(rows: Sequence[tuple[str, Row]]) -> dict[str, Any]:
    """All of it as JSON values: what ran where and when, and every row."""
    from generator.stages.manifest import versions  # noqa: PLC0415

    return {
        "format": FORMAT,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": hardware(),
        "versions": versions(),
        "rows": [row_entry(group, row) for group, row in rows],
    }


def hardware() -> dict[str, str | int | None]:
    """What it ran on, in words that name no one."""
    import torch  # noqa: PLC0415

    gpus = torch.cuda.is_available()
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "vector instructions": torch.backends.cpu.get_cpu_capability(),
        "gpu": torch.cuda.get_device_name() if gpus else None,
    }


def row_entry(group: str, row: Row) -> dict[str, Any]:
    """A row as JSON values; numbers with four digits, more would be noise."""
    return {
        "group": group,
        "name": row.name,
        "title": row.title,
        "unit": row.unit,
        "measured": _short(dict(row.measured)) if row.measured is not None else None,
        "reason": row.reason,
        "at_most": row.at_most,
        "at_least": row.at_least,
        "held": row.held,
        "details": _short(dict(row.details)),
    }


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_short(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def show(only: Sequence[str], sizes: Sizes, as_json: bool) -> None:
    """Print the benchmark: a line for each row as soon as it is there, or one JSON value."""
    rows: list[tuple[str, Row]] = []
    for group, row in benchmark(only, sizes):
        rows.append((group, row))
        print(row_line(row), file=sys.stderr if as_json else sys.stdout, flush=True)
    if as_json:
        print(json.dumps(report(rows), indent=1, ensure_ascii=False))


def row_line(row: Row) -> str:
    """One row for a terminal."""
    if row.measured is None:
        return f"{row.title}: not measured; {row.reason}"
    numbers = [f"{row.measured[name]:.4g}" for name in ("median", "low", "high")]
    asked = ""
    if row.at_most is not None:
        asked += f", at most {row.at_most:g}"
    if row.at_least is not None:
        asked += f", at least {row.at_least:g}"
    asked += {True: ": held", False: ": NOT HELD", None: ""}[row.held]
    return f"{row.title}: {numbers[0]} {row.unit} ({numbers[1]} to {numbers[2]}{asked})"
