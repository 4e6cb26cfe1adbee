"""Runs that end badly, each in a process of its own that is forked when everything is imported.

    python tests/support/crashes.py FOLDER [50 [20]]    kills `figures` and `mkdocs build` so often

A run is killed from within, just before one of the steps that touch the disk: a file opened, a
folder made, something renamed or removed. So the moments are, on any machine, spread
over the whole run, and no run is long.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from narrow import make_photographs, narrow

from generator.__main__ import main
from generator.stages.table import STAGES
from generator.store.check import check_hashes
from generator.store.folder import Store
from generator.store.imports import code_behind

STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.listdir", "shutil.rmtree"}
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a run ended: exit status (negative: the signal), what it said, and its steps."""

    status: int
    said: str
    steps: int


def run(
    job: Callable[[], int],
    folder: Path,
    below: Path,
    at: int | None = None,
    blow: int = signal.SIGKILL,
    file_size: int | None = None,
) -> Ended:
    """Run ``job`` in a fork; ``blow`` it before step ``at`` of those that touch ``below``."""
    printed, counted = folder / "said.txt", folder / "steps.txt"
    process = os.fork()
    if process == 0:
        status = 1
        try:
            _in_fork(printed, counted, below, at, blow, file_size)
            status = job()
        except SystemExit as stopped:
            status = stopped.code if isinstance(stopped.code, int) else 1
        except KeyboardInterrupt:
            status = 99  # it came through
        except BaseException:
            import traceback  # noqa: PLC0415

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _, ended = os.waitpid(process, 0)
    return Ended(os.waitstatus_to_exitcode(ended), printed.read_text(), len(counted.read_bytes()))


def _in_fork(
    printed: Path, counted: Path, below: Path, at: int | None, blow: int, file_size: int | None
) -> None:
    after_fork()
    output = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    count = os.open(counted, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.environ["SOURCE_DATE_EPOCH"] = "1000000000"
    inside = os.fspath(below)
    numbers = itertools.count()  # counts right in several threads at once

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        if event in STEPS and str(arguments[0]).startswith(inside):
            os.write(count, b".")
            if next(numbers) == at:
                os.kill(os.getpid(), blow)

    sys.addaudithook(step)
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, resource.RLIM_INFINITY))


def after_fork() -> None:
    """Has torch make its pool of threads anew, before two threads ask for it at once and fail."""
    torch.set_num_threads(1)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its SHA-256, every folder with nothing."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
    }


def figures(photographs: Path, out: Path, k: int = 2) -> Callable[[], int]:
    """A small run of the command line: all stages, on one layer that has another below it."""
    words = f"figures --weights none --layers conv2 --preferred none --k {k}".split()
    arguments = [*words, "--images", str(photographs), "--out", str(out)]
    return lambda: main(arguments)


def pages(store: Path, site: Path) -> Callable[[], int]:
    """A build of the pages from a store that is there."""

    def build() -> int:
        from mkdocs.__main__ import cli  # noqa: PLC0415

        os.chdir(ROOT)
        os.environ["STORE"] = str(store)
        cli.main(["build", "--quiet", "--site-dir", str(site)], standalone_mode=False)
        return 0

    return build


def whole_or_absent(store: Path) -> bool:
    """Whether a store holds all that it says, or says nothing."""
    if Store(store).manifest() is None:
        return True
    return check_hashes(store) > 0


def spread(steps: int, count: int) -> list[int]:
    """``count`` moments from the first step to the last."""
    return sorted({round(number * (steps - 1) / max(1, count - 1)) for number in range(count)})


