"""Parts of photographs covered by a grey square, after the paper's figure 7."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from generator.draw import heat, raster
from generator.measure.outputs import Outputs, outputs_of
from generator.networks.recording import probabilities
from generator.records.remade import Covered, CoveredPictures, LegendEntry, Occlusion, Plain
from generator.records.rounding import rounded
from generator.stages.build import Build
from generator.stages.read import Subject
from generator.store.stage_files import read_or_none, write
from generator.techniques.deconvnet import project
from generator.techniques.occlusion import Occluded, Occluder, occlude, occluder, spans

OCCLUSION = "occlusion.json"
COUNT = 3  # as many as the paper shows, unless more are named
PHOTOGRAPHS = ("photograph", "covered")  # the others are drawn, and stay exact
LEGEND = len(heat.CLASSES)  # classes told apart by colour; the rest share one


def make(folder: Path, build: Build) -> None:
    """Six pictures a photograph, and ``occlusion.json`` with all numbers."""
    if not build.network.answers:
        write(folder / OCCLUSION, None)
        return
    chosen = shown(build)
    likely, _ = probabilities(build.network, chosen[0].input[None])
    known = outputs_of(build.network, likely.shape[1])
    told = []
    for number, subject in enumerate(chosen, start=1):
        label = subject.label if subject.by_folder else None
        covered = occlude(
            build.network, build.network.layers[-1], subject.input, square_of(build), label
        )
        figures = CoveredPictures(
            **{
                name: (raster.save_photograph if name in PHOTOGRAPHS else raster.save_lossless)(
                    Image.fromarray(pixels), folder, f"{number}-{name}"
                )
                for name, pixels in _pictures(build, subject, covered).items()
            }
        )
        told.append(_told(subject, covered, known, figures))
    square = square_of(build)
    record = Occlusion(
        square=square.square,
        stride=square.stride,
        layer=build.network.layers[-1].index,
        classes_known=known.known,
        scale=tuple(heat.scale_colours(9)),
        photographs=tuple(told),
    )
    write(folder / OCCLUSION, record)


def entry(folder: Path, build: Build) -> Occlusion | None:  # noqa: ARG001
    """Square and steps, and for each photograph its maps as numbers and as pictures."""
    return read_or_none(folder / OCCLUSION, Occlusion)


def square_of(build: Build) -> Occluder:
    """The square of the exhibit, or the one that suits the network's input."""
    return occluder(build.network.size, build.exhibit.square, build.exhibit.stride)


def shown(build: Build) -> list[Subject]:
    """The photographs named, then those in which one square can take away most.

    Most as a share of the probability, in coarse steps: where no square changes anything,
    there is nothing to see.
    """
    count = len(build.exhibit.photographs or ())
    named, rest = build.subjects[:count], build.subjects[count:]
    if len(named) >= COUNT:
        return named
    square, layer = square_of(build), build.network.layers[-1]
    coarse = Occluder(square.square, square.square)
    left: list[float] = []
    for subject in rest:
        covered = occlude(build.network, layer, subject.input, coarse, subject.label)
        left.append(float(covered.probability.min()) / max(covered.plain_probability, 1e-9))
    best = sorted(np.argsort(left, kind="stable")[: COUNT - len(named)].tolist())
    return [*named, *(rest[number] for number in best)]


def legend(covered: Occluded) -> list[int]:
    """The classes that get a colour: the watched one, then those most probable at most places."""
    numbers, counts = np.unique(covered.best, return_counts=True)
    order = numbers[np.argsort(-counts, kind="stable")].tolist()
    return [covered.label, *(number for number in order if number != covered.label)][:LEGEND]


def worst(covered: Occluded) -> tuple[int, int]:
    """Row and column of the place that costs the watched class most."""
    row, column = np.unravel_index(covered.probability.argmin(), covered.probability.shape)
    return int(row), int(column)


def _pictures(build: Build, subject: Subject, answers: Occluded) -> dict[str, raster.RGB]:
    square, size = square_of(build), build.network.size
    photograph = build.network.preprocess.display(subject.input)
    places = spans(size, square)
    (top, bottom), (left, right) = (places[at] for at in worst(answers))
    covered = subject.input.clone()
    covered[:, top:bottom, left:right] = 0
    projection = project(
        build.network,
        build.network.layers[-1],
        subject.input[None],
        np.array([answers.channel]),
        np.array([[answers.row, answers.column]]),
    )
    highest = max(answers.plain_activity, float(answers.activity.max()))
    surest = max(answers.plain_probability, float(answers.probability.max()))
    return {
        "photograph": photograph,
        "covered": build.network.preprocess.display(covered),
        "activity": heat.heat_map(answers.activity, highest, square.stride, size),
        "probability": heat.heat_map(answers.probability, surest, square.stride, size),
        "classes": heat.class_map(answers.best, legend(answers), square.stride, size),
        "projection": raster.projection_pixels(projection[0].cpu().numpy()),
    }


def _told(subject: Subject, covered: Occluded, known: Outputs, figures: CoveredPictures) -> Covered:
    coloured = legend(covered)
    colours = dict(zip(coloured, heat.CLASSES, strict=False))
    numbers, counts = np.unique(covered.best, return_counts=True)
    places = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    return Covered(
        image=subject.image,
        name=subject.name,
        photograph=subject.photograph,
        label=known.names[covered.label],
        by_folder=subject.by_folder,
        first_guess=known.names[covered.plain_best],
        channel=covered.channel,
        row=covered.row,
        column=covered.column,
        plain=Plain(rounded(covered.plain_activity), rounded(covered.plain_probability)),
        worst=worst(covered),
        legend=tuple(
            LegendEntry(known.names[number], colours[number], places.get(number, 0))
            for number in coloured
        ),
        other_places=sum(count for number, count in places.items() if number not in colours),
        activity=tuple(tuple(map(rounded, row)) for row in covered.activity.tolist()),
        probability=tuple(tuple(map(rounded, row)) for row in covered.probability.tolist()),
        best=tuple(tuple(known.names[number] for number in row) for row in covered.best.tolist()),
        figures=figures,
    )
