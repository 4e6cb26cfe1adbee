"""One call of torch as one operation of a program: what it does, and with which numbers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from generator.networks.operations import RECTIFIERS, cap_of, operand
from generator.networks.windows import conv_window, pool_window

Numbers32 = npt.NDArray[np.float32]
Pair = tuple[int, int]
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One step: maps ``sources`` go in, map ``result`` of ``shape`` comes out.

    Maps are numbered, 0 is the input. ``shape`` is (C, H, W), or (features,) for a plain list.
    ``kind`` is ``convolution``, ``linear``, ``relu``, ``max-pool``, ``average-pool``,
    ``adaptive-average-pool``, ``adaptive-max-pool``, ``add``, ``join``, ``scale`` (each channel
    times a gain, plus a shift) or ``contrast``. Pairs are down and across, in places of the input
    map. ``cap`` is the most that a capped rectifier lets through, None for a plain one.
    ``counts_padding``: whether the zeros of an average-pool's padding count. ``contrast`` is
    the window in channels, alpha, beta and k. ``weights`` and ``biases`` are the numbers of the
    step: (out, in / groups, rows, columns) or (out, in), and (out,); of a ``scale`` the gains and
    the shifts.
    """

    kind: str
    sources: tuple[int, ...]
    result: int
    shape: tuple[int, ...]
    kernel: Pair | None = None
    stride: Pair | None = None
    padding: Pair | None = None
    dilation: Pair | None = None
    groups: int = 1
    cap: float | None = None
    counts_padding: bool = True
    contrast: tuple[int, float, float, float] | None = None
    weights: Numbers32 | None = None
    biases: Numbers32 | None = None


def operation(
    name: str, args: tuple[Any, ...], kwargs: Arguments, result: Tensor
) -> Operation | None:
    """What the call ``name`` does; None where pages know nothing of the kind.

    The numbers of its maps are still to be set.
    """
    read = READERS.get(name)
    plain = Operation("", (), 0, tuple(result.shape[1:]))
    return read(plain, args, kwargs, result) if read else None


def _named(names: Iterable[str], args: tuple[Any, ...], kwargs: Arguments) -> Arguments:
    """All arguments by name, those that were left out as None."""
    listed = tuple(names)
    return dict.fromkeys(listed) | dict(zip(listed, args, strict=False)) | kwargs


def _convolution(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
) -> Operation | None:
    names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    given = _named(names, args, kwargs)
    kernel, stride, padding, dilation = zip(*conv_window(*args, **kwargs), strict=True)
    return dataclasses.replace(
        plain,
        kind="convolution",
        kernel=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=int(given["groups"] or 1),
        weights=_numbers(given["weight"]),
        biases=_numbers(given["bias"]),
    )


def _linear(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
) -> Operation | None:
    given = _named(("input", "weight", "bias"), args, kwargs)
    weights, biases = _numbers(given["weight"]), _numbers(given["bias"])
    return dataclasses.replace(plain, kind="linear", weights=weights, biases=biases)


def _scale(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
) -> Operation | None:
    """A batch normalisation by fixed statistics, as a gain and a shift for each channel."""
    names = (
        "input",
        "running_mean",
        "running_var",
        "weight",
        "bias",
        "training",
        "momentum",
        "eps",
    )
    given = _named(names, args, kwargs)
    if given["training"]:
        return None
    gain = (given["running_var"].double() + (given["eps"] or 1e-5)).rsqrt()
    if given["weight"] is not None:
        gain = gain * given["weight"].double()
    shift = -given["running_mean"].double() * gain
    if given["bias"] is not None:
        shift = shift + given["bias"].double()
    return dataclasses.replace(plain, kind="scale", weights=_numbers(gain), biases=_numbers(shift))


def _pool(average: bool) -> CallReader:
    def read(
        plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
    ) -> Operation | None:
        names = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
        given = _named((*names, "divisor_override"), args, kwargs) if average else {}
        if given.get("divisor_override") is not None:
            return None
        kernel, stride, padding, dilation = zip(*pool_window(*args, **kwargs), strict=True)
        return dataclasses.replace(
            plain,
            kind="average-pool" if average else "max-pool",
            kernel=kernel,
            stride=stride,
            padding=padding,
            dilation=dilation,
            counts_padding=given.get("count_include_pad") is not False,
        )

    return read


def _contrast(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
) -> Operation | None:
    usual = {"alpha": 1e-4, "beta": 0.75, "k": 1.0}
    given = usual | dict(zip(("input", "size", *usual), args, strict=False)) | kwargs
    alpha, beta, k = (float(given[name]) for name in usual)
    return dataclasses.replace(
        plain, kind="contrast", contrast=(int(given["size"]), alpha, beta, k)
    )


def _mean(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, result: Tensor
) -> Operation | None:
    """One number of each whole map; no other mean."""
    source = operand(args, kwargs)
    whole = isinstance(source, Tensor) and source.dim() == 4 and result.numel() == source.shape[1]
    return dataclasses.replace(plain, kind="adaptive-average-pool") if whole else None


def _add(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, result: Tensor
) -> Operation | None:
    """Two maps of one shape, neither of them weighted."""
    both = [tensor for tensor in tensors((args, kwargs)) if tensor.shape == result.shape]
    alike = len(both) == 2 and kwargs.get("alpha", 1) == 1
    return dataclasses.replace(plain, kind="add") if alike else None


def _join(
    plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
) -> Operation | None:
    channels = _named(("tensors", "dim"), args, kwargs)["dim"] == 1
    return dataclasses.replace(plain, kind="join") if channels else None


def _relu(name: str) -> CallReader:
    """A rectifier, with its cap if it has one; a hard-tanh of any other range is none."""

    def read(
        plain: Operation, args: tuple[Any, ...], kwargs: Arguments, _: Tensor
    ) -> Operation | None:
        most = cap_of(name, args, kwargs)
        if most is None:
            return None
        return dataclasses.replace(plain, kind="relu", cap=None if most == math.inf else most)

    return read


def _plain(kind: str) -> CallReader:
    return lambda plain, _, __, ___: dataclasses.replace(plain, kind=kind)


CallReader = Callable[[Operation, tuple[Any, ...], Arguments, Tensor], Operation | None]
READERS: dict[str, CallReader] = {
    "conv2d": _convolution,
    "linear": _linear,
    "batch_norm": _scale,
    "max_pool2d": _pool(average=False),
    "avg_pool2d": _pool(average=True),
    "adaptive_avg_pool2d": _plain("adaptive-average-pool"),
    "adaptive_max_pool2d": _plain("adaptive-max-pool"),
    "mean": _mean,
    "local_response_norm": _contrast,
    **{name: _relu(name) for name in RECTIFIERS},
    **dict.fromkeys(("add", "add_", "__add__", "__iadd__", "__radd__"), _add),
    **dict.fromkeys(("cat", "concat"), _join),
}


def _numbers(tensor: Tensor | None) -> Numbers32 | None:
    if tensor is None:
        return None
    array: Numbers32 = tensor.detach().float().cpu().contiguous().numpy()
    return array


def tensors(value: Any) -> list[Tensor]:
    """All tensors in the arguments of a call."""
    if isinstance(value, Tensor):
        return [value]
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, list | tuple):
        return []
    return [tensor for part in parts for tensor in tensors(part)]
