"""One photograph through the layers, and moved; the filters of the first layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from generator.draw import raster
from generator.networks.architecture import architecture
from generator.records import Layer, Part
from generator.records.course import (
    FeatureMaps,
    Filter,
    FilterBank,
    LayerMaps,
    Photograph,
    Shifted,
    ShiftedMaps,
    StrongUnit,
)
from generator.records.rounding import EXACT, rounded
from generator.stages.build import Build
from generator.store.stage_files import read, write
from generator.techniques.featuremaps import (
    Map,
    feature_maps,
    follows,
    moved_copies,
    shifts_for,
    strong_units,
)

SAID = "featuremaps.json"
UNITS = 6  # maps shown of each layer
SHARPEST = 96  # pixels: a map's places are enlarged to about this
GAP = 8
LARGEST_FILTER = 11  # a reader can't follow the products of more than 121 places
EXTRA = 7  # the patch is this much wider than the filter, so that the filter can slide
FILTERS = 6  # filters to choose from
COLUMNS = 8  # of the sheet of filters
# From no answer to a unit's strongest: dark, the lesson's accent, nearly white.
RAMP = np.array([(24, 26, 31), (201, 84, 32), (255, 240, 226)], dtype=np.float32)


def make(folder: Path, build: Build) -> None:
    """Pictures, and ``featuremaps.json`` with what they show."""
    image = photograph(build)
    inputs = build.inputs(image)
    pixels = build.network.preprocess.display(inputs)
    picture = raster.save_photograph(Image.fromarray(pixels), folder, "photograph")
    record = FeatureMaps(
        photograph=Photograph(
            **vars(picture), name=build.collection.photograph(image), image=image
        ),
        layers=_layers(folder, build, inputs),
        moved=_moved(folder, build, inputs),
        filters=_filters(folder, build),
    )
    write(folder / SAID, record)


def entry(folder: Path, build: Build) -> FeatureMaps:  # noqa: ARG001
    """As written."""
    return read(folder / SAID, FeatureMaps)


def photograph(build: Build) -> int:
    """The whole photograph that stands most often among the strongest of a layer's units.

    Each layer counts alike. Where the collection holds parts of photographs, the largest part
    of each stands for it.
    """
    items, counts = build.collection.items, np.zeros(len(build.collection))
    for record in build.top:
        shown = record.images[record.images >= 0]
        counts += np.bincount(shown, minlength=len(items)) / max(1, record.images.shape[0])
    largest: dict[int, int] = {}
    for item in items:
        largest[item.source] = max(largest.get(item.source, 0), item.side)
    whole = np.array([item.side == largest[item.source] for item in items])
    if not counts[whole].any():  # nothing fires: any image that could be read will do
        counts = np.isfinite(build.maxima[0]).all(axis=1).astype(float)
    return int(np.argmax(np.where(whole, counts, -1)))


def _best(build: Build, layer: Layer) -> Map:
    """(C,): each unit's strongest answer to any image."""
    values = build.top[layer.index - 1].values[:, 0]
    return np.nan_to_num(values, nan=0.0, neginf=0.0).clip(min=0)


def _layers(folder: Path, build: Build, inputs: torch.Tensor) -> tuple[LayerMaps, ...]:
    shown = []
    for layer, maps in zip(
        build.network.layers, feature_maps(build.network, inputs[None]), strict=True
    ):
        best = _best(build, layer)
        channels = strong_units(maps[0], best, UNITS)
        if not channels:
            continue
        sheet = maps_in_a_row([tinted(maps[0, channel]) for channel in channels])
        picture = raster.save_lossless(sheet, folder, f"layer-{layer.index}")
        units = tuple(
            StrongUnit(
                channel=channel,
                strongest=round(float(maps[0, channel].max()), 4),
                share=round(float(maps[0, channel].max() / best[channel]), 4),
            )
            for channel in channels
        )
        shown.append(LayerMaps(**vars(picture), layer=layer.index, units=units))
    return tuple(shown)


