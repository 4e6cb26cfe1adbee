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
from generator.networks.recording import record_maps
from generator.records import Layer, TopActivations
from generator.techniques.deconvnet import Recorded, project

UNITS_A_ROUND = 32
PIXELS_A_BATCH = 64 * 64 * 64  # of input; more would no longer fit the processor's caches
CACHE_BYTES = 1_000_000_000  # of preprocessed images: units of a layer share many
PROJECTIONS, PATCHES = "projections.webp", "patches.avif"
CRISP_PATCHES = "patches.webp"  # enlarged pixels stay exact, and weigh little when lossless


def layer_style(layer: Layer, size: int) -> draw.Tile:
    """How the tiles of a layer are drawn, of a network whose input is ``size`` pixels square."""
    return draw.tile_style(min(layer.field.size, size))


def figure_files(layer: Layer, style: draw.Tile, channel: int) -> tuple[str, str]:
    """Where a unit's pictures lie below the folder of the stage: projections, patches."""
    patches = CRISP_PATCHES if style.crisp else PATCHES
    return f"{layer.name}/{channel}-{PROJECTIONS}", f"{layer.name}/{channel}-{patches}"


def picture_size(style: draw.Tile, k: int) -> tuple[int, int]:
    """Width and height in pixels of a unit's picture."""
    rows = max(draw.COLUMNS, -(-k // draw.COLUMNS))
    step = style.size + style.gap
    return draw.COLUMNS * step - style.gap, rows * step - style.gap


def draw_layers(
    network: Network,
    inputs: Callable[[int], Tensor],
    top: Sequence[TopActivations],
    folder: Path,
    rank: int = 0,
    size: int = 1,
) -> None:
    """Write the pictures of every unit that fires, for every layer, below ``folder``.

    Of ``size`` processes that share the work this is number ``rank``.
    """
    total = sum(layer.channels for layer in network.layers)
    with (
        tqdm(total=total, desc="Projecting", unit="unit", disable=None) as bar,
        ThreadPoolExecutor(2) as pool,
    ):
        writing: deque[Future[None]] = deque()
        for layer, record in zip(network.layers, top, strict=True):
            (folder / layer.name).mkdir(parents=True, exist_ok=True)
            style = layer_style(layer, network.size)
            made = unit_tiles(network, layer, record, inputs, rank, size)
            for channel, projections, patches in made:
                paths = [folder / name for name in figure_files(layer, style, channel)]
                writing.append(pool.submit(_write, style, paths, projections, patches))
                while len(writing) > UNITS_A_ROUND:
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
    network: Network,
    layer: Layer,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
    rank: int = 0,
    size: int = 1,
) -> Iterator[tuple[int, list[draw.Pixels], list[draw.Pixels]]]:
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
) -> list[tuple[draw.Pixels, draw.Pixels]]:
    """One projection and one patch for each entry, from the part of the image that it needs.

    A unit sees only its field, so only that part is run: crops of one size go in one batch.
    """
    size = network.size
    style = layer_style(layer, size)
    tiles: dict[int, tuple[draw.Pixels, draw.Pixels]] = {}
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
                tile(draw.projection_pixels(projection), box, style),
                tile(pixels, box, style),
            )
    return [tiles[entry] for entry in range(len(images))]


def projected(
    network: Network,
    layer: Layer,
    channels: npt.NDArray[np.int64],
    images: npt.NDArray[np.int64],
    positions: npt.NDArray[np.int64],
    inputs: Callable[[int], Tensor],
) -> Iterator[tuple[npt.NDArray[np.int64], Tensor, Tensor, npt.NDArray[np.int64]]]:
    """Projections of all entries, in some order, each from the part of the image that it needs.

    Gives entries (n,), their projections (n, 3, h, w), the crops of the images (n, 3, h, w) and
    where these begin (n, 2), row and column.
    """
    field, size = layer.field, network.size
    windows = [
        (*field.window(row, size), *field.window(column, size))
        for row, column in positions.tolist()
    ]
    for crops, rounds in shared_crops(images, windows, inputs):
        recorded = Recorded(network, layer, crops)
        for number, entries in enumerate(rounds):
            rows, part = np.array(entries).T
            corners = np.array([(windows[entry][0], windows[entry][2]) for entry in part])
            places = positions[part] - corners // field.stride
            more = number + 1 < len(rounds)
            yield part, recorded.project(rows, channels[part], places, more), crops[rows], corners


