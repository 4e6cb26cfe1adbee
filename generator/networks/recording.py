"""The maps of a network's layers, caught while a forward pass goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.networks.network import Network
from generator.records import Layer


class Finished(Exception):  # noqa: N818
    """Ends a forward pass early: everything that was wanted from it is there."""


def record_maps(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...] | None = None
) -> list[Tensor]:
    """The maps (N, C, H, W) of ``layers``, in their order, from one forward pass without gradients.

    The pass ends with the last of them.
    """
    layers = layers or network.layers
    with torch.inference_mode(), recording(network.module, layers) as maps:
        run(network.module, inputs.to(network.device, memory_format=torch.channels_last))
    return [maps[layer.name] for layer in layers]


def record_maxima(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...] | None = None
) -> list[tuple[Tensor, Tensor]]:
    """Of each map of ``layers`` the largest value and its place, flat: (N, C) both, a layer each.

    They are taken as the pass goes by, so that no map outlives the operations that need it.
    """
    layers = layers or network.layers
    with torch.inference_mode(), recording(network.module, layers, strongest) as found:
        run(network.module, inputs.to(network.device, memory_format=torch.channels_last))
    return [found[layer.name] for layer in layers]


def strongest(maps: Tensor) -> tuple[Tensor, Tensor]:
    """The largest value of each map (N, C, H, W) and its flat place, the first of equal ones."""
    if maps.device.type == "cpu":
        # One window over the whole map: here pooling is several times as fast as max(dim).
        values, places = functional.max_pool2d(maps, maps.shape[2:], return_indices=True)
        return values.flatten(1), places.flatten(1)
    values, places = maps.flatten(2).max(dim=2)
    return values, places


def _own(maps: Tensor) -> Tensor:
    return maps


Taken = TypeVar("Taken")


@contextmanager
def recording(
    module: nn.Module,
    layers: tuple[Layer, ...],
    take: Callable[[Tensor], Taken] = _own,  # type: ignore[assignment]
) -> Iterator[dict[str, Taken]]:
    """Inside, a forward pass leaves what ``take`` makes of the named maps in the dictionary.

    By default that is the maps. The pass ends once all are there. The hooks are gone
    afterwards, also after an error.
    """
    found: dict[str, Taken] = {}
    handles = []

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(_: nn.Module, __: object, output: Tensor) -> None:
            last = len(found | {name: None}) == len(layers)
            # What follows may add to the map in place, as ResNets do.
            found[name] = take(output.clone() if take is _own and not last else output)
            if last:
                raise Finished

        return hook

    try:
        for layer in layers:
            part = module.get_submodule(layer.name)
            handles.append(part.register_forward_hook(keep(layer.name)))
        yield found
    finally:
        for handle in handles:
            handle.remove()


def run(module: nn.Module, inputs: Tensor) -> None:
    """A forward pass that may end early because everything wanted from it was recorded."""
    with suppress(Finished):
        module(inputs)
