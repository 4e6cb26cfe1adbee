"""The record of a loaded network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from generator.networks.preprocessing import Preprocessing
from generator.records import Layer

ASSUMED = "assumed"  # whose constants they are, where nobody has said


@dataclass(frozen=True)
class Provenance:
    """Where the weights come from and how good they are, as far as anybody has said.

    ``accuracy`` is top-1 in 0 to 1 with ``accuracy_on`` naming the images; both None where
    nothing was measured. ``random`` marks a network that has learned nothing. ``constants`` says
    whose mean and standard deviation the input is normalised with, or that they were assumed.
    ``notes`` say what was done to make the weights fit, a sentence each.
    """

    source: str
    sha256: str
    trained_on: str | None = None
    accuracy: float | None = None
    accuracy_on: str | None = None
    random: bool = False
    constants: str = ASSUMED
    title: str | None = None
    notes: tuple[str, ...] = ()


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
    where it has no last layers, or none that were trained, so that it names no class.
    """

    name: str
    module: nn.Module
    layers: tuple[Layer, ...]
    preprocess: Preprocessing
    provenance: Provenance
    device: torch.device
    classes: Classes = Classes()
    answers: bool = True

    @property
    def size(self) -> int:
        """Height and width of the input in pixels."""
        return self.preprocess.size

    def layer(self, index: int) -> Layer:
        """The layer that the lesson counts as ``index``, from 1."""
        return self.layers[index - 1]
