"""A scan in pieces, each a file that is whole or not there.

A piece (a *shard*) holds what every unit answers to some consecutive images. A scan that was
stopped goes on with the shards that are missing; several processes make a share of them each.
What an earlier scan by the same network and code found for an image of the same content is
taken over, so that images added to a folder are the only ones that are looked at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from generator.images.collection import Collection
from generator.networks.network import Network
from generator.records import EXACT, Shortcuts
from generator.scan.activations import BATCH, Activations, activations
from generator.scan.tables import HASHES, MAXIMA, PLACES, SOURCE

SHARD = 1024  # images: seconds to minutes of work, which is what a stop may cost


class Shards:
    """The shards of one scan, in a folder of their own beside the store's entries.

    ``key`` stands for the network, its shortcuts and the code: what was found under the same one
    is the same.
    """

    def __init__(
        self, folder: Path, network: Network, collection: Collection, key: str, size: int = SHARD
    ) -> None:
        self.folder = folder
        self._network = network
        self._collection = collection
        self._key = key
        count = len(collection)
        self._parts = [range(at, min(at + size, count)) for at in range(0, count, size)]
        self.units = sum(layer.channels for layer in network.layers)
        largest = max(layer.height * layer.width for layer in network.layers)
        self.place_type = np.min_scalar_type(largest - 1)

    def missing(self) -> list[int]:
        """The numbers of the shards that are not there yet."""
        return [number for number in range(len(self._parts)) if not self._path(number).exists()]

    def make(
        self,
        numbers: Sequence[int],
        batch_size: int,
        workers: int | None,
        shortcuts: Shortcuts = EXACT,
    ) -> None:
        """Write the shards of these numbers, in this order, each in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = Known(self.folder.parent, self._key, self._collection)
        wanted = np.concatenate(
            [
                np.empty(0, dtype=np.int64),
                *(known.split(self._parts[number])[1] for number in numbers),
            ]
        )
        network, collection = self._network, self._collection
        looked = Looked(activations(network, collection, wanted, batch_size, workers, shortcuts))
        # The same memory for every shard, and nothing kept of a batch: pieces of a long life
        # among the network's large ones of a short life would leave ever more gaps.
        longest = max((len(self._parts[number]) for number in numbers), default=0)
        all_values = np.empty((longest, self.units), dtype=np.float32)
        all_places = np.empty((longest, self.units), dtype=self.place_type)
        bar = tqdm(total=len(wanted), desc="Scanning", unit="image", disable=None)
        with bar:
            for number in numbers:
                part = self._parts[number]
                old, new = known.split(part)
                values, places = all_values[: len(part)], all_places[: len(part)]
                reasons: dict[int, str] = {}
                for batch in chain(known.read(old), looked.take(len(new))):
                    rows = np.asarray(batch.indices) - part.start
                    values[rows], places[rows] = batch.values, batch.places
                    reasons |= batch.reasons
                self._write(number, values, places, reasons)
                bar.update(len(new))

    def read(self) -> Iterator[Activations]:
        """All answers in the order of the collection; every shard has to be there."""
        for number, part in enumerate(self._parts):
            with np.load(self._path(number)) as shard:
                reasons = json.loads(bytes(shard["reasons"]))
                named = {int(index): reason for index, reason in reasons.items()}
                yield Activations(part, shard["values"], shard["places"], named)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.npz"

    def _write(
        self,
        number: int,
        values: npt.NDArray[np.float32],
        places: npt.NDArray[Any],
        reasons: dict[int, str],
    ) -> None:
        part = self.folder / f"{number:06}-{os.getpid()}.part"
        text = np.frombuffer(json.dumps(reasons).encode(), dtype=np.uint8)
        with part.open("wb") as file:
            np.savez(file, values=values, places=places, reasons=text)
        os.replace(part, self._path(number))


class Looked:
    """Answers as they stream by, cut where a shard ends."""

    def __init__(self, fresh: Iterator[Activations]) -> None:
        self._fresh = fresh
        self._rest: Activations | None = None

    def take(self, count: int) -> Iterator[Activations]:
        """The next ``count`` images."""
        while count:
            part = self._rest or next(self._fresh)
            here, self._rest = _cut(part, count) if len(part.indices) > count else (part, None)
            count -= len(here.indices)
            yield here


def _cut(part: Activations, count: int) -> tuple[Activations, Activations]:
    first, rest = slice(0, count), slice(count, None)

    def piece(which: slice) -> Activations:
        indices = part.indices[which]
        own = {index: why for index, why in part.reasons.items() if index in set(indices)}
        return Activations(indices, part.values[which], part.places[which], own)

    return piece(first), piece(rest)


class Known:
    """What earlier scans in the same store say of the images of a collection."""

    def __init__(self, root: Path, key: str, collection: Collection) -> None:
        self._entry: Path | None = None
        self._rows = np.full(len(collection), -1, dtype=np.int64)
        for entry in sorted(root.glob("scan-*")):
            rows = _rows(entry, key, collection)
            if rows is not None and (rows >= 0).sum() > (self._rows >= 0).sum():
                self._entry, self._rows = entry, rows

    def split(self, part: range) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The images that are known, and those that have to be looked at."""
        there = self._rows[part.start : part.stop] >= 0
        indices = np.arange(part.start, part.stop)
        return indices[there], indices[~there]

    def read(self, indices: npt.NDArray[np.int64]) -> Iterator[Activations]:
        """What is known of these images."""
        if len(indices) and self._entry is not None:
            rows = self._rows[indices]
            # Opened anew each time: what was mapped before no longer counts as memory in use.
            values = np.load(self._entry / MAXIMA, mmap_mode="r")[rows]
            places = np.load(self._entry / PLACES, mmap_mode="r")[rows]
            yield Activations(indices.tolist(), values, places)


def _rows(entry: Path, key: str, collection: Collection) -> npt.NDArray[np.int64] | None:
    """For each image its row in an earlier scan, -1 where it has none; None for another's scan."""
    if collection.hashes is None:
        return None
    try:
        if json.loads((entry / SOURCE).read_text(encoding="utf-8"))["key"] != key:
            return None
        hashes = np.load(entry / HASHES)
        values = np.load(entry / MAXIMA, mmap_mode="r")
    except (OSError, ValueError, KeyError):
        return None
    if len(values) != len(hashes) or not len(hashes):
        return None
    # An image that could not be read is tried again, since its reason names the file.
    order = np.argsort(hashes, kind="stable")
    at = np.searchsorted(hashes, collection.hashes, sorter=order).clip(max=len(hashes) - 1)
    rows = order[at]
    same = (hashes[rows] == collection.hashes) & ~np.isnan(values[rows, 0])
    return np.where(same, rows, -1).astype(np.int64)


def suitable_batch(images: int) -> int:
    """Images a pass: a power of two, no larger than it takes for a small collection."""
    return min(BATCH, 1 << max(0, images - 1).bit_length())
