"""Every unit's strongest patches, projected back to pixels and drawn."""

from __future__ import annotations

from pathlib import Path

from generator.draw import unit_pictures
from generator.processes import Group
from generator.stages.build import Build


def work(folder: Path, build: Build, group: Group) -> None:
    """One process's share of the units: two pictures each, in a folder a layer."""
    parts = build.network, build.inputs, build.top, folder
    unit_pictures.draw_layers(*parts, group.rank, group.size)


def make(folder: Path, build: Build) -> None:
    """Nothing is left to do once every process has done its share."""
