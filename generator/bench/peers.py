"""Our work done by others: Captum as its documentation shows, and the Toolbox's algorithm.

J. Yosinski and others, *Understanding Neural Networks Through Deep Visualization*, 2015, whose
Deep Visualization Toolbox looks at one image a pass and takes one maximum a map.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.bench.rows import Row, Sizes, in_turn, ratio
from generator.bench.scanning import in_memory, record
from generator.images.batches import Batch, network_input
from generator.networks import load
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.scan.activations import look
from generator.scan.strongest import strongest_images
from generator.techniques.deconvnet import project

K = 9


def rows(sizes: Sizes) -> Iterator[Row]:
    """Captum's activations and deconvolution over ours, and the Toolbox's scan over ours."""
    network = load(sizes.network, "none")
    made, images = in_memory(network, 1)
    activation = f"Captum, layer activation and top {K} / the scan, {network.name}"
    deconvolution = f"Captum, deconvolution / the projection on whole images, {network.name}"
    if find_spec("captum") is None:
        reason = 'Captum is not installed: pip install -e ".[bench]"'
        yield Row("captum-activation", activation, reason=reason)
        yield Row("captum-deconvolution", deconvolution, reason=reason)
    else:
        taken = in_turn(
            sizes.pairs,
            lambda: captum_scan(network, made),
            lambda: record(network, made, images),
        )
        details: dict[str, Any] = {"images": len(images)}
        yield ratio("captum-activation", activation, taken, details=details)
        yield captum_projection(network, made, sizes, deconvolution)
    few = [cut(batch, sizes.single) for batch in made[:1]]
    some = few[0].good
    taken = in_turn(
        sizes.pairs,
        lambda: toolbox_scan(network, few),
        lambda: strongest_images(network.layers, images, look(network, few, len(some)), K),
    )
    yield ratio(
        "toolbox",
        f"the Toolbox's algorithm, one image a pass / the scan, {network.name}",
        taken,
        details={"images": len(some)},
    )


def captum_scan(network: Network, made: list[Batch]) -> list[tuple[Tensor, Tensor]]:
    """Top activations of all units with ``LayerActivation``."""
    from captum.attr import LayerActivation  # noqa: PLC0415

    modules = [network.module.get_submodule(layer.name) for layer in network.layers]
    outputs: list[list[Tensor]] = [[] for _ in modules]
    with torch.no_grad():
        for batch in made:
            inputs = network_input(batch.pixels, network.preprocess, network.device)
            maps = LayerActivation(network.module, modules).attribute(inputs)
            for seen, activation in zip(outputs, maps, strict=True):
                seen.append(activation.flatten(2).amax(dim=2))
    return [torch.cat(seen).topk(K, dim=0) for seen in outputs]


def captum_projection(network: Network, made: list[Batch], sizes: Sizes, title: str) -> Row:
    """Nine projections of some units of the middle layer, with ``NeuronDeconvolution``."""
    from captum.attr import NeuronDeconvolution  # noqa: PLC0415

    layer = network.layers[len(network.layers) // 2]
    inputs = network_input(made[0].pixels[:K], network.preprocess, network.device)
    units = np.linspace(0, layer.channels - 1, min(sizes.units, 8)).astype(int)
    place = layer.height // 2, layer.width // 2
    positions = np.full((len(inputs), 2), place)
    method = NeuronDeconvolution(network.module, network.module.get_submodule(layer.name))

    def theirs() -> None:
        for unit in units.tolist():
            method.attribute(inputs.clone().requires_grad_(), (unit, *place))

    def ours() -> None:
        for unit in units.tolist():
            project(network, layer, inputs, np.full(len(inputs), unit), positions)

    taken = in_turn(sizes.pairs, theirs, ours)
    return ratio("captum-deconvolution", title, taken, details={"layer": layer.name})


def toolbox_scan(network: Network, made: list[Batch]) -> list[npt.NDArray[np.float32]]:
    """One image a pass, one maximum a map, a sorted list a unit."""
    best = [np.full((layer.channels, K), -np.inf, np.float32) for layer in network.layers]
    for batch in made:
        for row in range(len(batch.pixels)):
            pixels = batch.pixels[row : row + 1]
            maps = record_maps(network, network_input(pixels, network.preprocess, network.device))
            for kept, activation in zip(best, maps, strict=True):
                for unit, own in enumerate(activation[0].cpu().numpy()):
                    value = own.flat[own.argmax()]
                    if value > kept[unit, -1]:
                        kept[unit, -1] = value
                        kept[unit] = -np.sort(-kept[unit])
    return best


def cut(batch: Batch, count: int) -> Batch:
    """The first images of a batch."""
    return Batch(batch.indices[:count], batch.good[:count], {}, batch.pixels[:count])
