"""A folder of photographs as a collection."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import overload

import numpy as np
from PIL import Image

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.credits import CREDITS, folder_credits
from generator.images.decode import MEGAPIXELS, decode, open_regular
from generator.images.formats import HEAD, form_of, why_refused
from generator.images.jpeg import Jpeg, plain_jpeg
from generator.images.listing import check_splits, files_below
from generator.records.taken import PICTURE_ENDINGS, PICTURES

DIGITS = 32  # of an image's SHA-256 that are kept: enough that no two images share them


def open_folder(root: Path, megapixels: int = MEGAPIXELS, follow_links: bool = False) -> Collection:
    """Every picture below ``root``, in the order of their paths; larger ones can't be decoded.

    The first folder below ``root`` is a picture's class; in a folder without sub-folders no
    picture has one. Files that hold the same picture, byte for byte, are one picture, the first.
    ``follow_links`` as for ``files_below``. Raises ImagesError when the folder is missing, holds
    no pictures, or holds the parts of a data set in place of classes, and GeneratorError for a
    ``credits.csv`` that can't be used.
    """
    if not root.is_dir():
        raise ImagesError(f"{root}: no such folder; give --images a folder of photographs")
    check_splits(root)
    items, left = FolderItems(), Left()
    whole = hashlib.sha256()
    hashes: list[bytes] = []
    first_with: dict[bytes, int] = {}  # the pictures by their content
    for listed in files_below(root, follow_links):
        name, reason = listed.name, listed.reason
        if name == CREDITS:
            continue
        content = None
        if reason is None:
            content, reason = _content(root / name)
        if content is None:
            if reason is None:
                left.other(name)
                continue
            if listed.picture:
                whole.update(_line(name, f"refused: {reason}"))
            left.out(name, reason, listed.picture)
            continue
        key = hashlib.sha256(content.encode()).hexdigest()[:DIGITS].encode()
        known = first_with.setdefault(key, len(items))
        if known < len(items):
            left.out(name, f"holds the same as {items[known].name}", picture=False)
            continue
        whole.update(_line(name, content))
        hashes.append(key)
        items.add(name)
    if not items:
        first = f"; {left.refused[0][0]} {left.refused[0][1]}" if left.refused else ""
        raise ImagesError(f"{root}: holds no {PICTURES} picture that can be used{first}")
    return Collection(
        name=root.resolve().name,
        title=f"the folder {root.resolve().name!r}",
        sha256=whole.hexdigest(),
        items=items,
        opener=partial(_open, root, megapixels),  # a worker process is handed it
        classes=items.classes,
        sources=len(items),
        per_source=1,
        credits=folder_credits(root, items),
        hashes=np.array(hashes, dtype=f"S{DIGITS}"),
        refused=tuple(left.refused),
        passed_over=left.passed_over(),
        jpeg=partial(_jpeg, root, megapixels),
    )


class Left:
    """What takes no part: pictures that are refused, and all else, with the reasons."""

    def __init__(self) -> None:
        self.refused: list[tuple[str, str]] = []
        self._passed: list[tuple[str, str]] = []
        self._first: dict[tuple[str, str], str] = {}  # of the others, by folder and ending
        self._others: Counter[tuple[str, str]] = Counter()

    def out(self, name: str, reason: str, picture: bool) -> None:
        """A file or folder with its reason."""
        (self.refused if picture else self._passed).append((name, reason))

    def other(self, name: str) -> None:
        """A file that is no picture; a data set may have one beside each photograph."""
        folder, _, file = name.rpartition("/")
        kind = folder, Path(file).suffix.lower()
        self._first.setdefault(kind, name)
        self._others[kind] += 1

    def passed_over(self) -> tuple[tuple[str, str], ...]:
        """What is no picture by name, many of one kind in one folder together."""
        files = list(self._passed)
        for (folder, ending), count in self._others.items():
            if count == 1:
                files.append((self._first[folder, ending], "is not a picture"))
            else:
                what = f"{ending} files" if ending else "files without an ending"
                place = f"{folder}/: " if folder else ""
                files.append((f"{place}{count:,} {what}", "are not pictures"))
        return tuple(files)


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
            return [self[number] for number in range(*index.indices(self._count))]
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


def _line(name: str, content: str) -> bytes:
    return f"{name}\0{content}\n".encode(errors="surrogateescape")


def _content(path: Path) -> tuple[str | None, str | None]:
    """The SHA-256 of a picture's file, or why it is refused; neither for what is no picture."""
    suffix = path.suffix.lower()
    try:
        with open_regular(path) as file:
            form = form_of(file.read(HEAD))
            refused = why_refused(form, suffix)
            if refused or not (form or suffix in PICTURE_ENDINGS):
                return None, refused
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest(), None
    except (OSError, ImagesError) as error:
        return None, f"can't be read ({getattr(error, 'strerror', None) or error})"
