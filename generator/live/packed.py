"""A program as two files: its list of operations as JSON, and its numbers with 16 bits each.

Weights are float16: half the bytes of float32, and what the rounding changes in a map lies well
below a thousandth of its largest number. Biases are few and stay float32; they come first, so that
each number lies at a multiple of its own size. All numbers are little-endian. Weights too large or
too small for float16 are divided by a power of two, ``scale``, which loses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL

from generator.networks.preprocessing import Preprocessing
from generator.live.program import Array, Operation, Program

LARGEST = 2.0**15  # just below the largest float16
COLUMNS_FIRST = 13  # since this version Pillow begins with the columns of tall pictures


@dataclass(frozen=True)
class Packed:
    """Both files: ``listed`` as JSON values, ``numbers`` as bytes."""

    listed: dict[str, Any]
    numbers: bytes


def size(program: Program) -> int:
    """Bytes that the numbers of a program take."""
    return sum(
        2 * step.weights.size + (0 if step.biases is None else 4 * step.biases.size)
        for step in program.operations
        if step.weights is not None
    )


def pack(program: Program, preprocess: Preprocessing) -> Packed:
    """The files of a program, and how a picture becomes its input.

    An operation's ``weights`` and ``biases`` are where they begin, in bytes.
    """
    biases = [step.biases for step in program.operations if step.biases is not None]
    parts = [one.astype("<f4").tobytes() for one in biases]
    at = sum(map(len, parts))
    ends = iter(np.cumsum([0, *map(len, parts)]).tolist())
    listed = []
    for step in program.operations:
        said = dict(_settings(step))
        if step.biases is not None:
            said["biases"] = next(ends)
        if step.weights is not None:
            scale = _scale(step.weights)
            half = (step.weights / np.float32(scale)).astype("<f2").tobytes()
            said |= {"weights": at, "scale": scale}
            parts.append(half)
            at += len(half)
        listed.append(said)
    whole = {
        "format": 1,
        "input": list(program.input),
        "preprocess": {
            "size": preprocess.size,
            "resize": preprocess.resize,
            "mean": list(preprocess.mean),
            "std": list(preprocess.std),
            "interpolation": preprocess.interpolation,
            "columns_first": int(PIL.__version__.split(".")[0]) >= COLUMNS_FIRST,
        },
        "operations": listed,
        "maps": list(program.layers),
        "output": program.output,
        "bytes": at,
    }
    return Packed(whole, b"".join(parts))


def _settings(step: Operation) -> Iterator[tuple[str, Any]]:
    """What an operation does, without its numbers and without what goes without saying."""
    yield "kind", step.kind
    yield "sources", list(step.sources)
    yield "result", step.result
    yield "shape", list(step.shape)
    for name in ("kernel", "stride", "padding", "dilation", "contrast"):
        value = getattr(step, name)
        if value is not None:
            yield name, list(value)
    if step.kind == "convolution":
        yield "groups", step.groups
    if step.kind == "average-pool":
        yield "counts_padding", step.counts_padding


def _scale(weights: Array) -> float:
    """The power of two by which the weights are divided; 1 where float16 holds them as they are."""
    largest = float(np.abs(weights).max(initial=0))
    if largest == 0 or 2.0**-6 < largest < LARGEST:
        return 1.0
    return float(2.0 ** math.ceil(math.log2(largest)))
