"""Preferred inputs and features forming in a small store: no network anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

SIDE = 35
EPOCHS = (0, 1, 2)


def learned(folder: Path, layers: list[dict[str, Any]], hostile: str) -> dict[str, Any]:
    """``preferred``, ``forming`` and ``likeness`` with their files."""
    return {
        "preferred": preferred(folder),
        "forming": forming(folder, layers, hostile),
        "likeness": {
            "1": {"0": {"colours": 38.27, "light": 0.912, "least": 0.843}},
            "5": {"0": {"colours": 61.3, "light": 0.118, "least": -0.407}},
        },
    }


def wish(folder: Path, layer: str, channel: int, hostile: str) -> dict[str, Any]:
    """A unit's preferred input and what is told of it, as the manifest holds both."""
    path = folder / "preferred-1" / layer / f"{channel}.avif"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (SIDE, SIDE), (channel * 13 % 256, 90, 160)).save(path)
    called = {"class": f"{hostile}, and more", "probability": 0.935}
    return {
        "picture": picture(folder, path),
        "activation": 12.5,
        "multiple": None if channel % 7 == 6 else 3.98,
        "called": called if layer == "conv5" and channel in (2, 3) else None,
    }


def preferred(folder: Path) -> dict[str, Any]:
    reach = {"units": 16, "reached": 15, "least": 0.996, "median": 3.98}
    every = {"steps": 256, "rate": 0.05, "noise": 0.01, "seed": 0}
    waves = {**every, "shift": 0.125, "scales": [0.8, 1.2], "still": 0.25, "swing": 0.11}
    pixels = {**every, "decay": 0.003, "blur": 0.7, "every": 4, "weak": 0.1, "idle": 0.1}
    small = {"side": SIDE, "shift": 4, "least": 0.814, "largest": 1.2}
    large = {"side": 224, "shift": 8, "least": 0.9429, "largest": 1.057}

    def both(channel: int, multiple: float) -> dict[str, Any]:
        path = folder / "preferred-1" / "conv2" / f"{channel}-pixels.avif"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (SIDE, SIDE), (120, 110, 100)).save(path)
        other = folder / "preferred-1" / "conv2" / f"{channel}.avif"
        if not other.exists():
            Image.new("RGB", (SIDE, SIDE), (120, 90, 160)).save(other)
        told = {"activation": 12.5, "called": None}
        return {
            "waves": {"picture": picture(folder, other), "multiple": 3.98, **told},
            "pixels": {"picture": picture(folder, path), "multiple": multiple, **told},
        }

    return {
        "shipped": True,
        "every": True,
        "settings": {"waves": {**waves, "fall": 1.25}, "pixels": pixels},
        "moves": {"2": small, "3": large, "4": large, "5": large},
        "layers": {str(index): reach for index in range(2, 6)},
        "all": {**reach, "units": 64, "reached": 60},
        "compared": {"2": {"0": both(0, 2.2), "3": both(3, 4.5)}},
    }


def forming(folder: Path, layers: list[dict[str, Any]], hostile: str) -> dict[str, Any]:
    def moment(layer: dict[str, Any], epoch: int) -> dict[str, Any]:
        units = [
            {"channel": channel, "value": 1.5 + epoch, "image": 3, "row": 1, "column": 2}
            | {"name": hostile, "photograph": hostile}
            for channel in (0, 1)
        ]
        silent = {"channel": 2, "value": 0.0, "image": -1, "row": 0, "column": 0}
        tile, gap = layer["tile"]["size"], layer["tile"]["gap"]
        files = {}
        for kind in ("projections", "patches"):
            path = folder / "forming-1" / f"{layer['index']}-{epoch}-{kind}.webp"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (tile, 3 * tile + 2 * gap), (90, 40 * epoch, 90)).save(path)
            files[kind] = picture(folder, path)
        return {"units": [*units, silent], "figures": files}

    plot = folder / "forming-1" / "settling.svg"
    plot.parent.mkdir(parents=True, exist_ok=True)
    plot.write_text(
        '<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 230" width="340"'
        ' height="230">\n<path d="M 0 0 L 340 230" style="fill: none; stroke: currentColor"/>\n'
        "</svg>\n"
    )
    return {
        "epochs": list(EPOCHS),
        "images": 600,
        "spread": 520,
        "similarity": [[0.9 - index / 10, 0.95 - index / 10, 1.0] for index in range(5)],
        "lower_nearer": {"held": 10, "of": 10},
        "layers": [
            {
                "index": layer["index"],
                "channels": [0, 1, 2],
                "epochs": [moment(layer, epoch) for epoch in EPOCHS],
            }
            for layer in layers
        ],
        "figure": {"file": plot.relative_to(folder).as_posix(), "width": 340, "height": 230},
    }


def picture(folder: Path, path: Path) -> dict[str, Any]:
    with Image.open(path) as image:
        return {
            "file": path.relative_to(folder).as_posix(),
            "width": image.width,
            "height": image.height,
        }
