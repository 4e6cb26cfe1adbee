"""What a card may say about weights: it comes from where they came from, so none is believed.

A card is a JSON object beside the weights, or where ``--card`` says:

    {"title": "Birds of my garden", "classes": ["robin", "wren"], "size": 96,
     "mean": [0.48, 0.45, 0.41], "std": [0.23, 0.22, 0.23]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import WeightsError
from generator.records.taken import CARD, IMAGENET, SIZES


def _number(value: Any, low: float, high: float) -> bool:
    """Whether it is a number in that range, which leaves out those that are not finite."""
    return type(value) in (int, float) and low <= value <= high


def _colours(value: Any, low: float, high: float) -> bool:
    right = isinstance(value, list) and len(value) in (1, 3)
    return right and all(_number(number, low, high) for number in value)


def _names(value: Any) -> bool:
    if value == IMAGENET:
        return True
    return isinstance(value, list) and bool(value) and all(type(name) is str for name in value)


def _folders(value: Any) -> bool:
    return value != IMAGENET and _names(value)


def _epochs(value: Any) -> bool:
    return isinstance(value, list) and all(
        type(epoch) is int and 0 <= epoch <= 10**6 for epoch in value
    )


def _text(value: Any) -> bool:
    return isinstance(value, str)


# Whether a value of a card is what ``CARD`` says in words.
RIGHT: dict[str, Callable[[Any], bool]] = {
    "title": _text,
    "classes": _names,
    "class_names": _folders,
    "mean": lambda value: _colours(value, 0, 1),
    "std": lambda value: _colours(value, 0.001, 1),
    "size": lambda value: type(value) is int and SIZES[0] <= value <= SIZES[1],
    "trained_on": _text,
    "top1": lambda value: _number(value, 0, 1),
    "measured_on": _text,
    "snapshots": _epochs,
}


@dataclass(frozen=True)
class Card:
    """What a card says, under the names that it has in JSON; None where it says nothing.

    ``mean`` and ``std`` are one number, of networks that see in grey, or three. ``classes`` are
    the names of the outputs in their order, or the word ``imagenet``; ``class_names`` what
    folders of these classes are called; ``snapshots`` the epochs of which copies were kept.
    """

    trained_on: str | None = None
    measured_on: str | None = None
    top1: float | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    size: int | None = None
    title: str | None = None
    classes: tuple[str, ...] | str | None = None
    class_names: tuple[str, ...] | None = None
    snapshots: tuple[int, ...] = ()


def checked(entries: Mapping[str, object], path: Path) -> Card:
    """What is used of the card that lies at ``path``; WeightsError for a value that can't be."""
    used: dict[str, Any] = {}
    for name, words in CARD.items():
        value = entries.get(name)
        if value is None:
            continue
        if not RIGHT[name](value):
            raise WeightsError(
                f"{path}: {name!r} is not {words}; mend it, or give the weights without this file"
            )
        used[name] = tuple(value) if isinstance(value, list) else value
    return Card(**used)
