"""The projection from crops against whole images, and against its floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.bench.rows import Row, Sizes, in_turn, ratio, spread
from generator.bench.scanning import in_memory
from generator.networks import load
from generator.networks.crops import PIXELS_A_BATCH
from generator.networks.network import Network
from generator.networks.recording import recording, run
from generator.records import Layer
from generator.scan.activations import BATCH, look
from generator.scan.inputs import input_cache
from generator.scan.strongest import strongest_images
from generator.techniques.deconvnet import project
from generator.techniques.deconvnet.crops import projected

K = 9


@dataclass(frozen=True)
class Entries:
    """What some units of a layer liked best: a projection is asked for each."""

    layer: Layer
    channels: npt.NDArray[np.int64]
    images: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]


def rows(sizes: Sizes) -> Iterator[Row]:
    """For each layer and for all units: crops / whole images; and crops / the floor."""
    network = load(sizes.network, "none")
    made, collection = in_memory(network, 1)
    top = strongest_images(network.layers, collection, look(network, made, BATCH), K)
    inputs = input_cache(network, collection)
    for index in range(len(collection)):
        inputs(index)  # images are in memory for both sides
    everything: list[list[tuple[float, ...]]] = []
    shares: list[float] = []
    for layer, record in zip(network.layers, top, strict=True):
        units = np.unique(np.linspace(0, layer.channels - 1, sizes.units).astype(int))
        entries = Entries(
            layer,
            np.repeat(units, K),
            record.images[units].ravel(),
            record.positions[units].reshape(-1, 2),
        )
        alive = entries.images >= 0
        entries = Entries(
            layer, entries.channels[alive], entries.images[alive], entries.positions[alive]
        )
        groups = same_pixels(network, entries, inputs)
        taken = in_turn(
            sizes.pairs,
            partial(from_crops, network, entries, inputs),
            partial(from_whole, network, entries, inputs),
            partial(floor, network, layer, groups),
        )
        everything.append(taken)
        shares.append(layer.channels / len(units))
        yield ratio(
            f"projection-{layer.index}",
            f"whole images / crops, projections of layer {layer.index} of {network.name}",
            taken,
            lambda pair: pair[1] / pair[0],
            details={"projections": len(entries.images), "images": len(collection)},
        )
    # All units: what the sample of each layer took, times the units that it stands for.
    pairs = [
        [
            sum(share * layer[pair][side] for layer, share in zip(everything, shares, strict=True))
            for side in range(3)
        ]
        for pair in range(sizes.pairs)
    ]
    asked = sum(layer.channels for layer in network.layers) * K
    typical = [float(np.median([pair[side] for pair in pairs])) for side in range(3)]
    details = {"pairs": sizes.pairs, "seconds": typical, "units of a layer timed": sizes.units}
    yield Row(
        "projection-all",
        f"whole images / crops, all {asked:,} projections of {network.name}",
        spread([whole / crops for crops, whole, _ in pairs]),
        at_least=2.4,
        details=details,
    )
    yield Row(
        "projection-floor",
        f"crops / one forward and one backward pass over the same pixels, {network.name}",
        spread([crops / bare for crops, _, bare in pairs]),
        at_most=1.3,
        details=details,
    )


def from_crops(network: Network, entries: Entries, inputs: Callable[[int], Tensor]) -> None:
    """As the figures are made, without drawing them."""
    parts = entries.channels, entries.images, entries.positions
    for start in range(0, len(entries.images), 32 * K):
        some = slice(start, start + 32 * K)
        channels, images, positions = (part[some] for part in parts)
        for _ in projected(network, entries.layer, channels, images, positions, inputs):
            pass


def from_whole(network: Network, entries: Entries, inputs: Callable[[int], Tensor]) -> None:
    """Projections of the same activations, each from the whole of its image."""
    count = max(1, PIXELS_A_BATCH // network.size**2)
    for start in range(0, len(entries.images), count):
        some = slice(start, start + count)
        stack = torch.stack([inputs(int(image)) for image in entries.images[some]])
        project(network, entries.layer, stack, entries.channels[some], entries.positions[some])


def same_pixels(
    network: Network, entries: Entries, inputs: Callable[[int], Tensor]
) -> list[Tensor]:
    """The crops of all entries, one for each, in batches of one size."""
    field, size = entries.layer.field, network.size
    groups: dict[tuple[int, int], list[Tensor]] = {}
    for image, (row, column) in zip(entries.images, entries.positions.tolist(), strict=True):
        (top, bottom), (left, right) = field.window(row, size), field.window(column, size)
        crop = inputs(int(image))[:, top:bottom, left:right]
        groups.setdefault((bottom - top, right - left), []).append(crop)
    made: list[Tensor] = []
    for (height, width), crops in groups.items():
        count = max(1, PIXELS_A_BATCH // (height * width))
        made += [torch.stack(crops[at : at + count]) for at in range(0, len(crops), count)]
    return made


def floor(network: Network, layer: Layer, groups: list[Tensor]) -> None:
    """One plain forward and one plain backward pass over each of the batches."""
    for pixels in groups:
        given = pixels.to(network.device, memory_format=torch.channels_last).requires_grad_()
        with torch.enable_grad(), recording(network.module, (layer,)) as maps:
            run(network.module, given)
        activation = maps[layer.name]
        torch.autograd.grad(activation, given, torch.ones_like(activation))
