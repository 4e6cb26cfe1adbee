"""The lock: which images a collection is made of, so that it can be made again, as JSON lines.

The first line says by what rule they were chosen, each other one tells of an image. Whoever
publishes a collection commits the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from generator.errors import ImagesError

FORMAT: Literal[1] = 1
REMEDY = "give --update-lock to choose anew"
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
ImageId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
WebAddress = Annotated[str, Meta(pattern=r"^https?://[^\s\"<>]+$")]
NonEmpty = Annotated[str, Meta(min_length=1)]


class Choice(Struct, frozen=True, kw_only=True):
    """By what rule images are chosen: up to ``per_class`` of each class, and as many at random.

    With ``boxes`` an image of a class is the square around its largest box.
    """

    format: Literal[1] = FORMAT
    per_class: int = 60
    boxes: bool = False
    seed: int = 0
    classes: tuple[NonEmpty, ...]


class Locked(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An image of the collection; ``label`` is the class that it was chosen for, if any.

    ``rotation`` is by how many degrees its pixels are turned counter-clockwise, ``cut`` the left,
    top and side in pixels of the square that is shown of it, once it is turned.
    """

    id: ImageId
    sha256: Digest
    label: str = ""
    rotation: Literal[0, 90, 180, 270] = 0
    cut: tuple[int, int, int] | None = None
    title: NonEmpty
    author: NonEmpty
    address: WebAddress


def read_lock(path: Path) -> tuple[Choice, tuple[Locked, ...]]:
    """The rule and the images of a lock. Raises ImagesError naming the line that is wrong."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ImagesError(f"{path}: can't be read ({error.strerror or error})") from error
    number = 1
    try:
        choice = msgspec.json.decode(lines[0] if lines else b"", type=Choice)
        images = []
        for number, line in enumerate(lines[1:], start=2):  # noqa: B007
            images.append(msgspec.json.decode(line, type=Locked))
    except msgspec.MsgspecError as error:
        raise ImagesError(
            f"{path}, line {number}: is not as it was written ({error}); take it from version "
            f"control again, or {REMEDY}"
        ) from error
    if len({image.id for image in images}) < len(images) or not images:
        what = "names an image twice" if images else "names no image"
        raise ImagesError(f"{path}: {what}; take it from version control again, or {REMEDY}")
    return choice, tuple(images)


def write_lock(path: Path, choice: Choice, images: tuple[Locked, ...]) -> None:
    """Write a lock, whole or not at all. Raises ImagesError."""
    content = msgspec.json.Encoder().encode_lines([choice, *images])
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ImagesError(f"{path}: can't be written ({error.strerror or error})") from error
