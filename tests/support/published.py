"""Torchvision's networks as its published files have them, and its own ways of loading those.

What the files call their tensors is taken from the loaders in torchvision's source: where a
loader translates names, the files have the older ones.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models

INCEPTIONS = ("googlenet", "inception_v3")
# Families whose files are older than torch's counters and its zip format.
OLD = ("alexnet", "densenet", "inception_v3", "resnet", "squeezenet", "vgg")
# Older names, as the loaders of these families look for them.
OLDER = (
    (re.compile(r"(denselayer\d+)\.(norm|conv)([12])\."), r"\1.\2.\3."),  # densenet.py
    (re.compile(r"\.mlp\.0\."), ".mlp.linear_1."),  # MLPBlock in vision_transformer.py
    (re.compile(r"\.mlp\.3\."), ".mlp.linear_2."),
)


def build(name: str) -> nn.Module:
    """The network as torchvision builds it to fill it with its published weights."""
    settings: dict[str, Any] = {}
    if name in INCEPTIONS:
        settings = {"aux_logits": True, "transform_input": True, "init_weights": False}
    module: nn.Module = models.get_model_builder(name)(weights=None, **settings)
    return module.eval()


def trained(name: str, seed: int = 0) -> nn.Module:
    """The network with weights that bring activity through, and statistics of their own."""
    torch.manual_seed(seed)
    module = build(name)
    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, nn.BatchNorm2d):
                assert part.running_mean is not None
                assert part.running_var is not None
                part.running_mean.normal_(0, 0.1)
                part.running_var.uniform_(0.5, 1.5)
                part.bias.uniform_(0, 0.2)
    return module


def published(name: str, module: nn.Module) -> OrderedDict[str, Tensor]:
    """The state dict under the names of torchvision's file, with the versions beside it."""
    state = module.state_dict()
    named = OrderedDict((older_name(key), tensor) for key, tensor in state.items())
    if name.startswith(OLD):
        for key in [key for key in named if key.endswith("num_batches_tracked")]:
            del named[key]
    if name.startswith("mnasnet"):
        named._metadata = state._metadata  # type: ignore[attr-defined]
    return named


def older_name(key: str) -> str:
    for pattern, older in OLDER:
        key = pattern.sub(older, key)
    return key


def write(name: str, state: OrderedDict[str, Tensor], path: Path) -> Path:
    torch.save(state, path, _use_new_zipfile_serialization=not name.startswith(OLD))
    return path


class _File:
    """In the place of torchvision's weights, which its loaders ask for the state dict."""

    def __init__(self, state: OrderedDict[str, Tensor]) -> None:
        self._state = state

    def get_state_dict(self, **_: object) -> OrderedDict[str, Tensor]:
        return OrderedDict(self._state)


def loaded_by_torchvision(name: str, state: OrderedDict[str, Tensor]) -> nn.Module:
    module = build(name)
    if name.startswith("densenet"):
        models.densenet._load_state_dict(module, _File(state), progress=False)
    else:
        module.load_state_dict(state)
    return module.requires_grad_(False)


@contextmanager
def rectified_by_hand() -> Iterator[None]:
    """Inside, rectifiers let through on the way back what is above zero, by hooks on tensors."""

    def rectify(maps: Tensor, cap: float) -> Tensor:
        if not maps.requires_grad:
            return maps.clamp(0, cap)
        # The value is rectified, the gradient is handed on as it is but for the hook.
        result = maps.detach().clamp(0, cap) + (maps - maps.detach())
        result.register_hook(lambda back: back.clamp(min=0))  # type: ignore[no-untyped-call]
        return result

    def relu(maps: Tensor, inplace: bool = False) -> Tensor:
        del inplace
        return rectify(maps, float("inf"))

    def hardtanh(maps: Tensor, low: float = -1, high: float = 1, inplace: bool = False) -> Tensor:
        del inplace
        assert low == 0
        return rectify(maps, high)

    with (
        mock.patch.object(functional, "relu", relu),
        mock.patch.object(functional, "hardtanh", hardtanh),
        mock.patch.object(torch, "relu", relu),
    ):
        yield


def project_by_hand(
    module: nn.Module, layer: str, image: Tensor, channel: int, place: tuple[int, int]
) -> Tensor:
    """A unit of one image (1, 3, H, W), projected to (3, H, W) in a second way."""
    pixels = image.clone().requires_grad_()
    maps: list[Tensor] = []
    handle = module.get_submodule(layer).register_forward_hook(lambda _, __, out: maps.append(out))
    try:
        with torch.enable_grad(), rectified_by_hand():
            module(pixels)
    finally:
        handle.remove()
    kept = torch.zeros_like(maps[0])
    at = (0, channel, *place)
    kept[at] = maps[0].detach()[at].clamp(min=0)
    (projection,) = torch.autograd.grad(maps[0], pixels, kept)
    return projection[0]
