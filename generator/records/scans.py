"""What a scan may leave out, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from msgspec import Struct

MOST_K = 1000  # of a unit's strongest images; more would no longer be a selection


@dataclass(frozen=True)
class Shortcuts:
    """By what a scan may be faster and less exact.

    ``half`` runs the network's convolutions and matrix products with numbers of 16 bits,
    ``device_jpeg`` has plain JPEGs decoded where the network runs.
    """

    half: bool = False  # the strongest nine of a unit are not quite the same nine
    device_jpeg: bool = False  # a GPU's decoder rounds in ways of its own

    def __bool__(self) -> bool:
        return self.half or self.device_jpeg

    def named(self, device: str) -> dict[str, str]:
        """What is not exact on a device such as ``cuda:1``, for keys and for readers.

        >>> Shortcuts(half=True, device_jpeg=True).named("cuda:1")
        {'numbers': 'float16', 'jpeg': 'cuda'}
        >>> Shortcuts().named("cuda:1")
        {}
        """
        kind = device.partition(":")[0]
        numbers = {"numbers": half_format(kind)} if self.half else {}
        return {**numbers, **({"jpeg": kind} if self.device_jpeg else {})}


def half_format(kind: str) -> str:
    """Torch's name for the 16-bit numbers that a kind of device is quick with.

    Those of a processor keep two digits in place of float16's three, but the range of float32.
    """
    return "float16" if kind == "cuda" else "bfloat16"


EXACT = Shortcuts()


@dataclass(frozen=True)
class TopActivations:
    """The k strongest images of every unit of one layer, strongest first.

    ``values`` (C, k) float32, ``images`` (C, k) int64, ``positions`` (C, k, 2) int64 as row,
    column in the layer's map. At most one entry per image and unit; ties go to the earlier
    image. Where a unit fired for fewer than k images the rest are image -1, value 0.
    """

    values: npt.NDArray[np.float32]
    images: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]


class Shortened(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What shortcuts of the scan changed, as it was measured.

    ``numbers`` or ``jpeg`` or both say what is not exact. So many ``images``, drawn by ``seed``
    ``of`` all, were looked at again: the share ``same`` of the ``entries`` among units' ``k``
    strongest stayed, and no activation lies further ``apart``, as a share of its unit's strongest.
    """

    numbers: str | None = None
    jpeg: str | None = None
    of: int
    k: int
    images: int
    seed: int = 0
    entries: int
    same: float
    apart: float
