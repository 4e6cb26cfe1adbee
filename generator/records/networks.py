"""What is known of a network: its layers, its parts, where its weights come from."""

from __future__ import annotations

from dataclasses import dataclass

ASSUMED = "assumed"  # whose constants they are, where nobody has said


@dataclass(frozen=True)
class ReceptiveField:
    """Which input pixels a unit sees.

    The unit at row r of its map sees the input rows ``offset + r * stride`` up to, but not
    including, ``offset + r * stride + size``; columns likewise. ``offset`` is negative where
    padding lets the field reach over the border of the image.
    """

    size: int
    stride: int
    offset: int

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of one unit's field in input pixels, right and bottom out."""
        left, top = self.offset + column * self.stride, self.offset + row * self.stride
        return left, top, left + self.size, top + self.size

    def shown(self, row: int, column: int, length: int) -> tuple[int, int, int, int]:
        """The part of an image of ``length`` pixels square that stands for one unit, as a box.

        It is the unit's field; where that is larger than the image it is the whole image, since
        all that the field adds is border.
        """
        return self.box(row, column) if self.size <= length else (0, 0, length, length)

    def window(self, place: int, length: int) -> tuple[int, int]:
        """Start and end, along one direction, of the part of an image that a unit needs.

        A crop that holds the field, starts at a multiple of the stride and ends at the image's
        own border where the field crosses it, gives the unit at ``place - start // stride``
        exactly what the whole image of ``length`` pixels gives the unit at ``place``. A field
        larger than the image needs all of it.
        """
        if self.size > length:
            return 0, length
        first = self.offset + place * self.stride
        start = max(0, first // self.stride * self.stride)
        return start, min(length, first + self.size)


@dataclass(frozen=True)
class Part:
    """One operation of a network, as it runs: a convolution, a pool, a linear layer, ...

    ``name`` is the module at work, ``kind`` one of ``convolution``, ``max-pool``,
    ``average-pool``, ``adaptive-max-pool``, ``adaptive-average-pool``, ``linear``,
    ``batch-norm``, ``layer-norm``, ``contrast``, or the name of another operation with
    parameters. The pairs are down and across, in places of the input map; they are None for a
    part that slides no window. ``ceil_mode`` says that sizes are rounded up, not down. Shapes
    are (C, H, W) for maps and (features,) for vectors. Parameters that several parts share are
    counted at the first of them.
    """

    name: str
    kind: str
    kernel: tuple[int, int] | None
    stride: tuple[int, int] | None
    padding: tuple[int, int] | None
    dilation: tuple[int, int] | None
    groups: int
    ceil_mode: bool
    input: tuple[int, ...]
    output: tuple[int, ...]
    weights: int
    biases: int


@dataclass(frozen=True)
class Layer:
    """A layer whose units are shown; ``index`` counts from 1, ``name`` is its module's."""

    name: str
    index: int
    channels: int
    height: int
    width: int
    field: ReceptiveField


@dataclass(frozen=True)
class Provenance:
    """Where the weights come from and how good they are, as far as anybody has said.

    ``accuracy`` is top-1 in 0 to 1 with ``accuracy_on`` naming the images; both None where
    nothing was measured. ``random`` marks a network that has learned nothing. ``constants`` says
    whose mean and standard deviation the input is normalised with, or that they were assumed.
    ``notes`` say what was done to make the weights fit, a sentence each.
    """

    source: str
    sha256: str
    trained_on: str | None = None
    accuracy: float | None = None
    accuracy_on: str | None = None
    random: bool = False
    constants: str = ASSUMED
    title: str | None = None
    notes: tuple[str, ...] = ()
