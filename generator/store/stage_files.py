"""Reading and writing of the files in a stage's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from generator.records.pictures import located
from generator.records.schema import from_values, to_json

R = TypeVar("R")


def write(path: Path, record: object) -> None:
    """A record, or None, into a file of the stage."""
    # A file's name need not be UTF-8; such a byte is read back as it was.
    path.write_text(to_json(record), encoding="utf-8", errors="backslashreplace")


def read(path: Path, kind: type[R]) -> R:
    """What ``write`` wrote; its pictures are named from the store's root."""
    values = json.loads(path.read_text(encoding="utf-8"))
    return located(from_values(values, kind), path.parent.name)


def read_or_none(path: Path, kind: type[R]) -> R | None:
    """What ``write`` wrote, where that may be None; see ``read``."""
    if path.read_text(encoding="utf-8") == to_json(None):
        return None
    return read(path, kind)
