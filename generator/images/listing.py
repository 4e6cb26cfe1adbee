"""Which files of a folder may be pictures; which are refused, and which passed over, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from generator.errors import ImagesError, one_line
from generator.records.taken import LEFT_BEHIND, PICTURE_ENDINGS, SPLITS

FOLLOW = "--follow-links follows it"


class Listed(NamedTuple):
    """A file of a folder: its path from there, and why it takes no part (None: it may).

    ``picture`` is whether it claims to be one: that is refused, all else is passed over.
    """

    name: str
    reason: str | None = None
    picture: bool = True


def files_below(root: Path, follow_links: bool = False) -> Iterator[Listed]:
    """Every file that may be a picture, and all that takes no part, in the order of the parts.

    Links are followed to files inside the folder; with ``follow_links`` wherever they lead, also
    to folders, to each once, so that there are no loops. Nothing is opened. A
    folder that can't be listed is refused under its own name, a hidden one passed over.
    """
    inside = root.resolve()
    linked_to: set[Path] = set()

    def below(folder: str, before: str) -> Iterator[Listed]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Listed(before or ".", f"can't be listed ({error.strerror})")
            return
        for entry in entries:
            name = before + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if hidden(entry.name):
                yield Listed(name + "/" * is_folder, "is hidden, or left by a program", False)
            elif is_folder:
                yield from below(entry.path, f"{name}/")
            elif entry.is_symlink():
                reason, linked = _link(entry, inside, follow_links)
                if linked is None:
                    # What a link leads to may be pictures, but for a folder that is listed anyway.
                    yield Listed(name, reason, picture="in its own place" not in (reason or ""))
                elif linked in linked_to:
                    yield Listed(name, "is a link to a folder that another link led to")
                else:
                    linked_to.add(linked)
                    yield from below(entry.path, f"{name}/")
            elif entry.is_file():
                yield Listed(name)
            else:
                yield Listed(name, "is not a regular file", _suffix(name) in PICTURE_ENDINGS)

    yield from below(os.fspath(root), "")


def hidden(name: str) -> bool:
    """Whether a file or folder of this name is nobody's photograph.

    >>> hidden(".thumbnails"), hidden("._x.jpg"), hidden("Thumbs.db"), hidden("x.jpg")
    (True, True, True, False)
    """
    return name.startswith(".") or name.lower() in LEFT_BEHIND


def check_splits(root: Path) -> None:
    """ImagesError, saying how to choose, for a folder that holds the parts of a data set alone."""
    folders: list[str] = []
    with os.scandir(root) as listing:
        for entry in listing:
            if hidden(entry.name):
                continue
            if entry.is_dir():
                folders.append(entry.name)
            elif _suffix(entry.name) in PICTURE_ENDINGS:
                return
    parts = [split for split in SPLITS if split in {name.lower() for name in folders}]
    if len(parts) < len(folders) or not parts:
        return
    if len(parts) == 1 and not _holds_folders(root / folders[0]):
        return  # the photographs of a folder that happens to be called so
    named = sorted(folders, key=lambda name: SPLITS.index(name.lower()))
    listed = " and ".join(f"{name}/" for name in named)
    raise ImagesError(
        f"{root}: holds {listed}, which are parts of a data set and no classes; choose one with "
        f"--images {root / named[-1]}"
    )


def _holds_folders(folder: Path) -> bool:
    with os.scandir(folder) as listing:
        return any(entry.is_dir() and not hidden(entry.name) for entry in listing)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122  (a million times)


def _link(
    entry: os.DirEntry[str], inside: Path, follow_links: bool
) -> tuple[str | None, Path | None]:
    """Why a link is refused, or the folder that it leads to; neither for a file to be read."""
    reason = None
    try:
        there = Path(entry.path).resolve(strict=True)
        leaves = not there.is_relative_to(inside)
        if there.is_dir():
            if not leaves and not any(map(hidden, there.relative_to(inside).parts)):
                reason = "is a link to a folder that is looked at in its own place"
            elif follow_links:
                return None, there
            else:
                which = "folder outside" if leaves else "hidden folder"
                reason = f"is a link to a {which}; {FOLLOW}"
        elif leaves and not follow_links:
            reason = f"is a link that leaves the folder; {FOLLOW}"
        elif not there.is_file():
            reason = "is not a regular file"
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop, before Python 3.13
        why = getattr(error, "strerror", None) or "links in a circle"
        reason = f"is a link that leads nowhere ({one_line(why)})"
    return reason, None
