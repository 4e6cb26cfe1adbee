"""Drawings of known concepts: one, a stream of them, a sheet to look at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.errors import UsageError, unknown
from generator.images.stimuli import creatures, shapes, things
from generator.images.stimuli.pen import Pen
from generator.images.stimuli.scene import compose, scene


class _Kind(NamedTuple):
    draw: Callable[[Pen, Random], None]
    turn: float  # degrees either way that the shape may be turned by


_KINDS: dict[str, _Kind] = {
    "line": _Kind(shapes.line, 90),
    "blob": _Kind(shapes.blob, 180),
    "stripes": _Kind(shapes.stripes, 90),
    "circle": _Kind(shapes.circle, 180),
    "rectangle": _Kind(shapes.rectangle, 180),
    "cross": _Kind(shapes.cross, 180),
    "grid": _Kind(shapes.grid, 180),
    "honeycomb": _Kind(shapes.honeycomb, 180),
    "wheel": _Kind(shapes.wheel, 180),
    "face": _Kind(creatures.face, 15),
    "dog face": _Kind(creatures.dog_face, 15),
    "bird face": _Kind(creatures.bird_face, 15),
    "bicycle": _Kind(things.bicycle, 15),
    "lettering": _Kind(things.lettering, 15),
    "scribble": _Kind(shapes.scribble, 180),
    "pebbles": _Kind(shapes.pebbles, 180),
    "hooks": _Kind(shapes.hooks, 180),
}
CONCEPTS: tuple[str, ...] = tuple(_KINDS)
DISTRACTORS: tuple[str, ...] = ("scribble", "pebbles", "hooks")
ORIENTED: tuple[str, ...] = ("line", "stripes")
FILLING: tuple[str, ...] = ("stripes", "grid", "honeycomb")  # reach into the corners
_LEAST = 16  # px; below, no shape can be told from another
_KEPT = 64  # px; drawings up to this size, the one that pages show, are kept once they are drawn
_MANY = 8192  # of them are kept, 12 kB each: those of one measurement


@dataclass(frozen=True, eq=False)  # arrays do not compare to one truth
class Drawing:
    """One drawn stimulus and what it shows.

    `angle` is in degrees in (-90, 90] for the concepts in `ORIENTED` and None for the others. Image
    rows run downwards: -45 falls to the right, 45 rises to the right, 0 is level, 90 upright.
    `pixels` is (size, size, 3) uint8 RGB, not to be written to.
    """

    concept: str
    angle: float | None
    seed: int
    pixels: NDArray[np.uint8]


def draw(concept: str, seed: int, size: int, angle: float | None = None) -> Drawing:
    """Draw one stimulus, (size, size, 3) uint8; the same arguments give the same bytes.

    The seed alone fixes place, size, colours, background, contrast and edge energy, so that
    drawings of one seed differ between concepts in their shape only, and drawings of one seed and
    concept differ between angles in their turn only. `size` is in pixels; the picture is the same
    at every size but for its finest grain. `angle`, in degrees as in `Drawing`, is for the concepts
    in `ORIENTED`; without it the seed picks one. Small drawings are kept until `forget_drawings`.

    Raises `UsageError` for an unknown concept, a negative seed, a size below 16, and an angle that
    is not a number or that the concept does not have.
    """
    if concept not in _KINDS:
        raise unknown("concept", concept, CONCEPTS)
    if seed < 0:
        raise UsageError(f"seed {seed} is negative; seeds count from 0.")
    if size < _LEAST:
        raise UsageError(f"size {size} is too small to draw at; {_LEAST} px is the least.")
    if angle is not None:
        if concept not in ORIENTED:
            has = " and ".join(ORIENTED)
            raise UsageError(f"concept {concept!r} has no angle; leave it out ({has} have one).")
        if not math.isfinite(angle):
            raise UsageError(f"angle {angle} is not a number of degrees.")
    return (_kept if size <= _KEPT else _drawn)(concept, seed, size, angle)


def _drawn(concept: str, seed: int, size: int, angle: float | None) -> Drawing:
    kind = _KINDS[concept]
    rng = Random(f"{concept} {seed}")  # its geometry; a string seeds alike in every process
    turn = rng.uniform(-kind.turn, kind.turn)
    if angle is not None:
        turn = 90 - (90 - angle) % 180  # half a turn leaves a line as it was
    surroundings = scene(seed, turn)
    pen = Pen(size, surroundings.place)
    kind.draw(pen, rng)
    pixels = compose(surroundings, pen.inks(), pen.windowed)
    pixels.flags.writeable = False
    return Drawing(concept, turn if concept in ORIENTED else None, seed, pixels)


_kept = lru_cache(_MANY)(_drawn)


def forget_drawings() -> None:
    """Give back the memory of the drawings that are kept."""
    _kept.cache_clear()


def draw_many(
    concepts: Sequence[str], per_concept: int, size: int, seed: int = 0
) -> Iterator[Drawing]:
    """Draw every concept with seed `seed`, then with the next, `per_concept` seeds in all.

    Raises what `draw` raises; an unknown concept at once, before the first drawing is asked for.
    """
    for concept in concepts:
        if concept not in _KINDS:
            raise unknown("concept", concept, CONCEPTS)
    return (draw(concept, seed + step, size) for step in range(per_concept) for concept in concepts)


def contact_sheet(
    size: int = 64,
    per_concept: int = 12,
    concepts: Sequence[str] = CONCEPTS,
    *,
    seed: int = 0,
    gap: int = 2,
    ground: int = 128,
) -> NDArray[np.uint8]:
    """Lay out a sheet without labels: a row for each concept, a column for each seed.

    (C * (size + gap) - gap, per_concept * (size + gap) - gap, 3) uint8, for C concepts; tiles lie
    `gap` pixels apart on grey `ground`. Raises what `draw` raises, and `UsageError` for no tile.
    """
    if not concepts or per_concept < 1:
        raise UsageError("a contact sheet needs at least one concept and one drawing of each.")
    step = size + gap
    height, width = len(concepts) * step - gap, per_concept * step - gap
    sheet = np.full((height, width, 3), ground, dtype=np.uint8)
    for index, drawing in enumerate(draw_many(concepts, per_concept, size, seed)):
        column, row = divmod(index, len(concepts))
        top, left = row * step, column * step
        sheet[top : top + size, left : left + size] = drawing.pixels
    return sheet
