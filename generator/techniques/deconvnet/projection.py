"""The deconvolutional network: one activation projected back to pixels.

M. D. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014
(arXiv 1311.2901), section 2.1. All activations of the layer but one are set to zero, and what
is left is passed down through the layers:

================  =======================================  ====================================
operation         forward                                  back
================  =======================================  ====================================
convolution       filters                                  the same filters transposed (flipped)
ReLU              max(x, 0)                                max(r, 0) of the reconstruction r,
                                                           whatever the sign of x was
capped ReLU:      min(max(x, 0), c)                        max(r, 0), whether x lay below zero,
ReLU6, hard-tanh                                           above the cap c, or between
from 0 to c
max-pooling       the largest of each window               back to the place it came from
                                                           (the *switches*)
average-pooling,  linear                                   their transposes
normalisation by
fixed statistics,
addition, joining
padding with one  that number around the map               what lies in the padding is lost
number
contrast          x / (k + a * energy of neighbours) ** b  passed as it is
normalisation
================  =======================================  ====================================

This is the gradient, but for the ReLU (Simonyan, Vedaldi and Zisserman 2014, section 4), so
automatic differentiation does the work and any arrangement of these operations is handled.

Where the paper is silent: two overlapping pooling windows that chose the same place both
bring something back to it, and these add up, as the transpose of choosing has it. A tie in a
window goes to the place that the forward pass chose. Biases take no part on the way back, and
nor does the subtraction of a batch normalisation's mean.

A control: with ``shuffle`` the switches are not those that were recorded. What comes down to a
max-pooling window goes to a place of that window picked at random, so that only the learned
filters are left to shape the projection (Nie, Zhang and Patel, ICML 2018, section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.networks.network import Network
from generator.networks.operations import Keywords, Operations, cap_of, operand, rectified
from generator.networks.recording import recording, run
from generator.networks.windows import ConvWindow, Edges, pad_edges, pool_window
from generator.records import Layer
from generator.records.taken import CONTRAST, PADDING
from generator.techniques.deconvnet.switches import (
    NO_EDGES,
    first_switches,
    random_switches,
    unpool,
)


def project(
    network: Network,
    layer: Layer,
    inputs: Tensor,
    channels: npt.NDArray[np.int64],
    positions: npt.NDArray[np.int64],
    shuffle: int | None = None,
) -> Tensor:
    """One projection for each of the N inputs.

    ``inputs`` (N, 3, H, W) as preprocessed; ``channels`` (N,) the unit of ``layer`` that each
    is looked at through; ``positions`` (N, 2) row and column in its map. Gives (N, 3, H, W)
    float32 on the inputs' device, in units of activation: zero where nothing is projected,
    which is everywhere outside the unit's receptive field. ``shuffle`` is a seed to shuffle
    the switches with; without it they are the recorded ones.
    """
    recorded = Recorded(network, layer, inputs, shuffle)
    return recorded.project(np.arange(len(inputs)), channels, positions)


class Recorded:
    """A forward pass whose switches serve any number of projections.

    ``inputs`` (N, 3, H, W) as preprocessed.
    """

    def __init__(
        self, network: Network, layer: Layer, inputs: Tensor, shuffle: int | None = None
    ) -> None:
        self._origin = inputs.device
        pixels = inputs.to(network.device, memory_format=torch.channels_last)
        self._pixels = pixels.detach().requires_grad_()
        mode = DeconvolutionMode(shuffle)
        with torch.enable_grad(), recording(network.module, (layer,)) as maps, mode:
            run(network.module, self._pixels)
            self._activation = maps[layer.name]

    def project(
        self,
        rows: npt.NDArray[np.int64],
        channels: npt.NDArray[np.int64],
        positions: npt.NDArray[np.int64],
        more: bool = False,
    ) -> Tensor:
        """One projection each for some of the inputs, no row twice: (len(rows), 3, H, W).

        ``more`` keeps the switches for another call.
        """
        device = self._activation.device
        chosen = tuple(
            torch.as_tensor(part, device=device)
            for part in (rows, channels, positions[:, 0], positions[:, 1])
        )
        kept = torch.zeros_like(self._activation)
        kept[chosen] = self._activation.detach()[chosen].clamp(min=0)
        (projection,) = torch.autograd.grad(self._activation, self._pixels, kept, retain_graph=more)
        return projection[chosen[0]].to(self._origin)


@dataclass(frozen=True)
class _Padded:
    """A padding at work: ``result`` is kept, so that no other tensor gets its identity."""

    origin: Tensor
    result: Tensor
    edges: Edges


class DeconvolutionMode(Operations):
    """Inside, ReLU and contrast normalisation go back as the table above says.

    ``shuffle``: a seed for random switches in place of the recorded ones.
    """

    def __init__(self, shuffle: int | None = None) -> None:
        super().__init__()
        self._random = None if shuffle is None else torch.Generator().manual_seed(shuffle)
        self._padded: dict[int, _Padded] = {}

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Keywords
    ) -> Any:
        """The operation as on the way up, prepared for the way back."""
        if cap_of(name, args, kwargs) is not None:
            return rectified(name, args, kwargs, _Rectify.apply)
        result = func(*args, **kwargs)
        if name in PADDING.names:
            origin = operand(args, kwargs)
            self._padded[id(result)] = _Padded(origin, result, pad_edges(*args, **kwargs))
        if name in CONTRAST.names:
            return _PassBack.apply(operand(args, kwargs), result)
        if name == "max_pool2d" and (self._random or result.device.type != "cpu"):
            activation, window = operand(args, kwargs), pool_window(*args, **kwargs)
            return unpool(activation, result, self._switches(activation, window, result.shape))
        return result

    def _switches(self, activation: Tensor, window: ConvWindow, after: torch.Size) -> Tensor:
        if self._random is None:
            return first_switches(activation.detach(), window, after)
        padded = self._padded.get(id(activation))
        edges = padded.edges if padded else NO_EDGES
        places = random_switches(activation.shape, after, window, self._random, edges)
        return places.to(activation.device)

    def unpadded(self, activation: Tensor) -> Tensor:
        """The map that a padded one was made from; any other as it is."""
        padded = self._padded.get(id(activation))
        return padded.origin if padded else activation


@dataclass(frozen=True)
class Step:
    """One operation on the way down. Reconstructions are (C, H, W) float32.

    ``kind`` is ``filter``, ``unpool``, ``rectify``, ``spread`` (average-pooling), ``scale`` (batch
    normalisation) or ``pass`` (contrast normalisation); ``name`` the convolution, empty for the
    rest. ``before`` is what comes from above, ``after`` what goes on; ``seen`` is the
    map that stood where ``after`` stands when the photograph came up.
    """

    kind: str
    name: str
    before: npt.NDArray[np.float32]
    after: npt.NDArray[np.float32]
    seen: npt.NDArray[np.float32]


def follow(
    network: Network, layer: Layer, image: Tensor, channel: int, position: tuple[int, int]
) -> tuple[Step, ...]:
    """The way of one activation of an image (3, H, W) down to its pixels, every operation a step.

    The last step's ``after`` is the projection.
    """
    pixels = image[None].to(network.device).detach().requires_grad_()
    mode = _Followed({id(parameter): name for name, parameter in network.module.named_parameters()})
    with torch.enable_grad(), recording(network.module, (layer,)) as maps, mode:
        run(network.module, pixels)
        activation = maps[layer.name]
    kept = torch.zeros_like(activation)
    chosen = (0, channel, *position)
    kept[chosen] = activation.detach()[chosen].clamp(min=0)
    ends = [end for _, _, source, result in mode.passed for end in (source, result)]
    gradients = torch.autograd.grad(activation, ends, kept, allow_unused=True)
    steps: list[Step] = []
    for number, (kind, name, source, result) in reversed(list(enumerate(mode.passed))):
        after, before = gradients[2 * number : 2 * number + 2]
        before = kept if result is activation else before
        if before is not None and after is not None:
            arrays = (
                tensor[0].detach().float().cpu().numpy() for tensor in (before, after, source)
            )
            steps.append(Step(kind, name, *arrays))
    return tuple(steps)


class _Followed(DeconvolutionMode):
    """Keeps what goes into every operation of the projection, and what comes out."""

    KINDS: Mapping[str, str] = {
        "conv2d": "filter",
        "max_pool2d": "unpool",
        **dict.fromkeys(CONTRAST.names, "pass"),
        "avg_pool2d": "spread",
        "batch_norm": "scale",
    }

    def __init__(self, parameters: Mapping[int, str]) -> None:
        super().__init__()
        self.passed: list[tuple[str, str, Tensor, Tensor]] = []
        self._parameters = parameters

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Keywords
    ) -> Any:
        result = super().operation(name, func, args, kwargs)
        rectifies = cap_of(name, args, kwargs) is not None
        kind = "rectify" if rectifies else self.KINDS.get(name)
        if kind and isinstance(result, Tensor) and result.requires_grad:
            given = [*args, *kwargs.values()]
            named = (self._parameters.get(id(argument), "") for argument in given[1:2])
            filters = next(named, "").removesuffix(".weight") if kind == "filter" else ""
            self.passed.append((kind, filters, self.unpadded(given[0]), result))
        return result


class _Rectify(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, activation: Tensor, cap: float) -> Tensor:
        del ctx
        return activation.clamp(min=0, max=cap)

    @staticmethod
    def backward(ctx: Any, reconstruction: Tensor) -> tuple[Tensor, None]:
        del ctx
        return reconstruction.clamp(min=0), None


class _PassBack(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, activation: Tensor, normalised: Tensor) -> Tensor:
        del ctx, activation
        return normalised.detach().clone()

    @staticmethod
    def backward(ctx: Any, reconstruction: Tensor) -> tuple[Tensor, None]:
        del ctx
        return reconstruction, None
