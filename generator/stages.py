"""Each stage of the pipeline as an entry of the store: what it writes, and how that is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator import draw, evidence, figures, plots
from generator.images.collection import Collection
from generator.measure.claims import measure
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.records import (
    Best,
    Cell,
    Claim,
    Hierarchy,
    Measured,
    MeasuredLayer,
    TopActivations,
)
from generator.scan import scan

CONTROL_SEED = 1  # not 0, so that random weights are never compared with themselves
MAXIMA = "maxima.npy"
HIGHEST = 65504.0  # the largest half-precision number
RANDOM_PICTURE, SHUFFLED_PICTURE = "random.webp", "shuffled.webp"


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
    """``top.npz`` with three arrays a layer, and ``skipped.json``.

    Where the images have classes also ``maxima.npy`` (images, units of all layers) float16: what
    every unit answers to every image, NaN for images that could not be read.
    """
    skipped: list[dict[str, str]] = []
    units = sum(layer.channels for layer in network.layers)
    # On disk, so that a large collection takes no more memory than a small one.
    answers = (
        np.lib.format.open_memmap(
            folder / MAXIMA, mode="w+", dtype=np.float16, shape=(len(collection), units)
        )
        if collection.classes
        else None
    )

    def skip(index: int, reason: str) -> None:
        skipped.append({"name": collection.items[index].name, "reason": reason})
        if answers is not None:
            answers[index] = np.nan

    def keep(part: list[int], values: list[Tensor]) -> None:
        if answers is not None:
            answers[part] = torch.cat(values, dim=1).clamp(max=HIGHEST).cpu().numpy()

    arrays: dict[str, Any] = {}
    for number, record in enumerate(scan(network, collection, k, skip=skip, keep=keep)):
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


def read_maxima(folder: Path, network: Network) -> list[npt.NDArray[np.float16]] | None:
    """For each layer (images, C), read from disk as it is used; None without classes."""
    if not (folder / MAXIMA).exists():
        return None
    answers = np.load(folder / MAXIMA, mmap_mode="r")
    ends = np.cumsum([layer.channels for layer in network.layers])
    return [
        answers[:, end - layer.channels : end]
        for layer, end in zip(network.layers, ends.tolist(), strict=True)
    ]


def measure_into(
    folder: Path,
    network: Network,
    control: ControlNetwork,
    collection: Collection,
    top: Sequence[TopActivations],
    scanned: Path,
) -> None:
    """``measured.json``: the claims of every unit, the cells of every figure, the hierarchy."""
    answers = read_maxima(scanned, network)
    measured = measure(network, control.network, collection, top, answers)
    _write(folder / "measured.json", asdict(measured))


def read_measured(folder: Path) -> Measured:
    """What ``measure_into`` wrote."""
    found = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    depths = found["hierarchy"]

    def best(table: list[list[dict[str, Any]]]) -> tuple[tuple[Best, ...], ...]:
        return tuple(tuple(Best(**one) for one in layer) for layer in table)

    return Measured(
        layers=tuple(_read_layer(layer) for layer in found["layers"]),
        hierarchy=Hierarchy(
            concepts=tuple(depths["concepts"]),
            trained=best(depths["trained"]),
            random=best(depths["random"]),
            bars=tuple(map(tuple, depths["bars"])),
            drawings=depths["drawings"],
        ),
        angles=tuple(found["angles"]),
        hues=tuple(found["hues"]),
    )


def _read_layer(layer: dict[str, Any]) -> MeasuredLayer:
    return MeasuredLayer(
        claims=tuple(tuple(Claim(**claim) for claim in unit) for unit in layer["claims"]),
        rows=layer["rows"],
        columns=layer["columns"],
        cells=tuple(
            Cell(**{**cell, "claim": Claim(**cell["claim"]) if cell["claim"] else None})
            for cell in layer["cells"]
        ),
        orientation=tuple(layer["orientation"]),
        colour=tuple(layer["colour"]),
    )


def evidence_into(folder: Path, measured: Measured) -> None:
    """A strip or a curve for each cell, ``stimuli.avif``, the plots, and ``evidence.json``."""
    drawn = {
        "strips": evidence.draw_strips(measured.layers, folder),
        "stimuli": evidence.draw_sheet(folder),
        "plots": plots.draw_plots(measured, folder),
    }
    _write(folder / "evidence.json", drawn)


def read_evidence(folder: Path) -> dict[str, Any]:
    """``strips`` by LAYER-ROW-COLUMN, ``stimuli`` and ``plots``; files from the store's root."""
    found = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    drawn = found["plots"]
    pictures = (found["strips"], drawn["hierarchy"], drawn["tuning"])
    for picture in (*(one for group in pictures for one in group.values()), found["stimuli"]):
        picture["file"] = f"{folder.name}/{picture['file']}"
    return dict(found)


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
    measured: Measured,
) -> None:
    """One unit's patches through random weights and through shuffled switches; ``control.json``."""
    number = min(2, len(network.layers) - 1)
    layer, record = network.layers[number], top[number]
    alive = [
        cell.channel
        for cell in sorted(measured.layers[number].cells, key=lambda cell: cell.wanted is None)
        if (record.images[cell.channel] >= 0).all()
    ]
    if not alive:
        _write(folder / "control.json", None)
        return
    channel = alive[0]
    inputs = figures.input_cache(network, collection)
    random = figures.control_tiles(control.network, layer, channel, record.images[channel], inputs)
    shuffled = figures.shuffled_tiles(network, layer, channel, record, inputs, CONTROL_SEED)
    style = figures.layer_style(layer, network.size)
    for tiles, name in ((random, RANDOM_PICTURE), (shuffled, SHUFFLED_PICTURE)):
        picture = draw.grid(tiles, style)
        draw.save_lossless(picture, folder / name)
    entry = {"layer": layer.index, "channel": channel}
    _write(folder / "control.json", {**entry, "width": picture.width, "height": picture.height})


def read_control(folder: Path) -> dict[str, Any] | None:
    """The manifest's entry for what ``control_into`` wrote."""
    found = json.loads((folder / "control.json").read_text(encoding="utf-8"))
    if found is None:
        return None
    size = {"width": found["width"], "height": found["height"]}
    return {
        "layer": found["layer"],
        "channel": found["channel"],
        "figures": {
            "random": {"file": f"{folder.name}/{RANDOM_PICTURE}", **size},
            "shuffled": {"file": f"{folder.name}/{SHUFFLED_PICTURE}", **size},
        },
    }


def _write(path: Path, record: object) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
