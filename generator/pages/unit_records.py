"""What the store says of a single unit, beyond its claims: numbers, photographs, other patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Picture:
    """A figure file, by its path inside the store, and its size in pixels."""

    file: str
    width: int
    height: int


@dataclass(frozen=True)
class Top:
    """One of a unit's strongest images.

    ``row`` and ``column`` are in the layer's map, ``box`` (left, top, right, bottom) in pixels
    of the photograph, which is counted ``source``. ``label`` is the image's class, if it has one.
    """

    value: float
    row: int
    column: int
    photograph: str
    name: str
    label: str | None
    box: tuple[int, int, int, int]
    source: int


@dataclass(frozen=True)
class Whole:
    """A small picture of a whole photograph; ``of`` is the width and height of the photograph."""

    picture: Picture
    of: tuple[int, int]


@dataclass(frozen=True)
class Part:
    """Patches from around one percentile of a unit's answers; ``level`` is the activation there."""

    percentile: int
    level: float
    values: tuple[float, ...]
    photographs: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """Patches from the middle: a grid for each part, side by side in one picture."""

    picture: Picture
    tile: int
    gap: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Numbers:
    """What was measured of a unit, claimed or not.

    ``orientation`` and ``colour`` are its tuning as the store holds it, ``concepts`` its held-out
    score for each drawn concept, ``fires`` the share of images that it fires for.
    """

    orientation: Mapping[str, Any]
    colour: Mapping[str, Any]
    concepts: tuple[float, ...]
    fires: float
    spread: Spread | None


@dataclass(frozen=True)
class Sheets:
    """A layer's sprite sheets: a ``unit`` is so many pixels across, the next one ``step`` on."""

    a_sheet: int
    unit: int
    step: int
    files: tuple[Picture, ...]


def picture(said: Mapping[str, Any] | None) -> Picture | None:
    """A picture as the store names it, or none."""
    return None if said is None else Picture(said["file"], said["width"], said["height"])


def top(said: Mapping[str, Any], names: Mapping[str, str]) -> Top:
    """One entry of a unit's ``top``; ``names`` tells what classes are called."""
    label = said["class"]
    left, upper, right, lower = said["box"]
    return Top(
        value=said["value"],
        row=said["row"],
        column=said["column"],
        photograph=said["photograph"],
        name=said["name"],
        label=None if label is None else names.get(label, label),
        box=(left, upper, right, lower),
        source=said["source"],
    )


def numbers(
    unit: Mapping[str, Any], spread: Mapping[str, Any], percentiles: Sequence[int]
) -> Numbers:
    """From a unit's own entry and that of its spread."""
    return Numbers(
        orientation=unit["orientation"],
        colour=unit["colour"],
        concepts=tuple(unit["concepts"]),
        fires=spread["fires"],
        spread=_spread(spread, percentiles),
    )


def _spread(said: Mapping[str, Any], percentiles: Sequence[int]) -> Spread | None:
    drawn = said["picture"]
    if drawn is None:
        return None
    return Spread(
        picture=Picture(drawn["file"], drawn["width"], drawn["height"]),
        tile=drawn["tile"],
        gap=drawn["gap"],
        parts=tuple(
            Part(percentile, part["level"], tuple(part["values"]), tuple(part["photographs"]))
            for percentile, part in zip(percentiles, said["parts"], strict=True)
        ),
    )


def whole(said: Mapping[str, Any]) -> Whole:
    """A small photograph of the store."""
    width, height = said["of"]
    return Whole(Picture(said["file"], said["width"], said["height"]), (width, height))


def sheets(said: Mapping[str, Any], layer: Mapping[str, Any]) -> Sheets:
    """The sheets of one layer."""
    files = tuple(Picture(one["file"], one["width"], one["height"]) for one in layer["files"])
    return Sheets(said["units"], layer["unit"], layer["step"], files)
