"""The drawings behind the claims, and the plots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator import evidence, plots
from generator.stages.build import Build, from_root, read, write

EVIDENCE = "evidence.json"


def make(folder: Path, build: Build) -> None:
    """A strip or a curve for each cell, ``stimuli.avif``, the plots, and ``evidence.json``."""
    drawn = {
        "strips": evidence.draw_strips(build.measured.layers, folder),
        "stimuli": evidence.draw_sheet(folder),
        "plots": plots.draw_plots(build.measured, folder),
    }
    write(folder / EVIDENCE, drawn)


def read_evidence(folder: Path) -> dict[str, Any]:
    """``strips`` by LAYER-ROW-COLUMN, ``stimuli`` and ``plots``; files from the store's root."""
    found = read(folder / EVIDENCE)
    drawn = found["plots"]
    pictures = (found["strips"], drawn["hierarchy"], drawn["tuning"])
    from_root(folder, (*(one for group in pictures for one in group.values()), found["stimuli"]))
    return dict(found)
