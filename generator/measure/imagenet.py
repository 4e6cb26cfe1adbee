"""The classes of ImageNet in words: ``imagenet.tsv`` names and groups them by WordNet id."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

TABLE = Path(__file__).with_name("imagenet.tsv")


@cache
def _table() -> dict[str, tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {wnid: (name, group) for wnid, name, group in rows}


def class_name(folder: str) -> str:
    """What a class is called: the name of a WordNet id, any other word as it is."""
    return _table().get(folder, (folder, ""))[0]


def group_of(name: str) -> str:
    """The group of a class by its name, as ``dogs`` for ``beagle``; empty where there is none."""
    return _groups().get(name, "")


@cache
def _groups() -> dict[str, str]:
    return dict(_table().values())


def all_classes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The WordNet ids of all classes, in ImageNet's order, and their names."""
    table = _table()
    return tuple(table), tuple(name for name, _ in table.values())


def groups(classes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The named groups among ``classes``, WordNet ids or names, with the numbers of their classes.

    A group of a single class would only be that class again, and is left out.
    """
    members: dict[str, list[int]] = {}
    for number, folder in enumerate(classes):
        group = _table()[folder][1] if folder in _table() else group_of(folder)
        if group:
            members.setdefault(group, []).append(number)
    return {group: tuple(own) for group, own in sorted(members.items()) if len(own) > 1}


def with_groups(classes: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.bool_]]:
    """What a unit may be said to like: the names of classes, and of the groups among them.

    The second is (labels, classes): which classes each label stands for.
    """
    grouped = groups(classes)
    members = np.zeros((len(classes) + len(grouped), len(classes)), dtype=bool)
    members[: len(classes)] = np.eye(len(classes), dtype=bool)
    for row, own in enumerate(grouped.values(), start=len(classes)):
        members[row, list(own)] = True
    return (*map(class_name, classes), *grouped), members
