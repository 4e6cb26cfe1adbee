"""Where the collections that are downloaded are kept: in torch's own cache."""

from __future__ import annotations

import os
from pathlib import Path


def datasets_folder() -> Path:
    """A folder below ``TORCH_HOME``, which need not be there yet."""
    home = os.environ.get("TORCH_HOME")
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    root = Path(home) if home else Path(cache).expanduser() / "torch"
    return root / "datasets"
