"""Which of these patches fires this unit? Questions that the scan has answers to."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.records import Layer
from generator.records.course import PatchOption, PatchQuestion
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.store.stage_files import read, write

QUESTIONS = "questions.json"
EXAMPLES = 3  # of a unit's patches are shown with the question
OPTIONS = 4
A_LAYER = 3  # questions from each layer
# A wrong patch comes from an image to which the unit's answer, anywhere in it, stays below this
# share of its weakest shown answer: the right one must be right without a doubt.
WEAK = 0.2
LEAST = 0.01  # an answer that would be written as 0.00 is no example


def make(folder: Path, build: Build) -> None:
    """``questions.json``."""
    asked = [question for layer in build.network.layers for question in questions(build, layer)]
    write(folder / QUESTIONS, asked)


def entry(folder: Path, build: Build) -> tuple[PatchQuestion, ...]:  # noqa: ARG001
    """Each question with its layer, its unit, the slots of the examples, and its options.

    An option is a patch of the layer's pictures (``channel`` and ``slot``) with what the unit in
    question answers to the image that it comes from; exactly one is ``right``.
    """
    return read(folder / QUESTIONS, tuple[PatchQuestion, ...])


def questions(build: Build, layer: Layer) -> list[PatchQuestion]:
    """Up to three questions about the units in a layer's figure, the named ones first."""
    record = build.top[layer.index - 1]
    cells = sorted(
        build.measured.layers[layer.index - 1].cells, key=lambda cell: cell.wanted is None
    )
    full = [
        cell.channel
        for cell in cells
        if (record.images[cell.channel] >= 0).all() and record.values[cell.channel].min() > LEAST
    ]
    asked = []
    for channel in full:
        slots = _slots(build, layer, channel)
        wrong = _wrong(build, layer, channel, full)
        if slots is None or len(wrong) < OPTIONS - 1:
            continue
        examples, slot = slots
        value = rounded(float(record.values[channel, slot]))
        options = [*wrong]
        options.insert(channel % OPTIONS, PatchOption(channel, slot, value, right=True))
        asked.append(PatchQuestion(layer.index, channel, tuple(examples), tuple(options)))
        if len(asked) == A_LAYER:
            break
    return asked


def _slots(build: Build, layer: Layer, channel: int) -> tuple[list[int], int] | None:
    """The slots of the examples and of the right answer, from as many photographs as there are.

    None where the unit has too few patches.
    """
    images = build.top[layer.index - 1].images[channel]
    if len(images) <= EXAMPLES:
        return None
    sources = build.collection.source_numbers[images].tolist()
    # The first patch from each photograph, the strongest first, and then the others.
    order = sorted(range(len(images)), key=lambda slot: sources.index(sources[slot]) != slot)
    *examples, right = order[: EXAMPLES + 1]
    return examples, right


def _wrong(build: Build, layer: Layer, channel: int, full: list[int]) -> list[PatchOption]:
    """The strongest patches of other units, from images that leave this unit nearly silent."""
    record, maxima = build.top[layer.index - 1], build.maxima[layer.index - 1]
    limit = WEAK * float(record.values[channel].min())
    used: set[int] = set()
    options: list[PatchOption] = []
    others = [other for other in full if other != channel]
    turn = channel % max(1, len(others))  # so that questions differ in their wrong patches
    for other in others[turn:] + others[:turn]:
        image = int(record.images[other, 0])
        source = int(build.collection.source_numbers[image])
        value = float(maxima[image, channel])
        if np.isfinite(value) and value <= limit and source not in used:
            used.add(source)
            options.append(PatchOption(other, 0, round(max(0.0, value), 3), right=False))
        if len(options) == OPTIONS - 1:
            break
    return options
