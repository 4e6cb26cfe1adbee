"""What a stage may use: the network, the images, and what the stages before it wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor

from generator.exhibit import Exhibit
from generator.images.collection import Collection
from generator.networks.chosen import ChosenWeights
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.processes import Group
from generator.records import Layer, Measured, TopActivations
from generator.scan.inputs import input_cache
from generator.scan.tables import MAXIMA, PLACES, read_columns
from generator.stages.read import (
    Drawn,
    Subject,
    read_drawn,
    read_measured,
    read_subjects,
    read_top,
)

CONTROL_SEED = 1  # not 0, so that random weights are never compared with themselves


class StageModule(Protocol):
    """What each stage's file has; its row in the table says which of the last three."""

    def make(self, folder: Path, build: Build) -> None:
        """Write the stage's files into an empty folder."""

    def work(self, folder: Path, build: Build, group: Group) -> None:
        """One process's share, which each of them does before the first one runs ``make``."""

    def check(self, folder: Path, build: Build) -> None:
        """An error where the exhibit does not allow what is in the finished folder."""

    def entry(self, folder: Path, build: Build) -> object:
        """The stage's section of the manifest, a record; files from the store's root."""


class Build:
    """One exhibit being made; ``folders`` holds the finished stages by name.

    ``weights`` are those of the network, with what lies beside them; ``workers`` processes
    decode images (None: as many as suit).
    """

    def __init__(
        self,
        exhibit: Exhibit,
        network: Network,
        collection: Collection,
        weights: ChosenWeights | None = None,
        workers: int | None = None,
    ) -> None:
        self.exhibit = exhibit
        self.network = network
        self.collection = collection
        self.weights = weights or ChosenWeights(network.provenance.sha256)
        self.workers = workers
        self.folders: dict[str, Path] = {}

    @cached_property
    def control(self) -> Network:
        """The network with random weights: its layers and preprocessing, nothing learned."""
        return self.random_copy(CONTROL_SEED)

    def random_copy(self, seed: int) -> Network:
        """The network with the random weights of a seed."""
        names = tuple(layer.name for layer in self.network.layers)
        own = self.network
        loaded = load_network(own.name, "none", str(own.device), names, seed=seed, size=own.size)
        return replace(loaded, preprocess=own.preprocess)

    @cached_property
    def top(self) -> tuple[TopActivations, ...]:
        """The strongest images of every unit, one record a layer."""
        return read_top(self.folders["scan"])

    @cached_property
    def maxima(self) -> list[npt.NDArray[np.float32]]:
        """For each layer (images, C): what each unit answers to each image, NaN if unreadable."""
        return read_columns(self.folders["scan"] / MAXIMA, self.network.layers)

    @cached_property
    def places(self) -> list[npt.NDArray[np.unsignedinteger]]:
        """For each layer (images, C): where in its map, counted flat, each of ``maxima`` lies."""
        return read_columns(self.folders["scan"] / PLACES, self.network.layers)

    @cached_property
    def measured(self) -> Measured:
        """All that was measured."""
        return read_measured(self.folders["measure"])

    @cached_property
    def drawn(self) -> Drawn:
        """The pictures of every unit that fires, by index of the layer and channel."""
        return read_drawn(self.folders["figures"])

    @cached_property
    def subjects(self) -> list[Subject]:
        """The photographs that the paper's figures on single photographs look at."""
        return read_subjects(self.folders["subjects"])

    @cached_property
    def inputs(self) -> Callable[[int], Tensor]:
        """Images by number as (3, S, S) float32, the latest kept in memory."""
        return input_cache(self.network, self.collection)

    def layer(self, index: int) -> Layer:
        """The layer that is counted ``index``, from 1."""
        return self.network.layers[index - 1]
