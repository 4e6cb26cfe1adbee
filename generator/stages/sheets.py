"""Sprite sheets of every layer's patches."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from generator.draw import raster, sheets
from generator.draw.unit_pictures import layer_style
from generator.records import Layer, Tile
from generator.records.units import LayerSheets, Sheets
from generator.stages.build import Build
from generator.store.stage_files import read, write

SHEETS = "sheets.json"


def make(folder: Path, build: Build) -> None:
    """``LAYER/NUMBER.avif``, each of ``sheets.UNITS`` units in order, and ``sheets.json``."""
    told: list[LayerSheets] = []
    for layer in build.network.layers:
        style = layer_style(layer, build.network.size)
        to = sheets.sheet_style(style)
        (folder / layer.name).mkdir(parents=True)
        files = sheets.save_sheets(folder, layer, to, partial(_small, build, layer, style, to))
        side = sheets.across(to)
        told.append(LayerSheets(unit=side, step=side + sheets.BETWEEN, files=files))
    write(folder / SHEETS, Sheets(units=sheets.UNITS, layers=tuple(told)))


def entry(folder: Path, build: Build) -> Sheets:  # noqa: ARG001
    """As written."""
    return read(folder / SHEETS, Sheets)


def _small(build: Build, layer: Layer, style: Tile, to: Tile, channel: int) -> raster.RGB | None:
    drawn = build.drawn[layer.index].get(channel)
    if drawn is None:  # a unit that never fires has no picture
        return None
    return sheets.small_from(build.folders["figures"].parent / drawn.patches.file, style, to)
