"""Image collections: folders, the bundled photographs, and drawn stimuli."""

from __future__ import annotations

from pathlib import Path

from generator.images.bundled import open_bundled
from generator.images.collection import Collection, Credit, Item
from generator.images.folder import open_folder

__all__ = ["BUNDLED", "Collection", "Credit", "Item", "open_collection"]

BUNDLED = "bundled"


def open_collection(spec: str) -> Collection:
    """The collection that ``spec`` names: ``bundled``, or the path of a folder.

    Raises ImagesError when there is no such folder or it holds no images.
    """
    return open_bundled() if spec == BUNDLED else open_folder(Path(spec).expanduser())
