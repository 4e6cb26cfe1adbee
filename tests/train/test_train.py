"""Training on data sets so small that it takes seconds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from generator.errors import ImagesError, UsageError
from generator.networks import load
from generator.networks.identity import snapshots
from generator.networks.snapshots import at_epoch
from generator.networks.weights import fill
from generator.networks.zfnet import ZFNET64, build
from generator.train import loop
from generator.train.export import export
from generator.train.loop import Trained, evaluate, fit
from generator.train.photographs import LabelledPhotographs, Split, load_photographs
from generator.train.recipe import Recipe

CPU = torch.device("cpu")
COLOURS = {"n01": (200, 40, 40), "n02": (40, 200, 40), "n03": (40, 40, 200)}
# A rate for batches of eight; the one for batches of 256 makes the loss jump.
RECIPE = Recipe(epochs=3, batch_size=8, peak_rate=0.003, snapshots=(0, 1))


def speckled(
    colour: tuple[int, int, int], seed: int, size: tuple[int, int] = (64, 64)
) -> Image.Image:
    random = np.random.default_rng(seed)
    pixels = np.array(colour) + random.integers(-40, 41, (size[1], size[0], 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def data_set(root: Path, train: int = 7, val: int = 2) -> Path:
    """Class folders under ``train`` and ``val``; what tells the classes apart is the colour."""
    seeds = itertools.count()
    for split, count in (("train", train), ("val", val)):
        for name, colour in COLOURS.items():
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                speckled(colour, next(seeds)).save(folder / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> LabelledPhotographs:
    root = tmp_path_factory.mktemp("data")
    return load_photographs(data_set(root / "set"), 64, root / "cache")


@pytest.fixture(scope="module")
def undisturbed(
    photographs: LabelledPhotographs, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    return fit("zfnet64", photographs, RECIPE, tmp_path_factory.mktemp("run"), CPU)


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    assert first.keys() == second.keys()
    return all(torch.equal(value, second[name]) for name, value in first.items())


# Data sets


def test_class_folders_are_read(photographs: LabelledPhotographs) -> None:
    assert photographs.classes == photographs.words == ("n01", "n02", "n03")
    assert photographs.train.pixels.shape == (21, 64, 64, 3)
    assert photographs.train.pixels.dtype == np.uint8
    assert photographs.train.labels.tolist() == [0] * 7 + [1] * 7 + [2] * 7
    assert photographs.validation.labels.tolist() == [0, 0, 1, 1, 2, 2]
    for split in (photographs.train, photographs.validation):
        assert (split.pixels.mean(axis=(1, 2)).argmax(axis=1) == split.labels).all()


def test_tiny_imagenets_own_layout_is_read(tmp_path: Path) -> None:
    for number, (name, colour) in enumerate(COLOURS.items()):
        folder = tmp_path / "train" / name / "images"
        folder.mkdir(parents=True)
        (folder.parent / f"{name}_boxes.txt").write_text(f"{name}_0.JPEG\t0\t0\t63\t63\n")
        for image in range(2):
            speckled(colour, 2 * number + image).save(folder / f"{name}_{image}.JPEG")
    images = tmp_path / "val" / "images"
    images.mkdir(parents=True)
    rows = []
    for number, name in enumerate(["n03", "n01", "n02", "n01"]):
        speckled(COLOURS[name], 50 + number).save(images / f"val_{number}.JPEG")
        rows.append(f"val_{number}.JPEG\t{name}\t0\t32\t44\t62\n")
    (tmp_path / "val" / "val_annotations.txt").write_text("".join(reversed(rows)))
    (tmp_path / "words.txt").write_text(
        "n00\tentity\nn01\tgoldfish, Carassius auratus\nn03\tviaduct\n"
    )
    data = load_photographs(tmp_path, 64, tmp_path / "cache")
    assert data.classes == ("n01", "n02", "n03")
    assert data.words == ("goldfish", "n02", "viaduct")
    assert data.train.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert data.validation.labels.tolist() == [2, 0, 1, 0]
    assert (data.validation.pixels.mean(axis=(1, 2)).argmax(axis=1) == [2, 0, 1, 0]).all()


def test_images_are_scaled_and_their_middle_kept(tmp_path: Path) -> None:
    root = data_set(tmp_path / "set", 1, 1)
    wide = Image.new("RGB", (300, 100), (255, 255, 255))
    wide.paste((0, 0, 0), (100, 0, 200, 100))
    wide.convert("L").save(root / "train" / "n01" / "0.png")
    data = load_photographs(root, 32, tmp_path / "cache")
    assert data.train.pixels.shape == (3, 32, 32, 3)
    assert data.train.pixels[0][:, 2:-2].max() == 0  # bicubic edges reach in a little


def test_decoded_images_are_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = data_set(tmp_path / "set", 2, 1)
    first = load_photographs(root, 64, tmp_path / "cache")

    def refuse(path: Path) -> Image.Image:
        raise AssertionError(f"decoded {path} again")

    with monkeypatch.context() as patch:
        patch.setattr("generator.train.photographs.decode", refuse)
        again = load_photographs(root, 64, tmp_path / "cache")
        assert np.array_equal(first.train.pixels, again.train.pixels)
        with pytest.raises(AssertionError, match="again"):
            load_photographs(root, 48, tmp_path / "cache")
    speckled(COLOURS["n02"], 99).save(root / "train" / "n02" / "new.png")
    more = load_photographs(root, 64, tmp_path / "cache")
    assert more.train.labels.tolist() == [0, 0, 1, 1, 1, 2, 2]


def test_data_sets_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    root = data_set(tmp_path / "set", 1, 1)
    (root / "train" / "n03").rename(tmp_path / "aside")
    with pytest.raises(ImagesError, match=r"val holds class 'n03', which train/ lacks"):
        load_photographs(root, 64, tmp_path / "cache")
    (tmp_path / "aside").rename(root / "train" / "n03")
    (root / "train" / "n03" / "torn.jpg").write_bytes(b"torn")
    with pytest.raises(ImagesError, match=r"torn\.jpg: is not a JPEG"):
        load_photographs(root, 64, tmp_path / "cache")
    (root / "val").rename(tmp_path / "gone")
    with pytest.raises(ImagesError, match=r"val is missing; a data set needs train/ and val/"):
        load_photographs(root, 64, tmp_path / "cache")
    (root / "val").mkdir()
    with pytest.raises(ImagesError, match="holds no images in class folders"):
        load_photographs(root, 64, tmp_path / "cache")


# Batches


class Given:
    """In a random generator's place, one that says what it is told to."""

    def __init__(self, shift: list[list[int]], flip: list[bool]) -> None:
        self.shift, self.flip = shift, flip

    def permutation(self, count: int) -> npt.NDArray[np.int64]:
        return np.arange(count)[::-1]

    def integers(self, low: int, high: int, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
        assert (low, high) == (-2, 3)  # both ends may be drawn
        return np.array(self.shift).reshape(shape)

    def random(self, count: int) -> npt.NDArray[np.float64]:
        return np.where(self.flip[:count], 0.0, 0.99)


def test_shifted_crops_are_reflected_at_the_border_by_hand() -> None:
    rows, columns = np.mgrid[0:5, 0:5]
    picture = np.stack([rows, columns, np.zeros((5, 5))], axis=2).astype(np.uint8)
    split = Split(np.stack([picture, picture + np.uint8(100)]), np.array([7, 8]))
    recipe = Recipe(batch_size=2, crop_padding=2)
    random = cast("np.random.Generator", Given([[-2, 0], [2, 1]], [False, True]))
    ((images, labels),) = loop._batches(split, recipe, random)
    assert labels.tolist() == [8, 7]
    # The first: two rows up, two columns to the right, each reflected about the last pixel.
    assert (images[0, :, 0, 0] - 100).tolist() == [2, 1, 0, 1, 2]
    assert (images[0, 0, :, 1] - 100).tolist() == [2, 3, 4, 3, 2]
    # The second: not moved down, one column to the right, then flipped.
    assert images[1, :, 0, 0].tolist() == [0, 1, 2, 3, 4]
    assert images[1, 0, :, 1].tolist() == [3, 4, 3, 2, 1]


def test_each_image_stands_in_one_batch_of_an_epoch() -> None:
    labels = np.arange(10)
    split = Split(np.zeros((10, 5, 5, 3), dtype=np.uint8), labels)
    parts = list(
        loop._batches(split, Recipe(batch_size=4, crop_padding=2), np.random.default_rng(0))
    )
    assert [len(part) for _, part in parts] == [4, 4, 2]
    order = np.concatenate([part for _, part in parts])
    assert sorted(order) == labels.tolist()
    assert order.tolist() != labels.tolist()


def test_channel_statistics_by_hand() -> None:
    pixels = np.zeros((20, 2, 2, 3), dtype=np.uint8)
    pixels[0, :, :] = (255, 51, 0)  # of images 0 and 10, the ones that are looked at
    mean, std = loop._channel_statistics(pixels)
    assert mean == (0.5, 0.1, 0.0)
    assert std == (0.5, 0.1, 0.0)


# Measuring


class ByColour(nn.Module):
    """Six logits: the mean of red, of green, of blue, and three constants."""

    def __init__(self) -> None:
        super().__init__()
        self.rest = nn.Parameter(torch.tensor([0.3, 0.2, 0.1]))

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([images.mean((2, 3)), self.rest.expand(len(images), 3)], dim=1)


def test_accuracy_by_hand() -> None:
    pixels = np.zeros((4, 3, 3, 3), dtype=np.uint8)
    pixels[:, :, :, 0], pixels[:, :, :, 1] = 255, 128  # logits 1, 0.5, 0, 0.3, 0.2, 0.1
    split = Split(pixels, np.array([0, 1, 2, 5]))
    for size in (1, 3, 500):
        accuracy = evaluate(ByColour(), split, (0, 0, 0), (1, 1, 1), size)
        assert accuracy == (0.25, 0.75)  # 2 comes last, sixth, and 5 fifth


# Runs


def test_training_learns_what_is_easy(undisturbed: Trained) -> None:
    assert [row["epoch"] for row in undisturbed.history] == [1, 2, 3]
    assert undisturbed.history[2]["loss"] < undisturbed.history[0]["loss"]
    assert all(row["top5"] == 1 for row in undisturbed.history)  # of three classes
    assert all(row["seconds"] >= 0 for row in undisturbed.history)


def test_the_result_is_the_network_that_was_measured(
    undisturbed: Trained, photographs: LabelledPhotographs
) -> None:
    plain = build(ZFNET64, 3)
    fill(plain, undisturbed.weights, "the result")
    accuracy = evaluate(plain, photographs.validation, undisturbed.mean, undisturbed.std)
    assert accuracy == (undisturbed.history[-1]["top1"], undisturbed.history[-1]["top5"])


def test_the_convolutions_of_the_asked_epochs_are_kept(undisturbed: Trained) -> None:
    assert sorted(undisturbed.snapshots) == [0, 1, 3]
    names = {f"conv{n}.{kind}" for n in range(1, 6) for kind in ("weight", "bias")}
    for snapshot in undisturbed.snapshots.values():
        assert set(snapshot) == names
        assert all(value.dtype == torch.float16 for value in snapshot.values())
    last = {name: undisturbed.weights[name].half() for name in names}
    assert same(undisturbed.snapshots[3], last)
    assert not same(undisturbed.snapshots[0], undisturbed.snapshots[1])
    assert not same(undisturbed.snapshots[1], undisturbed.snapshots[3])


def test_which_epochs_are_kept() -> None:
    assert Recipe(epochs=15).kept == (0, 1, 2, 5, 15)
    assert Recipe(epochs=2).kept == (0, 1, 2)
    assert Recipe(epochs=4, snapshots=()).kept == (4,)


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(
    photographs: LabelledPhotographs,
    undisturbed: Trained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save = loop._save

    def stop(path: Path, **state: Any) -> None:
        save(path, **state)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_save", stop)
        with pytest.raises(KeyboardInterrupt):
            fit("zfnet64", photographs, RECIPE, tmp_path, CPU)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]
    torch.manual_seed(1234)
    resumed = fit("zfnet64", photographs, RECIPE, tmp_path, CPU)
    assert same(resumed.weights, undisturbed.weights)
    assert sorted(resumed.snapshots) == sorted(undisturbed.snapshots)
    for epoch, snapshot in undisturbed.snapshots.items():
        assert same(resumed.snapshots[epoch], snapshot)
    for ours, theirs in zip(resumed.history, undisturbed.history, strict=True):
        assert {**ours, "seconds": 0} == {**theirs, "seconds": 0}

    # A run that is finished is not trained again.
    monkeypatch.setattr(loop, "_one_epoch", None)
    assert same(fit("zfnet64", photographs, RECIPE, tmp_path, CPU).weights, undisturbed.weights)

    # Nor does it go on with anything else.
    other = replace(RECIPE, epochs=4)
    fewer = Split(photographs.train.pixels[:8], photographs.train.labels[:8])
    for recipe, data in (
        (other, photographs),
        (RECIPE, replace(photographs, train=fewer)),
        (RECIPE, replace(photographs, classes=("n01", "n02"))),
    ):
        with pytest.raises(UsageError, match=r"checkpoint\.pt was begun with other settings"):
            fit("zfnet64", data, recipe, tmp_path, CPU)


def test_a_network_trained_here_is_found_with_its_snapshots_and_its_colours(
    photographs: LabelledPhotographs, undisturbed: Trained, tmp_path: Path
) -> None:
    two = np.repeat(np.arange(3), 2)
    pixels = np.resize(photographs.validation.pixels, (6, 64, 64, 3))
    data = replace(photographs, validation=Split(pixels, two))
    export("zfnet64", data, RECIPE, undisturbed, tmp_path, "three colours", CPU)
    weights = str(tmp_path / "zfnet64.safetensors")
    network = load("zfnet64", weights)
    assert network.preprocess.mean == undisturbed.mean
    assert network.preprocess.std == undisturbed.std
    assert network.provenance.trained_on == "three colours"
    along = snapshots("zfnet64", weights)
    assert list(along) == [0, 1, 3]
    first, last = at_epoch(network, along[0]), at_epoch(network, along[3])
    assert same(last.module.state_dict(), network.module.state_dict())
    assert not same(first.module.state_dict(), network.module.state_dict())
