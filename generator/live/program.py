"""A network as a short list of operations with their numbers: what a browser needs to run it.

One pass of an empty image shows every operation in its order, whoever calls it: a module, or a
function with no module of its own. Batch normalisation goes into the convolution before it, where
nothing else looks at what lies between them; dropout and reshaping leave nothing behind.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from generator.errors import UnsupportedNetworkError
from generator.networks.network import Network
from generator.networks.operations import Operations, modules_at_work, operand
from generator.networks.trace import QUESTIONS, RECTIFIERS, conv_window, pool_window

Array = npt.NDArray[np.float32]
Pair = tuple[int, int]

# What leaves the numbers of a map as they are.
SAME = frozenset(
    {"dropout", "dropout_", "feature_dropout", "contiguous", "clone", "to", "identity", "detach"}
)
RESHAPED = frozenset({"flatten", "view", "reshape", "squeeze"})
ADDED = frozenset({"add", "add_", "__add__", "__iadd__", "__radd__"})
JOINED = frozenset({"cat", "concat"})


@dataclass(frozen=True)
class Operation:
    """One step: maps ``sources`` go in, map ``result`` of ``shape`` comes out.

    Maps are numbered, 0 is the input. ``shape`` is (C, H, W), or (features,) for a plain list.
    ``kind`` is ``convolution``, ``linear``, ``relu``, ``max-pool``, ``average-pool``,
    ``adaptive-average-pool``, ``adaptive-max-pool``, ``add``, ``join``, ``scale`` (each channel
    times a gain, plus a shift) or ``contrast``. Pairs are down and across, in places of the input
    map. ``counts_padding``: whether the zeros of an average-pool's padding count. ``contrast`` is
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
    counts_padding: bool = True
    contrast: tuple[int, float, float, float] | None = None
    weights: Array | None = None
    biases: Array | None = None


@dataclass(frozen=True)
class Program:
    """A whole network: ``layers`` are the numbers of the maps that it shows, ``output`` its last.

    ``input`` is the shape (3, H, W) of map 0.
    """

    operations: tuple[Operation, ...]
    input: tuple[int, ...]
    layers: tuple[int, ...]
    output: int


def program(network: Network) -> Program:
    """The operations of a loaded network, from its input to its classes.

    Raises UnsupportedNetworkError, naming the operation and the module, for what is not known
    here.
    """
    return program_of(network.module, network.size, [layer.name for layer in network.layers])


def program_of(module: nn.Module, size: int, names: Iterable[str]) -> Program:
    """The same for a module that takes (N, 3, size, size); ``names`` are the modules it shows."""
    found: dict[str, int] = {}

    def left(name: str, output: Any) -> None:
        if isinstance(output, Tensor) and id(output) in watch.numbers:
            found[name] = watch.numbers[id(output)]

    first = next(module.parameters())
    image = torch.zeros(1, 3, size, size, device=first.device, dtype=first.dtype)
    with modules_at_work(module, left) as inside:
        watch = _Watch(inside, image)
        with torch.no_grad(), watch:
            said = module(image)
    if not isinstance(said, Tensor) or id(said) not in watch.numbers:
        raise UnsupportedNetworkError("the network's answer is not one list of numbers")
    shown = tuple(found[name] for name in names)
    whole = Program(tuple(watch.steps), (3, size, size), shown, watch.numbers[id(said)])
    return _folded(whole)


