"""One unit again, through random weights and through shuffled switches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.draw import raster, unit_pictures
from generator.draw.framing import frames
from generator.records import Layer
from generator.records.units import Control, Controls
from generator.stages.build import CONTROL_SEED, Build
from generator.store.stage_files import read_or_none, write
from generator.techniques.outlines import shared_outlines

CONTROL = "control.json"
CANDIDATES = 6  # units to choose among: each is projected three times


def make(folder: Path, build: Build) -> None:
    """Its patches projected in both ways, and ``control.json``, which says which unit it is."""
    layer = build.layer(min(3, len(build.network.layers)))
    found = [_projected(build, layer, channel) for channel in _candidates(build, layer)]
    if not found:
        write(folder / CONTROL, None)
        return
    best = max(found, key=lambda one: one.seen)
    style = unit_pictures.layer_style(layer, build.network.size)
    figures = Controls(
        random=raster.save_lossless(raster.tile_grid(best.random, style), folder, "random"),
        shuffled=raster.save_lossless(raster.tile_grid(best.shuffled, style), folder, "shuffled"),
    )
    write(folder / CONTROL, Control(layer.index, best.channel, figures))


def _candidates(build: Build, layer: Layer) -> list[int]:
    """The first units of the layer's figure with all their patches, named ones before others."""
    images = build.top[layer.index - 1].images
    cells = build.measured.layers[layer.index - 1].cells
    ordered = sorted(cells, key=lambda cell: cell.wanted is None)
    return [cell.channel for cell in ordered if (images[cell.channel] >= 0).all()][:CANDIDATES]


@dataclass(frozen=True)
class _Candidate:
    """One unit's projections in both ways; ``seen`` tells how plain they make their point.

    The point is twofold: with random weights the outlines stay, and with shuffled switches they
    go. So it is by how much more the unit's own projections share with the first.
    """

    channel: int
    random: list[raster.RGB]
    shuffled: list[raster.RGB]
    seen: float


def _projected(build: Build, layer: Layer, channel: int) -> _Candidate:
    network, inputs, top = build.network, build.inputs, build.top[layer.index - 1]
    style = unit_pictures.layer_style(layer, network.size)
    own = unit_pictures.own_projections(network, layer, channel, top, inputs)
    places = frames(own, build.drawn[layer.index][channel].frame)  # as in its own pictures

    def tiles(projections: list[raster.RGB]) -> list[raster.RGB]:
        pairs = zip(places, projections, strict=True)
        return [raster.fit_tile(at.cut(one), style) for at, one in pairs]

    random = tiles(unit_pictures.control_projections(build.control, layer, channel, top, inputs))
    shuffled = tiles(
        unit_pictures.own_projections(network, layer, channel, top, inputs, CONTROL_SEED)
    )
    stays, goes = (shared_outlines(tiles(own), other, raster.GREY) for other in (random, shuffled))
    return _Candidate(channel, random, shuffled, stays - goes)


def entry(folder: Path, build: Build) -> Control | None:  # noqa: ARG001
    """Layer, channel and the two pictures; None where no unit of the layer fires."""
    return read_or_none(folder / CONTROL, Control)
