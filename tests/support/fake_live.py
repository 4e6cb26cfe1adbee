"""A small network of random numbers for the pages of the fake store, and an example."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.live.calls import Operation
from generator.live.packed import pack
from generator.live.program import Program
from generator.networks.preprocessing import Preprocessing

CLASSES = ("Yorkshire terrier", "teapot", "<b>cup</b>", "wheel", "sock", "kite")
KERNELS = ((7, 2), (5, 1), (3, 1), (3, 1), (3, 1))  # size and stride of each convolution
POOLED = (1, 2)  # layers behind which a pool halves the map


def live(
    folder: Path, layers: Sequence[Mapping[str, Any]], hostile: str, refused: str | None = None
) -> dict[str, Any]:
    """The section ``live`` with its files; ``layers`` as the manifest holds them."""
    place = folder / "live-8"
    place.mkdir(parents=True, exist_ok=True)
    units = [
        [{"channel": 2, "value": 1.5, "share": 0.84, "row": 1, "column": 2}] if at else []
        for at, _ in enumerate(layers)
    ]
    Image.new("RGB", (192, 192), (90, 140, 60)).save(place / "0.avif")
    example = {
        "photograph": hostile,
        "picture": {"file": "live-8/0.avif", "width": 192, "height": 192},
        "guesses": [{"name": name, "probability": 0.2} for name in CLASSES[:5]],
        "units": units,
    }
    said = {"refused": refused, "bytes": 0, "examples": [example], "program": None, "weights": None}
    if refused is not None:
        return said
    how = Preprocessing(64, 64, (0.5, 0.45, 0.4), (0.25, 0.25, 0.25), "bicubic")
    packed = pack(_program(layers), how)
    told = [
        {
            **{key: layer[key] for key in ("index", "name", "channels", "height", "width")},
            "field": layer["field"],
            "records": [
                unit["top"][0]["value"] if unit["top"] else None for unit in layer["units"]
            ],
        }
        for layer in layers
    ]
    text = json.dumps({**packed.listed, "layers": told, "classes": CLASSES})
    (place / "program.json").write_text(text, encoding="utf-8")
    (place / "weights.bin").write_bytes(packed.numbers)
    files = {"program": "live-8/program.json", "weights": "live-8/weights.bin"}
    return {**said, **files, "bytes": len(packed.numbers)}


def _program(layers: Sequence[Mapping[str, Any]]) -> Program:
    random = np.random.default_rng(5)
    steps: list[Operation] = []
    shown: list[int] = []
    source, channels = 0, 3

    def add(step: Operation) -> int:
        steps.append(step)
        return step.result

    def normal(*shape: int) -> Any:
        return (random.normal(size=shape) * np.prod(shape[1:]) ** -0.5).astype(np.float32)

    for at, (layer, (kernel, stride)) in enumerate(zip(layers, KERNELS, strict=True), start=1):
        outs, side = layer["channels"], layer["height"]
        shape = (outs, side, side)
        here = Operation(
            "convolution",
            (source,),
            len(steps) + 1,
            shape,
            *((kernel, kernel), (stride, stride), (kernel // 2, kernel // 2), (1, 1)),
            weights=normal(outs, channels, kernel, kernel) * 1.6,
            biases=normal(outs, 1)[:, 0] * 0.1,
        )
        shown.append(add(here))
        source = add(Operation("relu", (here.result,), len(steps) + 1, shape))
        if at in POOLED:
            half = (outs, side // 2, side // 2)
            window = ((3, 3), (2, 2), (1, 1), (1, 1))
            source = add(Operation("max-pool", (source,), len(steps) + 1, half, *window))
        channels = outs
    last = steps[-1].shape
    length = last[0] * last[1] * last[2]
    top = Operation(
        "linear",
        (source,),
        len(steps) + 1,
        (len(CLASSES),),
        weights=normal(len(CLASSES), length) * 3,
    )
    return Program((*steps, top), (3, 64, 64), tuple(shown), top.result)
