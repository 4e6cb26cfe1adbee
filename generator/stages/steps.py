"""One activation followed down to the pixels, after the paper's figure 1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.draw import raster
from generator.draw.plots.numbers import MOST, number_grid
from generator.draw.plots.page import save
from generator.networks.architecture import architecture
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.networks.trace import trace
from generator.records import Layer, Part
from generator.records.remade import Ends, Kept, MapWindow, NumberTable, StepDown, WayDown
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.store.stage_files import read_or_none, write
from generator.techniques.deconvnet.projection import Step, follow

STEPS = "steps.json"
Array = npt.NDArray[np.float32]
Bounds = tuple[int, int, int, int]  # top, bottom, left, right


def make(folder: Path, build: Build) -> None:
    """Plots of the arrays at each step, the patch and the projection, and ``steps.json``."""
    layer = followed_layer(build.network)
    if layer is None:
        write(folder / STEPS, None)
        return
    strongest = strongest_activation(build, layer)
    if strongest is None:
        write(folder / STEPS, None)
        return
    number, channel, place, value = strongest
    subject = build.subjects[number]
    steps = follow(build.network, layer, subject.input, channel, place)
    told = [
        _told(step, at, watched, folder)
        for at, (step, watched) in enumerate(zip(steps, _watched(steps), strict=True), start=1)
    ]
    left, top, right, bottom = layer.field.shown(*place, build.network.size)
    box = left, top, right, bottom
    pixels = build.network.preprocess.display(subject.input)
    pictures = {
        "patch": raster.crop(pixels, box),
        "projection": raster.crop(raster.projection_pixels(steps[-1].after), box),
    }
    figures = {
        name: raster.save_lossless(Image.fromarray(picture), folder, name)
        for name, picture in pictures.items()
    }
    record = WayDown(
        module=layer.name,
        channel=channel,
        row=place[0],
        column=place[1],
        value=rounded(value),
        field=layer.field.size,
        photograph=subject.photograph,
        steps=tuple(told),
        figures=Ends(**figures),
    )
    write(folder / STEPS, record)


def entry(folder: Path, build: Build) -> WayDown | None:  # noqa: ARG001
    """The unit, and each step with its numbers; None where a network has no such way down."""
    return read_or_none(folder / STEPS, WayDown)


def followed_layer(network: Network) -> Layer | None:
    """The first convolution behind the first max-pool that looks at more than one place.

    None where there is no such convolution before a second max-pool.
    """
    part = _behind_a_pool(architecture(network))
    if part is None:
        return None
    traced = {
        output.name: output
        for output in trace(network.module, network.size, network.device, [part.name])
    }
    if part.name not in traced or traced[part.name].calls > 1:
        return None
    output = traced[part.name]
    return Layer(output.name, 0, output.channels, output.height, output.width, output.field)


def _behind_a_pool(parts: Sequence[Part]) -> Part | None:
    pools = 0
    for part in parts:
        pools += part.kind == "max-pool"
        if pools == 1 and part.kind == "convolution" and part.kernel and max(part.kernel) > 1:
            return part
    return None


def strongest_activation(
    build: Build, layer: Layer
) -> tuple[int, int, tuple[int, int], float] | None:
    """Number of the photograph, channel, place and value of the strongest activation of all.

    Of places whose field lies within the photograph. None where nothing fires.
    """
    size = build.network.size
    inside = np.zeros((layer.height, layer.width), dtype=bool)
    for row in range(layer.height):
        for column in range(layer.width):
            box = layer.field.box(row, column)
            inside[row, column] = min(box) >= 0 and max(box) <= size
    if not inside.any():
        inside[:] = True
    best: tuple[int, int, tuple[int, int], float] | None = None
    for number, subject in enumerate(build.subjects):
        (maps,) = record_maps(build.network, subject.input[None], (layer,))
        values = np.where(inside, maps[0].clamp(min=0).float().cpu().numpy(), 0)
        channel, row, column = (int(at) for at in np.unravel_index(values.argmax(), values.shape))
        value = float(values[channel, row, column])
        if value > 0 and (best is None or value > best[3]):
            best = number, channel, (row, column), value
    return best


def _watched(steps: Sequence[Step]) -> list[int | None]:
    """The map to show after each step: the one that most comes down to the next filter through.

    Filters mix maps, everything else leaves each where it is; of pixels none is shown.
    """
    watched: list[int | None] = [None] * len(steps)
    for at in range(len(steps) - 2, -1, -1):
        if steps[at + 1].kind == "filter":
            watched[at] = int(np.abs(steps[at].after).sum((1, 2)).argmax())
        else:
            watched[at] = watched[at + 1]
    return watched


def _told(step: Step, at: int, channel: int | None, folder: Path) -> StepDown:
    """One step with the part of one map that gets anything, as numbers if these can be read."""
    # What is rectified keeps its window, so that one sees what was taken away.
    top, bottom, left, right = _window(step.before if step.kind == "rectify" else step.after)
    figure = window = seen = None
    if channel is not None and max(bottom - top, right - left) <= MOST:
        window = step.after[channel, top:bottom, left:right]
        seen = step.seen[channel, top:bottom, left:right]
        figure = save(number_grid(window, f"step-{at}"), folder, str(at))
    return StepDown(
        kind=step.kind,
        module=step.name,
        before=_shape(step.before),
        after=_shape(step.after),
        channel=channel,
        window=MapWindow(top=top, left=left, rows=bottom - top, columns=right - left),
        kept=Kept(int((step.before != 0).sum()), int((step.after != 0).sum())),
        values=_table(window),
        seen=_table(seen),
        figure=figure,
    )


def _shape(maps: Array) -> tuple[int, int, int]:
    channels, height, width = maps.shape
    return channels, height, width


def _table(values: Array | None) -> NumberTable | None:
    return None if values is None else tuple(tuple(map(rounded, row)) for row in values.tolist())


def _window(values: Array) -> Bounds:
    """The smallest box that holds all that is not zero in any map of (C, H, W)."""
    rows, columns = np.nonzero((values != 0).any(axis=0))
    if not len(rows):
        return 0, 1, 0, 1
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
