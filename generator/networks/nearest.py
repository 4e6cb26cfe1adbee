"""Which network that is known by name weights look like, when they are not those of another."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torchvision import models

from generator.networks.heads import head_of
from generator.networks.keys import best_fit
from generator.networks.nests import StateDict
from generator.networks.small_images import is_small_stem
from generator.networks.zfnet import ARCHITECTURES, build

INCEPTIONS = ("googlenet", "inception_v3")


class Unfilled(TorchFunctionMode):
    """Inside, networks are built without memory for their weights: shapes are all there is."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        del types
        own = {"device": "meta"} if func is torch.empty else {}
        return func(*args, **{**(kwargs or {}), **own})


def known_networks() -> tuple[str, ...]:
    """The networks that go by a name alone."""
    return (*ARCHITECTURES, *models.list_models(module=models))


def build_known(name: str, random: bool = False) -> nn.Module:
    """One of ``known_networks`` as it comes; ``random``: with all of its first random weights.

    The inceptions come without their auxiliary classifiers, which serve training alone, and take
    the input that they were trained with.
    """
    if name in ARCHITECTURES:
        return build(ARCHITECTURES[name], 200 if name == "zfnet64" else 1000)
    settings: dict[str, Any] = {}
    if name in INCEPTIONS:
        settings = {"init_weights": random, "aux_logits": False, "transform_input": False}
    module: nn.Module = models.get_model_builder(name)(weights=None, **settings)
    return module


@cache
def shapes_of(name: str) -> tuple[dict[str, torch.Size], frozenset[str]]:
    """The shapes of all tensors of a network that is known by name, and those of its head."""
    with Unfilled():
        module = build_known(name)
    shapes = {name: tensor.shape for name, tensor in module.state_dict().items()}
    return shapes, head_of(module).names


def _as_changed(
    name: str, shapes: Mapping[str, torch.Size], nests: Sequence[StateDict]
) -> Mapping[str, torch.Size]:
    """A ResNet's shapes with the first filters of one for small images, if a file has those."""
    first = "conv1.weight"
    given = [t.shape for nest in nests for key, t in nest.tensors.items() if key.endswith(first)]
    if not (first in shapes and "res" in name and given and is_small_stem(given[0])):
        return shapes
    return {**shapes, first: given[0]}


def nearest(nests: Sequence[StateDict], asked: str, part: str = "") -> str | None:
    """The network of which all convolutions are in the file, and no others; None if none is so.

    Networks whose names resemble the one that was ``asked`` for are tried first.
    """
    alike = difflib.SequenceMatcher(b=asked)

    def likeness(name: str) -> float:
        alike.set_seq1(name)
        return -alike.ratio()

    kernels = max(sum(t.dim() == 4 for t in nest.tensors.values()) for nest in nests)
    for name in sorted(known_networks(), key=likeness):
        own, head = shapes_of(name)
        shapes = _as_changed(name, own, nests)
        body = {key: shape for key, shape in shapes.items() if key not in head}
        needed = sum(len(shape) == 4 for shape in body.values())
        if needed > kernels:
            continue
        fit = best_fit(body, nests, part)
        if fit is None or fit.convolutions < needed:
            continue
        inside = [
            key
            for key, tensor in fit.tensors.items()
            if tensor.dim() == 4 and key not in fit.outside
        ]
        if all(key in shapes or key.lower().startswith("aux") for key in inside):
            return name
    return None