class _Watch(Operations):
    """Writes down every operation on a map; ``numbers`` are the maps' by the tensors' ids."""

    def __init__(self, inside: list[str], image: Tensor) -> None:
        super().__init__()
        self.inside = inside
        self.steps: list[Operation] = []
        self.numbers: dict[int, int] = {id(image): 0}
        self._kept = [image]  # so that no other tensor gets an identity that is known
        self._maps = 1

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        given = [one for one in _tensors((args, kwargs)) if id(one) in self.numbers]
        sources = tuple(self.numbers[id(one)] for one in given)
        result = func(*args, **kwargs)
        if not sources or name in QUESTIONS:
            return result
        if not isinstance(result, Tensor):
            raise self._unknown(name)
        self._kept.append(result)
        flat = result.dim() == 2 and result.numel() == given[0].numel()
        if name in SAME or (name in RESHAPED and (flat or result.shape == given[0].shape)):
            self.numbers[id(result)] = sources[0]
            return result
        step = self._step(name, args, kwargs, result)
        step = dataclasses.replace(step, sources=sources, result=self._maps)
        self.steps.append(step)
        self.numbers[id(result)] = self._maps
        if kwargs.get("inplace") or name.endswith("_"):
            self.numbers[id(operand(args, kwargs))] = self._maps
        self._maps += 1
        return result

    def _step(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> Operation:
        """The operation, as far as it does not depend on the maps before it."""
        source = operand(args, kwargs)
        shape = tuple(result.shape[1:])
        plain = Operation("", (), 0, shape)
        if name in RECTIFIERS:
            return dataclasses.replace(plain, kind="relu")
        if name in ADDED and _alike(args, kwargs, result):
            return dataclasses.replace(plain, kind="add")
        if name in JOINED and kwargs.get("dim", args[1] if len(args) > 1 else 0) == 1:
            return dataclasses.replace(plain, kind="join")
        if name == "conv2d":
            return _convolution(plain, args, kwargs)
        if name == "linear":
            given = dict(zip(("input", "weight", "bias"), args, strict=False)) | kwargs
            weights, biases = given["weight"], given.get("bias")
            return dataclasses.replace(
                plain, kind="linear", weights=_numbers(weights), biases=_numbers(biases)
            )
        if name == "batch_norm":
            return _scale(plain, args, kwargs)
        if name in ("max_pool2d", "avg_pool2d"):
            return self._pool(plain, name, args, kwargs)
        if name == "adaptive_avg_pool2d" or (name == "mean" and _of_whole_maps(source, result)):
            return dataclasses.replace(plain, kind="adaptive-average-pool")
        if name == "adaptive_max_pool2d":
            return dataclasses.replace(plain, kind="adaptive-max-pool")
        if name == "local_response_norm":
            names = ("input", "size", "alpha", "beta", "k")
            usual = {"alpha": 1e-4, "beta": 0.75, "k": 1.0}
            given = usual | dict(zip(names, args, strict=False)) | kwargs
            contrast = (int(given["size"]), *(float(given[one]) for one in names[2:]))
            return dataclasses.replace(plain, kind="contrast", contrast=contrast)
        raise self._unknown(name)

    def _pool(
        self, plain: Operation, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Operation:
        down, across = pool_window(*args, **kwargs)
        kernel, stride, padding, dilation = zip(down, across, strict=True)
        average = name == "avg_pool2d"
        names = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
        given = dict(zip((*names, "divisor_override"), args, strict=False)) | kwargs
        if average and given.get("divisor_override") is not None:
            raise self._unknown("avg_pool2d with a divisor of its own")
        return dataclasses.replace(
            plain,
            kind="average-pool" if average else "max-pool",
            kernel=kernel,
            stride=stride,
            padding=padding,
            dilation=dilation,
            counts_padding=not average or bool(given.get("count_include_pad", True)),
        )

    def _unknown(self, name: str) -> UnsupportedNetworkError:
        where = self.inside[-1] if self.inside else "the network itself"
        return UnsupportedNetworkError(f"{name} (in {where}) is not an operation that pages know")


def _convolution(plain: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Operation:
    names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    given = dict(zip(names, args, strict=False)) | kwargs
    down, across = conv_window(*args, **kwargs)
    kernel, stride, padding, dilation = zip(down, across, strict=True)
    return dataclasses.replace(
        plain,
        kind="convolution",
        kernel=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=int(given.get("groups", 1)),
        weights=_numbers(given["weight"]),
        biases=_numbers(given.get("bias")),
    )


def _scale(plain: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Operation:
    """A batch normalisation by fixed statistics, as a gain and a shift for each channel."""
    names = ("input", "running_mean", "running_var", "weight", "bias")
    usual = {"weight": None, "bias": None, "eps": 1e-5}
    places = (*names, "training", "momentum", "eps")
    given = usual | dict(zip(places, args, strict=False)) | kwargs
    mean, variance = given["running_mean"].double(), given["running_var"].double()
    gain = (variance + given["eps"]).rsqrt()
    if given["weight"] is not None:
        gain = gain * given["weight"].double()
    shift = -mean * gain
    if given["bias"] is not None:
        shift = shift + given["bias"].double()
    return dataclasses.replace(
        plain, kind="scale", weights=_numbers(gain), biases=_numbers(shift)
    )


def _folded(whole: Program) -> Program:
    """The same with each ``scale`` inside the convolution before it, where that changes nothing."""
    uses = Counter(source for step in whole.operations for source in step.sources)
    uses.update((*whole.layers, whole.output))
    made = {step.result: step for step in whole.operations}
    steps: dict[int, Operation] = {}
    for step in whole.operations:
        before = made.get(step.sources[0])
        alone = uses[step.sources[0]] == 1
        if step.kind == "scale" and before and before.kind == "convolution" and alone:
            assert before.weights is not None
            assert step.weights is not None
            assert step.biases is not None
            biases = step.biases
            if before.biases is not None:
                biases = before.biases * step.weights + step.biases
            del steps[before.result]
            steps[step.result] = dataclasses.replace(
                before,
                result=step.result,
                weights=before.weights * step.weights[:, None, None, None],
                biases=biases,
            )
        else:
            steps[step.result] = step
    numbers = {old: new for new, old in enumerate(steps, start=1)} | {0: 0}
    return dataclasses.replace(
        whole,
        operations=tuple(
            dataclasses.replace(
                step,
                sources=tuple(numbers[source] for source in step.sources),
                result=numbers[step.result],
            )
            for step in steps.values()
        ),
        layers=tuple(numbers[layer] for layer in whole.layers),
        output=numbers[whole.output],
    )


def _alike(args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> bool:
    """Whether two maps of one shape are added, neither of them weighted."""
    both = [one for one in _tensors((args, kwargs)) if one.shape == result.shape]
    return len(both) == 2 and kwargs.get("alpha", 1) == 1


def _of_whole_maps(source: Any, result: Tensor) -> bool:
    """Whether a mean leaves one number of each map."""
    return isinstance(source, Tensor) and source.dim() == 4 and result.numel() == source.shape[1]


def _numbers(tensor: Tensor | None) -> Array | None:
    if tensor is None:
        return None
    array: Array = tensor.detach().float().cpu().contiguous().numpy()
    return array


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(parts, list | tuple | type({}.values())):
        return []
    return [tensor for part in parts for tensor in _tensors(part)]
