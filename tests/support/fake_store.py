"""A small figure store as the pipeline would write it: drawn with Pillow, no network anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fake_course
import fake_units
from fake_learned import learned, wish
from fake_live import live
from fake_remade import remade
from PIL import Image, ImageDraw

from generator.records.manifest import BuildRecord, StoredManifest
from generator.records.schema import from_values, to_json
from generator.store.manifest import FORMAT

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
    return claim(
        "orientation", label, score, 0.41, held, angle=angle, selectivity=0.81, drawings=36
    )


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
    controls = {kind: folder / "control-2" / f"{kind}.webp" for kind in ("random", "shuffled")}
    for number, path in enumerate(controls.values(), start=3):
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet(LAYERS[2][3], number, "grey").save(path, lossless=True)
    sheets = fake_units.sheets(folder, [entry["tile"] for entry in layers], units, DEAD)
    manifest = {
        "format": FORMAT,
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
            "constants": "card",
            "title": None,
            "notes": [],
            "input_size": 64,
            "mean": [0.4776, 0.4465, 0.3979],
            "std": [0.2764, 0.2684, 0.2817],
        },
        "collection": {
            "name": "bundled",
            "title": "22 bundled photographs, cut into tiles",
            "count": 9474,
            "photographs": 22,
            "sha256": "cd" * 32,
            "classes": [],
            "skipped": [{"name": "<i>broken</i>_*.jpg", "reason": 'no "image" | at all'}],
            "passed_over": [{"name": ".thumbnails/", "reason": "is hidden"}],
            "credits": [
                {
                    "title": HOSTILE,
                    "author": "R. O'Hara & sons",
                    "licence": "CC0",
                    "address": "https://example.org/a_b?c=1&d=2",
                }
            ],
        },
        "versions": {"visualizing-cnns": "0.1.0", "python": "3.11.7", "torch": "2.15.0"},
        "device": "cpu",
        "settings": {"k": 9, "per_source": 1, "photographs": [], "follow_links": False},
        "class_statistics": {"images": 10000, "measure": "ratio"},
        "class_groups": {"Yorkshire terrier": "dogs"},
        "layers": layers,
        "hierarchy": hierarchy(folder),
        "tuning": {
            "angles": [-45, 0, 45, 90],
            "hues": [0, 90, 180, 270],
            "swatches": ["#b55e7c", "#8f7d35", "#008d7c", "#4f7cb9"],
        },
        "spread": fake_units.spread(
            folder, [entry["tile"]["size"] for entry in layers], units, DEAD
        ),
        "sheets": sheets,
        "walls": {
            "layers": [
                dict.fromkeys(("projections", "drawings"), layer["files"])
                for layer in sheets["layers"]
            ]
        },
        "drawings": fake_units.drawings(folder, len(LAYERS), units, DEAD),
        "photographs": fake_units.photographs(folder, len(PHOTOGRAPHS)),
        "stimuli": stimuli(folder),
        "architecture": {"parts": fake_course.parts()},
        "featuremaps": fake_course.featuremaps(folder, HOSTILE, len(LAYERS)),
        "quiz": fake_course.quiz(len(LAYERS)),
        "control": {
            "layer": 3,
            "channel": 2,
            "figures": {kind: picture(folder, path) for kind, path in controls.items()},
        },
        **remade(folder, HOSTILE),
        "live": live(folder, layers, HOSTILE),
        **learned(folder, layers, HOSTILE),
    }
    build = {
        "stages": [
            {"name": "scan", "seconds": 12.34, "peak_mb": 900, "from_store": False},
            {"name": "figures", "seconds": 0.0, "peak_mb": None, "from_store": True},
        ],
        "machine": "Linux on x86_64, 2 processor cores",
    }
    # Through the schema, so that the stand-in can't say what no store would.
    for name, values, kind in (
        ("build.json", build, BuildRecord),
        ("manifest.json", manifest, StoredManifest),
    ):
        (folder / name).write_text(to_json(from_values(values, kind)))
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
                "evidence": evidence(folder, f"{index}-{row}-{column}", found),
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


def evidence(folder: Path, place: str, found: Any) -> Any:
    """What backs the claim of a cell: a strip of drawings, or a curve."""
    if found is None:
        return None
    drawn = found["kind"] == "concept"
    said = {
        "kind": found["kind"],
        "score": found["score"],
        "low": found["detail"].get("low"),
        "high": found["detail"].get("high"),
        "of": "drawings" if drawn else "angles",
        "count": 3400 if drawn else found["detail"].get("drawings"),
        "positives": 200 if drawn else None,
        "random": {"score": found["bar"], "low": None, "high": None},
        "strip": None,
        "curve": None,
    }
    if not drawn:
        return said | {"curve": plot(folder, place)}
    path = folder / "evidence-1" / f"{place}.avif"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (394, 138), (90, 120, 90)).save(path)
    many = [{"concept": found["label"], "seed": 2 * number + 1} for number in range(5)]
    return said | {
        "random": {"score": 0.6249, "low": 0.551, "high": 0.694},
        "strongest": [*many, {"concept": "cross", "seed": 7}],
        "weakest": [{"concept": "pebbles", "seed": 2 * number + 1} for number in range(6)],
        "strip": picture(folder, path),
    }


def plot(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "evidence-1" / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 130" width="340"'
        ' height="130">\n<path d="M 0 0 L 340 130" style="fill: none; stroke: currentColor"/>\n'
        "</svg>\n"
    )
    return {"file": path.relative_to(folder).as_posix(), "width": 340, "height": 130}


def hierarchy(folder: Path) -> dict[str, Any]:
    """Circles are found from layer 2 on and fade, wheels from layer 3, lettering never."""
    scores = {
        "circle": (0.61, 0.8, 0.93, 0.91, 0.84),
        "wheel": (0.6, 0.66, 0.871, 0.94, 0.97),
        "lettering": (0.55, 0.58, 0.6, 0.6, 0.59),
    }
    chance = 0.57

    def table(all_scores: Mapping[str, tuple[float, ...]]) -> list[list[dict[str, float]]]:
        return [
            [
                {"channel": 2, "score": one[at], "low": one[at] - 0.03, "high": one[at] + 0.03}
                for one in all_scores.values()
            ]
            for at in range(len(LAYERS))
        ]

    return {
        "concepts": list(scores),
        "trained": table(scores),
        "random": table(dict.fromkeys(scores, (chance,) * len(LAYERS))),
        "bars": [[0.66] * len(scores)] * len(LAYERS),
        "drawings": {"trained": 200, "random": 50, "distractors": 40},
        "giveaways": [
            {"statistic": "contrast", "concept": "wheel", "score": 0.531},
            {"statistic": "edge energy", "concept": "circle", "score": 0.574},
            {"statistic": "grain of the corners", "concept": "lettering", "score": 0.549},
        ],
        "layers": list(range(1, len(LAYERS) + 1)),
        "figures": {name: plot(folder, name) for name in ("map", "curves")},
    }


def stimuli(folder: Path) -> dict[str, Any]:
    path = folder / "evidence-1" / "stimuli.avif"
    Image.new("RGB", (12 * 66 - 2, 4 * 66 - 2), (120, 120, 90)).save(path)
    concepts = ["circle", "wheel", "lettering", "pebbles"]
    return {
        **picture(folder, path),
        "concepts": concepts,
        "per_concept": 12,
        "tile": 64,
        "gap": 2,
    }


def unit(
    folder: Path, name: str, tile: tuple[int, int, bool], channel: int, cell: Any
) -> dict[str, Any]:
    asked = None if name == "conv1" else wish(folder, name, channel, HOSTILE)
    last = {"preferred": asked.pop("picture")} if asked else {}
    if channel == DEAD:
        dead = {"channel": channel, "dead": True, "top": [], "claims": []}
        dead |= {"figures": last or None, "preferred": asked}
        return {**dead, **fake_units.numbers(channel, alive=False)}
    files = {}
    for kind, ending in (("projections", "webp"), ("patches", "avif")):
        path = folder / "figures-1" / name / f"{channel}-{kind}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet(tile, channel, kind).save(path)
        files[kind] = picture(folder, path)
    claims = [cell["claim"]] if cell and cell["claim"] else []
    if channel % 4 == 1:
        few = [("Yorkshire terrier", 3.21), (HOSTILE, 2.04), ("teapot", 0.96)]
        told = [{"name": name, "score": score} for name, score in few]
        found = claim("class", *few[0], 1.6, True, images=10000, classes=told)
        claims.append(found)
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
                "source": (number + channel) % 4,
            }
            for number in range(9)
        ],
        "claims": claims,
        "preferred": asked,
        **fake_units.numbers(channel, alive=True),
        "figures": files | last,
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
