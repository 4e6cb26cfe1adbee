"""A sample of a store made again, to see whether network and images still give its numbers.

``store/check.py`` says whether the files are those that were written; this says whether what was
written is what the network answers. A few units of every layer are enough to find another
network, other images, another order of them, or figures of another run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from generator.draw import raster, unit_pictures
from generator.errors import StoreError, UsageError
from generator.images import BUNDLED, IMAGENETTE, Collection, open_collection
from generator.networks.identity import RANDOM
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.networks.own import code_of
from generator.networks.recording import record_maps
from generator.records import Layer, TopActivations
from generator.records.manifest import StoredManifest
from generator.records.units import UnitEntry
from generator.scan.inputs import input_cache
from generator.store.manifest import read_manifest

Inputs = Callable[[int], Tensor]  # an image by its number
T = TypeVar("T")
UNITS = 3  # of each layer, from its first channel to its last
# How far an activation may lie from the one that was written: the last of its six digits, and
# what another number of images in a batch changes (measured: two millionths of the largest).
NEAR = 1e-4
# Where the scan took shortcuts: several times what they change (bfloat16: 0.016 for zfnet64), far
# less than another network or another image would.
ROUGHLY = 0.1
LEVELS = 2  # grey levels of 255 that a projection's pixels may differ by, for the same reason


@dataclass(frozen=True)
class Sample:
    """How much was made again, and the largest differences found."""

    activations: int
    projections: int
    apart: float
    levels: int


def recheck(store: Path, weights: str | None = None, images: str | None = None) -> Sample | str:
    """``recompute`` on what the store names; or what is missing for it, in words.

    ``weights`` and ``images`` are where its own weights and images lie; the store itself knows
    no places, so that without them only bundled and downloaded ones are found.
    """
    manifest = read_manifest(store)
    try:
        return _recheck(store, manifest, weights, images)
    except IndexError as error:
        raise StoreError(
            f"{store}: its manifest names what is not there ({error}); make the figures again"
        ) from error


def _recheck(
    store: Path, manifest: StoredManifest, weights: str | None, images: str | None
) -> Sample | str:
    recorded, own = manifest.network, manifest.collection.name
    from_torchvision = recorded.source.startswith("torchvision ")
    if weights is None and not (
        recorded.random or recorded.source == "bundled" or from_torchvision
    ):
        return f"give --weights, the file {recorded.source} that the store was made with"
    if images is None and own not in (BUNDLED, IMAGENETTE):
        return f"give --images, the folder {own} that the store was made from"
    follow_links = manifest.settings.follow_links
    collection = open_collection(images or own, follow_links=follow_links)
    if code_of(recorded.name):
        return f"its network, {recorded.name}, is code that the store does not hold"
    layers = tuple(layer.name for layer in manifest.layers)
    given = RANDOM if recorded.random else weights
    network = load_network(recorded.name, given, layers=layers, size=recorded.input_size)
    if recorded.mean and recorded.std:  # as its card had them, wherever that lies
        preprocess = replace(network.preprocess, mean=recorded.mean, std=recorded.std)
        network = replace(network, preprocess=preprocess)
    return recompute(store, manifest, network, collection)


def recompute(
    store: Path, manifest: StoredManifest, network: Network, collection: Collection
) -> Sample:
    """Some of the activations and projections of a store, compared with what it says.

    Raises UsageError when network or images are not those of the store, StoreError naming the
    first unit whose activation or picture is another one.
    """
    _same(manifest, network, collection)
    inputs = input_cache(network, collection)
    activations = projections = levels = 0
    near = ROUGHLY if manifest.shortcuts else NEAR
    apart = 0.0
    for layer, entry in zip(network.layers, manifest.layers, strict=True):
        alive = [(unit, unit.projections) for unit in entry.units if unit.projections]
        for unit, drawn in _some(alive):
            where = f"{store}: layer {layer.index}, unit {unit.channel}"
            apart = max(apart, _activations(network, layer, unit, inputs, near, where))
            activations += len(unit.top)
            picture = store / drawn.file
            levels = max(levels, _projections(network, layer, unit, inputs, picture, where))
            projections += len(unit.top)
    return Sample(activations, projections, apart, levels)


def _same(manifest: StoredManifest, network: Network, collection: Collection) -> None:
    if manifest.network.sha256 != network.provenance.sha256:
        raise UsageError(
            f"the weights of {network.name} are not those of the store (SHA-256 "
            f"{network.provenance.sha256}, there {manifest.network.sha256}); give its own "
            "with --weights"
        )
    if manifest.collection.sha256 != collection.sha256:
        raise UsageError(
            f"{collection.title} is not what the store was made from (SHA-256 "
            f"{collection.sha256}, there {manifest.collection.sha256}); give its own with "
            "--images"
        )


def _some(units: Sequence[T]) -> list[T]:
    at = np.linspace(0, len(units) - 1, min(UNITS, len(units))).round().astype(int)
    return [units[number] for number in at.tolist()]


def _activations(
    network: Network,
    layer: Layer,
    unit: UnitEntry,
    inputs: Inputs,
    near: float,
    where: str,
) -> float:
    """The largest difference, as a share of the strongest activation."""
    channel, tops = unit.channel, unit.top
    stack = torch.stack([inputs(top.image) for top in tops])
    (maps,) = record_maps(network, stack, (layer,))
    own = maps[:, channel].float().clamp(min=0).cpu().numpy()  # (N, H, W)
    largest, apart = max(top.value for top in tops), 0.0
    for top, answer in zip(tops, own, strict=True):
        here = float(answer[top.row, top.column])
        off = max(abs(here - top.value), float(answer.max()) - here)
        apart = max(apart, off / largest)
        if not apart <= near:
            raise StoreError(
                f"{where}: image {top.image} gives {here:.6g} at row {top.row}, column "
                f"{top.column} (at most {float(answer.max()):.6g}), the store says "
                f"{top.value:.6g}; make the figures again with `python -m generator figures`"
            )
    return apart


def _projections(
    network: Network, layer: Layer, unit: UnitEntry, inputs: Inputs, file: Path, where: str
) -> int:
    """The largest difference of a pixel."""
    channel, tops = unit.channel, unit.top
    images = np.full((layer.channels, len(tops)), -1, dtype=np.int64)
    places = np.zeros((layer.channels, len(tops), 2), dtype=np.int64)
    values = np.zeros(images.shape, dtype=np.float32)
    images[channel] = [top.image for top in tops]
    places[channel] = [(top.row, top.column) for top in tops]
    values[channel] = [top.value for top in tops]
    record = TopActivations(values, images, places)
    (own,) = unit_pictures.unit_tiles(network, layer, record, inputs, unit.frame or None)
    made = raster.tile_grid(own.projections, unit_pictures.layer_style(layer, network.size))
    with Image.open(file) as kept:
        there = np.asarray(kept.convert("RGBA")).astype(int)
    if there.shape != np.asarray(made).shape:
        raise StoreError(f"{where}: its picture has another size; make the figures again")
    levels = int(abs(np.asarray(made).astype(int) - there)[there[:, :, 3] > 0].max(initial=0))
    if levels > LEVELS:
        raise StoreError(
            f"{where}: its projections differ by {levels} of 255 grey levels from those in the "
            "store; make the figures again with `python -m generator figures`"
        )
    return levels
