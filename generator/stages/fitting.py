"""Settings that only the network and the images can tell right from wrong, tried beforehand."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import torch

from generator.errors import UsageError
from generator.exhibit import Exhibit
from generator.images.collection import Collection
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.scan.activations import check_shortcuts
from generator.techniques.deconvnet import project
from generator.techniques.occlusion import occluder

PROVEN = ("cpu", "cuda")  # kinds of device that the tests have run on
APART = 0.02  # of a projection's length: more than other orders of adding up make


def check_fitting(exhibit: Exhibit, network: Network, collection: Collection) -> None:
    """UsageError for what would end a stage after minutes of work.

    A square that does not fit the network's input, shortcuts that this network, its device or
    the collection can't take, and a device that computes otherwise.
    """
    check_device(network)
    check_shortcuts(network, collection, exhibit.shortcuts)
    occluder(network.size, exhibit.square, exhibit.stride)


def check_device(network: Network) -> None:
    """UsageError where a device projects otherwise than the processor; tried on noise.

    Only of kinds that no test of ours has run on: of Apple's, faults are known that give wrong
    gradients without a word.
    """
    if network.device.type in PROVEN:
        return
    processor = torch.device("cpu")
    own = replace(network, module=copy.deepcopy(network.module).to(processor), device=processor)
    random = torch.Generator().manual_seed(0)
    image = torch.randn(1, 3, network.size, network.size, generator=random)
    for layer in {network.layers[0], network.layers[-1]}:
        maps = record_maps(own, image, (layer,))[0][0]
        channel, row, column = np.unravel_index(int(maps.argmax()), maps.shape)
        unit = np.array([channel]), np.array([[row, column]])
        expected, projection = (project(net, layer, image, *unit) for net in (own, network))
        apart = float((projection.cpu() - expected).norm() / expected.norm().clamp(min=1e-12))
        if not apart <= APART:  # nor where it is no number
            raise UsageError(
                f"{network.device} projects layer {layer.name!r} otherwise than the processor "
                f"({apart:.0%} apart), so its figures would be wrong; leave out --device"
            )
