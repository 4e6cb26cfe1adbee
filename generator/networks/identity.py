"""Which weights a name stands for, worked out without loading them (and without torch)."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from generator.errors import WeightsError
from generator.networks.card import Card, checked
from generator.networks.own import code_of

BUNDLED = Path(__file__).parent / "weights"
RANDOM = "none"  # the word that asks for random weights


@dataclass(frozen=True)
class WeightsFile:
    """A file of weights; ``part`` names the nest in it where it holds several, or is empty."""

    path: Path
    part: str = ""


def weights_file(weights: str) -> WeightsFile:
    """What ``--weights`` names: ``FILE``, or ``FILE#NEST`` where no file has that whole name."""
    path = Path(weights)
    name, mark, part = weights.rpartition("#")
    try:
        whole = not mark or path.exists()
    except (OSError, ValueError):
        whole = True
    return WeightsFile(path) if whole else WeightsFile(Path(name), part)


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
    if code_of(name) is not None:
        return None
    path = BUNDLED / f"{name}.safetensors"
    return path if path.exists() else None


def shipped_pictures(name: str) -> Path | None:
    """The preferred inputs that ship with the package for this network, if any do."""
    if code_of(name) is not None:
        return None
    path = BUNDLED / f"{name}-preferred.zip"
    return path if path.exists() else None


def bundled_statistics(name: str) -> Path | None:
    """What each unit of this network answers to each class, if that ships with the package."""
    path = BUNDLED / f"{name}-classes.safetensors"
    return path if path.exists() else None


def bundled_effects(name: str) -> Path | None:
    """What each class loses without units of this network, if that ships with the package."""
    if code_of(name) is not None:
        return None
    path = BUNDLED / f"{name}-ablation.safetensors"
    return path if path.exists() else None


def weights_path(name: str, weights: str | None) -> Path | None:
    """The file that ``load(name, weights)`` would read; None for random or downloaded weights."""
    if weights is None:
        return bundled_weights(name)
    return None if weights == RANDOM else weights_file(weights).path


def card_of(path: Path) -> Card:
    """What ``FILE.json`` beside weights says of them, ``FILE`` with its own ending or without.

    Training writes one. Empty where none lies there, or one that names other weights by their
    SHA-256. Raises WeightsError where it says what can't be.
    """
    for beside in (path.with_name(f"{path.name}.json"), path.with_suffix(".json")):
        try:
            if not beside.is_file():  # a pipe would be waited for
                continue
            card = json.loads(beside.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(card, dict) and card.get("sha256", file_sha256(path)) == file_sha256(path):
            return checked(card, beside)
    return Card()


def card_at(path: Path) -> Card:
    """The card in a file that was named; WeightsError where it is none, or says what can't be."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WeightsError(f"{path}: can't be read as a card ({reason})") from error
    if not isinstance(card, dict):
        raise WeightsError(f"{path}: is no card; write a JSON object with its fields")
    return checked(card, path)


def card_for(model: str, weights: str | None, card: str | None = None) -> Card:
    """The card of a network: the one that was named, else that beside its weights, else empty."""
    if card is not None:
        return card_at(Path(card))
    path = weights_path(model, weights)
    return card_of(path) if path else Card()


def snapshots(name: str, weights: str | None) -> dict[int, Path]:
    """The convolutions along the way of a training run, by epoch; empty where none were kept.

    They lie beside the weights as ``NAME-epochN.safetensors``; the card says which there are.
    """
    path = weights_path(name, weights)
    epochs = card_of(path).snapshots if path else ()
    files = {epoch: path.with_name(f"{path.stem}-epoch{epoch}.safetensors") for epoch in epochs}  # type: ignore[union-attr]
    return {epoch: file for epoch, file in sorted(files.items()) if file.is_file()}


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
        return file_sha256(weights_file(weights).path)
    bundled = bundled_weights(name)
    if bundled is not None:
        return file_sha256(bundled)
    if code_of(name) is not None:
        return None  # known when the code has made them
    entry = recorded_download(name)
    return entry["sha256"] if entry else None
