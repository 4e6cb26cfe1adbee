"""What the stages wrote, read back; the names of their files stand here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generator.errors import one_line
from generator.images.collection import Collection
from generator.records import (
    Best,
    Cell,
    Claim,
    Giveaway,
    Hierarchy,
    Measured,
    MeasuredLayer,
    TopActivations,
)
from generator.store.stage_files import from_root, read

TOP, SKIPPED, EFFECT = "top.npz", "skipped.json", "effect.json"
SUBJECTS, INPUTS = "subjects.json", "inputs.npy"
MEASURED = "measured.json"
EVIDENCE = "evidence.json"


@dataclass(frozen=True)
class Subject:
    """One photograph.

    ``image`` is its number in the collection, None for a file; ``label`` the class that counts
    as right, a number of the network's outputs; ``by_folder`` says that its folder names that
    class, else it is the network's own first guess; ``probability`` is what the network gives
    it.
    """

    image: int | None
    name: str
    photograph: str
    label: int
    by_folder: bool
    probability: float
    input: Tensor  # (3, S, S) float32


def read_top(folder: Path) -> tuple[TopActivations, ...]:
    """The strongest images of every unit, one record a layer."""
    with np.load(folder / TOP) as arrays:
        count = len(arrays.files) // 3
        return tuple(
            TopActivations(
                arrays[f"values{number}"], arrays[f"images{number}"], arrays[f"positions{number}"]
            )
            for number in range(count)
        )


def read_skipped(folder: Path) -> list[dict[str, str]]:
    """The images that could not be read: ``name`` and ``reason``."""
    skipped: list[dict[str, str]] = read(folder / SKIPPED)
    return skipped


def read_refused(folder: Path, collection: Collection) -> list[dict[str, str]]:
    """The files that took no part: ``name``, and the ``reason`` without the name."""
    unopened = [{"name": name, "reason": reason} for name, reason in collection.refused]
    return [
        {
            "name": one_line(file["name"]),
            "reason": file["reason"].removeprefix(
                f"{one_line(PurePosixPath(file['name']).name)}: "
            ),
        }
        for file in [*unopened, *read_skipped(folder)]
    ]


def read_effect(folder: Path) -> dict[str, Any] | None:
    """What shortcuts changed, as the manifest says it; None for an exact scan."""
    path = folder / EFFECT
    return read(path) if path.exists() else None


def read_subjects(folder: Path) -> list[Subject]:
    """What ``make`` wrote."""
    inputs = torch.from_numpy(np.load(folder / INPUTS))
    return [
        Subject(**{**record, "input": own})
        for record, own in zip(read(folder / SUBJECTS), inputs, strict=True)
    ]


def read_measured(folder: Path) -> Measured:
    """What ``make`` wrote."""
    found = read(folder / MEASURED)
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


def read_evidence(folder: Path) -> dict[str, Any]:
    """``strips`` by LAYER-ROW-COLUMN, ``stimuli`` and ``plots``; files from the store's root."""
    found = read(folder / EVIDENCE)
    drawn = found["plots"]
    pictures = (found["strips"], drawn["hierarchy"], drawn["tuning"])
    from_root(folder, (*(one for group in pictures for one in group.values()), found["stimuli"]))
    return dict(found)
