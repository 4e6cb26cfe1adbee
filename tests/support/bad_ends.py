"""Other bad ends than a kill: Ctrl-C, a full disk, a folder that can't be written, two at once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from crashes import Ended, Figures, after_fork, figures, run, spread, tree, whole_or_absent

from generator.store.folder import ENTRY, FILES
from generator.store.manifest import BUILD, MANIFEST

NOBODY = 65534
STOPPED, WRONG = 130, 2
SIZES = (1_000, 5_000, 40_000)  # bytes that a file may have before the disk is full


def no_litter(store: Path) -> bool:
    """Whether a store that was never finished holds finished entries only."""
    names = {path.name for path in store.iterdir()} if store.exists() else set()
    return all(ENTRY.fullmatch(name) for name in names - {MANIFEST, BUILD, FILES})


def one_line(ended: Ended, words: str) -> bool:
    """Whether a run ended as wrong use does."""
    lines = ended.said.splitlines()
    return ended.status == WRONG and len(lines) == 1 and re.search(words, lines[0]) is not None


def interrupted(kept: Figures, count: int) -> int:
    """Ctrl-C at that many moments; how many there were."""
    moments = spread(kept.steps, count)
    for at in moments:
        store = kept.store(f"stopped-{at}")
        ended = kept.run(store, at=at, blow=signal.SIGINT)
        # At the last steps the store may be finished before the word arrives.
        assert ended.status in (STOPPED, 0), ended
        if ended.status:
            assert ended.said.splitlines()[-1] == "python -m generator: stopped", ended.said
        assert "Traceback" not in ended.said, ended.said
        assert whole_or_absent(store)
        assert no_litter(store), sorted(store.iterdir())
        assert kept.run(store).status == 0
        assert tree(store) == kept.right
        shutil.rmtree(store)
    return len(moments)


def disk_full(kept: Figures) -> int:
    """No file may grow beyond a few sizes; how many were tried."""
    for size in SIZES:
        store = kept.store(f"full-{size}")
        ended = kept.run(store, file_size=size)
        assert one_line(ended, rf"full-{size}: can't be written"), ended
        assert whole_or_absent(store)
        assert no_litter(store), sorted(store.iterdir())
        assert kept.run(store).status == 0
        assert tree(store) == kept.right
    return len(SIZES)


def not_writable(kept: Figures) -> bool:
    """The output is a file, below a file, or in a folder that may not be written.

    The last is not tried where a lesser user could not read Python's own files.
    """
    taken = kept.store("taken")
    taken.write_text("mine")
    assert one_line(kept.run(taken), "taken: is not a folder")
    assert one_line(kept.run(taken / "below"), "can't be written")
    assert taken.read_text() == "mine"
    closed = kept.store("closed")
    closed.mkdir(mode=0o555)
    kept.folder.chmod(0o755)
    make = figures(kept.photographs, closed / "store")
    answers: list[Ended] = [run(_as_nobody(make), kept.folder, closed)]
    if answers[0].status == 77:
        return False
    assert one_line(answers[0], r"can't be written \(Permission denied\)"), answers
    assert list(closed.iterdir()) == []
    return True


def _as_nobody(job: Callable[[], int]) -> Callable[[], int]:
    """Root may write anything, so another user has to try."""

    def tried() -> int:
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
        readable = (Path(os.__file__), Path(__file__), Path.cwd())
        if not all(os.access(path, os.R_OK, effective_ids=True) for path in readable):
            return 77
        return job()

    return tried


def two_at_once(kept: Figures) -> None:
    """The same twice, then two different ones: both end well, and one of them is what is left."""
    store = kept.store("twice")
    make = figures(kept.photographs, store)
    ended = run(_both(make, make), kept.folder, store)
    assert ended.status == 0, ended
    assert ended.said.count("another process is writing") == 1, ended.said
    assert tree(store) == kept.right
    shutil.rmtree(store)
    ended = run(_both(make, figures(kept.photographs, store, 3)), kept.folder, store)
    assert ended.status == 0, ended
    assert tree(store) in (kept.right, tree(kept.other))


def _both(first: Callable[[], int], second: Callable[[], int]) -> Callable[[], int]:
    def run_both() -> int:
        process = os.fork()
        if process == 0:
            status = 1
            try:
                after_fork()
                status = second()
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        status = first()
        _, ended = os.waitpid(process, 0)
        return status or os.waitstatus_to_exitcode(ended)

    return run_both


def clock_set_back(kept: Figures) -> None:
    """Everything in the store seems to come from the future, and the photographs from long ago."""
    store = kept.first
    for path in store.rglob("*"):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    for path in kept.photographs.rglob("*"):
        os.utime(path, (1, 1))
    ended = kept.run(store)
    assert (ended.status, ended.said) == (0, ""), ended
    assert tree(store) == kept.right