Window = tuple[int, int, int, int]  # top, bottom, left, right


def shared_crops(
    images: npt.NDArray[np.int64], windows: Sequence[Window], inputs: Callable[[int], Tensor]
) -> Iterator[tuple[Tensor, list[list[tuple[int, int]]]]]:
    """Crops (N, 3, h, w) of one size, each once, with the entries that need them.

    The entries come in rounds of (row of the crop, entry): one forward pass serves all rounds,
    each round takes a backward pass of its own and holds no crop twice. Crops that are needed
    equally often go together, so that few rounds run with crops that are not in them.
    """
    users: dict[tuple[int, Window], list[int]] = {}
    for entry, key in enumerate(zip(images.tolist(), windows, strict=True)):
        users.setdefault(key, []).append(entry)
    sizes: dict[tuple[int, int], list[tuple[int, Window]]] = {}
    for key in sorted(users, key=lambda key: -len(users[key])):
        top, bottom, left, right = key[1]
        sizes.setdefault((bottom - top, right - left), []).append(key)
    for (height, width), keys in sizes.items():
        count = max(1, PIXELS_A_BATCH // (height * width))
        for start in range(0, len(keys), count):
            part = keys[start : start + count]
            crops = [
                inputs(image)[:, top:bottom, left:right]
                for image, (top, bottom, left, right) in part
            ]
            rounds = [
                [(row, users[key][turn]) for row, key in enumerate(part) if len(users[key]) > turn]
                for turn in range(len(users[part[0]]))
            ]
            yield torch.stack(crops), rounds


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
    return _projected(control, layer, channel, stack, positions)


def shuffled_tiles(
    network: Network,
    layer: Layer,
    channel: int,
    top: TopActivations,
    inputs: Callable[[int], Tensor],
    seed: int,
) -> list[draw.Pixels]:
    """A unit's own projections, but with the max-pool switches shuffled by ``seed``."""
    filled = np.flatnonzero(top.images[channel] >= 0)
    stack = torch.stack([inputs(int(image)) for image in top.images[channel, filled]])
    return _projected(network, layer, channel, stack, top.positions[channel, filled], seed)


def _projected(
    network: Network,
    layer: Layer,
    channel: int,
    stack: Tensor,
    positions: npt.NDArray[np.int64],
    shuffle: int | None = None,
) -> list[draw.Pixels]:
    """Tiles of one unit projected on the whole of each input (N, 3, H, W)."""
    channels = np.full(len(stack), channel)
    projections = project(network, layer, stack, channels, positions, shuffle).cpu().numpy()
    style = layer_style(layer, network.size)
    return [
        tile(draw.projection_pixels(one), layer.field.shown(at[0], at[1], network.size), style)
        for one, at in zip(projections, positions.tolist(), strict=True)
    ]


def tile(pixels: draw.Pixels, box: tuple[int, int, int, int], style: draw.Tile) -> draw.Pixels:
    """(H, W, 3) cut to a box and drawn as a tile of the layer."""
    return draw.fit(draw.crop(pixels, box), style)


def _write(
    style: draw.Tile, paths: list[Path], projections: list[draw.Pixels], patches: list[draw.Pixels]
) -> None:
    draw.save_lossless(draw.grid(projections, style), paths[0])
    picture: Image.Image = draw.grid(patches, style)
    if style.crisp:
        draw.save_lossless(picture, paths[1])
    else:
        draw.save_photograph(picture, paths[1])
