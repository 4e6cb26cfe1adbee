"""What each class loses without some units of the last shown layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from torch import Tensor
from torch.nn import Conv2d

from generator.errors import WeightsError
from generator.measure.imagenet import group_of
from generator.measure.kinds import kinds_of, spread_over, told_groups
from generator.measure.missed import Label, told_classes
from generator.measure.outputs import Outputs, outputs_of
from generator.measure.speaking import of_groups, unpacked
from generator.networks.network import Network
from generator.records.ablation import Ablation, Effects, GroupEffects, UnitGroup
from generator.stages.build import Build
from generator.stages.group_removals import group_effects
from generator.stages.removals import ClassAsked, ImagesByNumber, effects
from generator.store.stage_files import read, write
from generator.techniques.ablation import RoundAboutError

ABLATION = "ablation.json"
LEAST = 4  # images of a class: two to choose units by, two to report on
MOST = 100  # images of a class that are looked at; more would tell little and cost much
LEAST_OF_GROUP = 8  # images of a group of classes
TOGETHER = 400  # images of all classes, but for the fewest that each needs: single units take long
OVER_ALL = 96  # images that whole groups of units are removed on, where a pass costs the most


def make(folder: Path, build: Build) -> None:
    """``ablation.json``: what each class loses, or nothing where no class could be asked about.

    From the labels of the collection where they name classes of the network, or else from the
    numbers that ship with the bundled network.
    """
    found = _labelled(build) or _shipped(build)
    write(folder / ABLATION, (found,) if found else ())


def entry(folder: Path, build: Build) -> Ablation | None:  # noqa: ARG001
    """As written."""
    found = read(folder / ABLATION, tuple[Ablation, ...])
    return found[0] if found else None


def _labelled(build: Build) -> Ablation | None:
    """Measured on the collection; None where too few of its classes are the network's."""
    network, collection = build.network, build.collection
    if not collection.classes or not network.answers:
        return None
    layer, named = network.layers[-1], _named(network)
    own = _own_outputs(build, named)
    asked = classes_asked(own, named.names)
    if len(asked) < 2:
        return None

    def inputs(numbers: npt.NDArray[np.int64]) -> Tensor:
        images = torch.stack([build.inputs(number) for number in numbers.tolist()])
        return images.to(network.device)

    try:
        found = effects(network, layer, list(asked.values()), inputs)
    except RoundAboutError:
        return None
    labels = [Label(name, one.outputs) for name, one in asked.items()]
    count = int(found.images.sum())
    source = f"{count:,} images of {collection.title}"
    told = told_classes(found, labels, named.names, layer.index, source)
    return replace(told, groups=_groups(build, own, inputs))


def _groups(
    build: Build, own: npt.NDArray[np.int64], inputs: ImagesByNumber
) -> tuple[UnitGroup, ...]:
    """All units of a kind removed, on images of all classes, whose outputs are ``own`` (N,)."""
    kinds = [kinds_of(layer.claims) for layer in build.measured.layers]
    images = spread_over(own, OVER_ALL)
    try:
        found = group_effects(build.network, kinds, images, own[images], inputs)
    except RoundAboutError:
        return ()
    return told_groups(found) if found else ()


def _named(network: Network) -> Outputs:
    """What the network's outputs stand for."""
    blank = torch.zeros(1, 3, network.size, network.size, device=network.device)
    with torch.no_grad():
        scores = network.module(blank).flatten(1)
    return outputs_of(network, scores.shape[1])


def _own_outputs(build: Build, named: Outputs) -> npt.NDArray[np.int64]:
    """(N,) for each image the network's output for its class; -1 for none, and if unreadable."""
    collection = build.collection
    outputs = np.array([named.numbers.get(name, -1) for name in collection.classes], dtype=np.int64)
    labels = np.array([item.label for item in collection.items], dtype=np.int64)
    readable = np.isfinite(build.maxima[-1][:, 0])
    return np.where((labels >= 0) & readable, outputs[labels], -1)


def classes_asked(own: npt.NDArray[np.int64], names: Sequence[str]) -> dict[str, ClassAsked]:
    """By name the classes that have enough images, and groups of those that have too few.

    ``own`` (N,) is for each image the output of its class, -1 for none; ``names`` are those of
    the outputs.
    """
    wanted: dict[str, tuple[int, ...]] = {}
    small: dict[str, list[int]] = {}
    for output in np.unique(own[own >= 0]).tolist():
        if (own == output).sum() >= LEAST:
            wanted[names[output]] = (output,)
        elif group_of(names[output]):
            small.setdefault(group_of(names[output]), []).append(output)
    members = {name: np.flatnonzero(np.isin(own, outputs)) for name, outputs in wanted.items()}
    for group, outputs in sorted(small.items()):
        images = np.flatnonzero(np.isin(own, outputs))
        if len(outputs) > 1 and len(images) >= LEAST_OF_GROUP:
            wanted[group], members[group] = tuple(outputs), images
    most = max(LEAST, min(MOST, TOGETHER // max(1, len(members))))
    chosen = {name: evenly(images, most) for name, images in members.items()}
    return {name: ClassAsked(wanted[name], rows, own[rows]) for name, rows in chosen.items()}


def evenly(images: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """At most so many of ``images`` (N,), from first to last in even steps."""
    steps = np.linspace(0, len(images) - 1, min(most, len(images)))
    return images[steps.round().astype(np.int64)]


def _shipped(build: Build) -> Ablation | None:
    """From the file that ships with the bundled weights, for the last layer of their network."""
    network, path = build.network, build.weights.effects
    layer = network.layers[-1]
    if path is None or network.provenance.source != "bundled":
        return None
    *_, last = (name for name, part in network.module.named_modules() if isinstance(part, Conv2d))
    if layer.name != last:
        return None  # another layer was chosen to be the last that is shown
    try:
        arrays = load_file(path)
        found, groups = unpacked(arrays, Effects), of_groups(arrays)
        kinds = told_groups(unpacked(groups, GroupEffects)) if groups else ()
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise WeightsError(f"{path}: can't be read ({error}); install the project again") from error
    names = outputs_of(network, len(found.five)).names
    labels = [Label(name, (output,)) for output, name in enumerate(names)]
    source = network.provenance.accuracy_on or "labelled images"
    return replace(told_classes(found, labels, names, layer.index, source), groups=kinds)
