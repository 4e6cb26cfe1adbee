"""What a fake store says of its units beyond their claims: numbers, sheets, other patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

PERCENTILES = (90, 75, 50)
A_SHEET = 8


def numbers(channel: int, alive: bool) -> dict[str, Any]:
    """A unit's tuning and its scores for the three concepts of the fake hierarchy."""
    peak = 1.5 if alive else 0.0
    curve = [0.2, 0.1 * (channel % 8), 1.0, 0.3] if alive else [0.0] * 4
    return {
        "orientation": {
            "angle": channel * 10 % 180 - 85,
            "selectivity": 0.05 * (channel % 18) if alive else 0.0,
            "single": channel % 7 != 5,
            "peak": peak,
            "curve": curve,
        },
        "colour": {
            "hue": channel * 20 % 360,
            "share": 0.5 if alive else 0.0,
            "compared": alive and channel % 9 != 4,
            "on_off": -0.75 if alive else 0.0,
            "opponent": 0.4,
            "peak": peak,
            "curve": curve,
        },
        "concepts": [0.5 + 0.02 * (channel % 18), 0.61, 0.48],
    }


def spread(folder: Path, tiles: Sequence[int], units: int, dead: int) -> dict[str, Any]:
    layers = []
    for number, tile in enumerate(tiles, start=1):
        side = 3 * tile + 4
        path = folder / "spread-1" / f"{number}.avif"  # one for all units: only its place matters
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (3 * side + 4, side), (60, 90, 120)).save(path)
        picture = {
            "file": path.relative_to(folder).as_posix(),
            "width": 3 * side + 4,
            "height": side,
            "tile": tile,
            "gap": 2,
        }
        part = {
            "level": 0.7,
            "values": [0.75] * 9,
            "images": list(range(9)),
            "photographs": ["Chelsea the cat", "A motorcycle", *["Coins from Pompeii"] * 7],
        }
        alive = {"fires": 0.412, "picture": picture, "parts": [part] * 3}
        gone: dict[str, Any] = {"fires": 0.0, "picture": None, "parts": []}
        layers.append([gone if channel == dead else alive for channel in range(units)])
    return {"percentiles": list(PERCENTILES), "around": 2.5, "patches": 9, "layers": layers}


def sheets(
    folder: Path, tiles: Sequence[Mapping[str, Any]], units: int, dead: int
) -> dict[str, Any]:
    layers = []
    for number, tile in enumerate(tiles, start=1):
        side = 3 * tile["size"] + 4 if tile["crisp"] else 130
        files = []
        for sheet in range(-(-units // A_SHEET)):
            many = min(A_SHEET, units - sheet * A_SHEET)
            whole = Image.new("RGB", (many * (side + 2) - 2, side), (90, 60, 120))
            path = folder / "sheets-1" / f"{number}-{sheet}.avif"
            path.parent.mkdir(parents=True, exist_ok=True)
            whole.save(path)
            files.append(
                {
                    "file": path.relative_to(folder).as_posix(),
                    "width": whole.width,
                    "height": whole.height,
                }
            )
        layers.append({"unit": side, "step": side + 2, "files": files})
    return {"units": A_SHEET, "layers": layers}


def drawings(folder: Path, layers: int, units: int, dead: int) -> dict[str, Any]:
    """The same two grids of nine for all units but the dead one: only their places matter."""
    pictures = {}
    for name in ("strongest", "weakest"):
        path = folder / "drawings-1" / f"{name}.avif"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (196, 196), (70, 90, 60)).save(path)
        file = path.relative_to(folder).as_posix()
        pictures[name] = {"file": file, "width": 196, "height": 196}
    one = {**pictures, "most": ["wheel"] * 5 + ["circle"] * 4, "less": ["pebbles"] * 9}
    own = [None if channel == dead else one for channel in range(units)]
    return {"layers": [own] * layers}


def photographs(folder: Path, count: int) -> dict[str, Any]:
    said = {}
    for number in range(count):
        path = folder / "photographs-1" / f"{number}.avif"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (160, 120), (120, 140, 60)).save(path)
        said[str(number)] = {
            "file": path.relative_to(folder).as_posix(),
            "width": 160,
            "height": 120,
            "of": [400, 300],
        }
    return said
