"""What every unit answers to most, and how much it answers to every image."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.networks.network import Network
from generator.records import TopActivations
from generator.scan import scan
from generator.stages.build import Build, read, write

TOP, SKIPPED = "top.npz", "skipped.json"
MAXIMA, PLACES = "maxima.npy", "places.npy"
HIGHEST = 65504.0  # the largest half-precision number


def make(folder: Path, build: Build) -> None:
    """Two tables (images, units of all layers), three arrays a layer, and what was skipped.

    ``maxima.npy`` float16 holds what every unit answers to every image, NaN for images that
    could not be read; ``places.npy`` where in its map, counted flat.
    """
    network, collection = build.network, build.collection
    skipped: list[dict[str, str]] = []
    shape = len(collection), sum(layer.channels for layer in network.layers)
    largest = max(layer.height * layer.width for layer in network.layers)
    # On disk, so that a large collection takes no more memory than a small one.
    kind = np.min_scalar_type(largest - 1)
    answers, places = (
        np.lib.format.open_memmap(folder / name, mode="w+", dtype=dtype, shape=shape)
        for name, dtype in ((MAXIMA, np.dtype(np.float16)), (PLACES, kind))
    )

    def skip(index: int, reason: str) -> None:
        skipped.append({"name": collection.items[index].name, "reason": reason})
        answers[index] = np.nan

    def keep(part: list[int], values: list[Tensor], flat: list[Tensor]) -> None:
        answers[part] = torch.cat(values, dim=1).clamp(max=HIGHEST).cpu().numpy()
        places[part] = torch.cat(flat, dim=1).cpu().numpy()

    arrays: dict[str, Any] = {}
    for number, record in enumerate(scan(network, collection, build.k, skip=skip, keep=keep)):
        arrays |= {f"{name}{number}": array for name, array in asdict(record).items()}
    np.savez(folder / TOP, **arrays)
    write(folder / SKIPPED, skipped)


def read_top(folder: Path) -> tuple[TopActivations, ...]:
    """The strongest images of every unit, one record a layer."""
    with np.load(folder / TOP) as arrays:
        count = len(arrays.files) // 3
        return tuple(
            TopActivations(
                arrays[f"values{number}"], arrays[f"images{number}"], arrays[f"positions{number}"]
            )
            for number in range(count)
        )


def read_skipped(folder: Path) -> list[dict[str, str]]:
    """The images that could not be read: ``name`` and ``reason``."""
    skipped: list[dict[str, str]] = read(folder / SKIPPED)
    return skipped


def read_columns(path: Path, network: Network) -> list[npt.NDArray[Any]]:
    """One of the two tables as (images, C) for each layer, read from disk as it is used."""
    table = np.load(path, mmap_mode="r")
    ends = np.cumsum([layer.channels for layer in network.layers])
    return [
        table[:, end - layer.channels : end]
        for layer, end in zip(network.layers, ends.tolist(), strict=True)
    ]
