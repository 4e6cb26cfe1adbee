"""One unit again, through random weights and through shuffled switches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.draw import raster, unit_pictures
from generator.stages.build import CONTROL_SEED, Build
from generator.store.stage_files import read, write

CONTROL = "control.json"
RANDOM_PICTURE, SHUFFLED_PICTURE = "random.webp", "shuffled.webp"


def make(folder: Path, build: Build) -> None:
    """Its patches projected in both ways, and ``control.json``, which says which unit it is."""
    index = min(3, len(build.network.layers))
    layer, record = build.layer(index), build.top[index - 1]
    cells = build.measured.layers[index - 1].cells
    alive = [
        cell.channel
        for cell in sorted(cells, key=lambda cell: cell.wanted is None)
        if (record.images[cell.channel] >= 0).all()
    ]
    if not alive:
        write(folder / CONTROL, None)
        return
    channel = alive[0]
    random = unit_pictures.control_tiles(
        build.control, layer, channel, record.images[channel], build.inputs
    )
    shuffled = unit_pictures.shuffled_tiles(
        build.network, layer, channel, record, build.inputs, CONTROL_SEED
    )
    style = unit_pictures.layer_style(layer, build.network.size)
    for tiles, name in ((random, RANDOM_PICTURE), (shuffled, SHUFFLED_PICTURE)):
        picture = raster.grid(tiles, style)
        raster.save_lossless(picture, folder / name)
    said = {"layer": layer.index, "channel": channel}
    write(folder / CONTROL, {**said, "width": picture.width, "height": picture.height})


def entry(folder: Path, build: Build) -> dict[str, Any] | None:  # noqa: ARG001
    """Layer, channel and the two pictures; None where no unit of the layer fires."""
    found = read(folder / CONTROL)
    if found is None:
        return None
    size = {"width": found["width"], "height": found["height"]}
    return {
        "layer": found["layer"],
        "channel": found["channel"],
        "figures": {
            "random": {"file": f"{folder.name}/{RANDOM_PICTURE}", **size},
            "shuffled": {"file": f"{folder.name}/{SHUFFLED_PICTURE}", **size},
        },
    }
