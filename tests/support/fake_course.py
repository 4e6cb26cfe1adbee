"""What the fake store says of the network's parts, its maps and the quiz."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

KERNEL, SIDE = 7, 14
FOLDER = "featuremaps-1"


def part(
    name: str,
    kind: str,
    window: tuple[int, int, int] | None,
    input: Sequence[int],  # noqa: A002  (as the record calls it)
    output: Sequence[int],
    counts: tuple[int, int] = (0, 0),
) -> dict[str, Any]:
    """One operation; ``window`` is kernel, stride and padding."""
    sides = [[value, value] for value in window] if window else [None] * 3
    return {
        "name": name,
        "kind": kind,
        **dict(zip(("kernel", "stride", "padding"), sides, strict=True)),
        "dilation": [1, 1] if window else None,
        "groups": 1,
        "ceil_mode": False,
        "input": list(input),
        "output": list(output),
        "weights": counts[0],
        "biases": counts[1],
    }


def parts() -> list[dict[str, Any]]:
    """A network of five convolutions, worked out by hand."""
    return [
        part("conv1", "convolution", (7, 2, 3), (3, 64, 64), (64, 32, 32), (9408, 64)),
        part("pool1", "max-pool", (3, 2, 1), (64, 32, 32), (64, 16, 16)),
        part("conv2", "convolution", (5, 1, 2), (64, 16, 16), (128, 16, 16), (204800, 128)),
        part("pool2", "max-pool", (3, 2, 1), (128, 16, 16), (128, 8, 8)),
        part("conv3", "convolution", (3, 1, 1), (128, 8, 8), (192, 8, 8), (221184, 192)),
        part("conv4", "convolution", (3, 1, 1), (192, 8, 8), (192, 8, 8), (331776, 192)),
        part("conv5", "convolution", (3, 1, 1), (192, 8, 8), (128, 8, 8), (221184, 128)),
        part("pool5", "max-pool", (3, 2, 1), (128, 8, 8), (128, 4, 4)),
        part("fc6", "linear", None, (2048,), (512,), (1048576, 512)),
        part("fc7", "linear", None, (512,), (200,), (102400, 200)),
    ]


def featuremaps(folder: Path, photograph: str, layers: int) -> dict[str, Any]:
    """Plain pictures of the sizes that the stage would write, and numbers of the same form."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)

    def picture(name: str, width: int, height: int) -> dict[str, Any]:
        Image.new("RGB", (width, height), (150, 80, 40)).save(folder / FOLDER / name)
        return {"file": f"{FOLDER}/{name}", "width": width, "height": height}

    shifts = [0, 8, 16]
    weights = [
        [[(row - column + colour) / 20 for column in range(KERNEL)] for row in range(KERNEL)]
        for colour in range(3)
    ]
    return {
        "photograph": {"name": photograph, "image": 0, **picture("photograph.webp", 64, 64)},
        "layers": [
            {
                "layer": index,
                "units": [{"channel": 1, "strongest": 2.5, "share": 0.9}],
                **picture(f"layer-{index}.webp", 96, 96),
            }
            for index in range(1, layers + 1)
        ],
        "moved": {
            "shifts": shifts,
            **picture("moved.webp", 3 * 64, 64),
            "layers": [
                {
                    "layer": index,
                    "channel": 1,
                    "stride": stride,
                    "places": [shift // stride for shift in shifts],
                    "whole": [True, stride < 16, True],
                    "follows": [1.0, 0.75, 0.97],
                    **picture(f"moved-{index}.webp", 3 * 96, 96),
                }
                for index, stride in ((1, 2), (5, 16))
            ],
        },
        "filters": {
            "layer": "conv1",
            "count": 64,
            "kernel": KERNEL,
            "stride": 2,
            "padding": 3,
            "tile": 42,
            "gap": 2,
            "columns": 8,
            **picture("filters.webp", 350, 350),
            "photograph": photograph,
            "box": [10, 10, 10 + SIDE, 10 + SIDE],
            "pixels": [
                [[(17 * row + 5 * column) % 256, 80, 9 * column] for column in range(SIDE)]
                for row in range(SIDE)
            ],
            "mean": [0.45, 0.5, 0.4],
            "std": [0.25, 0.2, 0.3],
            "units": [
                {"channel": channel, "weights": weights, "bias": 0.5} for channel in (0, 1, 2)
            ],
        },
    }


def quiz(layers: int) -> list[dict[str, Any]]:
    """A question a layer: the second option is right."""
    return [
        {
            "layer": index,
            "channel": 2,
            "examples": [0, 1, 2],
            "options": [
                {"channel": 3, "slot": 0, "value": 0.1, "right": False},
                {"channel": 2, "slot": 4, "value": 5.2, "right": True},
                {"channel": 4, "slot": 0, "value": 0.0, "right": False},
                {"channel": 1, "slot": 0, "value": 0.25, "right": False},
            ],
        }
        for index in range(1, layers + 1)
    ]
