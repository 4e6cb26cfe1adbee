"""Image collections: folders, the bundled photographs, Imagenette, Open Images, drawings."""

from __future__ import annotations

from pathlib import Path

from generator.errors import ImagesError, UsageError
from generator.images.bundled import open_bundled
from generator.images.collection import Collection, Item
from generator.images.decode import MEGAPIXELS
from generator.images.folder import open_folder
from generator.images.imagenette import NAME as IMAGENETTE
from generator.images.imagenette import open_imagenette
from generator.images.openimages import NAME as OPENIMAGES
from generator.images.openimages import Choice, open_openimages

__all__ = ["BUNDLED", "IMAGENETTE", "OPENIMAGES", "Choice", "Collection", "Item", "open_collection"]

BUNDLED = "bundled"


def open_collection(
    spec: str,
    megapixels: int = MEGAPIXELS,
    follow_links: bool = False,
    choice: Choice | None = None,
    update_lock: bool = False,
) -> Collection:
    """The collection that ``spec`` names: one of the words above, or the path of a folder.

    A folder that is called so is written ``./imagenette``. Images of a folder with more pixels
    than ``megapixels`` million can't be decoded; ``follow_links`` follows its links also where
    they lead outside. ``choice`` and ``update_lock`` are for Open Images: the rule by which they
    are chosen (None: that of their lock), and whether to choose anew. Raises ImagesError when
    there is no such folder, it holds no images, or a collection can't be downloaded.
    """
    if update_lock and spec != OPENIMAGES:
        raise UsageError(f"--update-lock is for --images {OPENIMAGES}, and not for {spec}")
    if spec == BUNDLED:
        return open_bundled()
    if spec == IMAGENETTE:
        return open_imagenette()
    if spec == OPENIMAGES:
        return open_openimages(choice, update_lock, megapixels)
    try:
        folder = Path(spec).expanduser()
    except RuntimeError as error:  # there is no such user
        raise ImagesError(f"{spec}: no such folder; give --images one of photographs") from error
    return open_folder(folder, megapixels, follow_links)
