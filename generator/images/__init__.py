"""Image collections: folders, the bundled photographs, Imagenette, and drawn stimuli."""

from __future__ import annotations

from pathlib import Path

from generator.errors import ImagesError
from generator.images.bundled import open_bundled
from generator.images.collection import Collection, Item
from generator.images.decode import MEGAPIXELS
from generator.images.folder import open_folder
from generator.images.imagenette import NAME as IMAGENETTE
from generator.images.imagenette import open_imagenette

__all__ = ["BUNDLED", "IMAGENETTE", "Collection", "Item", "open_collection"]

BUNDLED = "bundled"


def open_collection(
    spec: str, megapixels: int = MEGAPIXELS, follow_links: bool = False
) -> Collection:
    """The collection that ``spec`` names: ``bundled``, ``imagenette``, or the path of a folder.

    A folder that is called so is written ``./imagenette``. Images of a folder with more pixels
    than ``megapixels`` million can't be decoded; ``follow_links`` follows its links also where
    they lead outside. Raises ImagesError when there is no such folder,
    it holds no images, or Imagenette can't be downloaded.
    """
    if spec == BUNDLED:
        return open_bundled()
    if spec == IMAGENETTE:
        return open_imagenette()
    try:
        folder = Path(spec).expanduser()
    except RuntimeError as error:  # there is no such user
        raise ImagesError(f"{spec}: no such folder; give --images one of photographs") from error
    return open_folder(folder, megapixels, follow_links)
