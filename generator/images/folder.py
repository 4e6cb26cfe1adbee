"""A folder of photographs as a collection."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import overload

import numpy as np
from PIL import Image

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.decode import MEGAPIXELS, decode, open_regular
from generator.images.jpeg import Jpeg, plain_jpeg
from generator.images.listing import SUFFIXES, files_below

DIGITS = 32  # of an image's SHA-256 that are kept: enough that no two images share them


def open_folder(root: Path, megapixels: int = MEGAPIXELS) -> Collection:
    """Every image below ``root``, in the order of their paths; larger ones can't be decoded.

    The first folder below ``root`` is an image's class; in a folder without sub-folders no
    image has one. Raises ImagesError when the folder is missing or holds no image files.
    """
    if not root.is_dir():
        raise ImagesError(f"{root}: no such folder; give --images a folder of photographs")
    items = FolderItems()
    whole = hashlib.sha256()
    hashes: list[bytes] = []
    refused: list[tuple[str, str]] = []
    for name, reason in files_below(root):
        content = f"refused: {reason}" if reason else _fingerprint(root / name)
        whole.update(f"{name}\0{content}\n".encode(errors="surrogateescape"))
        if reason:
            refused.append((name, reason))
        else:
            hashes.append(hashlib.sha256(content.encode()).hexdigest()[:DIGITS].encode())
            items.add(name)
    if not items:
        first = f" that can be used; {refused[0][0]} {refused[0][1]}" if refused else ""
        raise ImagesError(f"{root}: holds no {', '.join(SUFFIXES)} files{first}")
    return Collection(
        name=root.resolve().name,
        title=f"the folder {root.resolve().name!r}",
        sha256=whole.hexdigest(),
        items=items,
        opener=partial(_open, root, megapixels),  # a worker process is handed it
        classes=items.classes,
        sources=len(items),
        hashes=np.array(hashes, dtype=f"S{DIGITS}"),
        refused=tuple(refused),
        jpeg=partial(_jpeg, root, megapixels),
    )


class FolderItems(Sequence[Item]):
    """The items of a folder, made as they are asked for: a million must not fill the memory."""

    def __init__(self) -> None:
        self._names = bytearray()  # one after the other
        self._ends = np.zeros(64, dtype=np.int64)
        self._count = 0
        self._firsts: list[int] = []  # the first image of each class, and of each stretch without
        self._labels: list[int] = []
        self.classes: tuple[str, ...] = ()

    def add(self, name: str) -> None:
        """The next image; names come in the order of their parts."""
        folder, _, rest = name.partition("/")
        label = -1
        if rest:
            if not self.classes or self.classes[-1] != folder:
                self.classes += (folder,)
            label = len(self.classes) - 1
        if not self._labels or self._labels[-1] != label:
            self._firsts.append(self._count)
            self._labels.append(label)
        self._names += name.encode(errors="surrogateescape")
        if self._count == len(self._ends):
            self._ends = np.concatenate([self._ends, np.zeros_like(self._ends)])
        self._ends[self._count] = len(self._names)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(self._count))]
        number = index + self._count if index < 0 else index
        if not 0 <= number < self._count:
            raise IndexError(f"image {index} of {self._count}")
        start = int(self._ends[number - 1]) if number else 0
        name = self._names[start : int(self._ends[number])].decode(errors="surrogateescape")
        label = self._labels[bisect_right(self._firsts, number) - 1]
        return Item(name=name, label=label, source=number)


def _open(root: Path, megapixels: int, item: Item) -> Image.Image:
    return decode(root / item.name, megapixels)


def _jpeg(root: Path, megapixels: int, item: Item) -> Jpeg | None:
    return plain_jpeg(root / item.name, megapixels)


def _fingerprint(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ImagesError) as error:
        # Decoding will say so again, and the image is then left out and named.
        return f"can't be read: {getattr(error, 'strerror', error)}"
