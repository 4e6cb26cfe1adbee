"""What a card may say about weights: it comes from where they came from, so none is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.errors import WeightsError


def _number(value: Any, low: float, high: float) -> bool:
    """Whether it is a number in that range, which leaves out those that are not finite."""
    return type(value) in (int, float) and low <= value <= high


def _three(value: Any, low: float, high: float) -> bool:
    right = isinstance(value, list) and len(value) == 3
    return right and all(_number(one, low, high) for one in value)


def _epochs(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int and 0 <= one <= 10**6 for one in value)


def _text(value: Any) -> bool:
    return value is None or isinstance(value, str)


# What is used of a card: in words what each value has to be, and whether it is. Pixels run from
# 0 to 1, and nothing can be divided by a deviation of 0.
FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "trained_on": ("text", _text),
    "measured_on": ("text", _text),
    "top1": ("a number from 0 to 1", lambda value: value is None or _number(value, 0, 1)),
    "mean": ("three numbers from 0 to 1", lambda value: _three(value, 0, 1)),
    "std": ("three numbers from 0.001 to 1", lambda value: _three(value, 0.001, 1)),
    "snapshots": ("a list of whole numbers from 0 to 1000000", _epochs),
}


def checked(card: dict[str, Any], path: Path) -> dict[str, Any]:
    """What is used of the card that lies at ``path``; WeightsError for a value that can't be."""
    for name, (words, right) in FIELDS.items():
        if name in card and not right(card[name]):
            raise WeightsError(
                f"{path}: {name!r} is not {words}; mend it, or give the weights without this file"
            )
    return {name: card[name] for name in FIELDS if name in card}
