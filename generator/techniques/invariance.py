"""How far features move when a photograph is shifted, enlarged or turned.

M. D. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014
(arXiv 1311.2901), section 4.1 and figure 5: the distance between the feature vectors of a
photograph and of its changed copy, in a first and in a last layer, and the probability of the
right class.

The last layer is the paper's seventh: the features that the class is read from, which are what
the network's last convolution or linear layer is given. The paper plots Euclidean distances as
they are. Here a distance is divided by the length of the feature vector of the photograph
itself, so that layers and photographs can be compared: 0 is no change, 1 a change as large as
the features were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.errors import UnsupportedNetworkError
from generator.networks.architecture import architecture
from generator.networks.network import Network
from generator.networks.recording import probabilities
from generator.records import Layer

SHIFT = 60 / 224  # of the input's side, as far as the paper goes
LARGEST = 1.8  # times, as in the paper
PIXELS_A_BATCH = 64 * 64 * 64  # of input; more would no longer fit the processor's caches


@dataclass(frozen=True)
class Change:
    """A way to change a photograph: ``translation`` (pixels down), ``scale``, ``rotation``."""

    kind: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Moved:
    """What one change did: arrays (photographs, values).

    ``first`` and ``last`` are relative distances of the features, ``probability`` that of each
    photograph's class, in 0 to 1.
    """

    change: Change
    first: npt.NDArray[np.float32]
    last: npt.NDArray[np.float32]
    probability: npt.NDArray[np.float32]


def changes(size: int) -> tuple[Change, ...]:
    """Shifts in whole pixels, enlargements, and turns in degrees, for a ``size`` pixels input."""
    step = max(1, size // 64)
    reach = round(size * SHIFT) // step * step
    return (
        Change("translation", tuple(float(at) for at in range(-reach, reach + 1, step))),
        Change("scale", tuple(round(1 + 0.05 * at, 2) for at in range(17))),
        Change("rotation", tuple(float(at) for at in range(0, 360, 10))),
    )


def changed(image: Tensor, kind: str, value: float) -> Tensor:
    """One photograph (3, S, S) after a change, of the same size; what comes in is zero.

    Down is positive, turns go against the clock, an enlargement keeps the centre; between
    pixels bilinear.
    """
    cosine, sine, shift, scale = 1.0, 0.0, 0.0, 1.0
    if kind == "translation":
        shift = 2 * value / image.shape[1]  # in halves of the side
    elif kind == "scale":
        scale = 1 / value
    else:
        cosine, sine = float(np.cos(np.deg2rad(value))), float(np.sin(np.deg2rad(value)))
    # Each row gives a coordinate in the photograph, x then y, of a place of the result.
    rows = [[scale * cosine, -scale * sine, 0.0], [scale * sine, scale * cosine, -shift]]
    matrix = torch.tensor([rows], dtype=image.dtype)
    places = functional.affine_grid(matrix, [1, *image.shape], align_corners=False)
    return functional.grid_sample(image[None], places, align_corners=False)[0]


def top_features(network: Network) -> str:
    """The name of the last convolution or linear layer: what it is given are the top features.

    Raises UnsupportedNetworkError where the network has none as a module.
    """
    for part in reversed(architecture(network)):
        module = network.module.get_submodule(part.name)
        if isinstance(module, nn.Conv2d | nn.Linear):
            return part.name
    raise UnsupportedNetworkError(f"{network.name} holds no convolution and no linear layer")


def invariance(
    network: Network,
    layer: Layer,
    images: Sequence[Tensor],
    labels: Sequence[int],
    among: Sequence[Change],
) -> tuple[Moved, ...]:
    """The distances of all photographs under every change.

    ``images`` are (3, S, S) as preprocessed, ``labels`` the class of each whose probability is
    watched, ``layer`` the first layer.
    """
    top = network.module.get_submodule(top_features(network))
    batch = max(1, PIXELS_A_BATCH // images[0][0].numel())
    plain = [_features(network, layer, top, image[None]) for image in images]
    curves: list[Moved] = []
    for change in among:
        table = np.zeros((3, len(images), len(change.values)), dtype=np.float32)
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            own_first, own_last, _ = plain[number]
            for start in range(0, len(change.values), batch):
                values = change.values[start : start + batch]
                copies = torch.stack([changed(image, change.kind, value) for value in values])
                first, last, likely = _features(network, layer, top, copies)
                done = slice(start, start + len(values))
                table[0, number, done] = _distance(first, own_first)
                table[1, number, done] = _distance(last, own_last)
                table[2, number, done] = likely[:, label].cpu().numpy()
        curves.append(Moved(change, table[0], table[1], table[2]))
    return tuple(curves)


def _features(
    network: Network, layer: Layer, top: nn.Module, inputs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """First and last features, each (N, D), and probabilities (N, classes)."""
    given: list[Tensor] = []
    handle = top.register_forward_pre_hook(lambda _, arguments: given.append(arguments[0]))
    try:
        likely, (first,) = probabilities(network, inputs, (layer,))
    finally:
        handle.remove()
    return first.flatten(1).clamp(min=0), given[-1].flatten(1), likely


def _distance(features: Tensor, own: Tensor) -> npt.NDArray[np.float32]:
    """(N,) how far features (N, D) lie from those of the photograph (1, D), as a share of it."""
    length = own.norm().clamp(min=torch.finfo(own.dtype).tiny)
    distances: npt.NDArray[np.float32] = (
        ((features - own).norm(dim=1) / length).float().cpu().numpy()
    )
    return distances
