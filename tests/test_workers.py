"""Processes that decode: how many, however they are started, and none left behind."""

from __future__ import annotations

import os

import pytest

from generator.images import batches


@pytest.mark.parametrize(
    ("cores", "processes", "feeds_gpu", "expected"),
    [
        (2, None, False, 1),
        (8, None, False, 4),
        (8, None, True, 7),
        (64, None, True, 16),
        (32, 4, True, 7),
        (32, 4, False, 4),
        (128, 8, True, 15),
        (4, 4, True, 1),
        (2, 8, False, 1),
        (None, None, True, 1),
    ],
)
def test_processes_of_one_machine_share_its_cores(
    cores: int | None,
    processes: int | None,
    feeds_gpu: bool,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    if processes is not None:
        monkeypatch.setenv("LOCAL_WORLD_SIZE", str(processes))
    assert batches.suitable_workers(50_000, feeds_gpu) == expected
    assert batches.suitable_workers(batches.WORTH_PROCESSES - 1, feeds_gpu) == 0
