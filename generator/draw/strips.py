"""The drawings behind the claims as pictures: a strip a cell, and a sheet of all stimuli."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import raster
from generator.images import stimuli
from generator.records import MeasuredLayer, Picture
from generator.records.measured import Stimuli, Stimulus

TILE = 64  # pixels: a drawing is the same at every size but for its finest grain
GAP, ROW_GAP = 2, 10  # as between the tiles of a unit, and between units
PER_CONCEPT = 12  # on the sheet
SHEET = "stimuli"


def strip(strongest: Sequence[Stimulus], weakest: Sequence[Stimulus]) -> raster.RGB:
    """The strongest drawings in a row, and the weakest in a row below: (H, W, 3) uint8."""
    step = TILE + GAP
    width = max(len(strongest), len(weakest)) * step - GAP
    picture = np.full((2 * TILE + ROW_GAP, width, 3), raster.GREY, dtype=np.uint8)
    for row, drawings in enumerate((strongest, weakest)):
        top = row * (TILE + ROW_GAP)
        for column, drawing in enumerate(drawings):
            pixels = stimuli.draw(drawing.concept, drawing.seed, TILE).pixels
            picture[top : top + TILE, column * step : column * step + TILE] = pixels
    return picture


def draw_strips(layers: Sequence[MeasuredLayer], folder: Path) -> dict[str, Picture]:
    """A strip for every cell whose claim rests on drawings, by ``LAYER-ROW-COLUMN``."""
    drawn: dict[str, Picture] = {}
    for index, layer in enumerate(layers, start=1):
        for cell in layer.cells:
            if cell.evidence and cell.evidence.strongest:
                place = f"{index}-{cell.row}-{cell.column}"
                pixels = strip(cell.evidence.strongest, cell.evidence.weakest)
                drawn[place] = _save(pixels, folder, place)
    return drawn


def draw_sheet(folder: Path) -> Stimuli:
    """A row for each concept, each column of one seed: the same scene with another shape."""
    pixels = stimuli.contact_sheet(TILE, PER_CONCEPT, gap=GAP, ground=raster.GREY)
    return Stimuli(
        **vars(_save(pixels, folder, SHEET)),
        concepts=stimuli.CONCEPTS,
        per_concept=PER_CONCEPT,
        tile=TILE,
        gap=GAP,
    )


def _save(pixels: raster.RGB, folder: Path, name: str) -> Picture:
    # Textured as photographs are.
    return raster.save_photograph(Image.fromarray(pixels), folder, name)
