"""Every unit's strongest patches, projected back to pixels and drawn."""

from __future__ import annotations

from pathlib import Path

from generator.draw import unit_pictures
from generator.processes import Group
from generator.records.schema import from_json
from generator.stages.build import Build
from generator.stages.read import DRAWN, Drawn
from generator.store.stage_files import write

SHARE = "share-{}.json"  # what one process drew


def work(folder: Path, build: Build, group: Group) -> None:
    """One process's share of the units: two pictures each, in a folder a layer."""
    parts = build.network, build.inputs, build.top, folder
    drawn = unit_pictures.draw_layers(*parts, group.rank, group.size)
    write(folder / SHARE.format(group.rank), drawn)


def make(folder: Path, build: Build) -> None:
    """``figures.json``: where the pictures of each unit lie, of those that fire."""
    drawn: Drawn = {layer.index: {} for layer in build.network.layers}
    for path in folder.glob(SHARE.format("*")):
        for index, units in from_json(path.read_bytes(), Drawn).items():
            drawn[index] |= units
        path.unlink()
    write(folder / DRAWN, {index: dict(sorted(units.items())) for index, units in drawn.items()})