def _moved(folder: Path, build: Build, inputs: torch.Tensor) -> Shifted | None:
    """The photograph at several places, and a map of the first, the middle and the last layer."""
    layers = build.network.layers
    shifts = shifts_for(build.network.size, layers[0].field.stride)
    frames = moved_copies(inputs, shifts)
    if len(shifts) < 2:
        return None
    picture = np.concatenate(list(build.network.preprocess.display(frames)), axis=1)
    shown = sorted({0, len(layers) // 2, len(layers) - 1})
    maps = feature_maps(build.network, frames)
    told = []
    for number in shown:
        layer = layers[number]
        channels = strong_units(maps[number][0], _best(build, layer), 1)
        if not channels:
            continue
        own = maps[number][:, channels[0]]  # (N, H, W)
        places = [round(shift / layer.field.stride) for shift in shifts]
        sheet = maps_in_a_row(list(tinted(np.concatenate(list(own), axis=1))[None]))
        drawn = raster.save_lossless(sheet, folder, f"moved-{layer.index}")
        told.append(
            ShiftedMaps(
                **vars(drawn),
                layer=layer.index,
                channel=channels[0],
                stride=layer.field.stride,
                places=tuple(places),
                whole=tuple(shift % layer.field.stride == 0 for shift in shifts),
                follows=tuple(
                    round(follows(own[0], shifted, move), 4)
                    for shifted, move in zip(own, places, strict=True)
                ),
            )
        )
    if not told:
        return None
    saved = raster.save_photograph(Image.fromarray(picture), folder, "moved")
    return Shifted(**vars(saved), shifts=tuple(shifts), layers=tuple(told))


def _filters(folder: Path, build: Build) -> FilterBank | None:
    """All filters as pictures, and some with a patch of a photograph to slide them over.

    None for a network whose first operation is not a plain convolution of small windows.
    """
    first, *_ = architecture(build.network)
    kernel = first.kernel[0] if first.kernel else 0
    if not _plain(first) or kernel > LARGEST_FILTER:
        return None
    module = build.network.module.get_submodule(first.name)
    weights: npt.NDArray[np.float32] = module.weight.detach().float().cpu().numpy()  # type: ignore[operator]
    biases = np.zeros(len(weights)) if module.bias is None else module.bias.float().cpu().numpy()  # type: ignore[operator]
    style = raster.tile_style(kernel)
    tiles = [raster.fit_tile(raster.projection_pixels(weight), style) for weight in weights]
    sheet = raster.tile_grid(tiles, style, COLUMNS)
    rows = -(-len(tiles) // COLUMNS)
    sheet = sheet.crop((0, 0, sheet.width, rows * (style.size + style.gap) - style.gap))
    picture = raster.save_lossless(sheet, folder, "filters")
    channels = _shown(build, first)
    image, box = _patch(build, channels[0], kernel)
    pixels = build.network.preprocess.display(build.inputs(image))
    left, top, right, bottom = box
    return FilterBank(
        **vars(picture),
        layer=first.name,
        count=len(weights),
        kernel=kernel,
        stride=first.stride[0] if first.stride else 1,
        padding=first.padding[0] if first.padding else 0,
        tile=style.size,
        gap=style.gap,
        columns=COLUMNS,
        photograph=build.collection.photograph(image),
        box=box,
        pixels=pixels[top:bottom, left:right].tolist(),
        mean=build.network.preprocess.mean,
        std=build.network.preprocess.std,
        units=tuple(
            Filter(channel, _short(weights[channel]), float(_short(biases[channel])))
            for channel in channels
        ),
    )


def _plain(part: Part) -> bool:
    return (
        part.kind == "convolution"
        and part.input[0] == 3
        and part.groups == 1
        and part.dilation == (1, 1)
        and part.kernel is not None
        and part.kernel[0] == part.kernel[1]
    )


def _shown(build: Build, first: Part) -> list[int]:
    """The units of layer 1's figure, named ones first, where it shows these filters."""
    layer = build.network.layers[0]
    kernel = first.kernel[0] if first.kernel else 0
    if layer.channels != first.output[0] or layer.field.size != kernel:
        return list(range(min(FILTERS, first.output[0])))
    cells = sorted(build.measured.layers[0].cells, key=lambda cell: cell.wanted is None)
    alive = [cell.channel for cell in cells if build.top[0].images[cell.channel, 0] >= 0]
    return alive[:FILTERS] or list(range(min(FILTERS, layer.channels)))


def _patch(build: Build, channel: int, kernel: int) -> tuple[int, tuple[int, int, int, int]]:
    """Where a unit of layer 1 answers most: the image, and a box a little larger than its field."""
    size = build.network.size
    side = min(size, kernel + EXTRA)
    record = build.top[0]
    image, left, top = photograph(build), size // 2, size // 2
    if channel < len(record.images) and record.images[channel, 0] >= 0:
        image = int(record.images[channel, 0])
        row, column = record.positions[channel, 0].tolist()
        left, top, _, _ = build.network.layers[0].field.box(row, column)
    left, top = (min(max(0, at - EXTRA // 2), size - side) for at in (left, top))
    return image, (left, top, left + side, top + side)


def _short(values: npt.NDArray[Any]) -> Any:
    """Numbers as lists: single precision holds no more than six digits that matter."""
    return np.vectorize(lambda value: rounded(value, EXACT))(values).tolist()


def tinted(values: Map) -> raster.RGB:
    """(H, W) from 0 up to (H, W, 3) uint8: dark for no answer, bright for the strongest."""
    most = float(values.max())
    share = values / most if most > 0 else np.zeros_like(values)
    stops = np.linspace(0, 1, len(RAMP))
    colours = [np.interp(share, stops, RAMP[:, colour]) for colour in range(3)]
    return np.stack(colours, axis=-1).round().astype(np.uint8)


def maps_in_a_row(tiles: list[raster.RGB]) -> Image.Image:
    """Maps of one size in a row on a transparent ground, their places enlarged alike."""
    height, width, _ = tiles[0].shape
    factor = max(1, -(-SHARPEST // height))
    step = width * factor + GAP
    sheet = Image.new("RGBA", (len(tiles) * step - GAP, height * factor))
    for number, tile in enumerate(tiles):
        large = tile.repeat(factor, axis=0).repeat(factor, axis=1)
        sheet.paste(Image.fromarray(large), (number * step, 0))
    return sheet
