"""Which weights a name stands for, worked out without loading them (and without torch)."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.errors import WeightsError
from generator.networks.card import checked

BUNDLED = Path(__file__).parent / "weights"
RANDOM = "none"  # the word that asks for random weights


@lru_cache(maxsize=64)
def _digest(path: Path, size: int, modified: int) -> str:
    del size, modified
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal; WeightsError when it can't be read."""
    try:
        status = path.stat()
        # A pipe would be waited for, and some devices never end.
        if not stat.S_ISREG(status.st_mode):
            raise WeightsError(f"{path}: is not a file; give --weights a file that exists")
        return _digest(path, status.st_size, status.st_mtime_ns)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WeightsError(f"{path}: {reason}; give --weights a file that exists") from error


def bundled_weights(name: str) -> Path | None:
    """The weights that ship with the package for this network, if any do."""
    path = BUNDLED / f"{name}.safetensors"
    return path if path.exists() else None


def shipped_pictures(name: str) -> Path | None:
    """The preferred inputs that ship with the package for this network, if any do."""
    path = BUNDLED / f"{name}-preferred.zip"
    return path if path.exists() else None


def bundled_statistics(name: str) -> Path | None:
    """What each unit of this network answers to each class, if that ships with the package."""
    path = BUNDLED / f"{name}-classes.safetensors"
    return path if path.exists() else None


def weights_path(name: str, weights: str | None) -> Path | None:
    """The file that ``load(name, weights)`` would read; None for random or downloaded weights."""
    if weights is None:
        return bundled_weights(name)
    return None if weights == RANDOM else Path(weights)


def card_of(path: Path) -> dict[str, Any]:
    """What training wrote down about these weights; empty where no card of theirs lies beside.

    Raises WeightsError where it says what can't be.
    """
    try:
        beside = path.with_suffix(".json")
        if not beside.is_file():  # a pipe would be waited for
            return {}
        card = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    own = isinstance(card, dict) and card.get("sha256") == file_sha256(path)
    return checked(card, beside) if own else {}


def snapshots(name: str, weights: str | None) -> dict[int, Path]:
    """The convolutions along the way of a training run, by epoch; empty where none were kept.

    They lie beside the weights as ``NAME-epochN.safetensors``; the card says which there are.
    """
    path = weights_path(name, weights)
    epochs = card_of(path).get("snapshots", ()) if path else ()
    found = {epoch: path.with_name(f"{path.stem}-epoch{epoch}.safetensors") for epoch in epochs}  # type: ignore[union-attr]
    return {epoch: file for epoch, file in sorted(found.items()) if file.is_file()}


def ledger_path() -> Path:
    """Where the full hashes of downloaded weights are kept, beside torch's own cache."""
    home = os.environ.get("TORCH_HOME")
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    root = Path(home) if home else Path(cache).expanduser() / "torch"
    return root / "hub" / "checkpoints" / "visualizing-cnns.json"


def recorded_download(name: str) -> dict[str, str] | None:
    """File name and SHA-256 of torchvision's weights as recorded on first use."""
    try:
        entry = json.loads(ledger_path().read_text(encoding="utf-8")).get(name)
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    known = isinstance(entry, dict) and {"file", "sha256"} <= set(entry)
    return {key: str(entry[key]) for key in ("file", "sha256")} if known else None


def weights_identity(name: str, weights: str | None) -> str | None:
    """SHA-256 of the weights that ``load(name, weights)`` would use; None while unknown.

    Random weights are known by their word; torchvision's are unknown until first downloaded.
    """
    if weights == RANDOM:
        return RANDOM
    if weights is not None:
        return file_sha256(Path(weights))
    bundled = bundled_weights(name)
    if bundled is not None:
        return file_sha256(bundled)
    entry = recorded_download(name)
    return entry["sha256"] if entry else None
