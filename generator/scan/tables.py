"""What every unit answers to every image, as two tables on disk, and the names of their files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from generator.records import Layer

MAXIMA, PLACES, HASHES, SOURCE = "maxima.npy", "places.npy", "hashes.npy", "source.json"


class Table:
    """A ``.npy`` file of a known shape, written row by row."""

    def __init__(self, path: Path, dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
        self._file = path.open("wb")
        self._dtype = dtype
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False}
        np.lib.format.write_array_header_1_0(self._file, {**header, "shape": shape})

    def add(self, rows: npt.NDArray[Any]) -> None:
        """The next rows (n, columns)."""
        self._file.write(np.ascontiguousarray(rows, dtype=self._dtype).data)

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def read_columns(path: Path, layers: Sequence[Layer]) -> list[npt.NDArray[Any]]:
    """A table as (images, C) for each of its ``layers``, read from disk as it is used."""
    table = np.load(path, mmap_mode="r")
    ends = np.cumsum([layer.channels for layer in layers])
    return [
        table[:, end - layer.channels : end]
        for layer, end in zip(layers, ends.tolist(), strict=True)
    ]
