"""The windows that convolutions and pools slide, and the padding, from the arguments of a call."""

from __future__ import annotations

from typing import Any

from torch import Tensor

ConvWindow = tuple[tuple[int, int, int, int], tuple[int, int, int, int]]
Edges = tuple[tuple[int, int], tuple[int, int]]  # places before and after, down and across


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, list | tuple):
        return (int(value[0]), int(value[-1]))
    return int(value), int(value)


def conv_window(
    image: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> ConvWindow:
    """(kernel, stride, padding, dilation) down and across, from the arguments of a convolution."""
    del image, bias, groups
    kernel, dilations = (int(weight.shape[2]), int(weight.shape[3])), _pair(dilation)
    if padding == "valid":
        padding = 0
    elif padding == "same":
        padding = [(k - 1) * d // 2 for k, d in zip(kernel, dilations, strict=True)]
    strides, paddings = _pair(stride), _pair(padding)
    return (
        (kernel[0], strides[0], paddings[0], dilations[0]),
        (kernel[1], strides[1], paddings[1], dilations[1]),
    )


def pool_window(
    image: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    *_: Any,
    **__: Any,
) -> ConvWindow:
    """(kernel, stride, padding, dilation) down and across, from the arguments of a pooling."""
    del image
    if isinstance(dilation, bool):  # average pooling has ceil_mode in this place
        dilation = 1
    kernel, paddings, dilations = _pair(kernel_size), _pair(padding), _pair(dilation)
    strides = _pair(kernel_size if stride in (None, [], ()) else stride)
    return (
        (kernel[0], strides[0], paddings[0], dilations[0]),
        (kernel[1], strides[1], paddings[1], dilations[1]),
    )


def pad_edges(image: Tensor, pad: Any, *_: Any, **__: Any) -> Edges:
    """What a padding adds before and after a map, down and across; less than 0 is cut off."""
    del image
    left, right, top, bottom = (*(int(value) for value in pad), 0, 0, 0, 0)[:4]
    return (top, bottom), (left, right)


def pad_mode(image: Tensor, pad: Any, mode: str = "constant", *_: Any, **__: Any) -> str:
    """How a padding is filled: with one number if it is ``constant``."""
    del image, pad
    return mode
