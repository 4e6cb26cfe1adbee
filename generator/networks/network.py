"""The record of a loaded network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from generator.networks.preprocessing import Preprocessing
from generator.records import Layer, Provenance


@dataclass(frozen=True)
class Classes:
    """What a network's outputs are called, in their order.

    ``names`` are words, ``folders`` what labelled folders of these classes are called; either
    may be empty. ``imagenet``: both are those of ImageNet's 1,000 classes.
    """

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    imagenet: bool = False


@dataclass(frozen=True)
class Network:
    """A pretrained network in evaluation mode, with the layers to be shown in order.

    ``classes`` are the names of its outputs, as far as anybody has said. ``answers`` is False
    where it has no last layers, or none that were trained, so that it names no class. ``whole``:
    its padding depends on the size of what it is given, so it is never given a part of an image.
    """

    name: str
    module: nn.Module
    layers: tuple[Layer, ...]
    preprocess: Preprocessing
    provenance: Provenance
    device: torch.device
    classes: Classes = Classes()
    answers: bool = True
    whole: bool = False

    @property
    def size(self) -> int:
        """Height and width of the input in pixels."""
        return self.preprocess.size

    def layer(self, index: int) -> Layer:
        """The layer that the lesson counts as ``index``, from 1."""
        return self.layers[index - 1]
