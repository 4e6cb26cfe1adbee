"""One layer's pictures: every unit's nine projections and nine patches, drawn and written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from tqdm import tqdm

from generator.draw import raster
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer, Tile, TopActivations
from generator.records.units import UnitPictures
from generator.techniques.deconvnet import project, projected

UNITS_A_ROUND = 32


def layer_style(layer: Layer, size: int) -> Tile:
    """How the tiles of a layer are drawn, of a network whose input is ``size`` pixels square."""
    return raster.tile_style(min(layer.field.size, size))


def draw_layers(
    network: Network,
    inputs: Callable[[int], Tensor],
    top: Sequence[TopActivations],
    folder: Path,
    rank: int = 0,
    size: int = 1,
) -> dict[int, dict[int, UnitPictures]]:
    """Write the pictures of every unit that fires, for every layer, below ``folder``.

    Of ``size`` processes that share the work this is number ``rank``. Gives what it drew, by
    index of the layer and channel.
    """
    total = sum(int((record.images >= 0).any(axis=1).sum()) for record in top)
    drawn: dict[int, dict[int, UnitPictures]] = {}
    with (
        tqdm(total=total, desc="Projecting", unit="unit", disable=None) as bar,
        ThreadPoolExecutor(2) as pool,
    ):
        writing: deque[tuple[int, int, Future[UnitPictures]]] = deque()

        def finish_first() -> None:
            index, channel, job = writing.popleft()
            drawn.setdefault(index, {})[channel] = job.result()

        for layer, record in zip(network.layers, top, strict=True):
            (folder / layer.name).mkdir(parents=True, exist_ok=True)
            style = layer_style(layer, network.size)
            made = unit_tiles(network, layer, record, inputs, rank, size)
            for channel, projections, patches in made:
                name = f"{layer.name}/{channel}"
                job = pool.submit(_write, style, folder, name, projections, patches)
                writing.append((layer.index, channel, job))
                while len(writing) > UNITS_A_ROUND:
                    finish_first()
                bar.update()
        while writing:
            finish_first()
    return drawn


def unit_tiles(
    network: Network,
    layer: Layer,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
    rank: int = 0,
    size: int = 1,
) -> Iterator[tuple[int, list[raster.RGB], list[raster.RGB]]]:
    """Each unit that fires, in order: its channel, its projections and its patches as tiles.

    With ``size`` processes, the rounds of units that fall to number ``rank``.
    """
    alive = np.flatnonzero((top.images >= 0).any(axis=1))
    for start in range(rank * UNITS_A_ROUND, len(alive), size * UNITS_A_ROUND):
        part = alive[start : start + UNITS_A_ROUND]
        rows, slots = np.nonzero(top.images[part] >= 0)
        channels = part[rows]
        images, positions = top.images[channels, slots], top.positions[channels, slots]
        tiles = list(_tiles(network, layer, channels, images, positions, inputs))
        for channel in part:
            own = [tiles[row] for row in np.flatnonzero(channels == channel)]
            yield int(channel), [tile[0] for tile in own], [tile[1] for tile in own]


def _tiles(
    network: Network,
    layer: Layer,
    channels: npt.NDArray[np.int64],
    images: npt.NDArray[np.int64],
    positions: npt.NDArray[np.int64],
    inputs: Callable[[int], Tensor],
) -> list[tuple[raster.RGB, raster.RGB]]:
    """One projection and one patch for each entry, from the part of the image that it needs.

    A unit sees only its field, so only that part is run: crops of one size go in one batch.
    """
    size = network.size
    style = layer_style(layer, size)
    tiles: dict[int, tuple[raster.RGB, raster.RGB]] = {}
    for entries, projections, crops, corners in projected(
        network, layer, channels, images, positions, inputs
    ):
        shown = network.preprocess.display(crops)
        for projection, pixels, entry, (y, x) in zip(
            projections.cpu().numpy(), shown, entries.tolist(), corners.tolist(), strict=True
        ):
            row, column = positions[entry].tolist()
            left, top, right, bottom = layer.field.shown(row, column, size)
            box = (left - x, top - y, right - x, bottom - y)
            tiles[entry] = (
                tile(raster.projection_pixels(projection), box, style),
                tile(pixels, box, style),
            )
    return [tiles[entry] for entry in range(len(images))]


def own_tiles(
    network: Network,
    layer: Layer,
    channel: int,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
    shuffle: int | None = None,
) -> list[raster.RGB]:
    """A unit's own projections; with ``shuffle``, a seed, their max-pool switches are shuffled."""
    stack, positions = _strongest(top, channel, inputs)
    channels = np.full(len(stack), channel)
    return _projected(network, layer, channels, stack, positions, shuffle)


def control_tiles(
    control: Network,
    layer: Layer,
    channel: int,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
) -> list[raster.RGB]:
    """A unit's patches projected through another network, from the same places.

    ``control`` has random weights, so that no unit of it is the one that is looked at; of each
    patch its unit is taken that answers most there. What still looks like the image was put there
    by the switches, not by learning (Nie, Zhang and Patel, ICML 2018).
    """
    stack, positions = _strongest(top, channel, inputs)
    (maps,) = record_maps(control, stack, (layer,))
    there = [one[:, row, column] for one, (row, column) in zip(maps, positions, strict=True)]
    channels = torch.stack(there).argmax(dim=1).cpu().numpy()
    return _projected(control, layer, channels, stack, positions)


def _strongest(
    top: TopActivations, channel: int, inputs: Callable[[int], Tensor]
) -> tuple[Tensor, npt.NDArray[np.int64]]:
    """A unit's strongest images as one (N, 3, S, S), and where in its map each answer lies."""
    filled = np.flatnonzero(top.images[channel] >= 0)
    stack = torch.stack([inputs(int(image)) for image in top.images[channel, filled]])
    return stack, top.positions[channel, filled]


def _projected(
    network: Network,
    layer: Layer,
    channels: npt.NDArray[np.int64],
    stack: Tensor,
    positions: npt.NDArray[np.int64],
    shuffle: int | None = None,
) -> list[raster.RGB]:
    """Tiles of one unit each, ``channels`` (N,), projected on the whole of inputs (N, 3, H, W)."""
    projections = project(network, layer, stack, channels, positions, shuffle).cpu().numpy()
    style = layer_style(layer, network.size)
    return [
        tile(
            raster.projection_pixels(projection),
            layer.field.shown(at[0], at[1], network.size),
            style,
        )
        for projection, at in zip(projections, positions.tolist(), strict=True)
    ]


def tile(pixels: raster.RGB, box: tuple[int, int, int, int], style: Tile) -> raster.RGB:
    """(H, W, 3) cut to a box and drawn as a tile of the layer."""
    return raster.fit_tile(raster.crop(pixels, box), style)


def _write(
    style: Tile,
    folder: Path,
    name: str,
    projections: list[raster.RGB],
    patches: list[raster.RGB],
) -> UnitPictures:
    return UnitPictures(
        projections=raster.save_lossless(
            raster.tile_grid(projections, style), folder, f"{name}-projections"
        ),
        patches=raster.save_tiles(
            raster.tile_grid(patches, style), style, folder, f"{name}-patches"
        ),
    )
