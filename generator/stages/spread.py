"""How often every unit fires, and patches from the middle of its answers."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.draw import raster, spread
from generator.draw.unit_pictures import layer_style
from generator.stages.build import Build
from generator.store.stage_files import from_root, read, write

SPREAD = "spread.json"
WAITING = 32  # pictures at once in memory, before they are written
QUALITY = 65  # three grids a unit, looked at one after the other: fine grain may go


def make(folder: Path, build: Build) -> None:
    """A picture a unit with a grid of nine for each percentile, and ``spread.json``."""
    network, collection = build.network, build.collection
    sources = collection.source_numbers
    found = [spread.sample(maxima, sources, collection.per_source) for maxima in build.maxima]
    styles = [spread.tile_of(layer_style(layer, network.size)) for layer in network.layers]

    def pixels(image: int) -> raster.Pixels:
        return network.preprocess.display(build.inputs(image))

    cut = spread.cut_patches(network.layers, styles, found, build.places, pixels)
    writing: deque[Future[None]] = deque()
    with ThreadPoolExecutor(spread.WORKERS) as pool:
        for number, channel, parts in cut:
            layer, style = network.layers[number], styles[number]
            path = folder / _file(layer.name, channel, style)
            path.parent.mkdir(parents=True, exist_ok=True)
            writing.append(pool.submit(_save, parts, style, path))
            while len(writing) > WAITING:
                writing.popleft().result()
        for job in writing:
            job.result()
    write(
        folder / SPREAD,
        [
            [
                _unit(build, layer.name, style, one, maxima, channel)
                for channel in range(len(one.fires))
            ]
            for layer, style, one, maxima in zip(
                network.layers, styles, found, build.maxima, strict=True
            )
        ],
    )


def entry(folder: Path, build: Build) -> dict[str, Any]:  # noqa: ARG001
    """The rule of the draw and, for each layer, a list of its units."""
    layers = read(folder / SPREAD)
    for units in layers:
        for unit in units:
            if unit["picture"]:
                from_root(folder, [unit["picture"]])
    return {
        "percentiles": list(spread.PERCENTILES),
        "around": spread.AROUND,
        "patches": spread.PATCHES,
        "seed": spread.SEED,
        "layers": layers,
    }


def _unit(
    build: Build, name: str, style: raster.Tile, found: spread.Spread, maxima: Any, channel: int
) -> dict[str, Any]:
    """One unit: ``fires``, its ``picture`` and what its ``parts`` show; a dead one has neither."""
    said: dict[str, Any] = {"fires": _short(float(found.fires[channel])), "picture": None}
    if not found.fires[channel]:
        return {**said, "parts": []}
    step = style.size + style.gap
    across = raster.COLUMNS * step - style.gap
    said["picture"] = {
        "file": _file(name, channel, style),
        "width": len(spread.PERCENTILES) * raster.COLUMNS * step - style.gap,
        "height": across,
        "tile": style.size,
        "gap": style.gap,
    }
    parts = []
    for part, images in enumerate(found.images[channel]):
        drawn = images[images >= 0].tolist()
        parts.append(
            {
                "level": _short(float(found.levels[channel, part])),
                "values": [_short(float(np.float32(maxima[image, channel]))) for image in drawn],
                "images": drawn,
                "photographs": [build.collection.photograph(image) for image in drawn],
            }
        )
    return {**said, "parts": parts}


def _short(value: float) -> float:
    """Four significant digits: the answers were kept in half precision."""
    return float(f"{value:.4g}")


def _file(layer: str, channel: int, style: raster.Tile) -> str:
    return f"{layer}/{channel}.{'webp' if style.crisp else 'avif'}"


def _save(parts: list[list[raster.Pixels]], style: raster.Tile, path: Path) -> None:
    picture = Image.fromarray(spread.parts_side_by_side(parts, style))
    if style.crisp:
        raster.save_lossless(picture, path)
    else:
        raster.save_photograph(picture, path, QUALITY)
