"""A small figure store as the pipeline would write it: drawn with Pillow, no network anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

HOSTILE = 'A "cup" <b>of</b> *coffee* & [tea](x) `{{ 7 * 7 }}`'
PHOTOGRAPHS = ("Chelsea the cat", "Coins from Pompeii", HOSTILE, "A motorcycle")
UNITS = 18
DEAD = 5

# Name, map size, field (size, stride, offset), tile (size, gap, crisp), rows and columns.
LAYERS = (
    ("conv1", 32, (7, 2, -3), (42, 2, True), (3, 3)),
    ("conv2", 16, (27, 4, -13), (27, 1, False), (4, 4)),
    ("conv3", 8, (51, 8, -25), (51, 2, False), (3, 4)),
    ("conv4", 8, (67, 8, -33), (67, 2, False), (3, 4)),
    ("conv5", 8, (83, 8, -41), (83, 2, False), (3, 4)),
)

NAMED: dict[int, dict[tuple[int, int], tuple[str, dict[str, Any] | None]]] = {}


def claim(kind: str, label: str, score: float, bar: float, held: bool, **detail: Any) -> Any:
    return {
        "kind": kind,
        "label": label,
        "score": score,
        "bar": bar,
        "held": held,
        "detail": detail,
    }


def line(label: str, score: float, held: bool, angle: float) -> Any:
    return claim("orientation", label, score, 0.41, held, angle=angle, drawings=36)


def concept(label: str, score: float, held: bool, random: float = 0.73) -> Any:
    low, high = round(score - 0.04, 4), round(min(1, score + 0.04), 4)
    return claim(
        "concept", label, score, random, held, drawings=1700, random=random, low=low, high=high
    )


NAMED = {
    1: {
        (1, 1): ("line -45", line("line -45", 0.934, True, -43.2)),
        (1, 2): ("line +45", line("line +45", 0.62, False, 28.0)),
        (3, 2): ("green blob", claim("colour", "green blob", 0.71, 0.33, True, hue=141.0)),
    },
    2: {
        (1, 2): ("stripes", concept("stripes", 0.97, True)),
        (2, 2): ("circle", concept("circle", 0.913, True)),
        (4, 4): ("rectangle", concept("rectangle", 0.7, False)),
    },
    3: {
        (1, 1): ("grid or honeycomb", concept("honeycomb", 0.998, True)),
        (2, 2): ("wheel", concept("wheel", 0.75, False)),
        (3, 3): ("face", concept("face", 0.88, True)),
    },
    5: {
        (1, 1): ("dog face", concept("dog face", 0.9, True)),
        (1, 2): ("bird face", None),
        (1, 3): ("bicycle", concept("bicycle", 0.6, False)),
    },
}  # fmt: skip


def make_store(folder: Path, units: int = UNITS) -> Path:
    """Write the store into ``folder`` and give it back."""
    layers = [layer(folder, number, units) for number in range(1, len(LAYERS) + 1)]
    random = folder / "control-2" / "random.webp"
    random.parent.mkdir(parents=True)
    sheet(LAYERS[2][3], 3, "grey").save(random, lossless=True)
    manifest = {
        "format": 1,
        "key": "0123456789abcdef",
        "exhibit": "embedded",
        "network": {
            "name": "zfnet64",
            "source": "bundled",
            "sha256": "ab" * 32,
            "trained_on": "Tiny ImageNet",
            "accuracy": 0.4567,
            "accuracy_on": "the 10,000 validation images of Tiny ImageNet",
            "random": False,
            "input_size": 64,
        },
        "collection": {
            "name": "bundled",
            "title": "22 bundled photographs, cut into tiles",
            "count": 9474,
            "photographs": 22,
            "sha256": "cd" * 32,
            "classes": [],
            "skipped": [{"name": "<i>broken</i>_*.jpg", "reason": 'no "image" | at all'}],
            "credits": [
                {
                    "title": HOSTILE,
                    "author": "R. O'Hara & sons",
                    "licence": "CC0",
                    "package": "scikit-image",
                }
            ],
        },
        "versions": {"python": "3.11.7", "torch": "2.15.0"},
        "device": "cpu",
        "settings": {"k": 9, "per_source": 3},
        "class_statistics": {"images": 10000},
        "layers": layers,
        "control": {
            "layer": 3,
            "channel": 2,
            "figures": {"random": picture(folder, random)},
        },
    }
    build = {
        "stages": [
            {"name": "scan", "seconds": 12.34, "peak_mb": 900, "from_store": False},
            {"name": "figures", "seconds": 0.0, "peak_mb": None, "from_store": True},
        ],
        "machine": "Linux on x86_64, 2 processor cores",
    }
    (folder / "build.json").write_text(json.dumps(build))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def layer(folder: Path, index: int, units: int) -> dict[str, Any]:
    name, side, field, tile, (rows, columns) = LAYERS[index - 1]
    named = NAMED.get(index, {})
    cells = []
    free = [channel for channel in range(units) if channel != DEAD]
    for number in range(min(rows * columns, len(free))):
        row, column = number // columns + 1, number % columns + 1
        wanted, found = named.get((row, column), (None, None))
        cells.append(
            {
                "row": row,
                "column": column,
                "channel": free[number],
                "wanted": wanted,
                "claim": found,
            }
        )
    by_channel = {cell["channel"]: cell for cell in cells}
    return {
        "name": name,
        "index": index,
        "channels": units,
        "height": side,
        "width": side,
        "field": dict(zip(("size", "stride", "offset"), field, strict=True)),
        "tile": dict(zip(("size", "gap", "crisp"), tile, strict=True)),
        "figure": {"rows": rows, "columns": columns, "cells": cells},
        "units": [
            unit(folder, name, tile, channel, by_channel.get(channel)) for channel in range(units)
        ],
    }


def unit(
    folder: Path, name: str, tile: tuple[int, int, bool], channel: int, cell: Any
) -> dict[str, Any]:
    if channel == DEAD:
        return {"channel": channel, "dead": True, "top": [], "claims": [], "figures": None}
    files = {}
    for kind, ending in (("projections", "webp"), ("patches", "avif")):
        path = folder / "figures-1" / name / f"{channel}-{kind}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet(tile, channel, kind).save(path)
        files[kind] = picture(folder, path)
    claims = [cell["claim"]] if cell and cell["claim"] else []
    if channel % 4 == 1:
        claims.append(claim("class", "Yorkshire terrier", 3.21, 1.6, True, images=10000))
    return {
        "channel": channel,
        "dead": False,
        "top": [
            {
                "value": round(6.2 - number / 4, 3),
                "image": 100 * channel + number,
                "name": f"{PHOTOGRAPHS[(number + channel) % 4]} (200 px at 0, 100)",
                "class": "n02094433" if number % 2 else None,
                "row": number % 4,
                "column": (number + 1) % 4,
                "box": [-3, 1, 4, 8],
                "photograph": PHOTOGRAPHS[(number + channel) % 4],
            }
            for number in range(9)
        ],
        "claims": claims,
        "figures": files,
    }


def sheet(tile: tuple[int, int, bool], channel: int, kind: str) -> Image.Image:
    """Nine tiles with a line that turns with the channel; mid grey for projections."""
    size, gap, _ = tile
    whole = Image.new("RGBA", (3 * size + 2 * gap,) * 2, (0, 0, 0, 0))
    for number in range(9):
        ground = (128, 128, 128)
        if kind == "patches":
            ground = ((channel * 47 + number * 20) % 256, (number * 31) % 256, channel * 11 % 256)
        one = Image.new("RGBA", (size, size), (*ground, 255))
        pen = ImageDraw.Draw(one)
        pen.line(
            (channel * size / 18, 0, size - channel * size / 18, size), (230, 225, 215), size // 6
        )
        whole.paste(one, ((size + gap) * (number % 3), (size + gap) * (number // 3)))
    return whole


def picture(folder: Path, path: Path) -> dict[str, Any]:
    with Image.open(path) as image:
        width, height = image.size
    return {"file": path.relative_to(folder).as_posix(), "width": width, "height": height}
