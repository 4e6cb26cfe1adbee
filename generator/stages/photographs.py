"""Small pictures of the whole photographs, to show where in them a unit looked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import raster
from generator.records.units import Whole
from generator.stages.build import Build
from generator.store.stage_files import read, write

PHOTOGRAPHS = "photographs.json"
Photographs = dict[int, Whole]  # by the number of the photograph
LONGEST = 160  # pixels: shown at half of that, sharp on fine screens
QUALITY = 55


def make(folder: Path, build: Build) -> None:
    """``NUMBER.avif`` for each photograph that gave a patch, and ``photographs.json``."""
    collection = build.collection
    of: dict[int, int] = {}  # photograph -> one image that is cut from it
    for top in build.top:
        for image in np.unique(top.images[top.images >= 0]).tolist():
            of.setdefault(collection.items[image].source, image)
    photographs: Photographs = {}
    for source, image in sorted(of.items()):
        whole = collection.whole(image)
        small = whole.copy()
        small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        small.info.clear()  # browsers refuse a picture in colour with the profile of a grey one
        picture = raster.save_photograph(small, folder, str(source), QUALITY)
        photographs[source] = Whole(**vars(picture), of=whole.size)
    write(folder / PHOTOGRAPHS, photographs)


def entry(folder: Path, build: Build) -> Photographs:  # noqa: ARG001
    """As written."""
    return read(folder / PHOTOGRAPHS, Photographs)
