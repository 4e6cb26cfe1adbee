"""Reading and writing of the files in a stage's folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def from_root(folder: Path, pictures: Iterable[dict[str, Any]]) -> None:
    """Names each picture's file from the store's root, no longer from its stage's ``folder``."""
    for picture in pictures:
        picture["file"] = f"{folder.name}/{picture['file']}"


def rounded(value: float) -> float:
    """Four significant digits, which runs on two machines share; more is noise and bytes."""
    return float(f"{value:.4g}")


def write(path: Path, record: object) -> None:
    """JSON values into a file of the stage."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    # A file's name need not be UTF-8; such a byte is read back as it was.
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def read(path: Path) -> Any:
    """What ``write`` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))
