"""What a stage may use: the network, the images, and what the stages before it wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor

from generator.exhibit import FIGURE
from generator.images.collection import Collection
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.records import EXACT, Layer, Measured, Shortcuts, TopActivations
from generator.scan.activations import check_k, check_shortcuts
from generator.scan.inputs import input_cache
from generator.scan.shards import MAXIMA, PLACES
from generator.stages.read import (
    Subject,
    read_columns,
    read_measured,
    read_subjects,
    read_top,
)
from generator.techniques.occlusion import occluder

CONTROL_SEED = 1  # not 0, so that random weights are never compared with themselves


class StageModule(Protocol):
    """What each stage's file has; ``entry`` only where the table gives it a section.

    A stage that several processes can share also has ``work(folder, build, group)``, which each
    of them runs before the first one runs ``make``.
    """

    def make(self, folder: Path, build: Build) -> None:
        """Write the stage's files into an empty folder."""

    def entry(self, folder: Path, build: Build) -> Any:
        """The stage's section of the manifest as JSON values; files from the store's root."""


class Build:
    """One exhibit being made; ``folders`` holds the finished stages by name.

    ``photographs``, ``square``, ``stride`` and ``preferred`` as the exhibit names them;
    ``snapshots`` are the network's on its way through training, by epoch; ``shortcuts`` are
    those of the scan. Raises UsageError for a ``k`` out of range, for a square that does not fit
    the network's input, and for shortcuts that this network, device or collection can't take.
    """

    def __init__(
        self,
        network: Network,
        collection: Collection,
        k: int,
        photographs: tuple[str, ...] = (),
        square: int | None = None,
        stride: int | None = None,
        preferred: str = FIGURE,
        snapshots: Mapping[int, Path] = MappingProxyType({}),
        workers: int | None = None,
        shortcuts: Shortcuts = EXACT,
        live: int = 16,
    ) -> None:
        check_k(k)
        check_shortcuts(network, collection, shortcuts)
        self.network = network
        self.collection = collection
        self.k = k
        self.workers = workers  # processes that decode; None: as many as suit
        self.shortcuts = shortcuts
        self.live = live  # megabytes of weights that a browser may be asked to load
        self.photographs = photographs
        self.occluder = occluder(network.size, square, stride)
        self.preferred = preferred
        self.snapshots = snapshots
        self.folders: dict[str, Path] = {}

    @cached_property
    def control(self) -> Network:
        """The same network with random weights: same layers and preprocessing, nothing learned."""
        return self.random_copy(CONTROL_SEED)

    def random_copy(self, seed: int) -> Network:
        """The same network with the random weights of a seed."""
        names = tuple(layer.name for layer in self.network.layers)
        loaded = load_network(self.network.name, "none", str(self.network.device), names, seed=seed)
        return Network(
            name=loaded.name,
            module=loaded.module,
            layers=loaded.layers,
            preprocess=self.network.preprocess,
            provenance=loaded.provenance,
            device=loaded.device,
        )

    @cached_property
    def top(self) -> tuple[TopActivations, ...]:
        """The strongest images of every unit, one record a layer."""
        return read_top(self.folders["scan"])

    @cached_property
    def maxima(self) -> list[npt.NDArray[np.float32]]:
        """For each layer (images, C): what each unit answers to each image, NaN if unreadable."""
        return read_columns(self.folders["scan"] / MAXIMA, self.network)

    @cached_property
    def places(self) -> list[npt.NDArray[np.unsignedinteger]]:
        """For each layer (images, C): where in its map, counted flat, each of ``maxima`` lies."""
        return read_columns(self.folders["scan"] / PLACES, self.network)

    @cached_property
    def measured(self) -> Measured:
        """All that was measured."""
        return read_measured(self.folders["measure"])

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
