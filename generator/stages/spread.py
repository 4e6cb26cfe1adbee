"""How often every unit fires, and patches from the middle of its answers."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.draw import raster, spread
from generator.draw.unit_pictures import layer_style
from generator.records import Tile
from generator.records.rounding import rounded
from generator.records.units import SpreadPart, SpreadPicture, SpreadSection, UnitSpread
from generator.stages.build import Build
from generator.store.stage_files import read, write

SPREAD = "spread.json"
WAITING = 32  # pictures at once in memory, before they are written
QUALITY = 65  # three grids a unit, looked at one after the other: fine grain may go


def make(folder: Path, build: Build) -> None:
    """A picture a unit with a grid of nine for each percentile, and ``spread.json``."""
    network, collection = build.network, build.collection
    sources = collection.source_numbers
    samples = [spread.sample(maxima, sources, collection.per_source) for maxima in build.maxima]
    styles = [spread.tile_of(layer_style(layer, network.size)) for layer in network.layers]

    def pixels(image: int) -> raster.RGB:
        return network.preprocess.display(build.inputs(image))

    cut = spread.cut_patches(network.layers, styles, samples, build.places, pixels)
    drawn: dict[tuple[int, int], SpreadPicture] = {}
    writing: deque[tuple[int, int, Future[SpreadPicture]]] = deque()

    def finish_first() -> None:
        number, channel, job = writing.popleft()
        drawn[number, channel] = job.result()

    with ThreadPoolExecutor(spread.WORKERS) as pool:
        for number, channel, parts in cut:
            layer, style = network.layers[number], styles[number]
            (folder / layer.name).mkdir(parents=True, exist_ok=True)
            job = pool.submit(_save, parts, style, folder, f"{layer.name}/{channel}")
            writing.append((number, channel, job))
            while len(writing) > WAITING:
                finish_first()
        while writing:
            finish_first()
    record = SpreadSection(
        percentiles=spread.PERCENTILES,
        around=spread.AROUND,
        patches=spread.PATCHES,
        seed=spread.SEED,
        layers=tuple(
            tuple(
                UnitSpread(
                    fires=rounded(float(sample.fires[channel])),
                    picture=drawn.get((number, channel)),
                    parts=_parts(build, sample, maxima, channel),
                )
                for channel in range(len(sample.fires))
            )
            for number, (sample, maxima) in enumerate(zip(samples, build.maxima, strict=True))
        ),
    )
    write(folder / SPREAD, record)


def entry(folder: Path, build: Build) -> SpreadSection:  # noqa: ARG001
    """The rule of the draw and, for each layer, its units."""
    return read(folder / SPREAD, SpreadSection)


def _parts(
    build: Build, sample: spread.Spread, maxima: npt.NDArray[np.float32], channel: int
) -> tuple[SpreadPart, ...]:
    """What the grids of one unit show; none of a dead one."""
    if not sample.fires[channel]:
        return ()
    parts = []
    for part, images in enumerate(sample.images[channel]):
        drawn = images[images >= 0].tolist()
        parts.append(
            SpreadPart(
                level=rounded(float(sample.levels[channel, part])),
                values=tuple(rounded(float(np.float32(maxima[image, channel]))) for image in drawn),
                images=tuple(drawn),
                photographs=tuple(build.collection.photograph(image) for image in drawn),
            )
        )
    return tuple(parts)


def _save(parts: list[list[raster.RGB]], style: Tile, folder: Path, name: str) -> SpreadPicture:
    picture = Image.fromarray(spread.parts_side_by_side(parts, style))
    saved = raster.save_tiles(picture, style, folder, name, QUALITY)
    return SpreadPicture(**vars(saved), tile=style.size, gap=style.gap)
