"""Many rebuilds under one ``mkdocs serve``: the right page each time, and nothing grows.

    python tests/support/soak.py FOLDER [100]

Between rebuilds a page is written, edited, renamed or deleted, a template or the generator's code
is edited, or other figures take the place of the store, as those of another exhibit do.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fake_store import make_store
from serving import Server

from generator.bench.site import copy_project

ROOT = Path(__file__).parents[2]
SETTLING = 0.3  # share of the rebuilds in which memory may still grow
UNITS = (6, 7)  # in the layers of the two stores
Seen = Callable[[], bool]


@dataclass(frozen=True)
class Soaked:
    """What was done how often, and what the server's memory was: middle and end, in MiB."""

    done: dict[str, int]
    settled: float
    end: float

    @property
    def growth(self) -> float:
        """The memory at the end as a multiple of what it was when it had settled."""
        return self.end / self.settled


class Writer:
    """Somebody who works on a checkout; each method changes it and gives what must then be so."""

    def __init__(self, checkout: Path, served: Callable[[str], str]) -> None:
        self.checkout, self.served = checkout, served
        self.docs = checkout / "docs"
        self.page = self.docs / "notes.md"
        self.shown = 0  # which of the stores
        self.before: dict[Path, str] = {}  # files as they were first

    def write(self, number: int) -> Seen:
        """A page, new or changed."""
        sentence = f"A sentence that was written in round {number}."
        self.page.write_text(f"# Notes\n\n{sentence}\n")
        return lambda: sentence in self._page(self.page)

    def rename(self, number: int) -> Seen:
        """A page moves to another address."""
        if not self.page.exists():
            return self.write(number)
        old, self.page = self.page, self.docs / f"notes-{number}.md"
        old.rename(self.page)
        return lambda: bool(self._page(self.page)) and not self._page(old)

    def delete(self, number: int) -> Seen:
        """A page goes."""
        if not self.page.exists():
            return self.write(number)
        self.page.unlink()
        return lambda: not self._page(self.page)

    def edit_lesson(self, number: int) -> Seen:
        """The lesson itself gets a sentence."""
        sentence = f"Edited in round {number}."
        self._add(self.docs / "index.md", f"\n{sentence}\n")
        return lambda: sentence in self.served("/")

    def edit_template(self, number: int) -> Seen:
        """A template that figures go through."""
        self._add(self.docs / "templates" / "atlas.html", f"{{# Round {number}. #}}\n")
        return lambda: 'id="unit-0"' in self.served("/layers/1/")

    def edit_code(self, number: int) -> Seen:
        """The generator's own code, which is then read afresh."""
        code = f'\n\ndef navigation(manifest):\n    return [{{"Round {number}": "about.md"}}]\n'
        self._add(self.checkout / "generator" / "pages" / "text.py", f"# Round {number}.\n")
        self._add(self.checkout / "generator" / "pages" / "__init__.py", code)
        return lambda: f"Round {number}" in self.served("/")

    def switch(self, number: int) -> Seen:
        """Other figures, of layers with another number of units."""
        self.shown = 1 - self.shown
        show(self.checkout, self.shown)
        lesson, units = self.edit_lesson(number), UNITS[self.shown]
        return lambda: (
            lesson()
            and f'id="unit-{units - 1}"' in self.served("/layers/1/")
            and f'id="unit-{units}"' not in self.served("/layers/1/")
        )

    def _page(self, page: Path) -> str:
        return self.served(f"/{page.stem}/")

    def _add(self, path: Path, text: str) -> None:
        path.write_text(self.before.setdefault(path, path.read_text()) + text)


def show(checkout: Path, which: int) -> None:
    """Puts one of the two stores where the site takes its figures from."""
    link = checkout / "next"
    link.symlink_to(f"store-{which}", target_is_directory=True)
    link.replace(checkout / "store")


def after(server: Server, built: int, seen: Seen) -> Seen:
    """Whether the site was built again since, is not being built now, and is right."""
    return lambda: server.built() > built and server.idle() and seen()


def memory(process: int) -> float:
    """Resident memory in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def children(process: int) -> int:
    """How many processes it has started that are still there."""
    count = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            count += len((task / "children").read_text().split())
    return count


def soak(folder: Path, rounds: int) -> Soaked:
    """Serve a copy of the project and rebuild it ``rounds`` times; raises AssertionError."""
    temporary = folder / "temporary"
    temporary.mkdir(parents=True)
    checkout = folder / "checkout"
    copy_project(checkout, ROOT)
    for which, units in enumerate(UNITS):
        make_store(checkout / f"store-{which}", units=units)
    show(checkout, 0)
    server = Server(checkout, TMPDIR=str(temporary))
    try:
        server.wait(lambda: bool(server.page()) and server.idle())
        writer = Writer(checkout, lambda path: server.page(path).decode())
        jobs: list[Callable[[int], Seen]] = [
            *(writer.write, writer.rename, writer.delete, writer.edit_lesson),
            *(writer.edit_template, writer.edit_code, writer.switch),
        ]
        order = random.Random(0)
        queue: list[Callable[[int], Seen]] = []
        done: Counter[str] = Counter()
        resident: list[float] = []
        litter, pages = count(temporary), server.page("/about/")
        for number in range(rounds):
            queue = queue or order.sample(jobs, len(jobs))
            job, built = queue.pop(), server.built()
            server.wait(after(server, built, job(number)))
            done[job.__name__] += 1
            resident.append(memory(server.process.pid))
            assert count(temporary) <= litter, f"round {number}: temporary folders were left"
            assert not children(server.process.pid), f"round {number}: a process was left"
        assert pages, "a page that nobody touched"
    finally:
        server.stop()
    assert not list(temporary.iterdir()), "the server left its temporary folder"
    middle = round(rounds * SETTLING)
    tenth = max(1, rounds // 10)
    settled = statistics.median(resident[middle : middle + tenth])
    return Soaked(dict(done), settled, statistics.median(resident[-tenth:]))


def count(folder: Path) -> int:
    """How many files and folders lie directly in it."""
    return len(list(folder.iterdir()))


def main(words: list[str]) -> None:
    """The script."""
    soaked = soak(Path(words[0]), int((words[1:] or ["100"])[0]))
    print(f"{sum(soaked.done.values())} rebuilds under mkdocs serve, the right page each time:")
    print(", ".join(f"{name.replace('_', ' ')} {times}" for name, times in soaked.done.items()))
    print(
        f"memory {soaked.settled:.0f} MiB when it had settled, {soaked.end:.0f} at the end"
        f" ({soaked.growth:.2f} times); no temporary folder and no process left"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
