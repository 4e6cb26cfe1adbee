"""The input that would drive every unit most, and what the unit answers to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from generator.exhibit import ALL, NONE
from generator.measure.outputs import outputs_of
from generator.networks.network import Network
from generator.networks.recording import probabilities
from generator.records import Layer, Picture
from generator.records.learned import (
    BothWays,
    Methods,
    Moves,
    PixelAscent,
    PreferredInputs,
    Reach,
    WaveAscent,
    Wish,
)
from generator.records.rounding import EXACT, rounded
from generator.records.units import Called
from generator.stages import prebuilt
from generator.stages.build import Build
from generator.store.stage_files import read_or_none, write
from generator.techniques.preferred import WHOLE_MOVES, Fourier, answers, canvas

RECORD = "preferred.json"
WAVES, PIXELS = "waves", "pixels"
BATCH = 64


@dataclass(frozen=True)
class Asked:
    """The preferred inputs of some units of a layer, each ``side`` pixels wide; by number.

    ``answers`` are activations, ``called`` what the network takes the pictures for.
    """

    side: int
    channels: tuple[int, ...]
    pictures: tuple[Picture, ...]
    answers: tuple[float, ...]
    called: tuple[Called, ...] | None


@dataclass(frozen=True)
class MadeInputs:
    """All preferred inputs by index of the layer; ``compared`` are those made of pixels."""

    shipped: bool
    every: bool
    settings: Methods
    units: Mapping[int, Asked]
    compared: Mapping[int, Asked]


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
    asked: dict[str, dict[int, Asked]] = {WAVES: {}, PIXELS: {}}
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
            asked[method][layer.index] = _written(
                folder, network, method, layer, channels, pictures
            )
    methods = Methods(WaveAscent(**vars(prebuilt.WAVES)), PixelAscent(**vars(prebuilt.PIXELS)))
    record = MadeInputs(archive is not None, every, methods, asked[WAVES], asked[PIXELS])
    write(folder / RECORD, record)


def entry(folder: Path, build: Build) -> PreferredInputs | None:
    """How many pictures reach a photograph, how far they moved, and a few by both methods.

    None where the exhibit asks for no preferred inputs.
    """
    made = read_or_none(folder / RECORD, MadeInputs)
    if made is None:
        return None
    units = wishes(folder, build)
    return PreferredInputs(
        shipped=made.shipped,
        every=made.every,
        settings=made.settings,
        moves={index: moves(asked.side, prebuilt.WAVES) for index, asked in made.units.items()},
        layers={index: _reach(own.values()) for index, own in units.items()},
        all=_reach(wish for own in units.values() for wish in own.values()),
        compared={
            index: {
                channel: BothWays(waves=units[index][channel], pixels=wish)
                for channel, wish in own.items()
            }
            for index, own in _wishes(made.compared, build).items()
        },
    )


def wishes(folder: Path, build: Build) -> dict[int, dict[int, Wish]]:
    """Each unit's preferred input, by index of the layer and channel."""
    made = read_or_none(folder / RECORD, MadeInputs)
    return {} if made is None else _wishes(made.units, build)


def _wishes(asked: Mapping[int, Asked], build: Build) -> dict[int, dict[int, Wish]]:
    return {
        index: {
            channel: _wish(build, index, own, number) for number, channel in enumerate(own.channels)
        }
        for index, own in asked.items()
    }


def moves(side: int, settings: Fourier) -> Moves:
    """How far a picture ``side`` pixels wide is shifted and scaled between two steps.

    What the settings name comes true only in pictures that are small.
    """
    calm = min(1.0, WHOLE_MOVES / side)
    shift = round(settings.shift * side * calm)
    least, largest = (1 + (scale - 1) * calm for scale in settings.scales)
    room = side / (side + 2 * shift)  # no smaller than what lies around the picture allows
    return Moves(side, shift, rounded(max(least, room)), rounded(largest))


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
) -> Asked:
    """Write the pictures and say what the units answer to them, decoded again."""
    (folder / layer.name).mkdir(parents=True, exist_ok=True)
    side = canvas(layer, network.size).side
    saved = []
    for channel, picture in zip(channels, pictures, strict=True):
        name = f"{channel}.avif" if method == WAVES else f"{channel}-{method}.avif"
        (folder / layer.name / name).write_bytes(picture)
        saved.append(Picture(f"{layer.name}/{name}", side, side))
    pixels = np.stack([prebuilt.from_avif(picture) for picture in pictures])
    activations = answers(network, layer, channels, pixels)
    return Asked(
        side=side,
        channels=tuple(channels),
        pictures=tuple(saved),
        answers=tuple(rounded(float(activation), EXACT) for activation in activations),
        called=taken_for(network, pixels) if side == network.size else None,
    )


def taken_for(network: Network, pictures: npt.NDArray[np.uint8]) -> tuple[Called, ...] | None:
    """What the network takes each whole input for.

    ``pictures`` (N, S, S, 3). None where nobody has said what its outputs mean.
    """
    told: list[Called] = []
    if not network.answers:
        return None
    for start in range(0, len(pictures), BATCH):
        pixels = torch.from_numpy(pictures[start : start + BATCH]).movedim(3, 1).float() / 255
        shares, _ = probabilities(network, network.preprocess.normalise(pixels))
        outputs = outputs_of(network, shares.shape[1])
        if not outputs.known:
            return None
        surest = shares.max(dim=1)
        told += [
            Called(outputs.names[at], rounded(value))
            for value, at in zip(surest.values.tolist(), surest.indices.tolist(), strict=True)
        ]
    return tuple(told)


def _wish(build: Build, index: int, asked: Asked, number: int) -> Wish:
    strongest = float(build.top[index - 1].values[asked.channels[number], 0])
    answer = asked.answers[number]
    return Wish(
        activation=answer,
        multiple=rounded(answer / strongest) if strongest > 0 else None,
        called=asked.called[number] if asked.called else None,
        picture=asked.pictures[number],
    )


def _reach(wishes: Iterable[Wish]) -> Reach:
    """How many of the units that a photograph made fire answer at least as much to their picture.

    ``least`` and ``median`` are multiples of the strongest photograph's activation.
    """
    multiples = sorted(wish.multiple for wish in wishes if wish.multiple is not None)
    if not multiples:
        return Reach(0, 0, None, None)
    return Reach(
        units=len(multiples),
        reached=sum(multiple >= 1 for multiple in multiples),
        least=multiples[0],
        median=rounded(float(np.median(multiples))),
    )
