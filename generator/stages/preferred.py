"""The input that would drive every unit most, and what the unit answers to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from generator.exhibit import ALL, NONE
from generator.measure.outputs import outputs_of
from generator.networks.network import Network
from generator.networks.recording import probabilities
from generator.records import Layer
from generator.stages import prebuilt
from generator.stages.build import Build
from generator.store.stage_files import read, rounded, write
from generator.techniques.preferred import WHOLE_MOVES, Fourier, answers, canvas

RECORD = "preferred.json"
WAVES, PIXELS = "waves", "pixels"
BATCH = 64


def make(folder: Path, build: Build) -> None:
    """One AVIF a unit by the method of waves, a few by that of pixels, and ``preferred.json``.

    Those that ship with the network are taken as they are. The activations are those of the
    pictures as they lie here, measured now.
    """
    network = build.network
    if build.exhibit.preferred == NONE or not prebuilt.layers_of(network):
        write(folder / RECORD, None)
        return
    archive = prebuilt.shipped(network)
    every = archive is not None or build.exhibit.preferred == ALL
    jobs: list[tuple[str, Layer, list[int]]] = []
    for layer in prebuilt.layers_of(network):
        channels = list(range(layer.channels)) if every else _standing(build, layer)
        jobs += [(WAVES, layer, channels), (PIXELS, layer, prebuilt.compared_units(channels))]
    found: dict[str, dict[str, Any]] = {WAVES: {}, PIXELS: {}}
    total = sum(len(channels) for _, _, channels in jobs)
    with tqdm(total=0 if archive else total, desc="Climbing", unit="unit", disable=None) as bar:
        for method, layer, channels in jobs:
            if not channels:
                continue
            pictures = (
                archive.read(method, layer, channels)
                if archive
                else prebuilt.make(network, layer, channels, method, bar)
            )
            found[method][str(layer.index)] = _written(
                folder, network, method, layer, channels, pictures
            )
    record = {
        "shipped": archive is not None,
        "every": every,
        "settings": {name: asdict(settings) for name, settings in prebuilt.METHODS.items()},
        "units": found[WAVES],
        "compared": found[PIXELS],
    }
    write(folder / RECORD, record)


def entry(folder: Path, build: Build) -> dict[str, Any] | None:
    """The pictures by layer and channel with their activations; how many reach a photograph's.

    ``called`` is the class that the network takes a picture for, where it is a whole input;
    ``multiple`` is the activation over that of the strongest image of the collection, None for
    a unit that no image made fire. ``moves`` says for each layer how far its pictures moved on
    the way. None where the exhibit asks for no preferred inputs.
    """
    record: dict[str, Any] | None = read(folder / RECORD)
    if record is None:
        return None
    said = {
        name: {
            index: {
                str(channel): _told(build, folder, name, int(index), one, number)
                for number, channel in enumerate(one["channels"])
            }
            for index, one in record[kind].items()
        }
        for name, kind in ((WAVES, "units"), (PIXELS, "compared"))
    }
    return {
        "shipped": record["shipped"],
        "every": record["every"],
        "settings": record["settings"],
        "moves": {
            index: moves(one["side"], prebuilt.WAVES) for index, one in record["units"].items()
        },
        "layers": {index: _reach(units.values()) for index, units in said[WAVES].items()},
        "all": _reach([one for units in said[WAVES].values() for one in units.values()]),
        "units": said[WAVES],
        "compared": {
            index: {
                channel: {WAVES: said[WAVES][index][channel], PIXELS: one}
                for channel, one in units.items()
            }
            for index, units in said[PIXELS].items()
        },
    }


def moves(side: int, settings: Fourier) -> dict[str, Any]:
    """How far a picture ``side`` pixels wide is shifted and scaled between two steps.

    ``shift`` in pixels each way, and the ``least`` and the ``largest`` scale: those that the
    settings name come true only in pictures that are small.
    """
    calm = min(1.0, WHOLE_MOVES / side)
    shift = round(settings.shift * side * calm)
    least, largest = (1 + (scale - 1) * calm for scale in settings.scales)
    room = side / (side + 2 * shift)  # no smaller than what lies around the picture allows
    return {
        "side": side,
        "shift": shift,
        "least": rounded(max(least, room)),
        "largest": rounded(largest),
    }


def _standing(build: Build, layer: Layer) -> list[int]:
    """The units that stand in the layer's figure in the lesson, in its order."""
    return [cell.channel for cell in build.measured.layers[layer.index - 1].cells]


def _written(
    folder: Path,
    network: Network,
    method: str,
    layer: Layer,
    channels: list[int],
    pictures: Sequence[bytes],
) -> dict[str, Any]:
    """Write the pictures and say what the units answer to them, decoded again."""
    place = folder / layer.name
    place.mkdir(parents=True, exist_ok=True)
    for channel, picture in zip(channels, pictures, strict=True):
        (place / _name(method, channel)).write_bytes(picture)
    pixels = np.stack([prebuilt.from_avif(picture) for picture in pictures])
    found = answers(network, layer, channels, pixels)
    side = canvas(layer, network.size).side
    return {
        "side": side,
        "channels": channels,
        "answers": [float(f"{one:.6g}") for one in found],
        "called": taken_for(network, pixels) if side == network.size else None,
    }


def taken_for(network: Network, pictures: npt.NDArray[np.uint8]) -> list[dict[str, Any]] | None:
    """What the network takes each whole input for: ``class`` and ``probability``.

    ``pictures`` (N, S, S, 3). None where nobody has said what its outputs mean.
    """
    told: list[dict[str, Any]] = []
    for start in range(0, len(pictures), BATCH):
        pixels = torch.from_numpy(pictures[start : start + BATCH]).movedim(3, 1).float() / 255
        shares, _ = probabilities(network, network.preprocess.normalise(pixels))
        outputs = outputs_of(network, shares.shape[1])
        if not outputs.known:
            return None
        surest = shares.max(dim=1)
        told += [
            {"class": outputs.names[at], "probability": float(f"{value:.4g}")}
            for value, at in zip(surest.values.tolist(), surest.indices.tolist(), strict=True)
        ]
    return told


def _told(
    build: Build, folder: Path, method: str, index: int, one: dict[str, Any], number: int
) -> dict[str, Any]:
    channel, answer = one["channels"][number], one["answers"][number]
    top = build.top[index - 1]
    strongest = float(top.values[channel, 0])
    layer = build.layer(index)
    return {
        "picture": {
            "file": f"{folder.name}/{layer.name}/{_name(method, channel)}",
            "width": one["side"],
            "height": one["side"],
        },
        "activation": answer,
        "multiple": float(f"{answer / strongest:.4g}") if strongest > 0 else None,
        "called": one["called"][number] if one["called"] else None,
    }


def _reach(units: Any) -> dict[str, Any]:
    """How many of the units that a photograph made fire answer at least as much to their picture.

    ``least`` and ``median`` are multiples of the strongest photograph's activation.
    """
    multiples = sorted(one["multiple"] for one in units if one["multiple"] is not None)
    if not multiples:
        return {"units": 0, "reached": 0, "least": None, "median": None}
    return {
        "units": len(multiples),
        "reached": sum(multiple >= 1 for multiple in multiples),
        "least": multiples[0],
        "median": float(f"{np.median(multiples):.4g}"),
    }


def _name(method: str, channel: int) -> str:
    return f"{channel}.avif" if method == WAVES else f"{channel}-{method}.avif"
