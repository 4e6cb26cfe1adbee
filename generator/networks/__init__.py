"""Pretrained networks, their preprocessing, their layers and receptive fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.networks.network import Network


def load(
    name: str,
    weights: str | None = None,
    device: str = "cpu",
    layers: tuple[str, ...] | None = None,
) -> Network:
    """A pretrained network in evaluation mode, ready to be looked into.

    ``name``: ``zfnet64``, ``zfnet`` or any torchvision classification network. ``weights``:
    None for the network's own (bundled, or torchvision's), a ``.safetensors``, ``.pt`` or
    ``.pth`` file, or ``none`` for random ones. ``layers``: names of modules instead of the
    five that stand for the family.

    Raises UsageError for a name that does not exist, WeightsError for weights that don't fit,
    UnsupportedNetworkError for a network that projections are not defined for.
    """
    # Torch takes seconds to import and a page build with a warm store needs none of it.
    from generator.networks.loading import load_network  # noqa: PLC0415

    return load_network(name, weights, device, layers)
