"""The weights that a build looks at, and what lies beside them, worked out once (without torch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator.networks.identity import (
    bundled_statistics,
    card_of,
    shipped_pictures,
    snapshots,
    weights_identity,
    weights_path,
)


@dataclass(frozen=True)
class ChosenWeights:
    """What ``model`` and ``weights`` of an exhibit stand for.

    ``sha256`` tells the weights: of their file in hexadecimal, the word ``none`` for random
    ones, None for those that torchvision has yet to download. ``card`` is what training wrote
    down about them, ``snapshots`` are the network's on its way through training, by epoch;
    ``statistics`` and ``pictures`` are the files that ship with the network: what each unit
    answers to each class, and its preferred inputs.
    """

    sha256: str | None
    card: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    snapshots: Mapping[int, Path] = field(default_factory=lambda: MappingProxyType({}))
    statistics: Path | None = None
    pictures: Path | None = None


def choose_weights(model: str, weights: str | None) -> ChosenWeights:
    """The weights of a network by name; WeightsError for a file that can't be read."""
    path = weights_path(model, weights)
    return ChosenWeights(
        sha256=weights_identity(model, weights),
        card=card_of(path) if path else {},
        snapshots=snapshots(model, weights),
        statistics=bundled_statistics(model),
        pictures=shipped_pictures(model),
    )
