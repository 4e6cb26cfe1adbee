"""Which units speak for a class: chosen on one half of its images, told of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from generator.records.ablation import DRAWS, SPEAKERS, Effects, GroupEffects

GROUPS = "groups."  # before the names of arrays about groups, in a file
SEED = 19  # of the draws; any will do, but always the same


def halves_of(members: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.bool_], ...]:
    """Of the images of a class, in their order: which are to choose by, and which to report on."""
    first = np.arange(len(members)) % 2 == 0
    return first, ~first


def strongest_shares(shares: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """(S,) the units with the largest of the mean ``shares`` (C,), the largest first."""
    return np.argsort(-shares, kind="stable")[:SPEAKERS].astype(np.int64)


def most_active(means: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """(S,) the units with the largest mean activations ``means`` (C,), the largest first."""
    return np.argsort(-means, kind="stable")[:SPEAKERS].astype(np.int64)


def random_sets(means: npt.NDArray[np.floating], size: int = SPEAKERS) -> npt.NDArray[np.int64]:
    """(D, size) sets of random units among those with a mean activation (C,) above 0.

    Units that never fire can't be missed, so a draw with some of them would be too mild a control.
    Where fewer fire than a set holds, all units are drawn from.
    """
    alive = np.flatnonzero(means > 0)
    if len(alive) < size:
        alive = np.arange(len(means))
    size = min(size, len(alive))
    random = np.random.default_rng(SEED)
    return np.stack([np.sort(random.choice(alive, size, replace=False)) for _ in range(DRAWS)])


def most_confused(
    called: npt.NDArray[np.int64], own: Sequence[int], few: int = 3
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The classes that images are wrongly taken for most, and how often.

    ``called`` (N,) are what they are taken for, and the outputs ``own`` are right; both (few,), -1
    and 0 where there are fewer.
    """
    numbers, counts = np.unique(called[~np.isin(called, own)], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:few]
    names, times = np.full(few, -1, dtype=np.int64), np.zeros(few, dtype=np.int64)
    names[: len(order)], times[: len(order)] = numbers[order], counts[order]
    return names, times


def packed(effects: Effects | GroupEffects) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of a record by name, each in as few bytes as its digits need."""
    found: dict[str, npt.NDArray[np.generic]] = {}
    for field in fields(effects):
        array = getattr(effects, field.name)
        if array.dtype.kind == "f":
            found[field.name] = array.astype(np.float16)
        else:
            least = int(array.max(initial=0))
            fits = least < 2**15
            found[field.name] = array.astype(np.int16 if fits else np.int32)
            if least < 2**8 and int(array.min(initial=0)) >= 0:
                found[field.name] = array.astype(np.uint8)
    return found


RecordType = TypeVar("RecordType", Effects, GroupEffects)


def unpacked(arrays: Mapping[str, npt.NDArray[np.generic]], record: type[RecordType]) -> RecordType:
    """What ``packed`` made of a ``record``, as it was but for digits that were left out."""
    kinds: dict[str, type[Any]] = {"f": np.float32, "i": np.int64, "u": np.int64}
    found: dict[str, npt.NDArray[Any]] = {}
    for field in fields(record):
        array = arrays[field.name]
        found[field.name] = array.astype(kinds[array.dtype.kind])
    return record(**found)


def packed_together(
    effects: Effects, groups: GroupEffects | None
) -> dict[str, npt.NDArray[np.generic]]:
    """Both records in one file; without groups the first."""
    others = packed(groups) if groups else {}
    return packed(effects) | {f"{GROUPS}{name}": array for name, array in others.items()}


def of_groups(
    arrays: Mapping[str, npt.NDArray[np.generic]],
) -> dict[str, npt.NDArray[np.generic]]:
    """Of the arrays of such a file those of the groups, by their own names."""
    return {
        name.removeprefix(GROUPS): array
        for name, array in arrays.items()
        if name.startswith(GROUPS)
    }
