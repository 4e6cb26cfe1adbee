"""What a collection of images is, whatever it is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.images.jpeg import Jpeg
from generator.records.collections import Credit


@dataclass(frozen=True)
class Item:
    """One image: a name to show, its class (-1: none), and the photograph it is cut from.

    ``source`` numbers the photographs. An image cut out of one is a square of ``side`` pixels
    that begins at ``left``, ``top``; a whole photograph has ``side`` 0 and begins at 0, 0.
    """

    name: str
    label: int = -1
    source: int = 0
    left: int = 0
    top: int = 0
    side: int = 0


@dataclass(frozen=True)
class Collection:
    """A sequence of images in a stable order.

    ``sha256`` covers names, order and content, ``hashes`` (N,) the content of each image alone,
    as 32 hexadecimal digits (None where nothing is known of it). ``per_source`` is the most
    patches of one photograph that may stand among a unit's strongest (None: as many as there
    are). ``credits`` are by the number of the photograph. ``refused`` are pictures that can't be
    taken, and why; ``passed_over`` is all else that takes no part: what is hidden, no picture, or
    another file's picture again. ``jpeg`` reads the file of an image that is one and a plain
    JPEG, for decoders on a device (None: no image has one).
    """

    name: str
    title: str
    sha256: str
    items: Sequence[Item]
    opener: Callable[[Item], Image.Image]
    classes: tuple[str, ...] = ()
    sources: int = 0
    per_source: int | None = None
    credits: Mapping[int, Credit] = field(default_factory=dict)
    refused: tuple[tuple[str, str], ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    hashes: npt.NDArray[np.bytes_] | None = None
    jpeg: Callable[[Item], Jpeg | None] | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Image.Image:
        """One image as 8-bit RGB; ImagesError with the reason when it can't be decoded."""
        return self.opener(self.items[index])

    def whole(self, index: int) -> Image.Image:
        """The photograph that an image is cut from, as 8-bit RGB; ImagesError as above."""
        item = self.items[index]
        return self.opener(replace(item, left=0, top=0, side=0))

    def size(self, index: int) -> tuple[int, int]:
        """Width and height of an image in pixels."""
        item = self.items[index]
        return (item.side, item.side) if item.side else self[index].size

    def photograph(self, index: int) -> str:
        """What the photograph that an image is cut from is called."""
        item = self.items[index]
        credit = self.credits.get(item.source)
        return credit.name if credit else item.name

    @property
    def source_numbers(self) -> npt.NDArray[np.int64]:
        """(N,) int64: the photograph that each image is cut from."""
        numbers = (item.source for item in self.items)
        return np.fromiter(numbers, dtype=np.int64, count=len(self.items))
