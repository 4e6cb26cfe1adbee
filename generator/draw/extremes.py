"""The drawings that units answer to most and least, as grids of nine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.draw import raster
from generator.images import stimuli
from generator.records import Picture, Tile
from generator.records.measured import Extremes, Stimulus
from generator.records.units import UnitDrawings

TILE = Tile(64, 2, crisp=False)  # a drawing is the same at every size but for its finest grain
WORKERS = 2


def draw_extremes(units: Iterable[tuple[str, Extremes]], folder: Path) -> dict[str, UnitDrawings]:
    """``NAME.webp`` and ``NAME-weakest.webp`` of each unit by name.

    Units that no drawing moves have none.
    """
    moved = [(name, ends) for name, ends in units if ends.strongest]

    def write(unit: tuple[str, Extremes]) -> tuple[str, UnitDrawings]:
        name, ends = unit
        return name, UnitDrawings(
            _save(ends.strongest, folder, name),
            _save(ends.weakest, folder, f"{name}-weakest"),
            *(tuple(one.concept for one in end) for end in (ends.strongest, ends.weakest)),
        )

    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(pool.map(write, moved))


def _save(drawings: Sequence[Stimulus], folder: Path, name: str) -> Picture:
    tiles = [stimuli.draw(one.concept, one.seed, TILE.size).pixels for one in drawings]
    picture = raster.tile_grid(tiles, TILE)
    return raster.save_drawings(picture, folder, name)
