"""What the manifest says of the network that a reader's browser runs."""

from __future__ import annotations

from dataclasses import dataclass

from generator.records.pictures import Picture


@dataclass(frozen=True)
class Answer:
    """A unit that answers a photograph: ``share`` is its ``value`` over its record."""

    channel: int
    value: float
    share: float
    row: int
    column: int


@dataclass(frozen=True)
class Guess:
    """A class and the probability that the network gives it, 0 to 1."""

    name: str
    probability: float


@dataclass(frozen=True)
class Example:
    """A photograph worked out: ``units`` hold for each layer those that answer most."""

    photograph: str
    picture: Picture
    guesses: tuple[Guess, ...]
    units: tuple[tuple[Answer, ...], ...]


@dataclass(frozen=True)
class LiveNetwork:
    """The files ``program`` and ``weights`` by their paths in the store, and examples.

    Both are None where the network is not shipped; ``refused`` says why. ``bytes`` is the size
    of its weights.
    """

    program: str | None
    weights: str | None
    refused: str | None
    bytes: int
    examples: tuple[Example, ...]
