"""Networks that see in grey: their first layer made to take the three channels of a photograph."""

from __future__ import annotations

from collections.abc import MutableMapping

import torch
from torch import Tensor, nn

from generator.errors import UnsupportedNetworkError

COLOURS = 3


def first_convolution(module: nn.Module) -> tuple[str, nn.Conv2d] | None:
    """The first convolution among the modules, and its name."""
    for name, part in module.named_modules():
        if isinstance(part, nn.Conv2d):
            return name, part
    return None


def over_channels(weight: Tensor) -> Tensor:
    """(O, 1, k, k) filters of one channel as (O, 3, k, k) that answer alike to grey images.

    Each colour gets a third of every filter. Where the three colours are equal that adds up to
    what the one channel gave, and a projection comes down to the three alike, which is grey.
    """
    return weight.expand(-1, COLOURS, -1, -1) / COLOURS


def spread_weights(module: nn.Module, tensors: MutableMapping[str, Tensor]) -> bool:
    """Whether ``tensors`` have one channel where the network takes three; then they get three."""
    first = first_convolution(module)
    if first is None:
        return False
    name, own = f"{first[0]}.weight", first[1].weight.shape
    given: Tensor | None = tensors.get(name)
    if given is None or own[1] != COLOURS or given.shape != (own[0], 1, *own[2:]):
        return False
    tensors[name] = over_channels(given)
    return True


def take_colours(module: nn.Module) -> bool:
    """Whether the network takes one channel; its first convolution then takes three.

    Raises UnsupportedNetworkError for any other number of channels.
    """
    first = first_convolution(module)
    if first is None or first[1].in_channels == COLOURS:
        return False
    name, conv = first
    if conv.in_channels != 1 or not name:
        raise UnsupportedNetworkError(
            f"the first convolution, {name!r}, takes images of {conv.in_channels} channels; "
            "photographs have three, and can be made grey for one"
        )
    with torch.no_grad():
        wide = nn.Conv2d(
            COLOURS,
            conv.out_channels,
            conv.kernel_size,  # type: ignore[arg-type]
            conv.stride,  # type: ignore[arg-type]
            conv.padding,  # type: ignore[arg-type]
            conv.dilation,  # type: ignore[arg-type]
            bias=conv.bias is not None,
            padding_mode=conv.padding_mode,
        )
        wide.weight.copy_(over_channels(conv.weight))
        if conv.bias is not None and wide.bias is not None:
            wide.bias.copy_(conv.bias)
    parent, _, own = name.rpartition(".")
    setattr(module.get_submodule(parent), own, wide)
    return True
