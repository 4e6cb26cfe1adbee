"""Image collections: folders, the bundled photographs, Imagenette, and drawn stimuli."""

from __future__ import annotations

from pathlib import Path

from generator.images.bundled import open_bundled
from generator.images.collection import Collection, Credit, Item
from generator.images.folder import open_folder
from generator.images.imagenette import NAME as IMAGENETTE
from generator.images.imagenette import open_imagenette

__all__ = ["BUNDLED", "Collection", "Credit", "Item", "open_collection"]

BUNDLED = "bundled"


def open_collection(spec: str) -> Collection:
    """The collection that ``spec`` names: ``bundled``, ``imagenette``, or the path of a folder.

    A folder that is called so is written ``./imagenette``. Raises ImagesError when there is no
    such folder, it holds no images, or Imagenette can't be downloaded.
    """
    if spec == BUNDLED:
        return open_bundled()
    if spec == IMAGENETTE:
        return open_imagenette()
    return open_folder(Path(spec).expanduser())
