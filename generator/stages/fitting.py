"""Settings that only the network and the images can tell right from wrong, tried beforehand."""

from __future__ import annotations

from generator.exhibit import Exhibit
from generator.images.collection import Collection
from generator.networks.network import Network
from generator.scan.activations import check_shortcuts
from generator.techniques.occlusion import occluder


def check_fitting(exhibit: Exhibit, network: Network, collection: Collection) -> None:
    """UsageError for what would end a stage after minutes of work.

    A square that does not fit the network's input, and shortcuts that this network, its device
    or the collection can't take.
    """
    check_shortcuts(network, collection, exhibit.shortcuts)
    occluder(network.size, exhibit.square, exhibit.stride)
