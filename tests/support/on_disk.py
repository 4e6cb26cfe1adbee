"""What lies in a store, as JSON values: the tests' own way in, beside that of the records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def manifest_of(store: Path) -> dict[str, Any]:
    """The manifest as any JSON parser reads it."""
    return dict(json.loads((store / "manifest.json").read_text(encoding="utf-8")))
