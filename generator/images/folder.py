"""A folder of photographs as a collection."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.decode import decode

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def open_folder(root: Path) -> Collection:
    """Every JPEG, PNG and WebP below ``root``, in the order of their paths.

    The first folder below ``root`` is an image's class; in a folder without sub-folders no
    image has one. Raises ImagesError when the folder is missing or holds no image files.
    """
    if not root.is_dir():
        raise ImagesError(f"{root}: no such folder; give --images a folder of photographs")
    paths = sorted(
        (path for path in _files(root) if path.suffix.lower() in SUFFIXES),
        key=lambda path: path.relative_to(root).parts,
    )
    if not paths:
        raise ImagesError(f"{root}: holds no {', '.join(SUFFIXES)} files")
    relative = [path.relative_to(root) for path in paths]
    classes = tuple(sorted({part.parts[0] for part in relative if len(part.parts) > 1}))
    index = {name: number for number, name in enumerate(classes)}
    items = tuple(
        Item(
            name=part.as_posix(),
            label=index[part.parts[0]] if len(part.parts) > 1 else -1,
            source=number,
        )
        for number, part in enumerate(relative)
    )
    return Collection(
        name=root.resolve().name,
        title=f"the folder {root.resolve().name!r}",
        sha256=_fingerprint(relative, root),
        items=items,
        opener=lambda item: decode(root / item.name),
        classes=classes,
        sources=len(items),
    )


def _files(root: Path) -> list[Path]:
    """Regular files that lie in the folder itself: links that lead out of it are left alone."""
    inside = root.resolve()
    found: list[Path] = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if path.is_file() and path.resolve().is_relative_to(inside):
                found.append(path)
    return found


def _fingerprint(relative: list[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for part in relative:
        try:
            with (root / part).open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            # Decoding will say so again, and the image is then left out and named.
            content = f"can't be read: {error.strerror}"
        digest.update(f"{part.as_posix()}\0{content}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