class Figures:
    """Runs of `figures` on photographs in ``folder``, and what undisturbed ones leave.

    The store ``first`` is that of all runs that say nothing else, ``other`` one of another build.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.photographs = make_photographs(folder / "photographs", 6)
        self.first, self.other = self.store("first"), self.store("other")
        ended = self.run(self.first)
        assert ended.status == 0, ended.said
        self.steps, self.right = ended.steps, tree(self.first)
        assert self.run(self.other, k=3).status == 0

    def store(self, name: str) -> Path:
        """Where a store may be made."""
        return self.folder / name

    def run(self, store: Path, k: int = 2, **more: Any) -> Ended:
        """One run."""
        return run(figures(self.photographs, store, k), self.folder, store, **more)

    def killed(self, at: int, store: Path, blow: int = signal.SIGKILL) -> Ended:
        """A run that is killed before step ``at``, and one that ends; raises AssertionError."""
        ended = self.run(store, at=at, blow=blow)
        assert whole_or_absent(store), f"step {at}: half a store"
        again = self.run(store)
        assert again.status == 0, again.said
        assert tree(store) == self.right, f"step {at}: the rerun left another store"
        return ended


def kill_figures(kept: Figures, count: int) -> int:
    """Kill that many runs, every other one over the store of another build; how many there were."""
    copy = kept.store("copy")
    shutil.copytree(kept.other, copy)
    over = kept.run(copy)  # has fewer steps: what the other build knows is taken over
    assert tree(copy) == kept.right
    both = zip(spread(kept.steps, count), spread(over.steps, count), strict=True)
    killed = 0
    for number, moments in enumerate(both):
        at = moments[number % 2]
        store = kept.store(f"killed-{number}")
        if number % 2:
            shutil.copytree(kept.other, store)
        ended = kept.killed(at, store)
        # Two threads write figures, so that a run may have a step or two less than another.
        assert ended.status == -signal.SIGKILL or (ended.status == 0 and ended.steps <= at), ended
        killed += ended.status == -signal.SIGKILL
        shutil.rmtree(store)
    assert killed >= count - 2
    return killed


def kill_pages(folder: Path, store: Path, count: int) -> int:
    """Kill that many builds of the pages; how many there were."""
    right, site = folder / "right", folder / "site"
    kept = tree(store)
    ended = run(pages(store, right), folder, right)
    assert ended.status == 0, ended.said
    moments = spread(ended.steps, count)
    for at in moments:
        assert run(pages(store, site), folder, site, at=at).status == -signal.SIGKILL
        assert tree(store) == kept, f"step {at}: the store has changed"
        ended = run(pages(store, site), folder, site)
        assert ended.status == 0, ended.said
        assert tree(site) == tree(right), f"step {at}: the rerun made another site"
    return len(moments)


def prepare() -> None:
    """What must be so before a fork: no threads, a narrow network, everything imported."""
    import mkdocs.__main__  # noqa: F401, PLC0415

    import generator.stages.manifest  # noqa: F401, PLC0415

    for stage in STAGES:
        import_module(f"generator.stages.{stage.name}")
        code_behind(f"stages/{stage.name}.py")  # kept for the keys of all runs
    torch.set_num_threads(1)
    narrow(setattr, dict.__setitem__)


def everything(words: Sequence[str]) -> None:
    """The script; each line that it prints is a count that holds."""
    import bad_ends  # noqa: PLC0415  (it needs this file)

    prepare()
    folder = Path(words[0])
    folder.mkdir(parents=True)
    runs, builds = (int(word) for word in (*words[1:], "50", "20")[:2])
    kept = Figures(folder / "runs")
    count = kill_figures(kept, runs)
    print(f"figures killed at {count} moments: store whole or absent, rerun byte for byte the same")
    count = kill_pages(folder, kept.first, builds)
    print(f"mkdocs build killed at {count} moments: store untouched, rerun byte for byte the same")
    print(f"Ctrl-C at {bad_ends.interrupted(kept, runs)} moments: status 130, nothing left behind")
    print(f"the disk full at {bad_ends.disk_full(kept)} sizes: one line, status 2, rerun the same")
    closed = "the output a file, below a file" + ", read-only" * bad_ends.not_writable(kept)
    print(f"{closed}: one line, status 2")
    bad_ends.two_at_once(kept)
    bad_ends.clock_set_back(kept)
    print("two runs at once, the clock set back: nothing lost, nothing mixed")


if __name__ == "__main__":
    sys.modules["crashes"] = sys.modules["__main__"]
    everything(sys.argv[1:])
