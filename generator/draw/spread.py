"""Beyond the strongest: how often a unit fires, and patches from the middle of its answers.

The nine strongest patches are the extreme. For each unit nine more are drawn at random around
some percentiles of its answers, over the images that make it fire at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.draw import raster
from generator.records import Layer, Tile

PERCENTILES = (90, 75, 50)  # of a unit's answers that are not zero
AROUND = 2.5  # percentile points to each side: every twentieth image may be drawn
PATCHES = 9  # as many as there are of the strongest
SEED = 0
LARGEST = 48  # pixels across a tile: three grids of nine weigh less than one of full size
WORKERS = 2


@dataclass(frozen=True)
class Spread:
    """How the answers of one layer's units are spread over a collection.

    ``fires`` (C,) is the share of images with an activation above zero. ``levels`` (C, P) is the
    activation at each percentile, ``images`` (C, P, 9) the images drawn around it, strongest
    first, -1 where there were too few.
    """

    fires: npt.NDArray[np.float64]
    levels: npt.NDArray[np.float64]
    images: npt.NDArray[np.int64]


def sample(
    maxima: npt.NDArray[np.floating], sources: npt.NDArray[np.int64], per_source: int | None
) -> Spread:
    """Draw images for every unit from its answers ``maxima`` (N, C) to N images.

    Images that could not be read are NaN and take no part. ``sources`` (N,) numbers the
    photographs; of one no more than ``per_source`` are drawn around a percentile, as long as
    there are others. The same input gives the same draw.
    """
    count = maxima.shape[1]
    fires, levels = np.zeros(count), np.zeros((count, len(PERCENTILES)))
    images = np.full((count, len(PERCENTILES), PATCHES), -1, dtype=np.int64)
    for channel, answers in enumerate(np.ascontiguousarray(maxima.T, dtype=np.float32)):
        read = np.flatnonzero(np.isfinite(answers))
        firing = read[answers[read] > 0]
        fires[channel] = len(firing) / max(1, len(read))
        if not len(firing):
            continue
        order = firing[np.argsort(answers[firing], kind="stable")]  # weakest first
        dice = np.random.default_rng((SEED, channel))
        for part, percentile in enumerate(PERCENTILES):
            levels[channel, part] = np.percentile(answers[firing], percentile)
            pool = around(order, percentile)
            drawn = _draw(pool, sources, per_source, dice)
            drawn = drawn[np.argsort(-answers[drawn], kind="stable")]
            images[channel, part, : len(drawn)] = drawn
    return Spread(fires, levels, images)


def around(order: npt.NDArray[np.int64], percentile: float) -> npt.NDArray[np.int64]:
    """The part of a sorted list that lies around a percentile; at least nine, if it has so many."""
    last = len(order) - 1
    low = int(np.floor((percentile - AROUND) / 100 * last))
    high = int(np.ceil((percentile + AROUND) / 100 * last)) + 1
    short = PATCHES - (high - low)
    if short > 0:
        low = max(0, min(low - short // 2, len(order) - PATCHES))
        high = low + PATCHES
    return order[max(0, low) : high]


def _draw(
    pool: npt.NDArray[np.int64],
    sources: npt.NDArray[np.int64],
    per_source: int | None,
    dice: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Nine of the pool at random, no more of one photograph than may be while others are left."""
    shuffled = dice.permutation(pool)
    taken: Counter[int] = Counter()
    first: list[int] = []
    rest: list[int] = []
    for image in shuffled.tolist():
        source = int(sources[image])
        (rest if per_source and taken[source] >= per_source else first).append(image)
        taken[source] += 1
        if len(first) == PATCHES:
            break
    return np.array([*first, *rest][:PATCHES], dtype=np.int64)


def tile_of(style: Tile) -> Tile:
    """How these patches are drawn: as the layer's own, but smaller where those are large."""
    return Tile(style.size if style.crisp else min(style.size, LARGEST), style.gap, style.crisp)


def cut_patches(
    layers: Sequence[Layer],
    styles: Sequence[Tile],
    spreads: Sequence[Spread],
    places: Sequence[npt.NDArray[np.unsignedinteger]],
    pixels: Callable[[int], raster.RGB],
) -> Iterator[tuple[int, int, list[list[raster.RGB]]]]:
    """Every unit that fires: number of its layer, its channel, and a list of tiles a percentile.

    ``places`` holds for each layer (N, C) where in its map, counted flat, a maximum lies;
    ``pixels`` gives an image as (S, S, 3) uint8. Each image is asked for once.
    """
    wanted: dict[int, list[tuple[int, int, int, int]]] = {}
    for number, spread in enumerate(spreads):
        for channel, part, slot in np.argwhere(spread.images >= 0).tolist():
            image = int(spread.images[channel, part, slot])
            wanted.setdefault(image, []).append((number, channel, part, slot))
    tiles: dict[tuple[int, int, int, int], raster.RGB] = {}

    def cut(image: int) -> None:
        whole = pixels(image)
        for key in wanted[image]:
            number, channel = key[:2]
            layer = layers[number]
            row, column = divmod(int(places[number][image, channel]), layer.width)
            box = layer.field.shown(row, column, whole.shape[0])
            tiles[key] = raster.fit_tile(raster.crop(whole, box), styles[number])

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(cut, sorted(wanted)))
    for number, spread in enumerate(spreads):
        for channel in np.flatnonzero(spread.fires > 0).tolist():
            yield (
                number,
                channel,
                [
                    [
                        tiles[number, channel, part, slot]
                        for slot in np.flatnonzero(own >= 0).tolist()
                    ]
                    for part, own in enumerate(spread.images[channel])
                ],
            )


def parts_side_by_side(parts: Sequence[Sequence[raster.RGB]], style: Tile) -> raster.RGB:
    """One grid of nine beside the other, on a transparent ground: (H, W, 4) uint8."""
    step, gap = style.size + style.gap, style.gap
    grids = [np.asarray(raster.tile_grid(tiles, style)) for tiles in parts]
    width = len(grids) * raster.COLUMNS * step - gap
    whole = np.zeros((grids[0].shape[0], width, 4), dtype=np.uint8)
    for number, grid in enumerate(grids):
        left = number * raster.COLUMNS * step
        whole[:, left : left + grid.shape[1]] = grid
    return whole
