"""What a training run looks at: a batch for each step, changed at random."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torchvision.transforms import v2

from generator.train.accuracy import Constants
from generator.train.augment import Changes, augmented
from generator.train.photographs import LabelledPhotographs
from generator.train.recipe import Recipe


class TrainingFeed:
    """Batches of a data set's training images, in another order each epoch.

    All that is random in a batch follows from the recipe's seed and the number of the step, so
    that a run can begin anywhere. ``mean`` and ``std`` of each colour are those of the images.
    """

    def __init__(self, data: LabelledPhotographs, recipe: Recipe, device: torch.device) -> None:
        self._recipe, self._device = recipe, device
        self._pixels, count = data.train.pixels, len(data.train.labels)
        self.steps = -(-count // recipe.batch_size)  # an epoch
        self.mean, self.std = _statistics(self._pixels)
        self._mean, self._std = (
            torch.tensor(values, device=device) for values in (self.mean, self.std)
        )
        self._near = _near(self._pixels, device)
        self._labels = torch.from_numpy(data.train.labels).to(device)
        self._epoch = -1
        self._mixing = v2.RandomChoice(
            [
                v2.MixUp(alpha=recipe.mixup, num_classes=len(data.classes)),
                v2.CutMix(num_classes=len(data.classes)),
            ]
        )

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """(N, 3, S, S) float32, normalised, and (N,) labels or, mixed, (N, classes) shares.

        Sets torch's random state. Nothing waits for a GPU but for the first batch of an epoch.
        """
        recipe = self._recipe
        epoch, place = divmod(step, self.steps)
        if epoch != self._epoch:
            self._begin(epoch)
        rows = slice(place * recipe.batch_size, (place + 1) * recipe.batch_size)
        if self._near is None:
            pixels = torch.from_numpy(self._pixels[self._order[rows]]).to(self._device)
        else:
            pixels = self._near[self._order_near[rows]]
        size = recipe.size(epoch + 1, self._pixels.shape[1])
        inputs = augmented(pixels, size, self._changes.of(rows), self._mean, self._std)
        targets = self._labels[self._order_near[rows]]
        torch.manual_seed(recipe.seed * 10_000_019 + step)
        if recipe.mixes(step, recipe.epochs * self.steps) and torch.rand(()) < recipe.mixed:
            inputs, targets = self._mixing(inputs, targets)
        return inputs, targets

    def _begin(self, epoch: int) -> None:
        random = np.random.default_rng((self._recipe.seed, epoch))
        self._order = random.permutation(len(self._labels))
        self._order_near = torch.from_numpy(self._order).to(self._device)
        self._changes = Changes.drawn(len(self._labels), self._recipe, random, self._device)
        self._epoch = epoch


def _near(pixels: npt.NDArray[np.uint8], device: torch.device) -> Tensor | None:
    """All images in the memory of a GPU that has room for twice as many; else None."""
    if device.type != "cuda" or 2 * pixels.nbytes > torch.cuda.mem_get_info(device)[0]:
        return None
    return torch.from_numpy(np.array(pixels)).to(device)


def _statistics(pixels: npt.NDArray[np.uint8]) -> tuple[Constants, Constants]:
    """Mean and standard deviation of each colour over every tenth photograph, in 0 to 1."""
    sample = np.asarray(pixels[::10]).reshape(-1, 3) / np.float32(255)
    mean, std = sample.mean(0, dtype=np.float64), sample.std(0, dtype=np.float64)
    return (
        (round(float(mean[0]), 4), round(float(mean[1]), 4), round(float(mean[2]), 4)),
        (round(float(std[0]), 4), round(float(std[1]), 4), round(float(std[2]), 4)),
    )
