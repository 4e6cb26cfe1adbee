"""Which files of a folder are taken for images, and which are refused before they are opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from generator.errors import one_line

# What a photograph may be called; what it is shows when it is decoded.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def files_below(root: Path) -> Iterator[tuple[str, str | None]]:
    """Files with an image's ending, as (path from ``root``, why it is refused or None).

    In the order of the paths' parts. Links are followed to files inside the folder, never out of
    it and never to folders, so that there are no loops; nothing is opened. A folder that can't
    be listed is refused under its own name.
    """
    inside = root.resolve()

    def below(folder: str, before: str) -> Iterator[tuple[str, str | None]]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield before or ".", f"can't be listed ({error.strerror})"
            return
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from below(entry.path, f"{before}{entry.name}/")
            elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:  # noqa: PTH122  (a million times)
                yield before + entry.name, _refused(entry, inside)

    yield from below(os.fspath(root), "")


def _refused(entry: os.DirEntry[str], inside: Path) -> str | None:
    try:
        if entry.is_symlink():
            there = Path(entry.path).resolve(strict=True)
            if not there.is_relative_to(inside):
                return "is a link that leaves the folder"
            if there.is_dir():
                return "is a link to a folder"
        if not entry.is_file():
            return "is not a regular file"
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop, before Python 3.13
        reason = getattr(error, "strerror", None) or "links in a circle"
        return f"is a link that leads nowhere ({one_line(reason)})"
    return None
