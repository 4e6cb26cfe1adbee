"""A program as two files: its list of operations as JSON, and its numbers with 16 bits each.

Weights that float16 holds as they are, such as those of the bundled network, are float16: nothing
is lost. Others are whole numbers from -32767 to 32767, times the *step* of their filter, so that
the largest weight of each filter uses all bits; that leaves a third of float16's error, which
spends bits on powers that the weights of one filter don't need. Steps and biases are few and are
float32; they come first, so that each number lies at a multiple of its own size. All numbers are
little-endian.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL

from generator.live.calls import Numbers32, Operation
from generator.live.program import Program
from generator.networks.preprocessing import Preprocessing

LARGEST = 2**15 - 1
COLUMNS_FIRST = 13  # since this version Pillow begins with the columns of tall pictures


@dataclass(frozen=True)
class Packed:
    """Both files: ``listed`` as JSON values, ``numbers`` as bytes."""

    listed: dict[str, object]
    numbers: bytes


def size(program: Program) -> int:
    """Bytes that the numbers of a program take."""
    return sum(
        2 * step.weights.size
        + 4 * sum(0 if part is None else len(part) for part in (_steps(step.weights), step.biases))
        for step in program.operations
        if step.weights is not None
    )


def pack(program: Program, preprocess: Preprocessing) -> Packed:
    """The files of a program, and how a picture becomes its input.

    An operation's ``weights``, ``steps`` and ``biases`` are where they begin, in bytes; weights
    without steps are float16.
    """
    listed = [dict(_settings(step)) for step in program.operations]
    floats, shorts, at = [], [], 0
    for entry, step in zip(listed, program.operations, strict=True):
        if step.weights is None:
            continue
        steps = _steps(step.weights)
        for name, part in (("steps", steps), ("biases", step.biases)):
            if part is not None:
                entry[name] = at
                floats.append(part.astype("<f4").tobytes())
                at += len(floats[-1])
        short = step.weights.astype("<f2") if steps is None else _wholes(step.weights, steps)
        shorts.append((entry, short.tobytes()))
    for entry, numbers in shorts:
        entry["weights"] = at
        at += len(numbers)
    whole_list = {
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
    return Packed(whole_list, b"".join([*floats, *(numbers for _, numbers in shorts)]))


def _steps(weights: Numbers32) -> Numbers32 | None:
    """The step of each filter (the first axis); None where float16 loses nothing."""
    with np.errstate(over="ignore"):
        if np.array_equal(weights.astype(np.float16).astype(np.float32), weights):
            return None
    flat = abs(weights.reshape(len(weights), -1))
    steps: Numbers32 = flat.max(axis=1, initial=0) / np.float32(LARGEST)
    return steps


def _wholes(weights: Numbers32, steps: Numbers32) -> npt.NDArray[np.int16]:
    """Whole numbers in the shape of the weights."""
    flat = weights.reshape(len(weights), -1).astype(np.float64)
    parts = flat / np.where(steps > 0, steps, 1)[:, None]
    return np.rint(parts).clip(-LARGEST, LARGEST).astype("<i2").reshape(weights.shape)


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
    if step.cap is not None:
        yield "cap", step.cap
    if step.kind == "average-pool":
        yield "counts_padding", step.counts_padding
