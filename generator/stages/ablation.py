"""What each class loses without some units of the last shown layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from generator.records.ablation import REMOVALS, Effects
from generator.techniques.ablation import answers_from, latest, maps_at, score_shares, without

ImagesByNumber = Callable[[npt.NDArray[np.int64]], Tensor]  # numbers of images to (N, 3, S, S)
BATCH = 128
SOME: tuple[list[int], ...] = ([], [0])  # sets of units to see by whether two places are the same


def effects(
    network: Network,
    layer: Layer,
    members: Sequence[npt.NDArray[np.int64]],
    outputs: Sequence[int],
    inputs: ImagesByNumber,
) -> Effects:
    """Measure the classes whose images have the numbers ``members``, two or more of each.

    ``outputs`` are the network's for these classes. Raises RoundAboutError (see the technique)
    for a layer that isn't all that the answer depends on.
    """
    means = _mean_activations(network, layer, np.concatenate(members), inputs)
    active, draws = most_active(means), random_sets(means)
    fills = [torch.zeros(layer.channels), torch.from_numpy(means.astype(np.float32))]
    fills = [fill.to(network.device) for fill in fills]
    place = _checked(network, layer, latest(network, layer), inputs(members[0]), fills[1])
    parts: list[dict[str, npt.NDArray[np.generic]]] = []
    alarms: npt.NDArray[np.int64] = np.zeros(len(outputs), dtype=np.int64)
    for own, rows in zip(outputs, tqdm(members, desc="Removing units", disable=None), strict=True):
        maps = maps_at(network, place, inputs(rows))
        part, called = _one_class(network, place, maps, own, fills, active, draws)
        parts.append(part)
        wrong = called[called != own]
        alarms += np.array([(wrong == other).sum() for other in outputs])
    stacked = {name: np.stack([part[name] for part in parts], axis=-1) for name in parts[0]}
    five = stacked.pop("five").T
    return Effects(alarms=alarms, five=five, active=active, draws=draws, **stacked)


def _checked(network: Network, layer: Layer, place: Layer, sample: Tensor, fill: Tensor) -> Layer:
    """``place`` where removing a unit there is seen to be the same as in the layer; else that."""
    first, later = (
        torch.stack(list(without(network, one, maps_at(network, one, sample), SOME, fill)))
        for one in (layer, place)
    )
    return place if torch.allclose(first, later, rtol=1e-3, atol=1e-3) else layer


def _mean_activations(
    network: Network, layer: Layer, numbers: npt.NDArray[np.int64], inputs: ImagesByNumber
) -> npt.NDArray[np.float64]:
    """(C,) the mean over all images and places of each unit's rectified map."""
    total = np.zeros(layer.channels)
    for start in range(0, len(numbers), BATCH):
        maps = maps_at(network, layer, inputs(numbers[start : start + BATCH]))
        total += maps.clamp(min=0).mean(dim=(2, 3)).sum(dim=0).cpu().numpy().astype(np.float64)
    return np.asarray(total / len(numbers))


def _one_class(
    network: Network,
    layer: Layer,
    maps: Tensor,
    own: int,
    fills: Sequence[Tensor],
    active: npt.NDArray[np.int64],
    draws: npt.NDArray[np.int64],
) -> tuple[dict[str, npt.NDArray[np.generic]], npt.NDArray[np.int64]]:
    """Everything of one class but its alarms, by the names of ``Effects`` without the last axis.

    Beside it what its images of the second half are taken for.
    """
    halves = halves_of(np.arange(len(maps)))
    second = halves[1]
    classes = torch.full((len(maps),), own, device=network.device)
    brought, scores = score_shares(network, layer, maps, classes)
    five = strongest_shares(brought[halves[0]].mean(axis=0))
    with torch.no_grad():
        whole = _said(answers_from(network, layer, maps), own)

    singles = [[unit] for unit in range(layer.channels)]
    sets = [five.tolist(), active.tolist(), *draws.tolist()]
    called_alone, chance_alone, called_sets, chance_sets = ([] for _ in range(4))
    for fill in fills:
        found = [_said(one, own) for one in without(network, layer, maps, singles + sets, fill)]
        called, chance = (np.stack(one) for one in zip(*found, strict=True))  # (V, N) each
        alone = len(singles)
        called_alone.append(called[:alone])
        chance_alone.append(chance[:alone])
        called_sets.append(called[alone:, second])
        chance_sets.append(chance[alone:, second])
    right_alone, right_sets = np.stack(called_alone) == own, np.stack(called_sets) == own
    mostly = right_sets[:, 2:].mean(axis=1) > 0.5  # (2, N)
    without_five = right_sets[:, 0]
    confused = [most_confused(one, own) for one in (whole[0][second], called_sets[0][0])]
    part: dict[str, npt.NDArray[np.generic]] = {
        "images": np.array([half.sum() for half in halves]),
        "shares": _by_half(brought.T, halves).astype(np.float32),
        "scores": _by_half(scores, halves).astype(np.float32),
        "right": np.array([(whole[0][half] == own).sum() for half in halves]),
        "chance": _by_half(whole[1], halves).astype(np.float32),
        "right_without": np.stack([right_alone[..., half].sum(axis=-1) for half in halves], 1),
        "chance_without": np.stack(
            [np.stack(chance_alone)[..., half].mean(axis=-1) for half in halves], 1
        ).astype(np.float32),
        "five": five,
        "right_sets": right_sets.sum(axis=-1),
        "chance_sets": np.stack(chance_sets).mean(axis=-1).astype(np.float32),
        "paired": np.stack(
            [(mostly & ~without_five).sum(axis=-1), (~mostly & without_five).sum(axis=-1)], 1
        ),
        "confused": np.stack([names for names, _ in confused]),
        "times": np.stack([times for _, times in confused]),
    }
    assert len(fills) == len(REMOVALS)
    return part, whole[0][second]


def _said(scores: Tensor, own: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """What images are taken for (N,), and the probability of class ``own`` (N,)."""
    probability = scores.float().softmax(1)[:, own]
    return scores.argmax(1).cpu().numpy(), probability.cpu().numpy().astype(np.float64)


def _by_half(
    values: npt.NDArray[np.floating], halves: Sequence[npt.NDArray[np.bool_]]
) -> npt.NDArray[np.float64]:
    """The mean over each half of the images, which ``values`` have in their last axis: (2, ...)."""
    return np.stack([values[..., half].mean(axis=-1) for half in halves])
