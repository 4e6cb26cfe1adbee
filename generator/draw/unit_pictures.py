"""One layer's pictures: every unit's nine projections and nine patches, drawn and written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from tqdm import tqdm

from generator.draw import raster
from generator.draw.framing import LARGE, frame_side, frames
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.records import Layer, Tile, TopActivations
from generator.records.rounding import rounded
from generator.records.units import UnitPictures
from generator.techniques.deconvnet import project, projected

UNITS_A_ROUND = 32
FRAMED_BY = 24  # units, evenly spaced: some two hundred projections


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
            side = layer_frame(network, layer, record, inputs)
            made = unit_tiles(network, layer, record, inputs, side, rank, size)
            for unit in made:
                job = pool.submit(_write, style, folder, f"{layer.name}/{unit.channel}", unit)
                writing.append((layer.index, unit.channel, job))
                while len(writing) > UNITS_A_ROUND:
                    finish_first()
                bar.update()
        while writing:
            finish_first()
    return drawn


@dataclass(frozen=True)
class _Cut:
    """One projection and its patch, as large as the field, and the projection's scale."""

    projection: raster.RGB
    patch: raster.RGB
    white: float
    clipped: float


@dataclass(frozen=True)
class UnitTiles:
    """One unit's projections and patches as tiles, one for one.

    ``white`` is the value of each projection that is drawn white, ``clipped`` the mean share of
    their pixels that lie beyond; ``frame`` is how many pixels of the input a tile is wide.
    """

    channel: int
    projections: list[raster.RGB]
    patches: list[raster.RGB]
    white: tuple[float, ...]
    clipped: float
    frame: int


def unit_tiles(
    network: Network,
    layer: Layer,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
    side: int | None = None,
    rank: int = 0,
    size: int = 1,
) -> Iterator[UnitTiles]:
    """Each unit that fires, in order; of its field, ``side`` pixels around what it draws.

    Without ``side`` the whole field is shown. With ``size`` processes, the rounds of units that
    fall to number ``rank``.
    """
    style = layer_style(layer, network.size)
    alive = np.flatnonzero((top.images >= 0).any(axis=1))
    for start in range(rank * UNITS_A_ROUND, len(alive), size * UNITS_A_ROUND):
        part = alive[start : start + UNITS_A_ROUND]
        rows, slots = np.nonzero(top.images[part] >= 0)
        channels = part[rows]
        images, positions = top.images[channels, slots], top.positions[channels, slots]
        cuts = _cuts(network, layer, channels, images, positions, inputs)
        for channel in part:
            own = [cuts[row] for row in np.flatnonzero(channels == channel)]
            shown = side or own[0].patch.shape[0]
            places = frames([one.projection for one in own], shown)
            pairs = list(zip(places, own, strict=True))
            yield UnitTiles(
                channel=int(channel),
                projections=[raster.fit_tile(at.cut(one.projection), style) for at, one in pairs],
                patches=[raster.fit_tile(at.cut(one.patch), style) for at, one in pairs],
                white=tuple(rounded(one.white) for one in own),
                clipped=rounded(float(np.mean([one.clipped for one in own]))),
                frame=places[0].side,
            )


def layer_frame(
    network: Network,
    layer: Layer,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
) -> int:
    """How many pixels of the input the tiles of a layer show, by ``FRAMED_BY`` of its units."""
    whole = min(layer.field.size, network.size)
    alive = np.flatnonzero((top.images >= 0).any(axis=1))
    if whole < LARGE or not len(alive):
        return whole
    some = alive[np.unique(np.linspace(0, len(alive) - 1, FRAMED_BY).astype(int))]
    rows, slots = np.nonzero(top.images[some] >= 0)
    channels = some[rows]
    images, positions = top.images[channels, slots], top.positions[channels, slots]
    cuts = _cuts(network, layer, channels, images, positions, inputs)
    return frame_side([one.projection for one in cuts])


def _cuts(
    network: Network,
    layer: Layer,
    channels: npt.NDArray[np.int64],
    images: npt.NDArray[np.int64],
    positions: npt.NDArray[np.int64],
    inputs: Callable[[int], Tensor],
) -> list[_Cut]:
    """One projection and one patch for each entry, from the part of the image that it needs.

    A unit sees only its field, so only that part is run: crops of one size go in one batch.
    """
    size = network.size
    cuts: dict[int, _Cut] = {}
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
            white = raster.projection_reach(projection)
            cuts[entry] = _Cut(
                raster.crop(raster.projection_pixels(projection, white), box),
                raster.crop(pixels, box),
                white,
                raster.clipped_share(projection, white),
            )
    return [cuts[entry] for entry in range(len(images))]


def own_projections(
    network: Network,
    layer: Layer,
    channel: int,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
    shuffle: int | None = None,
) -> list[raster.RGB]:
    """A unit's own projections, as large as its field.

    With ``shuffle``, a seed, their max-pool switches are shuffled.
    """
    stack, positions = _strongest(top, channel, inputs)
    channels = np.full(len(stack), channel)
    return _projected(network, layer, channels, stack, positions, shuffle)


def control_projections(
    control: Network,
    layer: Layer,
    channel: int,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
) -> list[raster.RGB]:
    """A unit's patches projected through another network, from the same places, field by field.

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
    """Fields of one unit each, ``channels`` (N,), projected on the whole of inputs (N, 3, H, W)."""
    projections = project(network, layer, stack, channels, positions, shuffle).cpu().numpy()
    return [
        raster.crop(
            raster.projection_pixels(projection), layer.field.shown(at[0], at[1], network.size)
        )
        for projection, at in zip(projections, positions.tolist(), strict=True)
    ]


def _write(style: Tile, folder: Path, name: str, unit: UnitTiles) -> UnitPictures:
    projections, patches = (
        raster.tile_grid(tiles, style) for tiles in (unit.projections, unit.patches)
    )
    return UnitPictures(
        projections=raster.save_lossless(projections, folder, f"{name}-projections"),
        patches=raster.save_tiles(patches, style, folder, f"{name}-patches"),
        white=unit.white,
        clipped=unit.clipped,
        frame=unit.frame,
    )
