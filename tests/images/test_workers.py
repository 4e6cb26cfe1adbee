"""Processes that decode: how many, however they are started, and none left behind."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from bad_ends import no_litter
from narrow import SCRIPT, make_photographs

from generator.bench.memory import below
from generator.images import BUNDLED, batches, open_collection
from generator.networks.preprocessing import Preprocessing

PLAIN = Preprocessing(64, 64, (0, 0, 0), (1, 1, 1))


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


@pytest.fixture(params=multiprocessing.get_all_start_methods())
def started(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each of the ways in which a system, or a version of Python, starts processes by itself."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method(request.param, force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("started")
def test_workers_give_what_threads_do_however_they_are_started(tmp_path: Path) -> None:
    images = open_collection(str(make_photographs(tmp_path / "photographs", 6)))
    alone, beside = (
        list(batches.batches(images, PLAIN, range(len(images)), 3, workers)) for workers in (0, 1)
    )
    for plain, other in zip(alone, beside, strict=True):
        assert (plain.indices, plain.good, plain.reasons) == (
            other.indices,
            other.good,
            other.reasons,
        )
        assert plain.pixels.equal(other.pixels)
    assert [reason for batch in beside for reason in batch.reasons.values()]


def test_the_bundled_photographs_can_be_sent_to_a_worker() -> None:
    reader = batches.Reader(open_collection(BUNDLED), PLAIN)
    there = pickle.loads(pickle.dumps(reader))
    assert np.array_equal(there.pixels(5), reader.pixels(5))


def test_ctrl_c_waits_until_the_workers_are_started() -> None:
    steps: list[str] = []

    def start() -> None:
        with batches._uninterrupted():
            signal.raise_signal(signal.SIGINT)
            steps.append("went on")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert steps == ["went on"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without forks")
def test_a_worker_whose_starter_is_gone_before_it_begins_ends() -> None:
    context = multiprocessing.get_context("fork")
    for starter, ends in ((os.getpid(), 0), (os.getppid(), 1)):
        worker = context.Process(target=batches._end_without, args=(starter, 0))
        worker.start()
        worker.join(30)
        assert worker.exitcode == ends


def session(number: int) -> set[int]:
    """The processes of a session that still run."""
    members = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            status = place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(status[3]) == number and status[0] != "Z":
            members.add(int(place.parent.name))
    return members


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as on Linux")
@pytest.mark.parametrize(
    ("blow", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)]
)
def test_no_worker_outlives_a_run(blow: signal.Signals, status: int, tmp_path: Path) -> None:
    photographs, store = make_photographs(tmp_path / "photographs", 9), tmp_path / "store"
    for number in range(1_500):
        os.link(photographs / "class 0" / "0.png", photographs / "class 0" / f"0-{number}.png")
    words = f"figures --weights none --layers conv1 --preferred none --workers 2 --out {store}"
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *words.split(), "--images", str(photographs)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        while len(below(process.pid)) < 2:
            assert process.poll() is None, "it has ended before there were workers"
            time.sleep(0.01)
        # Ctrl-C reaches every process of a terminal, a kill the one that it names.
        (os.killpg if blow == signal.SIGINT else os.kill)(process.pid, blow)
        _, message = process.communicate(timeout=60)
        assert process.returncode == status, message
    if blow == signal.SIGINT:
        assert message.splitlines()[-1] == "python -m generator: stopped", message
        assert "Traceback" not in message
        assert no_litter(store)
    ends = time.monotonic() + 30  # a worker looks every five seconds whether it is needed
    while left := session(process.pid):
        assert time.monotonic() < ends, left
        time.sleep(0.1)
