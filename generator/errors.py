"""Everything that can go wrong for a reason a person can mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GeneratorError(Exception):
    """One clear line: what is wrong, with which file or value, and what to do about it."""


class UsageError(GeneratorError):
    """An option, a name or a path that can't be used as given."""


class WeightsError(GeneratorError):
    """Weights that are missing, damaged, or made for another network."""


class UnsupportedNetworkError(GeneratorError):
    """A network that holds something for which the projection is not defined."""


class ImagesError(GeneratorError):
    """A collection that holds no image that can be used."""


class StoreError(GeneratorError):
    """A figure store that can't be read or written."""


class ProcessError(GeneratorError):
    """Another process of the same run failed, or was lost."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that nobody has heard of, with the nearest known one.

    >>> str(unknown("exhibit", "embeded", ["embedded", "imagenet"]))
    "unknown exhibit 'embeded'; did you mean 'embedded'? Known: embedded, imagenet."
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    shown = names if len(names) <= 12 else [*names[:12], f"and {len(names) - 12} more"]
    return UsageError(f"unknown {kind} {name!r}{hint} Known: {', '.join(shown)}.")
