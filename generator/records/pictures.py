"""A picture as a record, and the walk that finds every picture which a record names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_type_hints

from msgspec import Meta, Struct, structs

Length = Annotated[int, Meta(gt=0)]  # in pixels
R = TypeVar("R")


@dataclass(frozen=True)
class Picture:
    """A figure file and its size in pixels.

    ``file`` is its path below the folder of the stage that drew it; what is read back names it
    from the store's root.
    """

    file: str
    width: Length
    height: Length


@dataclass(frozen=True)
class Plot(Picture):
    """A picture as SVG that stands inside a page; all others are files of the site."""


@dataclass(frozen=True)
class Tile:
    """How a layer's tiles are drawn: side and gap in pixels, crisp or smooth enlargement."""

    size: Length
    gap: int
    crisp: bool


def pictures(record: object) -> Iterator[Picture]:
    """Every picture that a record names, however deep, in the order of its fields."""
    if isinstance(record, Picture):
        yield record
    for value in _values(record):
        yield from pictures(value)


def located(record: R, folder: str) -> R:
    """The record with all its pictures named from where ``folder`` lies, no longer from inside."""
    moved: Any = record
    if isinstance(record, Mapping):
        moved = {key: located(value, folder) for key, value in record.items()}
    elif isinstance(record, tuple | list):
        moved = type(record)(located(value, folder) for value in record)
    elif names := _holding(record):
        inner = {name: located(getattr(record, name), folder) for name in names}
        change: Any = structs.replace if isinstance(record, Struct) else replace
        moved = change(record, **inner)
    if isinstance(moved, Picture):
        moved = replace(moved, file=f"{folder}/{moved.file}")
    return cast("R", moved)


def _values(record: object) -> Sequence[object]:
    """What a record holds in which there may be pictures."""
    if isinstance(record, Mapping):
        return list(record.values())
    if isinstance(record, tuple | list):
        return record
    return [getattr(record, name) for name in _holding(record)]


def _holding(record: object) -> tuple[str, ...]:
    """The fields of a record in which there may be pictures."""
    kind: Any = type(record)
    return _fields(kind)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Those of all records of a kind: most fields hold numbers only, and are never looked into."""
    if not (is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Struct))):
        return ()
    return tuple(name for name, hint in get_type_hints(kind).items() if _holds(hint))


@cache
def _holds(hint: Any) -> bool:
    if inner := get_args(hint):
        return any(map(_holds, inner))
    if isinstance(hint, type) and issubclass(hint, Picture):
        return True
    return bool(_fields(hint))
