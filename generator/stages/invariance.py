"""Photographs shifted, enlarged and turned, after the paper's figure 5."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from generator.draw import raster
from generator.draw.plots.invariance import DASHES, moved_curves
from generator.draw.plots.page import save
from generator.measure.outputs import outputs_of
from generator.networks.recording import probabilities
from generator.records import Picture, Tile
from generator.records.remade import ChangeCurves, ChangePictures, Invariance, MovedPhotograph
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.stages.subjects import COUNT
from generator.store.stage_files import read_or_none, write
from generator.techniques.invariance import Change, changed, changes, invariance, top_features

INVARIANCE = "invariance.json"
SAMPLES = 5  # of each change, side by side
SAMPLE = 64  # pixels across one, at most


def make(folder: Path, build: Build) -> None:
    """For each change a sheet of samples and three plots, and ``invariance.json``."""
    if not build.network.answers:
        write(folder / INVARIANCE, None)
        return
    network, chosen = build.network, build.subjects[:COUNT]
    likely, _ = probabilities(network, chosen[0].input[None])
    known = outputs_of(network, likely.shape[1])
    inputs, labels = [subject.input for subject in chosen], [subject.label for subject in chosen]
    layer = network.layers[0]
    told = []
    for moved in invariance(network, layer, inputs, labels, changes(network.size)):
        change = moved.change
        tables = {"first": moved.first, "last": moved.last, "probability": moved.probability}
        plots = {
            name: save(
                moved_curves(
                    change.kind,
                    change.values,
                    curves,
                    f"{change.kind}-{name}",
                    shares=name == "probability",
                ),
                folder,
                f"{change.kind}-{name}",
            )
            for name, curves in tables.items()
        }
        numbers = {
            name: tuple(tuple(map(rounded, row)) for row in curves.tolist())
            for name, curves in tables.items()
        }
        told.append(
            ChangeCurves(
                kind=change.kind,
                values=tuple(change.values),
                **numbers,
                figures=ChangePictures(samples=_samples(build, change, inputs, folder), **plots),
            )
        )
    record = Invariance(
        layer=layer.index,
        top=top_features(network),
        photographs=tuple(
            MovedPhotograph(
                image=subject.image,
                name=subject.name,
                photograph=subject.photograph,
                label=known.names[subject.label],
                by_folder=subject.by_folder,
                probability=rounded(subject.probability),
            )
            for subject in chosen
        ),
        dashes=tuple(DASHES),
        changes=tuple(told),
    )
    write(folder / INVARIANCE, record)


def entry(folder: Path, build: Build) -> Invariance | None:  # noqa: ARG001
    """The photographs, and for each change its values, the three tables and the pictures."""
    return read_or_none(folder / INVARIANCE, Invariance)


def _samples(build: Build, change: Change, inputs: list[torch.Tensor], folder: Path) -> Picture:
    """A row for each photograph, a column for each of a few values of the change."""
    style = Tile(min(SAMPLE, build.network.size), gap=2, crisp=False)
    tiles = []
    for image in inputs:
        copies = [changed(image, change.kind, value) for value in sampled(change)]
        pixels = build.network.preprocess.display(torch.stack(copies))
        tiles += [raster.fit_tile(sample, style) for sample in pixels]
    step = style.size + style.gap
    width, height = SAMPLES * step - style.gap, len(inputs) * step - style.gap
    picture = raster.tile_grid(tiles, style, SAMPLES).crop((0, 0, width, height))
    return raster.save_photograph(picture, folder, change.kind)


def sampled(change: Change) -> list[float]:
    """Values from first to last, evenly apart."""
    last = len(change.values) - 1
    return [change.values[round(at)] for at in np.linspace(0, last, SAMPLES)]
