"""What a scan's shortcuts changed: some of its images looked at again without them.

Half precision and another decoder change every activation a little, and so which images are a
unit's strongest. By how much is no constant: it depends on the network, the images and the
device. So each build that takes a shortcut measures it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.images.collection import Collection
from generator.networks.network import Network
from generator.records import TopActivations
from generator.scan.activations import BATCH, Activations, activations
from generator.scan.strongest import strongest_images

IMAGES = 1024  # all of a small collection; of 50,000 images a fiftieth
SEED = 0


@dataclass(frozen=True)
class Effect:
    """Two selections of the strongest from the same images, with shortcuts and without.

    Of ``entries`` pairs of a unit and one of its strongest images the share ``same`` is in both;
    where one selection is shorter, the longer one counts. ``apart`` is the largest difference of
    any activation, as a share of its unit's strongest (0 where no unit fires); ``images`` were
    drawn by ``seed``.
    """

    images: int
    seed: int
    entries: int
    same: float
    apart: float


def compared_images(count: int, unread: Set[int], most: int = IMAGES) -> npt.NDArray[np.int64]:
    """Up to ``most`` of ``count`` images that could be read, in order; the same ones each time."""
    readable = np.setdiff1d(np.arange(count), np.fromiter(unread, np.int64, len(unread)))
    if len(readable) <= most:
        return readable
    return np.sort(np.random.default_rng(SEED).choice(readable, most, replace=False))


def effect_of_shortcuts(
    network: Network, collection: Collection, quick: Activations, k: int, workers: int | None = None
) -> Effect:
    """What became of the ``k`` strongest among the images of ``quick``, a scan with shortcuts.

    Raises ImagesError when none of them can be read without.
    """
    again = list(activations(network, collection, quick.indices, BATCH, workers))
    exact = np.concatenate([part.values for part in again])
    chosen = [strongest_images(network.layers, collection, part, k) for part in ([quick], again)]
    pairs = list(zip(*map(_entries, chosen), strict=True))
    entries = sum(max(len(with_), len(without)) for with_, without in pairs)
    same = sum(len(with_ & without) for with_, without in pairs)
    return Effect(
        images=len(quick.indices),
        seed=SEED,
        entries=entries,
        same=same / entries if entries else 1.0,
        apart=_apart(quick.values, exact),
    )


def _entries(layers: tuple[TopActivations, ...]) -> Iterator[set[int]]:
    """The images of every unit, layer after layer."""
    for record in layers:
        for images in record.images.tolist():
            yield {image for image in images if image >= 0}


def _apart(quick: npt.NDArray[np.float32], exact: npt.NDArray[np.float32]) -> float:
    """The largest difference of two (n, units), as a share of each unit's largest in ``exact``."""
    read = ~np.isnan(exact[:, 0])
    largest = exact[read].max(axis=0)
    firing = largest > 0
    off = np.abs(quick[read] - exact[read])[:, firing] / largest[firing]
    return float(off.max(initial=0))
