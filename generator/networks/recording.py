"""The maps of a network's layers, caught while a forward pass goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
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
    with torch.inference_mode(), taking(network.module, layers, strongest) as taken:
        run(network.module, inputs.to(network.device, memory_format=torch.channels_last))
    return [taken[layer.name] for layer in layers]


def record_both(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...]
) -> list[tuple[Tensor, Tensor]]:
    """Of each rectified map of ``layers`` the largest value and the mean: (N, C) float32 both."""

    def take(maps: Tensor, _: bool) -> tuple[Tensor, Tensor]:
        rectified = maps.float().clamp(min=0)
        most = functional.max_pool2d(rectified, rectified.shape[2:])
        return most.flatten(1), rectified.mean(dim=(2, 3))

    with torch.inference_mode(), taking(network.module, layers, take) as taken:
        run(network.module, inputs.to(network.device, memory_format=torch.channels_last))
    return [taken[layer.name] for layer in layers]


def strongest(maps: Tensor, _: bool = True) -> tuple[Tensor, Tensor]:
    """The largest value of each map (N, C, H, W) and its flat place, the first of equal ones."""
    if maps.device.type == "cpu":
        # One window over the whole map: here pooling is several times as fast as max(dim).
        values, places = functional.max_pool2d(maps, maps.shape[2:], return_indices=True)
        return values.flatten(1), places.flatten(1)
    values, places = maps.flatten(2).max(dim=2)
    return values, places


Taken = TypeVar("Taken")


def probabilities(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...] = ()
) -> tuple[Tensor, list[Tensor]]:
    """What the network says in the end, and the maps of ``layers``, from one whole pass.

    ``inputs`` (N, 3, H, W). Gives probabilities (N, classes) float32, the softmax of the
    network's output, and the maps (N, C, H, W). No gradients.
    """
    with torch.inference_mode(), recording(network.module, layers, to_end=True) as maps:
        pixels = inputs.to(network.device, memory_format=torch.channels_last)
        outputs: Tensor = network.module(pixels)
    return outputs.flatten(1).float().softmax(1), [maps[layer.name] for layer in layers]


def recording(
    module: nn.Module, layers: tuple[Layer, ...], to_end: bool = False
) -> AbstractContextManager[dict[str, Tensor]]:
    """Inside, a forward pass leaves the named maps in the dictionary and ends once all are there.

    With ``to_end`` it goes on to its end. The hooks are gone afterwards, also after an error.
    """

    def take(maps: Tensor, last: bool) -> Tensor:
        return maps if last else maps.clone()  # ResNets, for one, add to it in place afterwards

    return taking(module, layers, take, to_end)


@contextmanager
def taking(
    module: nn.Module,
    layers: tuple[Layer, ...],
    take: Callable[[Tensor, bool], Taken],
    to_end: bool = False,
) -> Iterator[dict[str, Taken]]:
    """Inside, a forward pass leaves what ``take`` makes of each named map in the dictionary.

    ``take`` is told whether the pass ends there, as it does once all are there, unless ``to_end``.
    The hooks are gone afterwards, also after an error.
    """
    taken: dict[str, Taken] = {}
    handles = []

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(_: nn.Module, __: object, output: Tensor) -> None:
            last = len(taken.keys() | {name}) == len(layers)
            taken[name] = take(output, last and not to_end)
            if last and not to_end:
                raise Finished

        return hook

    try:
        for layer in layers:
            part = module.get_submodule(layer.name)
            handles.append(part.register_forward_hook(keep(layer.name)))
        yield taken
    finally:
        for handle in handles:
            handle.remove()


def run(module: nn.Module, inputs: Tensor) -> None:
    """A forward pass that may end early because everything wanted from it was recorded."""
    with suppress(Finished):
        module(inputs)
