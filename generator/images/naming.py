"""A photograph by its name: in the collection, or a file of one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from generator.errors import ImagesError, unknown
from generator.images.collection import Collection


def find(collection: Collection, name: str) -> int | Path:
    """The number of an image in the collection, or a file.

    ``name`` is an image's name, or the title of a photograph, which stands for the largest
    image that is cut from it; anything else has to be a file. Raises UsageError with the nearest
    known name where it is none of these.
    """
    for number, item in enumerate(collection.items):
        if item.name == name:
            return number
    titles = {credit.title: source for source, credit in collection.credits.items()}
    if name in titles:
        return largest(collection)[titles[name]][0]
    if Path(name).is_file():
        return Path(name)
    raise unknown("photograph", name, titles or [item.name for item in collection.items])


def largest(collection: Collection) -> dict[int, list[int]]:
    """For each photograph, by its number, the images of it that show most, in order."""
    sides: dict[int, int] = {}
    for item in collection.items:
        sides[item.source] = max(item.side, sides.get(item.source, 0))
    copies: dict[int, list[int]] = {}
    for number, item in enumerate(collection.items):
        if item.side == sides[item.source]:
            copies.setdefault(item.source, []).append(number)
    return copies


def identities(collection: Collection, names: Iterable[str]) -> list[str]:
    """What the result depends on for each name: the image's, or for a file its bytes' SHA-256.

    Raises UsageError for an unknown name, ImagesError for a file that can't be read.
    """
    given: list[str] = []
    for name in names:
        place = find(collection, name)
        if isinstance(place, int):
            given.append(collection.items[place].name)
            continue
        try:
            given.append(f"{place.name} {hashlib.sha256(place.read_bytes()).hexdigest()}")
        except OSError as error:
            raise ImagesError(f"{place}: can't be read ({error.strerror})") from error
    return given
