"""The photographs that are covered and moved, and what the network takes them for."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generator.errors import ImagesError
from generator.images.batches import batches, network_input
from generator.images.decode import decode
from generator.images.naming import find, largest
from generator.measure.outputs import outputs_of
from generator.networks.recording import probabilities
from generator.stages.build import Build
from generator.stages.read import INPUTS, SUBJECTS, Subject, SubjectFacts
from generator.store.stage_files import write

COUNT = 5  # as many as the paper's figure 5 has
CANDIDATES = 200  # photographs that are asked about, evenly spread
BATCH = 32
NOBODY = -1  # the class of a photograph where a network has no answers


def make(folder: Path, build: Build) -> None:
    """``subjects.json`` and ``inputs.npy`` (P, 3, S, S): those named, then the surest ones.

    Besides those named at most one of a photograph, and one of a class as long as there are
    others. Where folders name the classes of the network, surest means: of the right class.
    """
    chosen: list[Subject] = []
    for name in build.exhibit.photographs or ():
        place = find(build.collection, name)
        if isinstance(place, Path):
            image = build.network.preprocess(decode(place))
            chosen += _asked(build, [None], image[None], place.name)
        else:
            chosen += _asked(build, [place], build.inputs(place)[None])
    asked = _candidates(build) if len(chosen) < COUNT else []
    for one_a_class in (True, False):  # a class twice rather than too few
        for subject in sorted(
            asked, key=lambda subject: (-subject.by_folder, -subject.probability)
        ):
            labels = {other.label for other in chosen} if one_a_class else set[int]()
            photographs = {other.photograph for other in chosen}
            if (
                len(chosen) < COUNT
                and subject.label not in labels
                and subject.photograph not in photographs
            ):
                chosen.append(subject)
    if not chosen:
        raise ImagesError(f"{build.collection.title}: no image could be decoded")
    write(folder / SUBJECTS, [without_input(subject) for subject in chosen])
    np.save(folder / INPUTS, torch.stack([subject.input for subject in chosen]).numpy())


def without_input(subject: Subject) -> SubjectFacts:
    """What is written of a photograph as text."""
    facts = {field.name: getattr(subject, field.name) for field in fields(SubjectFacts)}
    return SubjectFacts(**facts)


def _candidates(build: Build) -> list[Subject]:
    """The images that show most of their photographs; of very many, some evenly spread."""
    collection = build.collection
    whole = sorted(number for own in largest(collection).values() for number in own)
    spread = whole[:: -(-len(whole) // CANDIDATES)]
    asked: list[Subject] = []
    preprocess = build.network.preprocess
    for batch in batches(collection, preprocess, spread, BATCH, build.workers):
        if batch.good:
            inputs = network_input(batch.pixels, preprocess, torch.device("cpu"))
            asked += _asked(build, list(batch.good), inputs)
    return asked


def _asked(build: Build, images: list[int | None], inputs: Tensor, name: str = "") -> list[Subject]:
    """What the network says of each input (N, 3, S, S)."""
    likely = probabilities(build.network, inputs)[0] if build.network.answers else inputs
    known = outputs_of(build.network, likely.shape[1])
    collection = build.collection
    subjects: list[Subject] = []
    for image, own, shares in zip(images, inputs, likely, strict=True):
        item = None if image is None else collection.items[image]
        # Without answers all are alike, and the first of the collection are as good as any.
        label = int(shares.argmax()) if build.network.answers else NOBODY
        folder = collection.classes[item.label] if item and item.label >= 0 else ""
        right = known.numbers.get(folder) if build.network.answers else None
        subjects.append(
            Subject(
                image=image,
                name=item.name if item else name,
                photograph=name if image is None else collection.photograph(image),
                label=label if right is None else right,
                by_folder=right is not None,
                probability=float(shares[label if right is None else right])
                if build.network.answers
                else 0.0,
                input=own,
            )
        )
    return subjects
