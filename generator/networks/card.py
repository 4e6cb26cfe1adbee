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
from generator.records.networks import SIZES


def _number(value: Any, low: float, high: float) -> bool:
    """Whether it is a number in that range, which leaves out those that are not finite."""
    return type(value) in (int, float) and low <= value <= high


def _colours(value: Any, low: float, high: float) -> bool:
    right = isinstance(value, list) and len(value) in (1, 3)
    return right and all(_number(one, low, high) for one in value)


def _names(value: Any) -> bool:
    if value == IMAGENET:
        return True
    return isinstance(value, list) and bool(value) and all(type(one) is str for one in value)


def _folders(value: Any) -> bool:
    return value != IMAGENET and _names(value)


def _epochs(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int and 0 <= one <= 10**6 for one in value)


def _text(value: Any) -> bool:
    return value is None or isinstance(value, str)


IMAGENET = "imagenet"  # stands for the names of its 1,000 classes, in their usual order

# What is used of a card: in words what each value has to be, and whether it is. Pixels run from
# 0 to 1, and nothing can be divided by a deviation of 0.
FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "trained_on": ("text", _text),
    "measured_on": ("text", _text),
    "top1": ("a number from 0 to 1", lambda value: value is None or _number(value, 0, 1)),
    "mean": ("three numbers from 0 to 1", lambda value: _colours(value, 0, 1)),
    "std": ("three numbers from 0.001 to 1", lambda value: _colours(value, 0.001, 1)),
    "size": (
        f"a whole number from {SIZES[0]} to {SIZES[1]}",
        lambda value: type(value) is int and SIZES[0] <= value <= SIZES[1],
    ),
    "title": ("text", _text),
    "classes": (f"a list of names, or the word {IMAGENET}", _names),
    "class_names": ("a list of names of folders", _folders),
    "snapshots": ("a list of whole numbers from 0 to 1000000", _epochs),
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


def checked(said: Mapping[str, object], path: Path) -> Card:
    """What is used of the card that lies at ``path``; WeightsError for a value that can't be."""
    used: dict[str, Any] = {}
    for name, (words, right) in FIELDS.items():
        value = said.get(name)
        if value is None:
            continue
        if not right(value):
            raise WeightsError(
                f"{path}: {name!r} is not {words}; mend it, or give the weights without this file"
            )
        used[name] = tuple(value) if isinstance(value, list) else value
    return Card(**used)
