"""Whether the photographs that a unit answers to most show the class that it is said to like.

A unit may put all geese above the middle, or answer to them twice as strongly as to the rest on
average, and yet answer most of all to oranges: those are what its pictures show. So a unit claims
a class only where most of the photographs that it answers to most, of those held out, are of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STRONGEST = 9  # photographs, as many as a unit's picture has patches
MOST = 1 / 2  # of them; a claim needs more


def strongest_labels(
    values: npt.NDArray[np.floating], labels: npt.NDArray[np.integer]
) -> npt.NDArray[np.int64]:
    """(S, C) the labels of the photographs that each unit answers to most, the strongest first.

    From the strongest activations (N, C) and the labels (N,) of all photographs; S is
    ``STRONGEST``, or N where there are fewer. Ties go by the order of the photographs.
    """
    order = np.argsort(-values, axis=0, kind="stable")[:STRONGEST]
    return labels[order].astype(np.int64)


def share_shown(
    strongest: npt.NDArray[np.integer],
    own: npt.NDArray[np.bool_],
    asked: npt.NDArray[np.integer] | None = None,
) -> npt.NDArray[np.float64]:
    """(C,) in 0 to 1: how many of a unit's strongest photographs are of what it may claim.

    ``strongest`` (S, C) as above, ``own`` (C, classes) the classes that each unit's claim stands
    for. Only the first ``asked`` (C,) of them count, where fewer than S photographs are of it.
    """
    units = np.arange(len(own))
    asked = np.full(len(own), len(strongest)) if asked is None else asked
    counted = own[units, strongest] & (np.arange(len(strongest))[:, None] < asked)
    return np.asarray(counted.sum(axis=0) / asked)
