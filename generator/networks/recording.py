"""The maps of a network's layers, caught while a forward pass goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import torch
from torch import Tensor, nn

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


def answers(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...] = ()
) -> tuple[Tensor, list[Tensor]]:
    """What the network says in the end, and the maps of ``layers``, from one whole pass.

    ``inputs`` (N, 3, H, W). Gives probabilities (N, classes) float32, the softmax of the
    network's output, and the maps (N, C, H, W). No gradients.
    """
    with torch.inference_mode(), recording(network.module, layers, to_end=True) as maps:
        pixels = inputs.to(network.device, memory_format=torch.channels_last)
        said: Tensor = network.module(pixels)
    return said.flatten(1).float().softmax(1), [maps[layer.name] for layer in layers]


@contextmanager
def recording(
    module: nn.Module, layers: tuple[Layer, ...], to_end: bool = False
) -> Iterator[dict[str, Tensor]]:
    """Inside, a forward pass leaves the named maps in the dictionary and ends once all are there.

    With ``to_end`` it goes on to its end. The hooks are gone afterwards, also after an error.
    """
    maps: dict[str, Tensor] = {}
    handles = []

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(_: nn.Module, __: object, output: Tensor) -> None:
            maps[name] = output
            if len(maps) == len(layers) and not to_end:
                raise Finished
            maps[name] = output.clone()  # what follows may add to the map in place, as ResNets do

        return hook

    try:
        for layer in layers:
            part = module.get_submodule(layer.name)
            handles.append(part.register_forward_hook(keep(layer.name)))
        yield maps
    finally:
        for handle in handles:
            handle.remove()


def run(module: nn.Module, inputs: Tensor) -> None:
    """A forward pass that may end early because everything wanted from it was recorded."""
    with suppress(Finished):
        module(inputs)
