"""Imagenette: ten classes of ImageNet that torchvision knows where to fetch.

A collection for networks that were trained on ImageNet, small enough for a runner: the training
part at 320 pixels holds 9,469 photographs. It is fetched once, when a build first asks for it,
into torch's own cache (``TORCH_HOME``). Torchvision compares the archive with its hash; the
SHA-256 of what was unpacked is written down then, and compared whenever the folder is opened.

The photographs belong to their makers and come under the terms of ImageNet: research and
teaching, no commerce. Nothing of them is part of this project.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from generator.errors import ImagesError
from generator.images.collection import Collection
from generator.images.datasets import datasets_folder
from generator.images.folder import open_folder

NAME, SIZE, PART = "imagenette", "320px", "train"
FOLDER, ARCHIVE = "imagenette2-320", "imagenette2-320.tgz"
RECORD = "sha256.txt"


def open_imagenette() -> Collection:
    """The photographs, with their ten classes; downloaded if they are not there yet.

    Raises ImagesError when the download fails or the folder has changed since.
    """
    folder = imagenette_folder()
    if not folder.is_dir():
        _fetch(folder)
    collection = open_folder(folder / PART)
    try:
        recorded = (folder / RECORD).read_text(encoding="utf-8").strip()
    except OSError:
        recorded = ""
    if recorded != collection.sha256:
        raise ImagesError(
            f"{folder}: is not what was downloaded (SHA-256 {collection.sha256}, then "
            f"{recorded or 'not recorded'}); delete the folder to download it again"
        )
    title = f"{len(collection):,} photographs of Imagenette, ten classes of ImageNet"
    return replace(collection, name=NAME, title=title)


def imagenette_folder() -> Path:
    """The folder that holds the photographs, or will; their archive lies beside it."""
    return datasets_folder() / FOLDER


def archive() -> tuple[str, str]:
    """Address and MD5 of the archive, as torchvision has them."""
    from torchvision.datasets import Imagenette  # noqa: PLC0415

    address, digest = Imagenette._ARCHIVES[SIZE]
    return str(address), str(digest)


def _fetch(folder: Path) -> None:
    """Download and unpack beside the place, then move there: whole or absent."""
    # Imported here because a warm build must not wait for torch.
    from torchvision.datasets import Imagenette  # noqa: PLC0415

    kept = folder.with_name(ARCHIVE)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
        try:
            if kept.is_file():  # from an earlier time: its hash is looked at as a new one's is
                os.replace(kept, part / ARCHIVE)
            Imagenette(part, PART, SIZE, download=True)
            unpacked = part / FOLDER
            record = open_folder(unpacked / PART).sha256
            (unpacked / RECORD).write_text(record + "\n", encoding="utf-8")
            os.replace(unpacked, folder)
            os.replace(part / ARCHIVE, kept)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ImagesError(
            f"{NAME}: can't be downloaded from {archive()[0]} ({reason}); try again, or give "
            "--images a folder of photographs"
        ) from error
