"""What every unit answers to most, and how much it answers to every image."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import numpy as np

from generator.allocation import return_large_pieces
from generator.images.refused import none_refused
from generator.processes import Group
from generator.records.collections import Refusal
from generator.records.scans import Shortened
from generator.scan.activations import Activations
from generator.scan.copies import strongest_photographs
from generator.scan.shards import Shards, suitable_batch
from generator.scan.shortcuts import compared_images, effect_of_shortcuts
from generator.scan.tables import HASHES, MAXIMA, PLACES, SOURCE, Table
from generator.stages.build import Build
from generator.stages.read import EFFECT, SKIPPED, TOP, read_refused
from generator.store.imports import code_behind
from generator.store.keys import content_key
from generator.store.stage_files import write


def work(folder: Path, build: Build, group: Group) -> None:
    """One process's share of the shards that are missing."""
    return_large_pieces()
    shards = shards_of(folder.parent, build)
    share = group.told(shards.missing())[group.rank :: group.size]
    if share:
        batch_size = suitable_batch(len(build.collection))
        shards.make(share, batch_size, build.workers, build.exhibit.shortcuts)


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
    skipped: list[Refusal] = []
    unread: set[int] = set()
    shape = len(collection), shards.units
    with ExitStack() as files:
        # Written from one end to the other, so that a large collection takes no more memory
        # than a small one; a mapped file would count as memory in use.
        tables = [
            files.enter_context(Table(folder / name, dtype, shape))
            for name, dtype in ((MAXIMA, np.dtype(np.float32)), (PLACES, shards.place_type))
        ]

        def kept() -> Iterator[Activations]:
            for part in shards.read():
                tables[0].add(part.values)
                tables[1].add(part.places)
                unread.update(part.reasons)
                for index, reason in part.reasons.items():
                    skipped.append(Refusal(collection.items[index].name, reason))
                yield part

        top = strongest_photographs(
            build.network, collection, kept(), shards.read, build.exhibit.k, build.workers
        )
    arrays = {
        f"{name}{number}": array
        for number, record in enumerate(top)
        for name, array in vars(record).items()
    }
    np.savez(folder / TOP, **arrays)
    write(folder / SKIPPED, skipped)
    if build.exhibit.shortcuts:
        write(folder / EFFECT, _effect(folder, build, unread))
    if collection.hashes is not None:
        np.save(folder / HASHES, collection.hashes)
        write(folder / SOURCE, {"key": source_key(build)})


def check(folder: Path, build: Build) -> None:
    """ImagesError where an image was refused and the exhibit allows none."""
    if build.exhibit.strict_images:
        none_refused(read_refused(folder, build.collection))


def _effect(folder: Path, build: Build, unread: set[int]) -> Shortened:
    """What the shortcuts changed."""
    network, collection = build.network, build.collection
    chosen = compared_images(len(collection), unread)
    tables = [np.load(folder / name, mmap_mode="r")[chosen] for name in (MAXIMA, PLACES)]
    k = build.exhibit.k
    changes = effect_of_shortcuts(
        network, collection, Activations(chosen.tolist(), *tables), k, build.workers
    )
    named = build.exhibit.shortcuts.named(str(network.device))
    return Shortened(
        numbers=named.get("numbers"),
        jpeg=named.get("jpeg"),
        of=len(collection) - len(unread),
        k=k,
        **vars(changes),
    )


def shards_of(root: Path, build: Build) -> Shards:
    """The shards of this scan, in the store or still to be made."""
    key = source_key(build)
    folder = root / f"shards-{content_key(key=key, images=build.collection.sha256)}"
    return Shards(folder, build.network, build.collection, key)


def source_key(build: Build) -> str:
    """A key that scans share which find the same for the same image."""
    network = build.network
    return content_key(
        model=network.name,
        weights=network.provenance.sha256,
        layers=[layer.name for layer in network.layers],
        preprocess=asdict(network.preprocess),
        batch=suitable_batch(len(build.collection)),
        code=code_behind("scan/shards.py", "networks/loading.py", "images/__init__.py"),
        **build.exhibit.shortcuts.named(str(network.device)),
    )
