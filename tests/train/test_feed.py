"""The batches of a training run: every image once an epoch, and nothing that depends on before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from generator.train.feed import TrainingFeed
from generator.train.photographs import LabelledPhotographs, Split
from generator.train.recipe import Recipe

CPU = torch.device("cpu")
PLAIN = Recipe(
    epochs=4, batch_size=5, mixed=0.0, least_area=1.0, most_stretch=1.0, jitter=0.0, seed=3
)


@pytest.fixture(scope="module")
def data() -> LabelledPhotographs:
    """Twelve plain images of 64 pixels, one of a kind each, of two classes."""
    grey = np.arange(12, dtype=np.uint8) * 20
    pixels = np.broadcast_to(grey[:, None, None, None], (12, 64, 64, 3)).copy()
    split = Split(pixels, np.arange(12) % 2)
    return LabelledPhotographs(split, split, ("n1", "n2"), ("one", "two"))


def greys(feed: TrainingFeed, inputs: torch.Tensor) -> list[int]:
    """Which images are in a batch, told by their grey."""
    shown = inputs[:, 0, 5, 5] * feed.std[0] + feed.mean[0]
    return [round(value * 255 / 20) for value in shown.tolist()]


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own(data: LabelledPhotographs) -> None:
    feed = TrainingFeed(data, PLAIN, CPU)
    assert feed.steps == 3
    seen: list[list[int]] = []
    for epoch in range(2):
        shown: list[int] = []
        for step in range(3 * epoch, 3 * epoch + 3):
            inputs, labels = feed.batch(step)
            shown += greys(feed, inputs)
            assert labels.tolist() == [number % 2 for number in shown[-len(labels) :]]
        assert sorted(shown) == list(range(12))
        seen.append(shown)
    assert seen[0] != seen[1]


def test_a_batch_follows_from_its_step_alone(data: LabelledPhotographs) -> None:
    recipe = Recipe(epochs=4, batch_size=5, mixed=0.5, mixed_until=1.0)
    through = TrainingFeed(data, recipe, CPU)
    batches = [through.batch(step) for step in range(12)]
    assert len({targets.dim() for _, targets in batches}) == 2, "some are mixed, some are not"
    for step in (11, 4, 5):
        inputs, targets = TrainingFeed(data, recipe, CPU).batch(step)
        assert torch.equal(inputs, batches[step][0])
        assert torch.equal(targets, batches[step][1])


def test_mixed_images_have_mixed_answers_but_for_the_last_epochs(data: LabelledPhotographs) -> None:
    recipe = replace(PLAIN, mixed=1.0, mixed_until=0.75, mixup=1.0)
    feed = TrainingFeed(data, recipe, CPU)
    blended = pasted = 0
    for step in range(9):
        inputs, shares = feed.batch(step)
        assert shares.shape == (len(inputs), 2)
        torch.testing.assert_close(shares.sum(dim=1), torch.ones(len(inputs)))
        assert (shares >= 0).all()
        # A plain image that something was pasted into has two greys, a blended one has one.
        kinds = [len(image[0].round(decimals=3).unique()) for image in inputs]
        blended += max(kinds) == 1
        pasted += max(kinds) == 2
    assert blended > 1
    assert pasted > 1
    for step in range(9, 12):
        assert feed.batch(step)[1].dtype == torch.int64
