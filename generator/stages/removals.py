"""Units of a layer removed, class by class: what is left of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from tqdm import tqdm

from generator.measure.speaking import (
    halves_of,
    most_active,
    most_confused,
    random_sets,
    strongest_shares,
)
from generator.networks.network import Network
from generator.records import Layer
from generator.records.ablation import Effects
from generator.techniques.ablation import answers_from, latest, maps_at, score_shares, without

ImagesByNumber = Callable[[npt.NDArray[np.int64]], Tensor]  # numbers of images to (N, 3, S, S)
BATCH = 128
SOME: tuple[list[int], ...] = ([], [0])  # sets of units to see by whether two places are the same


@dataclass(frozen=True)
class ClassAsked:
    """A class, or a group of classes, that is asked about.

    ``outputs`` are the network's for it, ``images`` (N,) the numbers of its images, two or more,
    and ``own`` (N,) the output of each one's own class.
    """

    outputs: tuple[int, ...]
    images: npt.NDArray[np.int64]
    own: npt.NDArray[np.int64]

    @classmethod
    def one(cls, output: int, images: npt.NDArray[np.int64]) -> ClassAsked:
        """A single class."""
        return cls((output,), images, np.full(len(images), output, dtype=np.int64))


def effects(
    network: Network,
    layer: Layer,
    asked: Sequence[ClassAsked],
    inputs: ImagesByNumber,
) -> Effects:
    """Measure the classes, or groups of classes, that are asked about; no image is in two.

    Raises RoundAboutError (see the technique) for a layer that isn't all that the answer depends
    on.
    """
    numbers = np.concatenate([one.images for one in asked])
    means = mean_activations(network, layer, numbers, inputs)
    active, draws = most_active(means), random_sets(means)
    fills = [torch.zeros(layer.channels), torch.from_numpy(means.astype(np.float32))]
    fills = [fill.to(network.device) for fill in fills]
    place = checked_place(network, layer, inputs(asked[0].images), fills[1])
    parts: list[dict[str, npt.NDArray[np.generic]]] = []
    alarms: npt.NDArray[np.int64] = np.zeros(len(asked), dtype=np.int64)
    for one in tqdm(asked, desc="Removing units", disable=None):
        maps = maps_at(network, place, inputs(one.images))
        part, called = _one_class(network, place, maps, one, fills, active, draws)
        parts.append(part)
        alarms += [0 if other is one else np.isin(called, other.outputs).sum() for other in asked]
    stacked = {name: np.stack([part[name] for part in parts], axis=-1) for name in parts[0]}
    five = stacked.pop("five").T
    return Effects(alarms=alarms, five=five, active=active, draws=draws, **stacked)


def checked_place(network: Network, layer: Layer, sample: Tensor, fill: Tensor) -> Layer:
    """The latest place where removing a unit is seen to be the same as in the layer; else that.

    Seen on ``sample`` (N, 3, S, S), with a unit given its value of ``fill`` (C,).
    """
    place = latest(network, layer)
    first, later = (
        torch.stack(list(without(network, one, maps_at(network, one, sample), SOME, fill)))
        for one in (layer, place)
    )
    return place if torch.allclose(first, later, rtol=1e-3, atol=1e-3) else layer


def mean_activations(
    network: Network, layer: Layer, numbers: npt.NDArray[np.int64], inputs: ImagesByNumber
) -> npt.NDArray[np.float64]:
    """(C,) the mean of each unit's rectified map over images, by their numbers, and places."""
    total = np.zeros(layer.channels)
    for start in range(0, len(numbers), BATCH):
        maps = maps_at(network, layer, inputs(numbers[start : start + BATCH]))
        total += maps.clamp(min=0).mean(dim=(2, 3)).sum(dim=0).cpu().numpy().astype(np.float64)
    return np.asarray(total / len(numbers))


def _one_class(
    network: Network,
    layer: Layer,
    maps: Tensor,
    one: ClassAsked,
    fills: Sequence[Tensor],
    active: npt.NDArray[np.int64],
    draws: npt.NDArray[np.int64],
) -> tuple[dict[str, npt.NDArray[np.generic]], npt.NDArray[np.int64]]:
    """Everything of one class but its alarms, by the names of ``Effects`` without the last axis.

    Beside it what its images of the second half are taken for.
    """
    halves = halves_of(np.arange(len(maps)))
    second = halves[1]
    classes = torch.from_numpy(one.own).to(network.device)
    outputs = list(one.outputs)
    brought, scores = score_shares(network, layer, maps, classes)
    five = strongest_shares(brought[halves[0]].mean(axis=0))
    with torch.no_grad():
        whole = _said(answers_from(network, layer, maps), outputs)

    singles = [[unit] for unit in range(layer.channels)]
    sets = [five.tolist(), active.tolist(), *draws.tolist()]
    called_alone, chance_alone = _without(network, layer, maps, singles, fills[0], outputs)
    both = [
        _without(network, layer, maps[second], sets, fill, outputs)
        for fill in fills  # in the order of REMOVALS
    ]
    called_sets, chance_sets = (np.stack(part) for part in zip(*both, strict=True))
    right_alone, right_sets = np.isin(called_alone, outputs), np.isin(called_sets, outputs)
    mostly = right_sets[:, 2:].mean(axis=1) > 0.5  # (2, N)
    without_five = right_sets[:, 0]
    confused = [most_confused(called, outputs) for called in (whole[0][second], called_sets[0][0])]
    part: dict[str, npt.NDArray[np.generic]] = {
        "images": np.array([half.sum() for half in halves]),
        "shares": _by_half(brought.T, halves).astype(np.float32),
        "scores": _by_half(scores, halves).astype(np.float32),
        "right": np.array([np.isin(whole[0][half], outputs).sum() for half in halves]),
        "chance": _by_half(whole[1], halves).astype(np.float32),
        "right_without": np.stack([right_alone[:, half].sum(axis=1) for half in halves]),
        "chance_without": _by_half(chance_alone, halves).astype(np.float32),
        "five": five,
        "right_sets": right_sets.sum(axis=-1),
        "chance_sets": chance_sets.mean(axis=-1).astype(np.float32),
        "paired": np.stack(
            [(mostly & ~without_five).sum(axis=-1), (~mostly & without_five).sum(axis=-1)], 1
        ),
        "confused": np.stack([names for names, _ in confused]),
        "times": np.stack([times for _, times in confused]),
    }
    return part, whole[0][second]


def _without(
    network: Network,
    layer: Layer,
    maps: Tensor,
    sets: Sequence[Sequence[int]],
    fill: Tensor,
    outputs: list[int],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """For each set of units removed what images are taken for (V, N), and how probably as said."""
    told = [_said(scores, outputs) for scores in without(network, layer, maps, sets, fill)]
    called, chance = (np.stack(part) for part in zip(*told, strict=True))
    return called, chance


def _said(
    scores: Tensor, outputs: list[int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """What images are taken for (N,), and the probability that they are one of ``outputs`` (N,)."""
    probability = scores.float().softmax(1)[:, outputs].sum(dim=1)
    return scores.argmax(1).cpu().numpy(), probability.cpu().numpy().astype(np.float64)


def _by_half(
    values: npt.NDArray[np.floating], halves: Sequence[npt.NDArray[np.bool_]]
) -> npt.NDArray[np.float64]:
    """The mean over each half of the images, which ``values`` have in their last axis: (2, ...)."""
    return np.stack([values[..., half].mean(axis=-1) for half in halves])
