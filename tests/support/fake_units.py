"""What a fake store says of its units beyond their claims: numbers, sheets, other patches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fake_pictures import plain

from generator.records.measured import ColourNumbers, OrientationNumbers
from generator.records.pictures import Picture, Tile
from generator.records.units import (
    DrawingsSection,
    LayerSheets,
    Sheets,
    SpreadPart,
    SpreadPicture,
    SpreadSection,
    UnitDrawings,
    UnitSpread,
    Whole,
)

A_SHEET = 8


def numbers(channel: int, alive: bool) -> dict[str, Any]:
    """A unit's tuning and its scores for the three concepts of the fake hierarchy."""
    peak = 1.5 if alive else 0.0
    curve = (0.2, 0.1 * (channel % 8), 1.0, 0.3) if alive else (0.0,) * 4
    return {
        "orientation": OrientationNumbers(
            angle=channel * 10 % 180 - 85,
            selectivity=0.05 * (channel % 18) if alive else 0.0,
            single=channel % 7 != 5,
            peak=peak,
            curve=curve,
        ),
        "colour": ColourNumbers(
            hue=channel * 20 % 360,
            share=0.5 if alive else 0.0,
            compared=alive and channel % 9 != 4,
            on_off=-0.75 if alive else 0.0,
            opponent=0.4,
            peak=peak,
            curve=curve,
        ),
        "concepts": (0.5 + 0.02 * (channel % 18), 0.61, 0.48),
    }


def spread(folder: Path, tiles: Sequence[Tile], units: int, dead: int) -> SpreadSection:
    photographs = ("Chelsea the cat", "A motorcycle", *["Coins from Pompeii"] * 7)
    part = SpreadPart(0.7, (0.75,) * 9, tuple(range(9)), photographs)
    layers = []
    for number, tile in enumerate(tiles, start=1):
        side = 3 * tile.size + 4
        name = f"spread-1/{number}.avif"  # one for all units: only its place matters
        picture = plain(folder, name, 3 * side + 4, side, (60, 90, 120))
        alive = UnitSpread(
            0.412, SpreadPicture(**vars(picture), tile=tile.size, gap=2), (part,) * 3
        )
        gone = UnitSpread(0.0, None, ())
        layers.append(tuple(gone if channel == dead else alive for channel in range(units)))
    return SpreadSection((90, 75, 50), around=2.5, patches=9, layers=tuple(layers))


def sheets(folder: Path, tiles: Sequence[Tile], units: int) -> Sheets:
    layers = []
    for number, tile in enumerate(tiles, start=1):
        side = 3 * tile.size + 4 if tile.crisp else 130

        def sheet(at: int, number: int = number, side: int = side) -> Picture:
            width = min(A_SHEET, units - at * A_SHEET) * (side + 2) - 2
            return plain(folder, f"sheets-1/{number}-{at}.avif", width, side, (90, 60, 120))

        layers.append(LayerSheets(side, side + 2, tuple(map(sheet, range(-(-units // A_SHEET))))))
    return Sheets(A_SHEET, tuple(layers))


def drawings(folder: Path, layers: int, units: int, dead: int) -> DrawingsSection:
    """The same two grids of nine for all units but the dead one: only their places matter."""
    strongest, weakest = (
        plain(folder, f"drawings-1/{name}.avif", 196, 196, (70, 90, 60))
        for name in ("strongest", "weakest")
    )
    alive = UnitDrawings(strongest, weakest, ("wheel",) * 5 + ("circle",) * 4, ("pebbles",) * 9)
    own = tuple(None if channel == dead else alive for channel in range(units))
    return DrawingsSection((own,) * layers)


def photographs(folder: Path, count: int) -> dict[int, Whole]:
    said = {}
    for number in range(count):
        picture = plain(folder, f"photographs-1/{number}.avif", 160, 120, (120, 140, 60))
        said[number] = Whole(**vars(picture), of=(400, 300))
    return said
