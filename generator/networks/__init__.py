"""Pretrained networks, their preprocessing, their layers and receptive fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.networks.identity import card_for

if TYPE_CHECKING:
    from generator.networks.network import Network


def load(
    name: str,
    weights: str | None = None,
    device: str = "cpu",
    layers: tuple[str, ...] | None = None,
    card: str | None = None,
    size: int | None = None,
) -> Network:
    """A pretrained network in evaluation mode, ready to be looked into.

    ``name``: ``zfnet64``, ``zfnet``, any torchvision classification network, ``timm/NAME`` where
    timm is installed, or what makes a network of one's own, as ``FILE.py:CALLABLE`` or
    ``PACKAGE.MODULE:CALLABLE``. ``weights``: None for the network's own (bundled, torchvision's,
    or those that the callable puts in), a file of safetensors or ``torch.save``, or ``none`` for
    random ones; ``FILE#NEST`` where a file holds several. ``layers``: names of modules instead of
    the five that stand for the family. ``card``: a JSON file with the names of its classes and
    what else is said of it, instead of the one beside the weights. ``size``: height and width of
    the input in pixels, instead of the usual one.

    Raises UsageError for a name that does not exist, WeightsError for weights that don't fit,
    UnsupportedNetworkError for a network that projections are not defined for.
    """
    # Torch takes seconds to import and a page build with a warm store needs none of it.
    from generator.networks.loading import load_network  # noqa: PLC0415

    read = card_for(name, weights, card)
    return load_network(name, weights, device, layers, card=read, size=size)
