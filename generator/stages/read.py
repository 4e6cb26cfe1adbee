"""What the stages wrote, read back; the names of their files stand here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from torch import Tensor

from generator.errors import one_line
from generator.images.collection import Collection
from generator.records import Measured, Picture, Plot, TopActivations
from generator.records.collections import Refusal
from generator.records.measured import DepthPlots, Stimuli
from generator.records.scans import Shortened
from generator.records.units import UnitPictures
from generator.store.stage_files import read

TOP, SKIPPED, EFFECT = "top.npz", "skipped.json", "effect.json"
SUBJECTS, INPUTS = "subjects.json", "inputs.npy"
MEASURED = "measured.json"
DRAWN = "figures.json"
EVIDENCE = "evidence.json"
Drawn = dict[int, dict[int, UnitPictures]]  # by index of the layer and channel


@dataclass(frozen=True)
class SubjectFacts:
    """A photograph to look at.

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


@dataclass(frozen=True)
class Subject(SubjectFacts):
    """A photograph with its ``input`` (3, S, S) float32."""

    input: Tensor


@dataclass(frozen=True)
class Backing:
    """The drawings and curves behind the claims of cells, by LAYER-ROW-COLUMN, and the plots."""

    strips: dict[str, Picture]
    curves: dict[str, Plot]
    stimuli: Stimuli
    depths: DepthPlots


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


def read_skipped(folder: Path) -> tuple[Refusal, ...]:
    """The images that could not be read."""
    return read(folder / SKIPPED, tuple[Refusal, ...])


def read_refused(folder: Path, collection: Collection) -> list[Refusal]:
    """The files that took no part, each with a reason that does not name the file again."""
    unopened = [Refusal(name, reason) for name, reason in collection.refused]
    return [
        Refusal(
            name=one_line(file.name),
            reason=file.reason.removeprefix(f"{one_line(PurePosixPath(file.name).name)}: "),
        )
        for file in [*unopened, *read_skipped(folder)]
    ]


def read_effect(folder: Path) -> Shortened | None:
    """What shortcuts changed; None for an exact scan."""
    path = folder / EFFECT
    return read(path, Shortened) if path.exists() else None


def read_subjects(folder: Path) -> list[Subject]:
    """What ``make`` wrote."""
    inputs = torch.from_numpy(np.load(folder / INPUTS))
    facts = read(folder / SUBJECTS, tuple[SubjectFacts, ...])
    return [Subject(**vars(fact), input=own) for fact, own in zip(facts, inputs, strict=True)]


def read_measured(folder: Path) -> Measured:
    """All that was measured."""
    return read(folder / MEASURED, Measured)


def read_drawn(folder: Path) -> Drawn:
    """The pictures of every unit that fires."""
    return read(folder / DRAWN, Drawn)


def read_evidence(folder: Path) -> Backing:
    """What backs the claims, drawn."""
    return read(folder / EVIDENCE, Backing)
