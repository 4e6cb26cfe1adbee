"""The network for the reader's browser, and a few photographs worked out."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.draw import raster
from generator.errors import UnsupportedNetworkError
from generator.live import packed
from generator.live.program import Program, program
from generator.measure.outputs import outputs_of
from generator.networks.recording import probabilities
from generator.records import TopActivations
from generator.records.live import Answer, Example, Guess, LiveNetwork
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.stages.read import Subject
from generator.store.stage_files import read, write

SAID, PROGRAM, WEIGHTS = "live.json", "program.json", "weights.bin"
MEBIBYTE = 2**20
EXAMPLES = 3  # photographs that are worked out beforehand
UNITS = 3  # of each layer, those that answer a photograph most
CLASSES = 5  # most probable ones that are told
COMPARED = 0.1  # of the median record of a layer: a unit that never answered more is no measure
LARGE = 192  # pixels across an example, at least: small inputs are enlarged by a whole factor


def make(folder: Path, build: Build) -> None:
    """``live.json``; ``program.json`` and ``weights.bin`` where a browser can have the network."""
    refused: str | None = None
    size = 0
    try:
        made = program(build.network)
        size = packed.size(made)
        if size > build.exhibit.live * MEBIBYTE:
            refused = (
                f"its weights would be {size / MEBIBYTE:.0f} MiB to load, and this build ships "
                f"at most {build.exhibit.live}"
            )
    except UnsupportedNetworkError as error:
        refused = str(error)
    else:
        if refused is None:
            _ship(folder, build, made)
    shipped = refused is None
    examples = (
        _example(folder, build, *numbered) for numbered in enumerate(build.subjects[:EXAMPLES])
    )
    record = LiveNetwork(
        program=PROGRAM if shipped else None,
        weights=WEIGHTS if shipped else None,
        refused=refused,
        bytes=size,
        examples=tuple(examples),
    )
    write(folder / SAID, record)


def entry(folder: Path, build: Build) -> LiveNetwork:  # noqa: ARG001
    """The network's files, from the store's root, or why there are none; and the examples."""
    record = read(folder / SAID, LiveNetwork)
    if record.program is None or record.weights is None:
        return record
    listed, weights = (f"{folder.name}/{file}" for file in (record.program, record.weights))
    return replace(record, program=listed, weights=weights)


def records(top: TopActivations) -> list[float | None]:
    """For each unit its strongest activation in the collection.

    None where it is nothing to compare with: for a unit that never fired, or so weakly that it is
    far below the others of its layer.
    """
    strongest = np.where(top.images[:, 0] >= 0, top.values[:, 0], 0)
    firing = strongest[strongest > 0]
    least = COMPARED * float(np.median(firing)) if firing.size else 0
    return [rounded(float(value)) if value > least else None for value in strongest]


def _ship(folder: Path, build: Build, made: Program) -> None:
    files = packed.pack(made, build.network.preprocess)
    count = made.operations[-1].shape[0]
    names = outputs_of(build.network, count)
    layers = [
        {**asdict(layer), "records": records(top)}
        for layer, top in zip(build.network.layers, build.top, strict=True)
    ]
    network_file = {**files.listed, "layers": layers, "classes": list(names.names)}
    text = json.dumps(network_file, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    (folder / PROGRAM).write_text(text, encoding="utf-8")
    (folder / WEIGHTS).write_bytes(files.numbers)


def _example(folder: Path, build: Build, number: int, subject: Subject) -> Example:
    """One photograph: what the network says of it, and which units answer most."""
    network = build.network
    likely, maps = probabilities(network, subject.input[None], network.layers)
    shares: npt.NDArray[np.float32] = likely[0].cpu().numpy()
    names = outputs_of(network, len(shares)).names
    pixels = network.preprocess.display(subject.input)
    factor = -(-LARGE // pixels.shape[0])
    large = pixels.repeat(factor, axis=0).repeat(factor, axis=1)
    return Example(
        photograph=subject.photograph,
        picture=raster.save_photograph(Image.fromarray(large), folder, str(number)),
        guesses=tuple(
            Guess(names[at], rounded(float(shares[at])))
            for at in np.argsort(-shares, kind="stable")[:CLASSES].tolist()
        ),
        units=tuple(
            _strongest(maps_of_layer[0].float().cpu().numpy(), records(top))
            for maps_of_layer, top in zip(maps, build.top, strict=True)
        ),
    )


def _strongest(maps: npt.NDArray[np.float32], compared: list[float | None]) -> tuple[Answer, ...]:
    """The units of a layer, whose maps (C, H, W) these are, that come nearest to their records."""
    _, _, width = maps.shape
    flat = maps.reshape(len(maps), -1)
    values, places = flat.max(axis=1), flat.argmax(axis=1)
    answers = [
        Answer(channel, rounded(value), rounded(value / record), *divmod(int(place), width))
        for channel, (value, place, record) in enumerate(
            zip(values.tolist(), places.tolist(), compared, strict=True)
        )
        if record is not None and value > 0
    ]
    return tuple(sorted(answers, key=lambda answer: -answer.share)[:UNITS])
