"""One layer's pictures: every unit's nine projections and nine patches, drawn and written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from generator import draw
from generator.images.collection import Collection
from generator.networks.network import Network
from generator.records import Layer, TopActivations
from generator.scan import record_maps
from generator.techniques.deconvnet import project

UNITS_A_BATCH = 8
CACHE_BYTES = 1_000_000_000  # of preprocessed images: units of a layer share many
PROJECTIONS, PATCHES = "projections.webp", "patches.avif"
CRISP_PATCHES = "patches.webp"  # enlarged pixels stay exact, and weigh little when lossless


def figure_files(layer: Layer, channel: int) -> tuple[str, str]:
    """Where a unit's pictures lie below the folder of the stage: projections, patches."""
    patches = CRISP_PATCHES if draw.tile_style(layer.field).crisp else PATCHES
    return f"{layer.name}/{channel}-{PROJECTIONS}", f"{layer.name}/{channel}-{patches}"


def picture_size(layer: Layer, k: int) -> tuple[int, int]:
    """Width and height in pixels of a unit's picture."""
    style = draw.tile_style(layer.field)
    rows = max(draw.COLUMNS, -(-k // draw.COLUMNS))
    step = style.size + style.gap
    return draw.COLUMNS * step - style.gap, rows * step - style.gap


def draw_layers(
    network: Network, collection: Collection, top: Sequence[TopActivations], folder: Path
) -> None:
    """Write the pictures of every unit that fires, for every layer, below ``folder``."""
    inputs = input_cache(network, collection)
    total = sum(layer.channels for layer in network.layers)
    with (
        tqdm(total=total, desc="Projecting", unit="unit", disable=None) as bar,
        ThreadPoolExecutor(2) as pool,
    ):
        writing: deque[Future[None]] = deque()
        for layer, record in zip(network.layers, top, strict=True):
            (folder / layer.name).mkdir(parents=True, exist_ok=True)
            for channel, projections, patches in unit_tiles(network, layer, record, inputs):
                names = figure_files(layer, channel)
                writing.append(pool.submit(_write, layer, folder, names, projections, patches))
                while len(writing) > 4 * UNITS_A_BATCH:
                    writing.popleft().result()
                bar.update()
        for job in writing:
            job.result()


def input_cache(network: Network, collection: Collection) -> Callable[[int], Tensor]:
    """Images by number as (3, S, S) float32, the latest kept."""
    count = max(1, CACHE_BYTES // (12 * network.size**2))

    @lru_cache(maxsize=count)
    def read(index: int) -> Tensor:
        return network.preprocess(collection[index])

    return read


def unit_tiles(
    network: Network, layer: Layer, top: TopActivations, inputs: Callable[[int], Tensor]
) -> Iterator[tuple[int, list[draw.Pixels], list[draw.Pixels]]]:
    """Each unit that fires, in order: its channel, its projections and its patches as tiles."""
    alive = np.flatnonzero((top.images >= 0).any(axis=1))
    for start in range(0, len(alive), UNITS_A_BATCH):
        part = alive[start : start + UNITS_A_BATCH]
        channels, slots = np.nonzero(top.images[part] >= 0)
        channels = part[channels]
        images, positions = top.images[channels, slots], top.positions[channels, slots]
        stack = torch.stack([inputs(int(image)) for image in images])
        projections = project(network, layer, stack, channels, positions).cpu().numpy()
        pixels = network.preprocess.display(stack)
        tiles = [
            _pair(layer, projections[row], pixels[row], positions[row])
            for row in range(len(channels))
        ]
        for channel in part:
            own = [tiles[row] for row in np.flatnonzero(channels == channel)]
            yield int(channel), [tile[0] for tile in own], [tile[1] for tile in own]


def control_tiles(
    control: Network,
    layer: Layer,
    channel: int,
    images: npt.NDArray[np.int64],
    inputs: Callable[[int], Tensor],
) -> list[draw.Pixels]:
    """A unit's patches projected through another network's unit of the same number.

    ``control`` has random weights; what still looks like the image in its projections was put
    there by the switches, not by learning (Nie, Zhang and Patel, ICML 2018).
    """
    stack = torch.stack([inputs(int(image)) for image in images if image >= 0])
    (maps,) = record_maps(control, stack, (layer,))
    flat = maps[:, channel].flatten(1).argmax(dim=1).cpu().numpy()
    positions = np.stack([flat // layer.width, flat % layer.width], axis=1)
    channels = np.full(len(stack), channel)
    projections = project(control, layer, stack, channels, positions).cpu().numpy()
    style = draw.tile_style(layer.field)
    return [
        draw.fit(draw.crop(draw.projection_pixels(one), layer.field.box(*at)), style)
        for one, at in zip(projections, positions.tolist(), strict=True)
    ]


def _pair(
    layer: Layer,
    projection: npt.NDArray[np.float32],
    pixels: draw.Pixels,
    position: npt.NDArray[np.int64],
) -> tuple[draw.Pixels, draw.Pixels]:
    style = draw.tile_style(layer.field)
    box = layer.field.box(int(position[0]), int(position[1]))
    return (
        draw.fit(draw.crop(draw.projection_pixels(projection), box), style),
        draw.fit(draw.crop(pixels, box), style),
    )


def _write(
    layer: Layer,
    folder: Path,
    names: tuple[str, str],
    projections: list[draw.Pixels],
    patches: list[draw.Pixels],
) -> None:
    style = draw.tile_style(layer.field)
    draw.save_lossless(draw.grid(projections, style), folder / names[0])
    picture: Image.Image = draw.grid(patches, style)
    if style.crisp:
        draw.save_lossless(picture, folder / names[1])
    else:
        draw.save_photograph(picture, folder / names[1])
