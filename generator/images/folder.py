"""A folder of photographs as a collection."""

from __future__ import annotations

import hashlib
from pathlib import Path

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.decode import MEGAPIXELS, decode, open_regular
from generator.images.listing import SUFFIXES, files_below


def open_folder(root: Path, megapixels: int = MEGAPIXELS) -> Collection:
    """Every image below ``root``, in the order of their paths; larger ones can't be decoded.

    The first folder below ``root`` is an image's class; in a folder without sub-folders no
    image has one. Raises ImagesError when the folder is missing or holds no image files.
    """
    if not root.is_dir():
        raise ImagesError(f"{root}: no such folder; give --images a folder of photographs")
    listed = list(files_below(root))
    refused = tuple((name, reason) for name, reason in listed if reason)
    relative = [Path(name) for name, reason in listed if not reason]
    if not relative:
        first = f" that can be used; {refused[0][0]} {refused[0][1]}" if refused else ""
        raise ImagesError(f"{root}: holds no {', '.join(SUFFIXES)} files{first}")
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
        sha256=_fingerprint(relative, root, refused),
        items=items,
        opener=lambda item: decode(root / item.name, megapixels),
        classes=classes,
        sources=len(items),
        refused=refused,
    )


def _fingerprint(relative: list[Path], root: Path, refused: tuple[tuple[str, str], ...]) -> str:
    digest = hashlib.sha256()
    for part in relative:
        try:
            with open_regular(root / part) as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, ImagesError) as error:
            # Decoding will say so again, and the image is then left out and named.
            content = f"can't be read: {getattr(error, 'strerror', error)}"
        digest.update(f"{part.as_posix()}\0{content}\n".encode(errors="surrogateescape"))
    for name, reason in refused:
        digest.update(f"{name}\0refused: {reason}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
