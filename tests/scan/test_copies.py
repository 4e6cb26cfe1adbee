"""Near copies of a photograph take one place among a unit's strongest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tiny
from PIL import Image, ImageEnhance, ImageFilter

from generator.images.batches import batches
from generator.images.collection import Collection
from generator.images.folder import open_folder
from generator.scan import copies
from generator.scan.activations import Activations, activations
from generator.scan.copies import NEAR, perceptual_hash, strongest_photographs

LAYERS = ("conv1", "conv2")


def photograph(seed: int, side: int = 96) -> Image.Image:
    """Soft blobs of colour: unlike noise, it survives being made smaller."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (6, 6, 3), np.uint8)
    large = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
    return large.filter(ImageFilter.GaussianBlur(1))


def pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    return np.asarray(image.resize((64, 64)))


def test_copies_are_near_and_others_are_not() -> None:
    own = [perceptual_hash(pixels(photograph(seed))) for seed in range(30)]
    changed: list[Callable[[Image.Image], Image.Image]] = [
        lambda image: image.resize((40, 40)),
        lambda image: ImageEnhance.Brightness(image).enhance(0.85),
        lambda image: image.convert("L").convert("RGB"),
    ]
    for seed, first in enumerate(own):
        for change in changed:
            again = perceptual_hash(pixels(change(photograph(seed))))
            assert np.bitwise_count(first ^ again) <= NEAR
        others = [np.bitwise_count(first ^ other) for other in own[:seed]]
        assert min(others, default=64) > NEAR


@pytest.fixture
def folder(tmp_path: Path) -> Collection:
    """Twelve photographs, of which the first has five copies under other names and sizes."""
    for seed in range(12):
        photograph(seed).save(tmp_path / f"{seed:02}.png")
    for number, side in enumerate((40, 50, 60, 70, 80)):
        again = photograph(0).resize((side, side))
        again.save(tmp_path / f"copy-{number}.jpg", quality=90)
    return open_folder(tmp_path)


def test_a_photograph_takes_one_place_among_the_strongest(folder: Collection) -> None:
    network = tiny.network(tiny.chain(), LAYERS)
    batches = list(activations(network, folder, range(len(folder)), 8, 0))
    asked: list[int] = []

    def again() -> list[Activations]:
        asked.append(1)
        return batches

    top = strongest_photographs(network, folder, batches, again, 9, 0)
    first = {0, *range(12, 17)}
    everything = np.concatenate([part.values for part in batches])
    units = np.concatenate([record.images for record in top])
    firing = 0
    for unit, images in enumerate(units.tolist()):
        shown = [image for image in images if image >= 0]
        # A plain walk down the list of all images, strongest first.
        expected: list[int] = []
        for image in np.argsort(-everything[:, unit], kind="stable").tolist():
            fired = everything[image, unit] > 0
            if fired and not (image in first and first & set(expected)):
                expected.append(image)
        assert shown == expected[:9]
        firing += len(expected) > 3
    assert firing
    assert 1 <= len(asked) <= 5


def test_only_images_among_the_strongest_are_looked_at_again(
    folder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = tiny.network(tiny.chain(), LAYERS)
    whole = list(activations(network, folder, range(len(folder)), 8, 0))
    hashed: list[int] = []

    def counted(*given: Any) -> Any:
        hashed.extend(given[2])
        return batches(*given)

    monkeypatch.setattr(copies, "batches", counted)
    (top, *_) = strongest_photographs(network, folder, whole, lambda: whole, 1, 0)
    assert len(hashed) == len(set(hashed)) < len(folder)
    assert set(top.images.ravel().tolist()) - {-1} <= set(hashed)


def test_a_collection_that_knows_its_photographs_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies, "batches", None)
    network = tiny.network(tiny.chain(), LAYERS)
    tiles = tiny.collection(8, network.size, sources=[0, 0, 0, 0, 1, 1, 1, 1], per_source=1)
    batches = list(activations(network, tiles, range(8), 8, 0))
    for record in strongest_photographs(network, tiles, batches, lambda: batches, 9, 0):
        assert ((record.images >= 0).sum(axis=1) <= 2).all()
