"""Each stage of the pipeline as an entry of the store: what it writes, and how that is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from generator import draw, figures
from generator.images.collection import Collection
from generator.measure.claims import MeasuredLayer, measure
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.records import Cell, Claim, TopActivations
from generator.scan import scan

CONTROL_SEED = 1  # not 0, so that random weights are never compared with themselves
RANDOM_PICTURE = "random.webp"


class ControlNetwork:
    """The same network with random weights, built when it is first needed."""

    def __init__(self, network: Network) -> None:
        self._like = network

    @cached_property
    def network(self) -> Network:
        """The network; same layers, same preprocessing, nothing learned."""
        names = tuple(layer.name for layer in self._like.layers)
        loaded = load_network(
            self._like.name, "none", str(self._like.device), names, seed=CONTROL_SEED
        )
        return Network(
            name=loaded.name,
            module=loaded.module,
            layers=loaded.layers,
            preprocess=self._like.preprocess,
            provenance=loaded.provenance,
            device=loaded.device,
        )


def scan_into(folder: Path, network: Network, collection: Collection, k: int) -> None:
    """``top.npz`` with three arrays a layer, and ``skipped.json``."""
    skipped: list[dict[str, str]] = []

    def skip(index: int, reason: str) -> None:
        skipped.append({"name": collection.items[index].name, "reason": reason})

    arrays: dict[str, Any] = {}
    for number, record in enumerate(scan(network, collection, k, skip=skip)):
        arrays |= {f"{name}{number}": array for name, array in asdict(record).items()}
    np.savez(folder / "top.npz", **arrays)
    _write(folder / "skipped.json", skipped)


def read_scan(folder: Path) -> tuple[tuple[TopActivations, ...], list[dict[str, str]]]:
    """What ``scan_into`` wrote."""
    with np.load(folder / "top.npz") as arrays:
        count = len(arrays.files) // 3
        top = tuple(
            TopActivations(
                arrays[f"values{number}"], arrays[f"images{number}"], arrays[f"positions{number}"]
            )
            for number in range(count)
        )
    return top, json.loads((folder / "skipped.json").read_text(encoding="utf-8"))


def measure_into(
    folder: Path, network: Network, control: ControlNetwork, top: Sequence[TopActivations]
) -> None:
    """``measured.json``: the claims of every unit and the cells of every figure."""
    measured = measure(network, control.network, top)
    _write(folder / "measured.json", [asdict(layer) for layer in measured])


def read_measured(folder: Path) -> tuple[MeasuredLayer, ...]:
    """What ``measure_into`` wrote."""
    layers = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    return tuple(
        MeasuredLayer(
            claims=tuple(tuple(Claim(**claim) for claim in unit) for unit in layer["claims"]),
            rows=layer["rows"],
            columns=layer["columns"],
            cells=tuple(
                Cell(**{**cell, "claim": Claim(**cell["claim"]) if cell["claim"] else None})
                for cell in layer["cells"]
            ),
        )
        for layer in layers
    )


def figures_into(
    folder: Path, network: Network, collection: Collection, top: Sequence[TopActivations]
) -> None:
    """Two pictures a unit, in a folder a layer."""
    figures.draw_layers(network, collection, top, folder)


def control_into(
    folder: Path,
    network: Network,
    control: ControlNetwork,
    collection: Collection,
    top: Sequence[TopActivations],
    measured: Sequence[MeasuredLayer],
) -> None:
    """``random.webp``, one unit's patches through random weights, and ``control.json``."""
    number = min(2, len(network.layers) - 1)
    layer, record = network.layers[number], top[number]
    alive = [
        cell.channel
        for cell in sorted(measured[number].cells, key=lambda cell: cell.wanted is None)
        if (record.images[cell.channel] >= 0).all()
    ]
    if not alive:
        _write(folder / "control.json", None)
        return
    channel = alive[0]
    inputs = figures.input_cache(network, collection)
    tiles = figures.control_tiles(control.network, layer, channel, record.images[channel], inputs)
    picture = draw.grid(tiles, figures.layer_style(layer, network.size))
    draw.save_lossless(picture, folder / RANDOM_PICTURE)
    entry = {"layer": layer.index, "channel": channel}
    _write(folder / "control.json", {**entry, "width": picture.width, "height": picture.height})


def read_control(folder: Path) -> dict[str, Any] | None:
    """The manifest's entry for what ``control_into`` wrote."""
    found = json.loads((folder / "control.json").read_text(encoding="utf-8"))
    if found is None:
        return None
    picture = {
        "file": f"{folder.name}/{RANDOM_PICTURE}",
        "width": found["width"],
        "height": found["height"],
    }
    return {
        "layer": found["layer"],
        "channel": found["channel"],
        "figures": {"random": picture},
    }


def _write(path: Path, record: object) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
