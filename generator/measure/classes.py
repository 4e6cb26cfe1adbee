"""What the units of the bundled network answer to each class, measured when it was trained."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from generator.errors import WeightsError
from generator.measure.families import ClassAnswers
from generator.measure.imagenet import with_groups
from generator.measure.leading import leading, told
from generator.measure.strongest import MOST, share_shown
from generator.networks.identity import BUNDLED
from generator.networks.network import Network
from generator.records import Claim, ClassStatistics, Detail

SHOWN_BY = "{}.strongest"  # beside the means of a layer: the classes of its strongest photographs
SOME = 1 / 3  # of these; with less in common, what they show is no guide to what a unit may claim


@dataclass(frozen=True)
class ClassPreference:
    """Of each unit of one layer: its best few classes, best first, and how far they stand out.

    ``classes`` (C, K) are chosen on one half of the photographs. ``ratios`` (C, K) are, on the
    other half, the mean strongest activations for these classes divided by the mean over all;
    ``first`` (C, K) are the same on the half to choose by, and ``choosing`` (C,) the best of these.
    """

    classes: npt.NDArray[np.int64]
    first: npt.NDArray[np.float64]
    ratios: npt.NDArray[np.float64]

    @property
    def choosing(self) -> npt.NDArray[np.float64]:
        """(C,) how far the best class stands out on the half that it was chosen by."""
        return self.first[:, 0]

    @property
    def best(self) -> npt.NDArray[np.int64]:
        """(C,) the best class of each unit."""
        return self.classes[:, 0]

    @property
    def ratio(self) -> npt.NDArray[np.float64]:
        """(C,) how far that one stands out."""
        return self.ratios[:, 0]


def shipped_statistics(network: Network) -> tuple[ClassStatistics | None, ...]:
    """The statistics of every layer; None for one that has none.

    They ship with the bundled weights alone, and for the convolutions of their network.
    """
    stem = BUNDLED / network.name
    if network.provenance.source != "bundled" or not stem.with_suffix(".json").exists():
        return (None,) * len(network.layers)
    path = BUNDLED / f"{network.name}-classes.safetensors"
    try:
        card = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        tensors = load_file(path)
        return tuple(
            ClassStatistics(
                classes=tuple(card["classes"]),
                means=tensors[layer.name].astype(np.float32),
                strongest=tensors[SHOWN_BY.format(layer.name)].astype(np.int64),
                images=int(card["validation_images"]),
            )
            if layer.name in tensors
            else None
            for layer in network.layers
        )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise WeightsError(f"{path}: can't be read ({error}); install the project again") from error


def untrained_ratio(network: Network, layer_name: str) -> float:
    """The largest ratio of any unit of this layer of the bundled network before training."""
    card = json.loads((BUNDLED / f"{network.name}.json").read_text(encoding="utf-8"))
    return float(card["untrained_class_ratio"][layer_name])


def shipped_claims(statistics: ClassStatistics, bar: float) -> list[Claim]:
    """One claim a unit of a layer, of a class or a group of classes.

    It holds where that stands out further than ``bar`` and most of the held-out photographs that
    the unit answers to most are of it.
    """
    preference = class_preference(statistics.means)
    names, members = with_groups(statistics.classes)
    each = members / members.sum(axis=1, keepdims=True)
    choosing, held_out = (_relative(half) @ each.T for half in statistics.means)  # (C, labels)
    labels = _chosen(preference.best, choosing, members, statistics.strongest[0])
    seen = share_shown(statistics.strongest[1], members[labels])
    claims = []
    for unit, label in enumerate(labels.tolist()):
        score = float(held_out[unit, label])
        few = preference.classes[unit].tolist(), preference.ratios[unit].tolist()
        detail = Detail(
            images=statistics.images,
            measure="ratio",
            chosen=round(float(choosing[unit, label]), 4),
            shown=round(float(seen[unit]), 4),
            classes=told(statistics.classes, *few),
        )
        held = score > bar and bool(seen[unit] > MOST)
        claims.append(Claim("class", names[label], score, bar, held, detail))
    return claims


def _chosen(
    best: npt.NDArray[np.int64],
    relative: npt.NDArray[np.float64],
    members: npt.NDArray[np.bool_],
    strongest: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """(C,) what each unit may claim, by the half to choose by.

    That is what most of its strongest photographs show: of equals a class before a group, and
    then what stands out most. Where they show too many things, it is the ``best`` class.
    """
    count = members[:, strongest].sum(axis=1).T  # (C, labels)
    narrow = members.sum(axis=1) == 1
    part = relative / np.maximum(relative.max(axis=1, keepdims=True), 1e-9)
    common = (count + narrow / 2 + part / 4).argmax(axis=1)
    return np.where(count.max(axis=1) >= SOME * len(strongest), common, best)


def shipped_answers(statistics: ClassStatistics, bar: float) -> ClassAnswers:
    """The few classes that each unit prefers, of all that the network was taught."""
    preference = class_preference(statistics.means)
    few = preference.classes, preference.first
    return ClassAnswers(statistics.classes, *few, bar, complete=True)


def class_preference(means: npt.NDArray[np.floating]) -> ClassPreference:
    """The best few classes of each unit, from ``means`` (2, C, classes)."""
    choosing, held_out = (_relative(half) for half in means)
    classes = leading(choosing)
    first, second = (np.take_along_axis(half, classes, axis=1) for half in (choosing, held_out))
    return ClassPreference(classes, first, second)


def _relative(half: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(C, classes) divided by each unit's mean over all classes."""
    means = half.astype(np.float64)
    overall = means.mean(axis=1, keepdims=True)
    relative: npt.NDArray[np.float64] = np.divide(
        means, overall, out=np.zeros_like(means), where=overall > 0
    )
    return relative
