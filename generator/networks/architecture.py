"""What a network is built of: its convolutions, pools and linear layers, in order of execution.

Nothing is typed in by hand. One pass of an empty image shows every operation at work, also one
that is called as a function and has no module of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from generator.networks.network import Network
from generator.networks.operations import Keywords, Operations, modules_at_work, operand
from generator.networks.windows import conv_window, pool_window
from generator.records import Part

KINDS = {
    "conv2d": "convolution",
    "max_pool2d": "max-pool",
    "avg_pool2d": "average-pool",
    "adaptive_max_pool2d": "adaptive-max-pool",
    "adaptive_avg_pool2d": "adaptive-average-pool",
    "linear": "linear",
    "batch_norm": "batch-norm",
    "layer_norm": "layer-norm",
    "local_response_norm": "contrast",
}


def architecture(network: Network) -> tuple[Part, ...]:
    """Every convolution, pool, linear layer and normalisation, for the network's own input size.

    Also whatever else uses parameters, under the name of its operation; so the parameters of all
    parts add up to those that the network uses. A parameter that is used twice counts once.
    """
    return parts(network.module, network.size, network.device)


def parts(module: nn.Module, size: int, device: torch.device) -> tuple[Part, ...]:
    """The parts of a module that takes images (N, 3, size, size)."""
    kind = next((parameter.dtype for parameter in module.parameters()), torch.float32)
    image = torch.zeros(1, 3, size, size, device=device, dtype=kind)
    with modules_at_work(module) as inside, torch.no_grad(), _Watch(inside) as watch:
        module(image)
    return tuple(watch.parts)


class _Watch(Operations):
    """Notes every operation that is a part of the network; ``inside`` are the modules at work."""

    def __init__(self, inside: list[str]) -> None:
        super().__init__()
        self.parts: list[Part] = []
        self.inside = inside
        self._counted: dict[int, nn.Parameter] = {}

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Keywords
    ) -> Any:
        result = func(*args, **kwargs)
        own = [
            argument for argument in (*args, *kwargs.values()) if isinstance(argument, nn.Parameter)
        ]
        given = operand(args, kwargs)
        if not (isinstance(given, Tensor) and isinstance(result, Tensor)):
            return result
        if isinstance(given, nn.Parameter):  # a question about a parameter, or a change to it
            return result
        if name == "mean" and given.dim() == 4 and result.dim() == 2:
            name = "adaptive_avg_pool2d"  # the mean of each whole map, said in another way
        if name in KINDS or own:
            self.parts.append(self._part(name, args, kwargs, own, (given, result)))
        return result

    def _part(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: Keywords,
        own: list[nn.Parameter],
        ends: tuple[Tensor, Tensor],
    ) -> Part:
        window: tuple[tuple[int, int] | None, ...] = (None,) * 4
        if name == "conv2d":
            window = tuple(zip(*conv_window(*args, **kwargs), strict=True))
        elif name in ("max_pool2d", "avg_pool2d"):
            window = tuple(zip(*pool_window(*args, **kwargs), strict=True))
        kernel, stride, padding, dilation = window
        new = [parameter for parameter in own if id(parameter) not in self._counted]
        self._counted |= {id(parameter): parameter for parameter in new}
        # Of an operation's parameters those with one direction for each output are its biases,
        # but for the first, which in a normalisation is the gain.
        biases = [
            parameter for parameter in new if parameter.dim() == 1 and parameter is not own[0]
        ]
        several = sum(bias.numel() for bias in biases)
        whole = kwargs.get("groups", args[6] if name == "conv2d" and len(args) > 6 else 1)
        return Part(
            name=self.inside[-1] if self.inside else "",
            kind=KINDS.get(name, name),
            kernel=kernel,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=int(whole),
            ceil_mode=_rounds_up(name, args, kwargs),
            input=tuple(ends[0].shape[1:]),
            output=tuple(ends[1].shape[1:]),
            weights=sum(parameter.numel() for parameter in new) - several,
            biases=several,
        )


def _rounds_up(name: str, args: tuple[Any, ...], kwargs: Keywords) -> bool:
    place = {"max_pool2d": 5, "avg_pool2d": 4}.get(name, math.inf)
    if "ceil_mode" in kwargs:
        return bool(kwargs["ceil_mode"])
    return bool(args[int(place)]) if len(args) > place else False
