"""What the network is built of, with the sizes and parameters of each part."""

from __future__ import annotations

from pathlib import Path

from generator.networks.architecture import architecture
from generator.records.course import NetworkParts
from generator.stages.build import Build
from generator.store.stage_files import read, write

PARTS = "parts.json"


def make(folder: Path, build: Build) -> None:
    """``parts.json``: the network's parts in order of execution."""
    write(folder / PARTS, NetworkParts(tuple(architecture(build.network))))


def entry(folder: Path, build: Build) -> NetworkParts:  # noqa: ARG001
    """As written."""
    return read(folder / PARTS, NetworkParts)
