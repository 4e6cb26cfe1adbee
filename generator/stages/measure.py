"""What every unit prefers, and how sure that is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from generator.measure.claims import measure
from generator.records import Best, Cell, Claim, Giveaway, Hierarchy, Measured, MeasuredLayer
from generator.stages import build as files
from generator.stages.build import CONTROL_SEED, Build

MEASURED = "measured.json"
COPIES = 5  # with random weights, for the bars of the first layer: one alone has too few units


def make(folder: Path, build: Build) -> None:
    """``measured.json``: the claims of every unit, the cells of every figure, the hierarchy."""
    copies = map(build.random_copy, range(CONTROL_SEED + 1, CONTROL_SEED + COPIES))
    measured = measure(
        build.network, build.control, copies, build.collection, build.top, build.maxima
    )
    files.write(folder / MEASURED, asdict(measured))


def read(folder: Path) -> Measured:
    """What ``make`` wrote."""
    found = files.read(folder / MEASURED)
    depths = found["hierarchy"]

    def best(table: list[list[dict[str, Any]]]) -> tuple[tuple[Best, ...], ...]:
        return tuple(tuple(Best(**one) for one in layer) for layer in table)

    return Measured(
        layers=tuple(_layer(layer) for layer in found["layers"]),
        hierarchy=Hierarchy(
            concepts=tuple(depths["concepts"]),
            trained=best(depths["trained"]),
            random=best(depths["random"]),
            bars=tuple(map(tuple, depths["bars"])),
            drawings=depths["drawings"],
            giveaways=tuple(Giveaway(**one) for one in depths["giveaways"]),
        ),
        angles=tuple(found["angles"]),
        hues=tuple(found["hues"]),
    )


def _layer(layer: dict[str, Any]) -> MeasuredLayer:
    return MeasuredLayer(
        claims=tuple(tuple(Claim(**claim) for claim in unit) for unit in layer["claims"]),
        rows=layer["rows"],
        columns=layer["columns"],
        cells=tuple(
            Cell(**{**cell, "claim": Claim(**cell["claim"]) if cell["claim"] else None})
            for cell in layer["cells"]
        ),
        orientation=tuple(layer["orientation"]),
        colour=tuple(layer["colour"]),
        concepts=tuple(map(tuple, layer["concepts"])),
    )
