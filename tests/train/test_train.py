"""Training on data sets so small that it takes seconds."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from generator.errors import ImagesError, UsageError
from generator.measure.outputs import outputs_of
from generator.networks import load
from generator.networks.identity import snapshots
from generator.networks.snapshots import at_epoch
from generator.networks.weights import fill
from generator.networks.zfnet import ZFNET64, build
from generator.train import feed, loop
from generator.train.accuracy import calibrate, evaluate, normalised
from generator.train.export import export
from generator.train.loop import Trained, fit
from generator.train.photographs import LabelledPhotographs, Split, held_out, load_photographs
from generator.train.recipe import Recipe
from generator.train.run import train_network

CPU = torch.device("cpu")
COLOURS = {"n01": (200, 40, 40), "n02": (40, 200, 40), "n03": (40, 40, 200)}
# A rate for batches of eight; the one for batches of 256 makes the loss jump.
RECIPE = Recipe(
    epochs=3, batch_size=8, peak_rate=0.003, sizes=(0.5, 0.75, 1.0), least_area=0.9, mixed=0.0,
    snapshots=(0, 1), measured_every=3,
)  # fmt: skip


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


# Measuring


def test_channel_statistics_by_hand() -> None:
    pixels = np.zeros((20, 2, 2, 3), dtype=np.uint8)
    pixels[0, :, :] = (255, 51, 0)  # of images 0 and 10, the ones that are looked at
    mean, std = feed._statistics(pixels)
    assert mean == (0.5, 0.1, 0.0)
    assert std == (0.5, 0.1, 0.0)


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
    assert [row["size"] for row in undisturbed.history] == [32, 48, 64]
    assert undisturbed.history[2]["loss"] < undisturbed.history[0]["loss"]
    assert ["top1" in row for row in undisturbed.history] == [True, False, True]
    assert undisturbed.history[2]["top5"] == 1  # of three classes
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


def test_which_epochs_are_kept_and_measured() -> None:
    assert Recipe(epochs=20, snapshots=(0, 1, 5, 15)).kept == (0, 1, 5, 15, 20)
    assert Recipe(epochs=2, snapshots=(0, 1, 2, 5)).kept == (0, 1, 2)
    assert Recipe(epochs=4, snapshots=()).kept == (4,)
    recipe = Recipe(epochs=8, snapshots=(0, 1), measured_every=3)
    assert [epoch for epoch in range(1, 9) if recipe.measures(epoch)] == [1, 3, 6, 8]


def test_images_grow_from_epoch_to_epoch() -> None:
    recipe = Recipe(epochs=6, sizes=(0.5, 0.75, 1.0))
    assert [recipe.size(epoch, 64) for epoch in range(1, 7)] == [32, 32, 48, 48, 64, 64]
    assert [recipe.size(epoch, 224) for epoch in (1, 3, 6)] == [112, 168, 224]


def test_the_rate_climbs_and_falls_evenly() -> None:
    recipe = Recipe(peak_rate=0.8, warm_up=0.4)
    rates = [recipe.rate(step, 9) for step in range(9)]
    assert rates == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 0.8 * 5 / 6, 0.8 * 4 / 6, 0.8 * 3 / 6, 0.8 * 2 / 6, 0.8 / 6]
    )


def test_only_weights_decay_and_those_of_the_first_layer_most() -> None:
    network = build(ZFNET64, 3, batch_norm=True)
    groups = loop._groups(network, Recipe(weight_decay=0.25, first_decay=0.5))
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    by_decay = {
        group["weight_decay"]: [
            names[id(parameter)] for parameter in cast("list[Tensor]", group["params"])
        ]
        for group in groups
    }
    assert by_decay[0.5] == ["conv1.weight"]
    weighty = [f"conv{n}.weight" for n in (2, 3, 4, 5)] + ["fc6.weight", "fc7.weight"]
    assert by_decay[0.25] == weighty
    rest = [f"{part}{n}.bias" for part in ("conv", "norm") for n in range(1, 6)]
    rest += [f"norm{n}.weight" for n in range(1, 6)] + ["fc6.bias", "fc7.bias"]
    assert sorted(by_decay[0.0]) == sorted(rest)


def test_the_average_by_hand() -> None:
    update = loop._average(Recipe(averaging=0.3))
    averaged, current = [torch.tensor([1.0])], [torch.tensor([0.0])]
    update(averaged, current, 0)
    assert averaged[0].item() == pytest.approx(0.1)  # a tenth of the old: nothing is known yet
    update(averaged, current, 1)
    assert averaged[0].item() == pytest.approx(0.1 * 2 / 11)
    update(averaged, current, 100)
    assert averaged[0].item() == pytest.approx(0.1 * 2 / 11 * 0.3)


def test_small_images_go_through_the_same_network() -> None:
    network = build(ZFNET64, 3).eval()
    images = torch.randn(2, 3, 64, 64)
    assert torch.equal(loop._logits(network, images), network(images))
    for size in (32, 48):
        assert loop._logits(network, images[:, :, :size, :size]).shape == (2, 3)


def test_statistics_come_from_whole_images(photographs: LabelledPhotographs) -> None:
    network = build(ZFNET64, 3, batch_norm=True)
    mean, std = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
    calibrate(network, photographs.train, mean, std)
    assert not network.training
    with torch.no_grad():
        inputs = normalised(torch.from_numpy(np.array(photographs.train.pixels)), mean, std)
        maps = network.get_submodule("conv1")(inputs)
    assert isinstance(network.norm1, nn.BatchNorm2d)
    torch.testing.assert_close(network.norm1.running_mean, maps.mean((0, 2, 3)))
    torch.testing.assert_close(network.norm1.running_var, maps.var((0, 2, 3)))
    assert network.norm1.momentum == 0.1


# Runs that are cut


class CutError(Exception):
    """The end of the power."""


@pytest.mark.parametrize("steps", [3, 5])
def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(
    photographs: LabelledPhotographs,
    undisturbed: Trained,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: int,
) -> None:
    """Cut after an epoch of three steps, and within the next."""
    monkeypatch.setattr(loop, "SAVED_EVERY", 0.0)
    step = loop._Course.step

    def cut(course: loop._Course, number: int) -> Tensor:
        if number == steps:
            raise CutError
        return step(course, number)

    with monkeypatch.context() as patch:
        patch.setattr(loop._Course, "step", cut)
        with pytest.raises(CutError):
            fit("zfnet64", photographs, RECIPE, tmp_path, CPU)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]
    torch.manual_seed(1234)
    numbers: list[int] = []

    def noted(course: loop._Course, number: int) -> Tensor:
        numbers.append(number)
        return step(course, number)

    with monkeypatch.context() as patch:
        patch.setattr(loop._Course, "step", noted)
        resumed = fit("zfnet64", photographs, RECIPE, tmp_path, CPU)
    assert numbers == list(range(steps, 9))
    assert same(resumed.weights, undisturbed.weights)
    assert sorted(resumed.snapshots) == sorted(undisturbed.snapshots)
    for epoch, snapshot in undisturbed.snapshots.items():
        assert same(resumed.snapshots[epoch], snapshot)
    for ours, theirs in zip(resumed.history, undisturbed.history, strict=True):
        assert {**ours, "seconds": 0} == {**theirs, "seconds": 0}

    # A run that is finished is not trained again.
    monkeypatch.setattr(loop._Course, "step", None)
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


def test_a_checkpoint_holds_no_images(
    photographs: LabelledPhotographs, undisturbed: Trained, tmp_path: Path
) -> None:
    fit("zfnet64", photographs, replace(RECIPE, epochs=1, snapshots=(0,)), tmp_path, CPU)
    numbers = sum(part.numel() for part in build(ZFNET64, 3, batch_norm=True).parameters())
    convolutions = sum(part.numel() for part in undisturbed.snapshots[0].values())
    # Weights, momenta and averages in single precision, two copies of convolutions in half.
    assert (tmp_path / "checkpoint.pt").stat().st_size < 4 * 3 * numbers + 4 * convolutions + 10**5


def test_held_out_images_take_the_place_of_the_validation_images(
    photographs: LabelledPhotographs,
) -> None:
    data = held_out(photographs, 2)
    assert data.train.labels.tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert data.validation.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert np.array_equal(data.validation.pixels, photographs.train.pixels[[5, 6, 12, 13, 19, 20]])
    with pytest.raises(ImagesError, match="'n01' has 7 training images; hold out fewer"):
        held_out(photographs, 7)


def test_a_recipe_is_tried_on_images_held_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = data_set(tmp_path / "set", 4, 1)
    run = tmp_path / "run"
    train_network("zfnet64", root, "colours", run, 1, 9, 0, "cpu", hold_out=1)
    assert sorted(path.name for path in run.iterdir()) == ["checkpoint.pt", "data"]
    assert "on images held out" in capsys.readouterr().out
    recipe = torch.load(run / "checkpoint.pt", weights_only=True)["run"]["recipe"]
    share = recipe["batch_size"] / Recipe.batch_size
    assert recipe["peak_rate"] == pytest.approx(Recipe.peak_rate * share)
    with pytest.raises(UsageError, match="--hold-out 0 or more"):
        train_network("zfnet64", root, "colours", run, 1, 9, 0, "cpu", hold_out=-1)


def test_a_network_trained_here_is_found_with_its_snapshots_and_its_colours(
    photographs: LabelledPhotographs, undisturbed: Trained, tmp_path: Path
) -> None:
    two = np.repeat(np.arange(3), 2)
    pixels = np.resize(photographs.validation.pixels, (6, 64, 64, 3))
    data = replace(photographs, validation=Split(pixels, two))
    told = {**asdict(RECIPE), "dropout": ZFNET64.dropout}
    export("zfnet64", data, told, undisturbed, tmp_path, "three colours", CPU, 4, 1)
    weights = str(tmp_path / "zfnet64.safetensors")
    network = load("zfnet64", weights)
    assert network.preprocess.mean == undisturbed.mean
    assert network.preprocess.std == undisturbed.std
    assert network.provenance.trained_on == "three colours"
    assert network.provenance.constants == "card"
    named = outputs_of(network, len(data.classes))
    assert named.known
    assert named.names == tuple(data.words)
    along = snapshots("zfnet64", weights)
    assert list(along) == [0, 1, 3]
    first, last = at_epoch(network, along[0]), at_epoch(network, along[3])
    assert same(last.module.state_dict(), network.module.state_dict())
    assert not same(first.module.state_dict(), network.module.state_dict())
    card = json.loads((tmp_path / "zfnet64.json").read_text(encoding="utf-8"))
    assert card["appearance"]["units"]["conv1"] == 64
    assert card["grain"]["3"] == card["appearance"]["grain"]
    assert card["grain"]["0"] > 0.6  # random numbers
    assert card["recipe"]["dropout"] == ZFNET64.dropout
