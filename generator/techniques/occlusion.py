"""Which parts of a photograph a network needs: a grey square slides over it.

M. D. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014
(arXiv 1311.2901), section 4.2 and figure 7. At every place of the square three things are
written down: the summed activity of one map of the last layer, the probability of one class,
and the class that the network finds most probable. The map is the one that holds the strongest
activation for the photograph as it is.

The paper states neither the side of its square nor its steps; here both are settings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from generator.errors import UsageError
from generator.networks.network import Network
from generator.networks.recording import probabilities
from generator.records import Layer

SIDE = 1 / 4  # of the input's: enough to cover a face or a wheel
STEPS = 22  # places along each direction: finer ones would show nothing new of a square that large
PIXELS_A_BATCH = 64 * 64 * 64  # of input; more would no longer fit the processor's caches


@dataclass(frozen=True)
class Occluder:
    """A square of ``square`` pixels of the input that moves on by ``stride`` pixels."""

    square: int
    stride: int


@dataclass(frozen=True)
class Occluded:
    """What became of one photograph; arrays are (R, C), a cell for each place of the square.

    The square stands with its centre on the centre of the cell, which is ``stride`` pixels
    wide. ``channel`` is the map that was watched, ``row`` and ``column`` the place of its
    strongest activation; ``label`` the class whose probability was watched. ``activity`` is
    the sum over the rectified map, ``probability`` is in 0 to 1, ``best`` the most probable
    class. What begins with ``plain`` is the same without a square.
    """

    channel: int
    row: int
    column: int
    label: int
    plain_activity: float
    plain_probability: float
    plain_best: int
    activity: npt.NDArray[np.float32]
    probability: npt.NDArray[np.float32]
    best: npt.NDArray[np.int64]


def occluder(size: int, square: int | None = None, stride: int | None = None) -> Occluder:
    """The square for an input of ``size`` pixels; None stands for a share of that size.

    Raises UsageError for a square that is empty or hides everything, and for steps that skip
    parts of the photograph.
    """
    square = max(1, round(size * SIDE)) if square is None else square
    if not 1 <= square < size:
        raise UsageError(f"square is {square}; give pixels from 1 to {size - 1}, of {size}")
    stride = min(square, max(1, round(size / STEPS))) if stride is None else stride
    if not 1 <= stride <= square:
        raise UsageError(
            f"stride is {stride}; give pixels from 1 to {square}, so that a square of {square} "
            "leaves nothing out"
        )
    return Occluder(square, stride)


def spans(size: int, occluder: Occluder) -> list[tuple[int, int]]:
    """First and last pixel (out) of the square along one direction, at each of its places."""
    before = (occluder.stride - occluder.square) // 2
    starts = [place * occluder.stride + before for place in range(-(-size // occluder.stride))]
    return [(max(0, start), min(size, start + occluder.square)) for start in starts]


def occlude(
    network: Network, layer: Layer, image: Tensor, occluder: Occluder, label: int | None = None
) -> Occluded:
    """Slide the square over one photograph and watch the map of ``layer`` and the classes.

    ``image`` (3, S, S) as preprocessed. Grey is the network's zero, the mean colour of what it
    was trained on. ``label`` is the right class; None means the one that the network finds
    most probable without a square.
    """
    unmasked, (activation,) = probabilities(network, image[None], (layer,))
    rectified = activation[0].clamp(min=0)  # (C, H, W)
    channel = int(rectified.flatten(1).amax(1).argmax())
    row, column = divmod(int(rectified[channel].argmax()), rectified.shape[2])
    best = int(unmasked[0].argmax())
    label = best if label is None else label

    places = spans(image.shape[1], occluder)
    count = len(places)
    batch = max(1, PIXELS_A_BATCH // image[0].numel())
    activity, probability, winners = (torch.empty(count * count) for _ in range(3))
    for start in range(0, count * count, batch):
        numbers = range(start, min(start + batch, count * count))
        part = image.repeat(len(numbers), 1, 1, 1)
        for covered, number in zip(part, numbers, strict=True):
            (top, bottom), (left, right) = places[number // count], places[number % count]
            covered[:, top:bottom, left:right] = 0
        said_now, (maps,) = probabilities(network, part, (layer,))
        done = slice(numbers.start, numbers.stop)
        activity[done] = maps[:, channel].clamp(min=0).sum((1, 2)).float().cpu()
        probability[done] = said_now[:, label].cpu()
        winners[done] = said_now.argmax(1).float().cpu()
    shape = count, count
    return Occluded(
        channel=channel,
        row=row,
        column=column,
        label=label,
        plain_activity=float(rectified[channel].sum()),
        plain_probability=float(unmasked[0, label]),
        plain_best=best,
        activity=activity.numpy().reshape(shape),
        probability=probability.numpy().reshape(shape),
        best=winners.numpy().astype(np.int64).reshape(shape),
    )
