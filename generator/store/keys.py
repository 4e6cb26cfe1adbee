"""Keys: sixteen hexadecimal digits that change with the content that something was made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]


def content_key(**parts: Any) -> str:
    """Sixteen hexadecimal digits that change with anything in ``parts`` (JSON values)."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def code_key(*places: str) -> str:
    """Sixteen hexadecimal digits that change with these files and folders of the package."""
    digest = hashlib.sha256()
    for place in places:
        path = PACKAGE / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
