"""The drawings behind the claims as pictures: a strip a cell, and a sheet of all stimuli."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.draw import raster
from generator.images import stimuli
from generator.records import MeasuredLayer

TILE = 64  # pixels: a drawing is the same at every size but for its finest grain
GAP, ROW_GAP = 2, 10  # as between the tiles of a unit, and between units
PER_CONCEPT = 12  # on the sheet
SHEET = "stimuli.avif"


def strip(
    strongest: Sequence[Mapping[str, Any]], weakest: Sequence[Mapping[str, Any]]
) -> raster.Pixels:
    """The strongest drawings in a row, and the weakest in a row below: (H, W, 3) uint8."""
    step = TILE + GAP
    width = max(len(strongest), len(weakest)) * step - GAP
    picture = np.full((2 * TILE + ROW_GAP, width, 3), raster.GREY, dtype=np.uint8)
    for row, drawings in enumerate((strongest, weakest)):
        top = row * (TILE + ROW_GAP)
        for column, one in enumerate(drawings):
            pixels = stimuli.draw(one["concept"], one["seed"], TILE).pixels
            picture[top : top + TILE, column * step : column * step + TILE] = pixels
    return picture


def draw_strips(layers: Sequence[MeasuredLayer], folder: Path) -> dict[str, dict[str, Any]]:
    """A strip for every cell whose claim rests on drawings, as ``LAYER-ROW-COLUMN.avif``.

    Gives for each ``LAYER-ROW-COLUMN`` the file with its width and height in pixels.
    """
    written: dict[str, dict[str, Any]] = {}
    for index, layer in enumerate(layers, start=1):
        for cell in layer.cells:
            if cell.evidence and "strongest" in cell.evidence:
                name = f"{index}-{cell.row}-{cell.column}"
                pixels = strip(cell.evidence["strongest"], cell.evidence["weakest"])
                written[name] = _save(pixels, folder / f"{name}.avif")
    return written


def draw_sheet(folder: Path) -> dict[str, Any]:
    """A row for each concept, each column of one seed: the same scene with another shape."""
    pixels = stimuli.contact_sheet(TILE, PER_CONCEPT, gap=GAP, ground=raster.GREY)
    return {
        **_save(pixels, folder / SHEET),
        "concepts": list(stimuli.CONCEPTS),
        "per_concept": PER_CONCEPT,
        "tile": TILE,
        "gap": GAP,
    }


def _save(pixels: raster.Pixels, path: Path) -> dict[str, Any]:
    picture = Image.fromarray(pixels)
    raster.save_photograph(picture, path)  # textured as photographs are
    return {"file": path.name, "width": picture.width, "height": picture.height}
