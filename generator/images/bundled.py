"""The photographs that the project's dependencies carry in their wheels, cut into tiles.

They need no download. Each photograph is cut at several scales, so that a small network sees
eyes as well as faces and bricks as well as walls.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.credits import CreditRow, read_credits
from generator.images.decode import decode
from generator.images.folder import DIGITS

# Tile sides as shares of a photograph's shorter side; tiles of one size overlap by half.
SCALES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.13)
SMALLEST = 60  # pixels: smaller tiles are mostly blur
PER_SOURCE = 1  # nine patches show nine photographs, or they would show one coin nine times

CREDITED = Path(__file__).with_name("bundled.csv")  # their files, from the folder of packages on


def open_bundled() -> Collection:
    """The tiles of all bundled photographs, in the order of their table of credits."""
    table = bundled_table()
    titles = [row.credit.title for row in table]
    digest = hashlib.sha256(json.dumps([SCALES, SMALLEST, PER_SOURCE, titles]).encode())
    items: list[Item] = []
    hashes: list[bytes] = []
    for source, row in enumerate(table):
        path = _locate(row.file)
        content = path.read_bytes()
        digest.update(content)
        photograph = hashlib.sha256(content).hexdigest()
        with Image.open(path) as image:
            width, height = image.size
        for left, top, side in _tiles(width, height):
            name = f"{row.credit.title} ({side} px at {left}, {top})"
            items.append(Item(name, -1, source, left, top, side))
            cut = f"{photograph} {left} {top} {side}".encode()
            hashes.append(hashlib.sha256(cut).hexdigest()[:DIGITS].encode())
    return Collection(
        name="bundled",
        title=f"{len(table)} bundled photographs, cut into tiles",
        sha256=digest.hexdigest(),
        items=tuple(items),
        opener=_open_tile,
        sources=len(table),
        per_source=PER_SOURCE,
        credits={source: row.credit for source, row in enumerate(table)},
        hashes=np.array(hashes, dtype=f"S{DIGITS}"),
    )


@cache
def bundled_table() -> list[CreditRow]:
    """Each photograph with its file, as ``PACKAGE/FOLDER/NAME``, and whose it is."""
    return read_credits(CREDITED)


def _tiles(width: int, height: int) -> list[tuple[int, int, int]]:
    """Left, top and side of every tile of a photograph, large ones first."""
    shorter = min(width, height)
    tiles: list[tuple[int, int, int]] = []
    for scale in SCALES:
        side = round(shorter * scale)
        if side < SMALLEST:
            break
        tiles += [
            (left, top, side) for top in _starts(height, side) for left in _starts(width, side)
        ]
    return tiles


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin along one direction: half a side apart or a little less, both ends met."""
    steps = -(-2 * (length - side) // side)
    return [round(step * (length - side) / steps) for step in range(steps + 1)] if steps else [0]


def _open_tile(item: Item) -> Image.Image:
    photograph = _photograph(item.source)
    if not item.side:
        return photograph
    box = (item.left, item.top, item.left + item.side, item.top + item.side)
    return photograph.crop(box)


@cache
def _photograph(source: int) -> Image.Image:
    return decode(_locate(bundled_table()[source].file))


def _locate(file: str) -> Path:
    """The file in its package, found without importing the package."""
    package, _, inside = file.partition("/")
    spec = find_spec(package)
    path = (
        Path(spec.submodule_search_locations[0], inside)
        if spec and (spec.submodule_search_locations)
        else None
    )
    if path is None or not path.is_file():
        raise ImagesError(f"{file}: is not installed; install the project again with pip")
    return path
