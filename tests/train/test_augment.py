"""Crops, flips and colours of a batch, against Pillow and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from generator.train.augment import Changes, augmented, weights
from generator.train.recipe import Recipe

PLAIN = (torch.zeros(3), torch.ones(3))
CPU = torch.device("cpu")


def one(value: float) -> torch.Tensor:
    return torch.tensor([value], dtype=torch.float32)


NOTHING = Changes(
    top=one(0), left=one(0), height=one(1), width=one(1), flip=torch.tensor([False]),
    brightness=one(1), contrast=one(1), saturation=one(1),
)  # fmt: skip


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(60, 200, (64, 64, 3)).astype(np.uint8)


def shown(picture: np.ndarray, size: int, changes: Changes) -> np.ndarray:
    """(size, size, 3) in 0 to 255."""
    images = augmented(torch.from_numpy(picture[None]), size, changes, *PLAIN)
    return (images[0].permute(1, 2, 0) * 255).numpy()


@pytest.mark.parametrize("size", [32, 48, 64])
def test_a_crop_is_the_one_that_pillow_makes(noise: np.ndarray, size: int) -> None:
    top, left, height, width = 0.2, 0.1, 0.6, 0.7
    crop = replace(NOTHING, top=one(top), left=one(left), height=one(height), width=one(width))
    box = (64 * left, 64 * top, 64 * (left + width), 64 * (top + height))
    theirs = Image.fromarray(noise).resize((size, size), Image.Resampling.BICUBIC, box=box)
    # Pillow rounds twice on the way.
    assert np.abs(shown(noise, size, crop).clip(0, 255) - np.asarray(theirs)).max() < 1.1


def test_a_flip_changes_left_and_right(noise: np.ndarray) -> None:
    assert np.abs(shown(noise, 64, NOTHING) - noise).max() < 0.01
    flipped = shown(noise, 64, replace(NOTHING, flip=torch.tensor([True])))
    assert np.abs(flipped - noise[:, ::-1]).max() < 0.01


@pytest.mark.parametrize(
    ("changes", "enhance"),
    [
        (replace(NOTHING, brightness=one(1.2)), ImageEnhance.Brightness),
        (replace(NOTHING, contrast=one(1.2)), ImageEnhance.Contrast),
        (replace(NOTHING, saturation=one(1.2)), ImageEnhance.Color),
    ],
)
def test_colours_change_as_in_pillow(noise: np.ndarray, changes: Changes, enhance: type) -> None:
    theirs = np.asarray(enhance(Image.fromarray(noise)).enhance(1.2))
    assert np.abs(shown(noise, 64, changes).clip(0, 255) - theirs).max() < 2
    assert np.abs(shown(noise, 64, changes) - noise).max() > 5


def test_every_image_of_a_batch_has_its_own_changes(noise: np.ndarray) -> None:
    batch = np.stack([noise, noise[::-1], noise.transpose(1, 0, 2)])
    changes = Changes.drawn(3, Recipe(), np.random.default_rng(1), CPU)
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.3, 0.1])
    together = augmented(torch.from_numpy(batch), 48, changes, mean, std)
    assert together.shape == (3, 3, 48, 48)
    assert together.dtype == torch.float32
    assert together.is_contiguous(memory_format=torch.channels_last)
    for row in range(3):
        own = changes.of(slice(row, row + 1))
        alone = shown(batch[row], 48, own) / 255
        wanted = ((torch.from_numpy(alone) - mean) / std).permute(2, 0, 1)
        torch.testing.assert_close(together[row], wanted, atol=1e-4, rtol=0)


def test_weights_add_up_to_one_and_stay_inside() -> None:
    matrix = weights(one(0.25), one(0.5), 8, 4).numpy()
    assert matrix.shape == (1, 4, 8)
    assert matrix.sum(axis=2) == pytest.approx(1)
    # Pixels 2 to 5 exactly, one for one.
    assert matrix[0] == pytest.approx(np.eye(8)[2:6], abs=1e-6)


def test_changes_stay_within_the_recipe() -> None:
    recipe = Recipe(least_area=0.4, most_stretch=1.25, jitter=0.2)
    changes = Changes.drawn(2_000, recipe, np.random.default_rng(0), CPU)
    assert (changes.top >= 0).all()
    assert (changes.left >= 0).all()
    assert (changes.top + changes.height <= 1 + 1e-6).all()
    assert (changes.left + changes.width <= 1 + 1e-6).all()
    area, stretch = changes.height * changes.width, changes.width / changes.height
    assert 0.4 <= area.min() + 1e-6 < 0.42
    assert 0.95 < area.max() <= 1
    assert 0.8 - 1e-6 <= stretch.min() < 0.81
    assert 1.24 < stretch.max() <= 1.25 + 1e-6
    assert 0.45 < changes.flip.float().mean() < 0.55
    for factors in (changes.brightness, changes.contrast, changes.saturation):
        assert 0.8 <= factors.min() < 0.81
        assert 1.19 < factors.max() <= 1.2 + 1e-6
    still = Changes.drawn(5, replace(recipe, least_area=1, most_stretch=1, jitter=0),
                          np.random.default_rng(0), CPU)  # fmt: skip
    assert (still.height == 1).all()
    assert (still.left == 0).all()
    assert (still.brightness == 1).all()
