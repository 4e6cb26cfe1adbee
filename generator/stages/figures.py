"""Every unit's strongest patches, projected back to pixels and drawn."""

from __future__ import annotations

from pathlib import Path

from generator import figures
from generator.stages.build import Build


def make(folder: Path, build: Build) -> None:
    """Two pictures a unit, in a folder a layer."""
    figures.draw_layers(build.network, build.inputs, build.top, folder)
