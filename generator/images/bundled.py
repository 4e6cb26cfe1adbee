"""The photographs that the project's dependencies carry in their wheels, cut into tiles.

They need no download. Each photograph is cut at several scales, so that a small network sees
eyes as well as faces and bricks as well as walls.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.decode import decode
from generator.images.folder import DIGITS
from generator.records.collections import Credit

# Tile sides as shares of a photograph's shorter side; tiles of one size overlap by half.
SCALES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.13)
SMALLEST = 60  # pixels: smaller tiles are mostly blur
PER_SOURCE = 1  # nine patches show nine photographs, or they would show one coin nine times

IMAGE, PLOT, LEARN = "scikit-image", "matplotlib", "scikit-learn"
FOLDERS = {
    IMAGE: ("skimage", "data"),
    PLOT: ("matplotlib", "mpl-data/sample_data"),
    LEARN: ("sklearn", "datasets/images"),
}
PUBLIC, CC0 = "public domain", "CC0"

# File, and what its package says of title, author and terms.
PHOTOGRAPHS: tuple[tuple[str, Credit], ...] = (
    ("astronaut.png", Credit("Eileen Collins, astronaut", "NASA", PUBLIC, IMAGE)),
    ("brick.png", Credit("Brick wall", "CC0Textures", CC0, IMAGE)),
    ("camera.png", Credit("Photographer at work", "Lav Varshney", CC0, IMAGE)),
    ("cell.png", Credit("A cell in a hologram", "qpformat", CC0, IMAGE)),
    ("chelsea.png", Credit("Chelsea the cat", "Stefan van der Walt", CC0, IMAGE)),
    ("china.jpg", Credit("Summer Palace", "Flickr user danielbuechele", "CC BY 2.0", LEARN)),
    ("clock_motion.png", Credit("A clock in motion", "Stefan van der Walt", PUBLIC, IMAGE)),
    ("coffee.png", Credit("A cup of coffee", "Rachel Michetti", CC0, IMAGE)),
    ("coins.png", Credit("Coins from Pompeii", "Brooklyn Museum", PUBLIC, IMAGE)),
    ("flower.jpg", Credit("A flower", "Flickr user vultilion", "CC BY 2.0", LEARN)),
    ("grace_hopper.jpg", Credit("Grace Hopper", "US Navy", PUBLIC, PLOT)),
    ("grass.png", Credit("Grass", "linolafett", CC0, IMAGE)),
    ("gravel.png", Credit("Gravel", "CC0Textures", CC0, IMAGE)),
    ("hubble_deep_field.jpg", Credit("Deep field of galaxies", "NASA, ESA", PUBLIC, IMAGE)),
    (
        "ihc.png",
        Credit("Stained tissue", "Center for Microscopy and Molecular Imaging", PUBLIC, IMAGE),
    ),
    ("microaneurysms.png", Credit("Part of a retina", "Andreas Maier", CC0, IMAGE)),
    (
        "moon.png",
        Credit("The moon's surface", "the scikit-image project", "as scikit-image", IMAGE),
    ),
    (
        "motorcycle_left.png",
        Credit("A motorcycle", "D. Scharstein and others, Middlebury", "as Middlebury 2014", IMAGE),
    ),
    ("page.png", Credit("A printed page", "the scikit-image project", "as scikit-image", IMAGE)),
    ("retina.jpg", Credit("A retina", "Mikael Häggström", CC0, IMAGE)),
    ("rocket.jpg", Credit("Falcon 9", "SpaceX", PUBLIC, IMAGE)),
    ("text.png", Credit("A corner of a printed page", "Wikipedia", PUBLIC, IMAGE)),
)


def open_bundled() -> Collection:
    """The tiles of all bundled photographs, in the order of the table above."""
    digest = hashlib.sha256(json.dumps([SCALES, SMALLEST, PER_SOURCE]).encode())
    items: list[Item] = []
    hashes: list[bytes] = []
    for source, (file, credit) in enumerate(PHOTOGRAPHS):
        path = _locate(file, credit)
        content = path.read_bytes()
        digest.update(content)
        photograph = hashlib.sha256(content).hexdigest()
        with Image.open(path) as image:
            width, height = image.size
        for left, top, side in _tiles(width, height):
            name = f"{credit.title} ({side} px at {left}, {top})"
            items.append(Item(name, -1, source, left, top, side))
            cut = f"{photograph} {left} {top} {side}".encode()
            hashes.append(hashlib.sha256(cut).hexdigest()[:DIGITS].encode())
    return Collection(
        name="bundled",
        title=f"{len(PHOTOGRAPHS)} bundled photographs, cut into tiles",
        sha256=digest.hexdigest(),
        items=tuple(items),
        opener=_open_tile,
        sources=len(PHOTOGRAPHS),
        per_source=PER_SOURCE,
        credits=tuple(credit for _, credit in PHOTOGRAPHS),
        hashes=np.array(hashes, dtype=f"S{DIGITS}"),
    )


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


@lru_cache(maxsize=len(PHOTOGRAPHS))
def _photograph(source: int) -> Image.Image:
    return decode(_locate(*PHOTOGRAPHS[source]))


def _locate(file: str, credit: Credit) -> Path:
    """The file in its package, found without importing the package."""
    package, folder = FOLDERS[credit.package]
    spec = find_spec(package)
    path = (
        Path(spec.submodule_search_locations[0], folder, file)
        if spec and (spec.submodule_search_locations)
        else None
    )
    if path is None or not path.is_file():
        raise ImagesError(
            f"{file} is missing from {credit.package}; install the project again with pip"
        )
    return path
