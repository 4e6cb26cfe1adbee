"""What every unit prefers, and how sure that is."""

from __future__ import annotations

from pathlib import Path

from generator.measure.claims import measure
from generator.stages.build import CONTROL_SEED, Build
from generator.stages.read import MEASURED
from generator.store.stage_files import write

COPIES = 5  # with random weights, for the bars of the first layer: one alone has too few units


def make(folder: Path, build: Build) -> None:
    """``measured.json``: the claims of every unit, the cells of every figure, the hierarchy."""
    copies = map(build.random_copy, range(CONTROL_SEED + 1, CONTROL_SEED + COPIES))
    measured = measure(
        build.network, build.control, copies, build.collection, build.top, build.maxima
    )
    write(folder / MEASURED, measured)
