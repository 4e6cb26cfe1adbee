"""What every unit answers to most, and how much it answers to every image."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from generator.allocation import return_large_pieces
from generator.processes import Group
from generator.scan.activations import Answers
from generator.scan.copies import strongest_photographs
from generator.scan.shards import HASHES, MAXIMA, PLACES, SOURCE, Shards, suitable_batch
from generator.scan.shortcuts import effect, sample
from generator.stages.build import Build
from generator.stages.read import EFFECT, SKIPPED, TOP
from generator.stages.table import DECODED
from generator.store.keys import code_key, content_key
from generator.store.stage_files import write

# The code behind what every unit answers to every image.
CODE = (
    *("networks", "scan/activations.py", "scan/shards.py"),
    *(f"images/{name}.py" for name in (*DECODED, "jpeg", "on_device")),
)


def work(folder: Path, build: Build, group: Group) -> None:
    """One process's share of the shards that are missing."""
    return_large_pieces()
    shards = shards_of(folder.parent, build)
    share = group.told(shards.missing())[group.rank :: group.size]
    if share:
        batch_size = suitable_batch(len(build.collection))
        shards.make(share, batch_size, build.workers, build.shortcuts)


def make(folder: Path, build: Build) -> None:
    """Two tables (images, units of all layers), three arrays a layer, and what was skipped.

    ``maxima.npy`` float32 holds what every unit answers to every image, NaN for images that
    could not be read; ``places.npy`` where in its map, counted flat. ``hashes.npy`` and
    ``source.json`` say which images and which scan these are, for the next scan. Where it took
    shortcuts, ``effect.json`` says what these changed.
    """
    work(folder, build, Group())  # what is missing where nobody shared the work
    collection = build.collection
    shards = shards_of(folder.parent, build)
    skipped: list[dict[str, str]] = []
    unread: set[int] = set()
    shape = len(collection), shards.units
    with ExitStack() as files:
        # Written from one end to the other, so that a large collection takes no more memory
        # than a small one; a mapped file would count as memory in use.
        tables = [
            files.enter_context(Table(folder / name, dtype, shape))
            for name, dtype in ((MAXIMA, np.dtype(np.float32)), (PLACES, shards.place_type))
        ]

        def kept() -> Iterator[Answers]:
            for part in shards.read():
                tables[0].add(part.values)
                tables[1].add(part.places)
                unread.update(part.reasons)
                for index, reason in part.reasons.items():
                    skipped.append({"name": collection.items[index].name, "reason": reason})
                yield part

        top = strongest_photographs(
            build.network, collection, kept(), shards.read, build.k, build.workers
        )
    arrays: dict[str, Any] = {}
    for number, record in enumerate(top):
        arrays |= {f"{name}{number}": array for name, array in asdict(record).items()}
    np.savez(folder / TOP, **arrays)
    write(folder / SKIPPED, skipped)
    if build.shortcuts:
        write(folder / EFFECT, _effect(folder, build, unread))
    if collection.hashes is not None:
        np.save(folder / HASHES, collection.hashes)
        write(folder / SOURCE, {"key": source_key(build)})


def _effect(folder: Path, build: Build, unread: set[int]) -> dict[str, Any]:
    """What the shortcuts changed, as JSON values."""
    network, collection = build.network, build.collection
    chosen = sample(len(collection), unread)
    tables = [np.load(folder / name, mmap_mode="r")[chosen] for name in (MAXIMA, PLACES)]
    found = effect(network, collection, Answers(chosen.tolist(), *tables), build.k, build.workers)
    named = build.shortcuts.named(str(network.device))
    return {**named, "of": len(collection) - len(unread), "k": build.k, **asdict(found)}


def shards_of(root: Path, build: Build) -> Shards:
    """The shards of this scan, in the store or still to be made."""
    key = source_key(build)
    folder = root / f"shards-{content_key(key=key, images=build.collection.sha256)}"
    return Shards(folder, build.network, build.collection, key)


def source_key(build: Build) -> str:
    """The same for scans that find the same for the same image."""
    network = build.network
    return content_key(
        model=network.name,
        weights=network.provenance.sha256,
        layers=[layer.name for layer in network.layers],
        preprocess=asdict(network.preprocess),
        batch=suitable_batch(len(build.collection)),
        code=code_key(*CODE),
        **build.shortcuts.named(str(network.device)),
    )


class Table:
    """A ``.npy`` file of a known shape, written row by row."""

    def __init__(self, path: Path, dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
        self._file = path.open("wb")
        self._dtype = dtype
        said = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
        np.lib.format.write_array_header_1_0(self._file, {**said, "shape": shape})

    def add(self, rows: npt.NDArray[Any]) -> None:
        """The next rows (n, columns)."""
        self._file.write(np.ascontiguousarray(rows, dtype=self._dtype).data)

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
