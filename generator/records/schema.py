"""Records as JSON and back: one way for the manifest, the stages' files and the stand-ins.

A field is a key of the same name. What is read is checked against the types of the fields: a
missing key or a value of another type is a ValueError that names its place, an unknown key is
left out.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

R = TypeVar("R")


def to_json(record: object, finite: bool = False) -> str:
    """The text for a record; with ``finite`` a number that is not raises ValueError."""
    plain = msgspec.to_builtins(record, str_keys=True, enc_hook=_plain)
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=not finite)


def from_json(text: str | bytes, kind: type[R]) -> R:
    """The record of this kind that JSON text holds."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def from_values(values: Any, kind: type[R]) -> R:
    """The record of this kind that JSON values hold, as parsed already."""
    try:
        return msgspec.convert(values, kind, str_keys=True)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def _plain(value: object) -> object:
    """NumPy's own kinds of plain numbers."""
    if isinstance(value, float | int):
        return float(value) if isinstance(value, float) else int(value)
    raise TypeError(f"{type(value).__name__} is no part of a record")
