"""The drawings behind the claims, and the plots."""

from __future__ import annotations

from pathlib import Path

from generator.draw import plots, strips
from generator.stages.build import Build
from generator.stages.read import EVIDENCE, Backing
from generator.store.stage_files import write


def make(folder: Path, build: Build) -> None:
    """A strip or a curve for each cell, the drawings, the plots, and ``evidence.json``."""
    drawn = Backing(
        strips=strips.draw_strips(build.measured.layers, folder),
        curves=plots.draw_tunings(build.measured, folder),
        stimuli=strips.draw_sheet(folder),
        depths=plots.draw_depths(build.measured.hierarchy, folder),
    )
    write(folder / EVIDENCE, drawn)
