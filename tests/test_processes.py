"""Several processes make the store that one makes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator import pipeline, processes
from generator.errors import ImagesError, ProcessError
from generator.exhibit import Exhibit
from generator.images import Choice
from generator.processes import Group

HERE = Path(__file__).parents[1]
PATIENCE = 240  # seconds; nothing is timed here, this only ends a test that hangs

# The main path of a narrow network; the place of SLOW is where a test gets a grip.
RUN = """
import operator, os, sys, time
sys.path[:0] = [sys.argv[1], os.path.join(sys.argv[1], "tests", "support")]
from narrow import narrow
narrow(setattr, operator.setitem)
from generator.scan import shards
shards.Shards.__init__.__defaults__ = (4,)
if "SLOW" in os.environ:
    real = shards.Shards._write
    def slow(self, *more):
        real(self, *more)
        open(os.path.join(sys.argv[3], f"pid-{os.environ.get('RANK')}-{os.getpid()}"), "w").close()
        time.sleep(1)
    shards.Shards._write = slow
from generator.__main__ import main
sys.exit(main(["figures", "--model", "zfnet64", "--weights", "none", "--k", "3", "--workers", "0",
               "--images", sys.argv[2], "--layers", "conv1,conv2", "--out", sys.argv[3]]))
"""


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    random = np.random.default_rng(0)
    for number in range(18):
        blocks = random.integers(0, 255, (9, 12, 3)).astype(np.uint8)
        place = folder / f"class {number % 2}"
        place.mkdir(exist_ok=True)
        Image.fromarray(blocks).resize((120, 90)).save(place / f"{number:02}.png")
    (folder / "class 1" / "broken.jpg").write_bytes(b"not an image")
    return folder


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "run.py"
    path.write_text(RUN)
    return path


def started(script: Path, count: int, photographs: Path, store: Path, **more: str) -> Any:
    command = [sys.executable]
    if count > 1:
        command += ["-m", "torch.distributed.run", "--nproc-per-node", str(count), "--standalone"]
    store.mkdir(exist_ok=True)
    return subprocess.Popen(
        [*command, str(script), str(HERE), str(photographs), str(store)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "SOURCE_DATE_EPOCH": "1000000000", **more},
        stderr=subprocess.PIPE,
        text=True,
    )


def made(script: Path, count: int, photographs: Path, store: Path) -> dict[str, bytes]:
    """Every file of the store, which says nothing of the clock."""
    process = started(script, count, photographs, store)
    message = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0, message
    return {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file() and not path.name.startswith("pid-")
    }


@pytest.fixture(scope="module")
def alone(script: Path, photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return made(script, 1, photographs, tmp_path_factory.mktemp("alone"))


def test_several_processes_make_the_store_that_one_makes(
    script: Path, photographs: Path, alone: dict[str, bytes], tmp_path: Path
) -> None:
    together = made(script, 3, photographs, tmp_path / "store")
    assert together.keys() == alone.keys()
    assert [name for name in alone if together[name] != alone[name]] == []
    assert json.loads(alone["manifest.json"])["collection"]["count"] == 18


def test_a_process_that_is_killed_ends_the_run_and_the_next_goes_on(
    script: Path, photographs: Path, alone: dict[str, bytes], tmp_path: Path
) -> None:
    """The next has two processes where the first had three, and makes the same store."""
    store = tmp_path / "store"
    run = started(script, 3, photographs, store, SLOW="yes")
    end = time.monotonic() + PATIENCE
    while not (victims := list(store.glob("pid-1-*"))):
        assert run.poll() is None, run.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(int(victims[0].name.split("-")[2]), signal.SIGKILL)
    message = run.communicate(timeout=PATIENCE)[1]
    assert run.returncode != 0
    lines = [line for line in message.splitlines() if processes.LOST in line]
    assert len(lines) == 1, message
    assert not (store / "manifest.json").exists()
    assert not list(store.glob("scan-*"))
    before = len(list(store.glob("shards-*/*.npz")))
    assert 1 <= before < 5
    assert made(script, 2, photographs, store) == alone


LEAVES = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from generator.processes import joined_group
def threads():
    names = []
    for task in Path("/proc/self/task").glob("*/comm"):
        try:
            names.append(task.read_text())
        except OSError:  # it has just ended
            pass
    return names
with joined_group() as group:
    import torchvision  # as a stage would; it loads much of torch that was not there before
    group.told({"a": 1})
    assert any("gloo" in name for name in threads()), threads()
assert not any("gloo" in name for name in threads()), threads()
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are read from /proc")
def test_no_thread_of_the_group_outlives_it(tmp_path: Path) -> None:
    script = tmp_path / "leaves.py"
    script.write_text(LEAVES)
    made(script, 2, tmp_path, tmp_path / "store")


def test_one_process_is_a_group_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with processes.joined_group() as group:
        assert (group.rank, group.size, group.leads) == (0, 1, True)
        assert group.told({"a": 1}) == {"a": 1}
        assert group.device("cuda") == "cuda"
        done: list[int] = []
        group.agree(lambda: done.append(1))
        assert done == [1]

        def fails() -> None:
            raise ImagesError("no image")

        with pytest.raises(ImagesError, match="no image"):
            group.agree(fails)


def test_the_first_of_several_processes_fetches_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    exhibit = Exhibit("x", "zfnet64", "openimages", per_class=3)
    asked: list[tuple[int, bool]] = []

    def opened(
        spec: str,
        megapixels: int = 0,
        follow_links: bool = False,
        choice: Choice | None = None,
        update_lock: bool = False,
    ) -> None:
        assert spec == "openimages"
        assert choice
        asked.append((choice.per_class, update_lock))

    def agree(self: Group, job: Callable[[], None]) -> None:
        job()
        asked.append((-1, False))  # all have waited for it

    monkeypatch.setattr(pipeline, "open_collection", opened)
    monkeypatch.setattr(Group, "agree", agree)
    pipeline._opened(exhibit, True, Group(0, 2))
    assert asked == [(3, True), (-1, False), (3, False)]
    asked.clear()
    pipeline._opened(exhibit, True, Group(1, 2))
    assert asked == [(-1, False), (3, False)]
    asked.clear()
    pipeline._opened(exhibit, True, Group())
    assert asked == [(3, True)]


def test_each_process_of_a_machine_has_a_gpu_of_its_own() -> None:
    assert Group(5, 8, 1).device("cuda") == "cuda:1"
    assert Group(5, 8, 1).device("cuda:3") == "cuda:3"
    assert Group(5, 8, 1).device("cpu") == "cpu"


@pytest.mark.parametrize(
    ("device", "gpus", "nccl", "chosen"),
    [
        ("cpu", True, True, "gloo"),
        ("cuda", True, True, "cpu:gloo,cuda:nccl"),
        ("cuda:1", True, True, "cpu:gloo,cuda:nccl"),
        ("cuda", False, True, "gloo"),
        ("cuda", True, False, "gloo"),
        ("mps", True, True, "gloo"),
    ],
)
def test_the_device_chooses_what_carries_tensors(
    monkeypatch: pytest.MonkeyPatch, device: str, gpus: bool, nccl: bool, chosen: str
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: gpus)
    monkeypatch.setattr("torch.distributed.is_nccl_available", lambda: nccl)
    assert processes.backend(device) == chosen
    asked: list[str] = []

    def starts(backend: str, **_: object) -> None:
        asked.append(backend)
        raise RuntimeError("no others")

    monkeypatch.setattr("torch.distributed.init_process_group", starts)
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    with (
        pytest.raises(ProcessError, match="can't find each other"),
        processes.joined_group(device),
    ):
        pass
    assert asked == [chosen]
