"""Where in a file the weights lie: trainers put them into nests, beside many other things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generator.errors import WeightsError

# Names that say that what they hold was averaged over training; plain weights go before it.
AVERAGES = ("ema", "average", "averaged", "swa", "teacher", "shadow")
DEEPEST = 6  # nests in nests; no trainer has more


@dataclass(frozen=True)
class StateDict:
    """Tensors by name, as they lie in a file under ``place`` (empty: not in a nest).

    ``versions`` are the versions of modules that torch wrote beside them, by the module's name.
    """

    place: str
    tensors: Mapping[str, Tensor]
    versions: Mapping[str, int]

    @property
    def averaged(self) -> bool:
        """Whether its place says that these are averages of weights."""
        words = self.place.lower().replace(".", "_").split("_")
        return any(word in AVERAGES for word in words)


def state_dicts(content: Any, path: Path) -> tuple[StateDict, ...]:
    """All that could be weights, those that are no averages first, else in the file's order.

    Raises WeightsError when nothing in it could be.
    """
    nests = list(_within(content, "", 0, set()))
    if not nests:
        raise WeightsError(f"{path}: is not a state dict; save network.state_dict()")
    return tuple(sorted(nests, key=lambda nest: nest.averaged))


def _within(content: Any, place: str, depth: int, seen: set[int]) -> Iterator[StateDict]:
    if not isinstance(content, Mapping) or depth > DEEPEST or id(content) in seen:
        return
    seen.add(id(content))
    tensors = {
        name: value
        for name, value in content.items()
        if isinstance(name, str) and isinstance(value, Tensor)
    }
    if tensors:
        yield StateDict(place, tensors, _versions(content))
    for name, value in content.items():
        if isinstance(name, str) and isinstance(value, Mapping):
            yield from _within(value, f"{place}.{name}" if place else name, depth + 1, seen)


def _versions(content: Any) -> dict[str, int]:
    metadata = getattr(content, "_metadata", None)
    if not isinstance(metadata, Mapping):
        return {}
    return {
        name: entry["version"]
        for name, entry in metadata.items()
        if isinstance(name, str)
        and isinstance(entry, Mapping)
        and type(entry.get("version")) is int
    }


def checked_tensors(state: StateDict, path: Path) -> StateDict:
    """The same; WeightsError for tensors that are not plain, or claim more than the file holds."""
    room = path.stat().st_size
    for name, tensor in state.tensors.items():
        plain = tensor.layout == torch.strided and not (tensor.is_quantized or tensor.is_meta)
        if not plain or tensor.is_complex():
            raise WeightsError(f"{path}: {name!r} is not a plain tensor of numbers; save it as one")
        if tensor.numel() * tensor.element_size() > room:
            raise WeightsError(f"{path}: {name!r} claims more numbers than the file holds")
    return state
