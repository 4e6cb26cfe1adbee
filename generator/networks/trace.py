"""One pass through a network that works out every layer's map and receptive field.

The field of a map follows from the operations that made it: a window of k pixels, stride s
and padding p on a map with field (size, stride, offset) gives

    size' = size + (k - 1) * stride,   stride' = stride * s,   offset' = offset - p * stride

(Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*,
Distill 2019). Where branches meet, the field is the smallest one that holds all of theirs.
Whatever is not known here is refused by name, so that no field and no projection is ever
silently wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from generator.errors import UnsupportedNetworkError, unknown
from generator.networks.operations import RECTIFIERS, Keywords, Operations, cap_of, modules_at_work
from generator.networks.windows import conv_window, pad_edges, pad_mode, pool_window
from generator.records import ReceptiveField
from generator.records.taken import CONVOLUTIONS, OPERATIONS, PADDING, POOLING, WHOLE

KNOWN = frozenset().union(*(kind.names for kind in OPERATIONS))
# Questions about a tensor, which make no map.
QUESTIONS = frozenset(
    {"dim", "size", "numel", "__get__", "stride", "is_floating_point", "_assert", "__len__"}
)


@dataclass(frozen=True)
class Axis:
    """The receptive field along one direction: see ``ReceptiveField``."""

    size: int = 1
    stride: int = 1
    offset: int = 0

    def padded(self, before: int) -> Axis:
        """The field after a map has got ``before`` places more at its start."""
        return Axis(self.size, self.stride, self.offset - before * self.stride)

    def through(self, kernel: int, stride: int, padding: int, dilation: int) -> Axis:
        """The field after a sliding window."""
        return Axis(
            size=self.size + (kernel - 1) * dilation * self.stride,
            stride=self.stride * stride,
            offset=self.offset - padding * self.stride,
        )


Axes = tuple[Axis, Axis]  # down, across


@dataclass(frozen=True)
class Traced:
    """The output of one module: its shape (C, H, W), its field, and what made it.

    ``padded``: code on the way pads by amounts of its own, which may depend on the size of what
    it is given, as in TensorFlow's "SAME"; so no part of an image can stand for the whole.
    """

    name: str
    channels: int
    height: int
    width: int
    field: ReceptiveField
    calls: int  # how often the module is called in one forward pass
    rectified: bool  # never negative because a rectifier, or several joined, made it
    padded: bool = False


@dataclass
class _Map:
    """What is known of one tensor."""

    field: Axes | None
    rectified: bool
    padded: bool
    tensor: Tensor  # kept, so that no other tensor gets its identity


class _Watch(Operations):
    """Follows the fields through every operation on a map."""

    def __init__(self, inside: list[str]) -> None:
        super().__init__()
        self.maps: dict[int, _Map] = {}
        self.inside = inside  # the modules that are at work, outermost first
        self.over = False  # everything that was wanted is known; what follows may be anything

    @property
    def where(self) -> str:
        return self.inside[-1] if self.inside else "the network itself"

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Keywords
    ) -> Any:
        if self.over:
            return func(*args, **kwargs)
        sources = [self.maps[id(t)] for t in _tensors((args, kwargs)) if id(t) in self.maps]
        result = func(*args, **kwargs)
        if not sources or name in QUESTIONS:
            return result
        for tensor in _tensors(result):
            field = self._field(name, args, kwargs, sources, tensor)
            rectified = cap_of(name, args, kwargs) is not None or (
                name in ("cat", "concat") and all(source.rectified for source in sources)
            )
            padded = name in PADDING.names or any(source.padded for source in sources)
            self.maps[id(tensor)] = _Map(field, rectified, padded, tensor)
        return result

    def _field(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: Keywords,
        sources: list[_Map],
        result: Tensor,
    ) -> Axes | None:
        if name not in KNOWN:
            raise UnsupportedNetworkError(
                f"{name} (in {self.where}) is not an operation that projections are defined for: "
                "convolution, ReLU (capped, too), max- and average-pooling, batch normalisation, "
                "concatenation and addition are"
            )
        if name in RECTIFIERS and cap_of(name, args, kwargs) is None:
            raise UnsupportedNetworkError(
                f"{name} (in {self.where}) hands on numbers below zero, so it is no rectifier; "
                "projections are defined for ReLU, ReLU6 and hard-tanh from 0 up"
            )
        if name in PADDING.names and (way := pad_mode(*args, **kwargs)) != "constant":
            raise UnsupportedNetworkError(
                f"{name} (in {self.where}) fills the padding in its {way!r} way; projections are "
                "defined for padding with one number"
            )
        fields = [source.field for source in sources]
        if name in WHOLE.names or any(field is None for field in fields):
            return None
        joined = _join([field for field in fields if field is not None], self.where)
        if name in PADDING.names:
            (top, _), (left, _) = pad_edges(*args, **kwargs)
            return joined[0].padded(top), joined[1].padded(left)
        if name in CONVOLUTIONS.names:
            window = conv_window(*args, **kwargs)
        elif name in POOLING.names:
            window = pool_window(*args, **kwargs)
        else:
            kept = result.dim() >= 4 and result.shape[-2:] == sources[0].tensor.shape[-2:]
            return joined if kept else None
        down, across = (axis.through(*values) for axis, values in zip(joined, window, strict=True))
        return down, across


def trace(
    module: nn.Module, size: int, device: torch.device, names: Iterable[str] | None = None
) -> tuple[Traced, ...]:
    """Every map that the network makes, in the order in which the modules finish.

    ``names``: stop looking as soon as these modules have answered, so that what comes behind
    them may be anything; only their calls are counted to the end. Raises
    UnsupportedNetworkError, naming the operation and the module, and UsageError for a name
    that the network lacks.
    """
    wanted = None if names is None else set(names)
    modules = [name for name, _ in module.named_modules() if name]
    for name in wanted or ():
        if name not in modules:
            raise unknown("layer", name, modules)
    outputs: list[tuple[str, Tensor]] = []
    calls: Counter[str] = Counter()

    def left(name: str, output: Any) -> None:
        calls[name] += 1
        if isinstance(output, Tensor) and not watch.over:
            outputs.append((name, output))
        watch.over = wanted is not None and wanted <= set(calls)

    image = torch.zeros(1, 3, size, size, device=device)
    with modules_at_work(module, left) as inside:
        watch = _Watch(inside)
        watch.maps[id(image)] = _Map((Axis(), Axis()), False, False, image)
        try:
            with torch.no_grad(), watch:
                module(image)
        except (RuntimeError, ValueError, AssertionError) as error:
            if not watch.over:
                raise UnsupportedNetworkError(
                    f"an image of {size} by {size} pixels does not fit through {watch.where}: "
                    f"{str(error).splitlines()[0]}"
                ) from error

    traced: list[Traced] = []
    for name, output in outputs:
        known = watch.maps.get(id(output))
        if known is None or known.field is None or output.dim() != 4:
            continue
        _, channels, height, width = output.shape
        field = _square(known.field, name)
        shape = (channels, height, width)
        traced.append(Traced(name, *shape, field, calls[name], known.rectified, known.padded))
    return tuple(traced)


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return []
    return [tensor for part in value for tensor in _tensors(part)]


def _join(fields: list[Axes], where: str) -> Axes:
    """The smallest field that holds all of the given ones."""
    axes: list[Axis] = []
    for direction in (0, 1):
        branches = [field[direction] for field in fields]
        if len({branch.stride for branch in branches}) > 1:
            raise UnsupportedNetworkError(f"branches of different stride meet in {where}")
        low = min(branch.offset for branch in branches)
        high = max(branch.offset + branch.size for branch in branches)
        axes.append(Axis(high - low, branches[0].stride, low))
    return axes[0], axes[1]


def _square(field: Axes, where: str) -> ReceptiveField:
    """One field for both directions: they differ only where kernels are not square."""
    down, across = field
    if down.stride != across.stride:
        raise UnsupportedNetworkError(
            f"{where} has a stride of {down.stride} pixels down and {across.stride} across; "
            "only equal ones can be shown"
        )
    low = min(down.offset, across.offset)
    high = max(down.offset + down.size, across.offset + across.size)
    return ReceptiveField(high - low, down.stride, low)
