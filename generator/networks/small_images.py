"""Torchvision's networks as people change them for small images, by what their weights say.

A file of weights says how large filters are, but not how far they move, nor what is pooled. Two
changes are so common, and leave such marks in the numbers, that they are followed:

=======  ==============================  =====================================================
network  in the file                     what is built
=======  ==============================  =====================================================
ResNet   first filters of 3x3, not 7x7   they move by one pixel; max-pooling behind them stays or
                                         goes, as the stored means say (see ``pooled_means``)
VGG      one last layer that takes       each last map is averaged to s x s, as it is by itself in
         channels * s * s numbers        an image of 32 * s pixels, and that layer follows
=======  ==============================  =====================================================
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision.models import VGG, ResNet

from generator.errors import WeightsError

SMALL = 32  # pixels across the images of CIFAR, for which nearly all of these were changed
OWN_CODE = "give --model FILE.py:CALLABLE that builds it"
# How many times as large as without max-pooling the stored means may be in a network without,
# and have to be in one with it. Heavy tails, borders and an average that lags behind pull both
# down: ResNets that were trained on Tiny ImageNet for no more than 20 to 100 steps gave 0.75 to
# 0.92 without, and 1.15 to 1.41 with it.
WITHOUT, WITH = (0.5, 1.05), (1.12, 4.0)
ALIKE = 0.7  # least correlation of the stored means with those that are worked out


@dataclass(frozen=True)
class Adapted:
    """What was changed: ``note`` says it in one line; ``size`` is how large its images were."""

    note: str
    size: int


def adapt(module: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> Adapted | None:
    """Change a network to what its weights were made for; None where that is what it is.

    ``tensors`` go by the network's names. Raises WeightsError where a first layer is that of a
    network for small images, and nothing tells whether max-pooling follows it.
    """
    if isinstance(module, ResNet):
        return _adapt_stem(module, tensors, path)
    return _adapt_head(module, tensors) if isinstance(module, VGG) else None


def is_small_stem(weight: torch.Size) -> bool:
    """Whether these are the filters that people put in the place of a ResNet's 64 of 7x7."""
    return len(weight) == 4 and weight[0] == 64 and weight[1] in (1, 3) and weight[2:] == (3, 3)


def _adapt_stem(module: ResNet, tensors: Mapping[str, Tensor], path: Path) -> Adapted | None:
    weight = tensors.get("conv1.weight")
    if weight is None or not is_small_stem(weight.shape) or module.conv1.kernel_size == (3, 3):
        return None
    module.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    means = pooled_means(tensors)
    if means is None:
        return None  # something else is missing, and will be named
    pooled = WITH[0] <= means <= WITH[1]
    if not pooled and not WITHOUT[0] <= means <= WITHOUT[1]:
        raise WeightsError(
            f"{path}: its first filters are 3 by 3, as in networks for small images, and its "
            f"numbers don't tell whether max-pooling follows them; {OWN_CODE}"
        )
    if not pooled:
        module.maxpool = nn.Identity()
    return Adapted(
        "its first filters are 3 by 3, so it was taken for a network for small images: they move "
        f"by one pixel, and by its stored means {'' if pooled else 'no '}max-pooling follows; if "
        f"it was built otherwise, {OWN_CODE}",
        SMALL,
    )


def pooled_means(tensors: Mapping[str, Tensor]) -> float | None:
    """How many times as large the first block's stored means are as without max-pooling.

    The first normalisation gives its maps a mean and a spread that are in the file, so the mean
    of the rectified maps is known, if they are spread as Gauss has it: for mean b and spread g,
    b * P(b / g) + g * p(b / g), with P and p the normal distribution and its density. A filter
    turns means into means, and the next normalisation has stored what came. Max-pooling takes
    the largest of nine, which makes all means larger. None where one of these tensors is missing
    or of another shape; 0 where the two do not resemble each other.
    """
    names = ("bn1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer1.0.bn1.running_mean")
    if any(name not in tensors for name in names):
        return None
    gain, bias, filters, stored = (tensors[name].double() for name in names)
    shapes = (gain.shape, bias.shape, filters.shape[1:2], stored.shape)
    if filters.dim() != 4 or shapes != (*[filters.shape[1:2]] * 3, filters.shape[:1]):
        return None
    spread = gain.abs().clamp(min=1e-9)
    at = bias / spread
    density = torch.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    rectified = bias * torch.special.ndtr(at) + spread * density
    expected = filters.sum((2, 3)) @ rectified
    alike = torch.corrcoef(torch.stack([expected, stored]))[0, 1]
    if not bool(alike >= ALIKE):  # not even where one of them is the same everywhere
        return 0.0
    return float(expected @ stored / (expected @ expected))


def _adapt_head(module: VGG, tensors: Mapping[str, Tensor]) -> Adapted | None:
    weight = tensors.get("classifier.weight")
    if weight is None or weight.dim() != 2:
        return None
    channels = next(c.out_channels for c in reversed(module.features) if isinstance(c, nn.Conv2d))
    side = math.isqrt(weight.shape[1] // channels)
    if not side or weight.shape[1] != channels * side**2:
        return None
    module.avgpool = nn.AdaptiveAvgPool2d(side)
    module.classifier = nn.Linear(weight.shape[1], len(weight))
    return Adapted(
        f"'classifier' is one layer and takes {side} by {side} numbers of each last map, as of "
        f"images {SMALL * side} pixels across, and was put so; if it was built otherwise, "
        f"{OWN_CODE}",
        SMALL * side,
    )
