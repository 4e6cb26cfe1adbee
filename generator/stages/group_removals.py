"""Whole groups of units removed, in any layer: how much of the accuracy falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from tqdm import tqdm

from generator.measure.speaking import random_sets
from generator.networks.network import Network
from generator.records import Layer
from generator.records.ablation import DRAWS, KINDS, GroupEffects
from generator.stages.removals import ImagesByNumber, checked_place, mean_activations
from generator.techniques.ablation import answers_from, maps_at, without

Marked = npt.NDArray[np.float64]  # (2, N)
BATCH = 32  # images at once: maps of the first layers are large


def group_effects(
    network: Network,
    kinds: Sequence[Mapping[str, Sequence[int]]],
    images: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    inputs: ImagesByNumber,
) -> GroupEffects | None:
    """Measure the groups of each layer, channels by kind, on ``images`` (N,) by their numbers.

    ``own`` (N,) are the outputs of their classes. None where there is no group. Raises
    RoundAboutError (see the technique) for a layer that isn't all that the answer depends on.
    """
    parts: list[dict[str, npt.NDArray[np.generic]]] = []
    for layer, groups in zip(network.layers, kinds, strict=True):
        if groups:
            parts += _one_layer(network, layer, groups, images, own, inputs)
    if not parts:
        return None
    most = max(len(part["channels"]) for part in parts)
    for part in parts:
        short = most - len(part["channels"])
        part["channels"] = np.pad(part["channels"], (0, short), constant_values=-1)
    # All have the group in their last axis but for the channels.
    return GroupEffects(
        **{
            name: np.stack([part[name] for part in parts], axis=0 if name == "channels" else -1)
            for name in parts[0]
        }
    )


def _one_layer(
    network: Network,
    layer: Layer,
    groups: Mapping[str, Sequence[int]],
    images: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    inputs: ImagesByNumber,
) -> list[dict[str, npt.NDArray[np.generic]]]:
    """For each group its numbers, by the names of ``GroupEffects`` without the axis of groups."""
    means = mean_activations(network, layer, images, inputs)
    fills = [torch.zeros(layer.channels), torch.from_numpy(means.astype(np.float32))]
    fills = [fill.to(network.device) for fill in fills]
    place = checked_place(network, layer, inputs(images[:2]), fills[1])
    groups_of_sets = [
        [list(channels), *random_sets(means, len(channels)).tolist()]
        for channels in groups.values()
    ]
    sets = [each for own_sets in groups_of_sets for each in own_sets]
    whole: list[Marked] = []
    left: list[list[Marked]] = []
    for start in tqdm(range(0, len(images), BATCH), desc="Removing groups", disable=None):
        part = slice(start, start + BATCH)
        maps = maps_at(network, place, inputs(images[part]))
        with torch.no_grad():
            whole.append(_answered(answers_from(network, place, maps), own[part]))
        scored = (scores for fill in fills for scores in without(network, place, maps, sets, fill))
        left.append([_answered(scores, own[part]) for scores in scored])
    right, chance = np.concatenate(whole, axis=1)  # (N,) each
    shape = 2, 2, len(groups), 1 + DRAWS, len(images)
    together = np.concatenate(left, axis=2)  # (2 V, 2, N)
    rights, chances = together.swapaxes(0, 1).reshape(shape)
    return [
        {
            "layers": np.array(layer.index),
            "kinds": np.array(KINDS.index(kind)),
            "channels": np.array(channels),
            "among": np.array((means > 0).sum()),
            "images": np.array(len(images)),
            "right": np.array(int(right.sum())),
            "chance": np.array(chance.mean(), dtype=np.float32),
            **_counted(rights[:, at] > 0, chances[:, at]),
        }
        for at, (kind, channels) in enumerate(groups.items())
    ]


def _counted(
    right: npt.NDArray[np.bool_], chance: npt.NDArray[np.float64]
) -> dict[str, npt.NDArray[np.generic]]:
    """Of one group, (2, 1 + D, N) each: whether images are right, and how probable their class."""
    group, mostly = right[:, 0], right[:, 1:].mean(axis=1) > 0.5
    lost, gained = (mostly & ~group).sum(axis=-1), (~mostly & group).sum(axis=-1)
    return {
        "right_sets": right.sum(axis=-1),
        "chance_sets": chance.mean(axis=-1).astype(np.float32),
        "paired": np.stack([lost, gained], axis=1),
    }


def _answered(scores: Tensor, own: npt.NDArray[np.int64]) -> Marked:
    """(2, N): 1 for images that are recognised and 0 for others; the probability of the class."""
    probability = scores.float().softmax(1).cpu().numpy().astype(np.float64)
    called = scores.argmax(1).cpu().numpy()
    return np.stack([called == own, probability[np.arange(len(own)), own]])
