"""Near copies: one photograph in several files, at another size, quality or brightness.

A photograph takes at most one place among a unit's strongest. Files with the same content are
one picture from the start; these are found by a perceptual hash, the 64 bits of ImageHash's
``phash``. Only images that stand among some unit's strongest are looked at again, so that for a
hundred thousand images this costs a few hundredths of their scan. Where two of a unit's are near
copies, they count as one photograph from then on and the strongest are chosen again, until no
unit has two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.images.batches import batches
from generator.images.collection import Collection
from generator.networks.network import Network
from generator.records import TopActivations
from generator.scan.activations import BATCH, Activations
from generator.scan.strongest import strongest_images

# Of the 64 bits. Of 200 ImageNet photographs all are found again at half the size, as a JPEG of
# quality 30 or a fifth brighter, nine of ten with a rim of 2 % cut off; of eight million pairs
# from Tiny ImageNet the nearest two that are not copies are 8 apart.
NEAR = 6


def strongest_photographs(
    network: Network,
    collection: Collection,
    batches: Iterable[Activations],
    again: Callable[[], Iterable[Activations]],
    k: int,
    workers: int | None = None,
) -> tuple[TopActivations, ...]:
    """``strongest_images`` of what was ``found``, of each photograph at most one for a unit.

    ``again`` gives the same answers anew, whenever near copies have to give way. In a collection
    that knows which of its images come from one photograph nothing is looked at again.
    """
    top = strongest_images(network.layers, collection, batches, k)
    if collection.sources < len(collection):
        return top
    copies = Copies(network, collection, workers)
    while (sources := copies.joined(top)) is not None:
        top = strongest_images(network.layers, collection, again(), k, sources)
    return top


class Copies:
    """Which images of a collection are known to be near copies."""

    def __init__(self, network: Network, collection: Collection, workers: int | None) -> None:
        self._network, self._collection, self._workers = network, collection, workers
        self._hashes = np.zeros(len(collection), dtype=np.uint64)
        self._known = np.zeros(len(collection), dtype=bool)
        self._sources = np.arange(len(collection))

    def joined(self, top: Iterable[TopActivations]) -> npt.NDArray[np.int64] | None:
        """(N,) the photograph of each image, once near copies among a unit's strongest are one.

        None where no unit has two of one photograph.
        """
        records = list(top)
        listed = np.unique(np.concatenate([record.images.ravel() for record in records]))
        listed = listed[listed >= 0]
        self._look(listed[~self._known[listed]])
        new = False
        for record in records:
            for images in record.images:
                for first, second in self._near(images[images >= 0]):
                    lower, other = sorted((self._sources[first], self._sources[second]))
                    self._sources[self._sources == other] = lower
                    new = True
        return self._sources.copy() if new else None

    def _near(self, images: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
        """Pairs of near copies among the images of one unit."""
        hashes = self._hashes[images]
        for at in range(1, len(images)):
            apart = np.bitwise_count(hashes[:at] ^ hashes[at])
            for before in np.flatnonzero(apart <= NEAR).tolist():
                yield int(images[before]), int(images[at])

    def _look(self, images: npt.NDArray[np.int64]) -> None:
        preprocess = self._network.preprocess
        for batch in batches(self._collection, preprocess, images, BATCH, self._workers):
            for index, pixels in zip(batch.good, batch.pixels.numpy(), strict=True):
                self._hashes[index] = perceptual_hash(pixels)
        self._known[images] = True


def perceptual_hash(pixels: npt.NDArray[np.uint8]) -> np.uint64:
    """64 bits of an RGB picture (H, W, 3): near copies differ in few of them."""
    bits = imagehash.phash(Image.fromarray(pixels)).hash
    return np.uint64(int.from_bytes(np.packbits(bits).tobytes()))
