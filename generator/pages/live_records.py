"""What the store says of the network in the reader's browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.records import Answer, Example, Guess


@dataclass(frozen=True)
class LiveNetwork:
    """The files ``program`` and ``weights`` by their paths in the store, and examples.

    Both are None where the network is not shipped; ``refused`` says why. ``size`` is that of
    its weights in bytes.
    """

    program: str | None
    weights: str | None
    refused: str | None
    size: int
    examples: tuple[Example, ...]


def live_network(said: Mapping[str, Any]) -> LiveNetwork:
    """The section ``live`` of a manifest."""
    return LiveNetwork(
        program=said["program"],
        weights=said["weights"],
        refused=said["refused"],
        size=said["bytes"],
        examples=tuple(_example(one) for one in said["examples"]),
    )


def _example(said: Mapping[str, Any]) -> Example:
    return Example(
        photograph=said["photograph"],
        file=said["file"],
        width=said["width"],
        height=said["height"],
        guesses=tuple(Guess(**one) for one in said["guesses"]),
        units=tuple(tuple(Answer(**one) for one in layer) for layer in said["units"]),
    )
