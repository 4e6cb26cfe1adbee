"""The weights that a build looks at, and what lies beside them, worked out once (without torch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from generator.networks.card import Card
from generator.networks.identity import (
    bundled_effects,
    bundled_statistics,
    card_for,
    shipped_pictures,
    snapshots,
    weights_file,
    weights_identity,
)
from generator.networks.own import code_identity


@dataclass(frozen=True)
class ChosenWeights:
    """What ``model`` and ``weights`` of an exhibit stand for.

    ``sha256`` tells the weights: of their file in hexadecimal, the word ``none`` for random
    ones, None for those that torchvision has yet to download. ``card`` is what training wrote
    down about them, ``snapshots`` are the network's on its way through training, by epoch;
    ``statistics`` and ``pictures`` are the files that ship with the network: what each unit
    answers to each class, and its preferred inputs; ``effects`` is one, too: what each class loses
    without some units. ``part`` names the nest of a file that holds
    several, ``own`` tells the code of a network of the user's own.
    """

    sha256: str | None
    card: Card = field(default_factory=Card)
    snapshots: Mapping[int, Path] = field(default_factory=lambda: MappingProxyType({}))
    statistics: Path | None = None
    pictures: Path | None = None
    effects: Path | None = None
    part: str = ""
    own: str = ""


def choose_weights(model: str, weights: str | None, card: str | None = None) -> ChosenWeights:
    """The weights of a network by name, with the card that is named or lies beside them.

    Raises WeightsError for a file that can't be read.
    """
    return ChosenWeights(
        sha256=weights_identity(model, weights),
        card=card_for(model, weights, card),
        snapshots=snapshots(model, weights),
        statistics=bundled_statistics(model),
        pictures=shipped_pictures(model),
        effects=bundled_effects(model),
        part=weights_file(weights).part if weights else "",
        own=code_identity(model),
    )
