"""What the network is built of, with the sizes and parameters of each part."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from generator.networks.architecture import architecture
from generator.stages.build import Build
from generator.store.stage_files import read, write

PARTS = "parts.json"


def make(folder: Path, build: Build) -> None:
    """``parts.json``: the network's parts in order of execution."""
    write(folder / PARTS, [asdict(part) for part in architecture(build.network)])


def entry(folder: Path, build: Build) -> dict[str, Any]:  # noqa: ARG001
    """``parts``: a ``records.Part`` each."""
    return {"parts": read(folder / PARTS)}
