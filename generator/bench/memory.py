"""Peak memory of a scan of zfnet64, by how many images there are; each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from generator.allocation import LARGE_PAGES
from generator.bench.rows import Row, Sizes
from generator.bench.scanning import write_tiles

TILES, SIDE = 1000, 64  # where no folder is given: so many different files, under many names
WORKERS = 1  # the same at every size, or the row would show the change from threads to processes


def rows(sizes: Sizes) -> Iterator[Row]:
    """Megabytes at each number of images, and the largest over the smallest."""
    peaks: dict[int, float] = {}
    for count in sizes.counts:
        title = f"peak memory of a scan of {count:,} images, zfnet64"
        with folder_of(count, sizes.many) as folder:
            process = subprocess.run(
                [sys.executable, "-m", "generator.bench.memory", str(folder)],
                env={**os.environ, LARGE_PAGES: "1"},  # as where figures are made
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
        measured = json.loads(process.stdout)
        peaks[count] = measured["megabytes"]
        values = dict.fromkeys(("median", "low", "high"), measured["megabytes"])
        yield Row(f"memory-{count}", title, values, unit="MB", details=measured)
    least, most = min(peaks), max(peaks)
    quotient = peaks[most] / peaks[least]
    yield Row(
        "memory",
        f"peak memory, {most:,} images / {least:,} images",
        dict.fromkeys(("median", "low", "high"), quotient),
        at_most=1.05,
    )


@contextmanager
def folder_of(count: int, many: Path | None) -> Iterator[Path]:
    """A folder with so many images: the first of ``many``, or tiles under many names."""
    with TemporaryDirectory() as place:
        folder, tiles = Path(place, "images"), Path(place, "tiles")
        folder.mkdir()
        if many is None:
            tiles.mkdir()
            write_tiles(tiles, min(count, TILES), SIDE)
            sources = sorted(tiles.iterdir())
        else:
            from generator.images import open_collection  # noqa: PLC0415

            items = open_collection(str(many)).items
            if len(items) <= count:
                yield many
                return
            sources = [many / items[number].name for number in range(count)]
        for number in range(count):
            source = sources[number % len(sources)]
            target = folder / f"{number // TILES:04}" / f"{number:07}{source.suffix}"
            target.parent.mkdir(exist_ok=True)
            try:
                os.link(source, target)
            except OSError:  # another disk, or too many links
                shutil.copy(source, target)
        yield folder


def scan_here() -> None:
    """Scan a folder, as the stage of the main path does, and say how much memory it took."""
    import resource  # noqa: PLC0415

    from generator.exhibit import Exhibit  # noqa: PLC0415
    from generator.images import open_collection  # noqa: PLC0415
    from generator.networks import load  # noqa: PLC0415
    from generator.processes import Group  # noqa: PLC0415
    from generator.stages import scan  # noqa: PLC0415
    from generator.stages.build import Build  # noqa: PLC0415

    exhibit = Exhibit("memory", "zfnet64", sys.argv[1])
    build = Build(exhibit, load("zfnet64"), open_collection(exhibit.images), workers=WORKERS)
    with TemporaryDirectory() as place, watched() as workers:
        folder = Path(place, "scan-0")
        folder.mkdir()
        scan.work(folder, build, Group())
        scan.make(folder, build)
    unit = 1_000_000 if sys.platform == "darwin" else 1_000_000 / 1_024
    own = _peak() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    worker = max(workers) or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    sizes = {"megabytes": own + WORKERS * worker, "own": own, "a worker": worker}
    print(json.dumps({**sizes, "images": len(build.collection)}))


@contextmanager
def watched() -> Iterator[list[float]]:
    """The largest peak of any process below this one, in megabytes, as the list's one value.

    Looked up while they live: a worker may have been started by a server of Python's, and then
    this process is told nothing of its end. Stays 0 where there is no /proc.
    """
    peaks, over = [0.0], Event()

    def watch() -> None:
        while not over.wait(0.1):
            peaks[:] = [max([*peaks, *(_peak(number) or 0 for number in below(os.getpid()))])]

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def below(parent: int) -> set[int]:
    """The processes that one has started, and those that they have, as Linux tells it."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            status = place.read_text(encoding="utf-8", errors="replace")
            parents[int(place.parent.name)] = int(status.rpartition(")")[2].split()[1])
    children = {parent}
    while more := {child for child, above in parents.items() if above in children} - children:
        children |= more
    return children - {parent}


def _peak(number: int | str = "self") -> float | None:
    """Megabytes that a process, such as this one, had at most, as Linux tells it.

    What getrusage tells there may be that of the process that started this one.
    """
    try:
        status = Path(f"/proc/{number}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    _, mark, rest = status.partition("VmHWM:")  # nothing where it has just ended
    return float(rest.split()[0]) * 1.024e-3 if mark else None


if __name__ == "__main__":
    scan_here()
