"""The drawings behind the claims, and the plots."""

from __future__ import annotations

from pathlib import Path

from generator.draw import plots, strips
from generator.stages.build import Build
from generator.stages.read import EVIDENCE
from generator.store.stage_files import write


def make(folder: Path, build: Build) -> None:
    """A strip or a curve for each cell, ``stimuli.avif``, the plots, and ``evidence.json``."""
    drawn = {
        "strips": strips.draw_strips(build.measured.layers, folder),
        "stimuli": strips.draw_sheet(folder),
        "plots": plots.draw_plots(build.measured, folder),
    }
    write(folder / EVIDENCE, drawn)
