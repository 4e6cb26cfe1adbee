"""The record of a loaded network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from generator.networks.preprocessing import Preprocessing
from generator.records import Layer, Provenance


@dataclass(frozen=True)
class Network:
    """A pretrained network in evaluation mode, with the layers to be shown in order."""

    name: str
    module: nn.Module
    layers: tuple[Layer, ...]
    preprocess: Preprocessing
    provenance: Provenance
    device: torch.device

    @property
    def size(self) -> int:
        """Height and width of the input in pixels."""
        return self.preprocess.size

    def layer(self, index: int) -> Layer:
        """The layer that the lesson counts as ``index``, from 1."""
        return self.layers[index - 1]
