"""Small pictures of the whole photographs, to show where in them a unit looked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.draw import raster
from generator.stages.build import Build
from generator.store.stage_files import from_root, read, write

PHOTOGRAPHS = "photographs.json"
LONGEST = 160  # pixels: shown at half of that, sharp on fine screens
QUALITY = 55


def make(folder: Path, build: Build) -> None:
    """``NUMBER.avif`` for each photograph that gave a patch, and ``photographs.json``."""
    collection = build.collection
    of: dict[int, int] = {}  # photograph -> one image that is cut from it
    for top in build.top:
        for image in np.unique(top.images[top.images >= 0]).tolist():
            of.setdefault(collection.items[image].source, image)
    said: dict[str, Any] = {}
    for source, image in sorted(of.items()):
        whole = collection.whole(image)
        small = whole.copy()
        small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        small.info.clear()  # browsers refuse a picture in colour with the profile of a grey one
        name = f"{source}.avif"
        raster.save_photograph(small, folder / name, QUALITY)
        said[str(source)] = {
            "file": name,
            "width": small.width,
            "height": small.height,
            "of": list(whole.size),
        }
    write(folder / PHOTOGRAPHS, said)


def entry(folder: Path, build: Build) -> dict[str, Any]:  # noqa: ARG001
    """By number of the photograph: its small picture, and ``of``, its own width and height."""
    said: dict[str, Any] = read(folder / PHOTOGRAPHS)
    from_root(folder, said.values())
    return said
