"""A network that was trained before is measured anew: the same numbers, and nothing trained."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from generator.errors import WeightsError
from generator.measure.speaking import unpacked
from generator.networks.zfnet import ZFNET64, build, fold_batch_norm
from generator.records.ablation import Effects
from generator.train.again import measure_again
from generator.train.export import export
from generator.train.loop import Trained
from generator.train.photographs import load_photographs
from generator.train.recipe import Recipe

COLOURS = {"n01": (200, 40, 40), "n02": (40, 200, 40), "n03": (40, 40, 200)}
FEW = 4, 1  # drawings of each concept, and random networks to compare with


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("colours")
    seeds = itertools.count()
    for split, (name, colour) in itertools.product(("train", "val"), COLOURS.items()):
        folder = root / split / name
        folder.mkdir(parents=True)
        for number in range(2):
            noise = np.random.default_rng(next(seeds)).integers(-40, 41, (64, 64, 3))
            pixels = (np.array(colour) + noise).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def run(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a training run leaves, of a network with random weights."""
    folder = tmp_path_factory.mktemp("run")
    torch.manual_seed(0)
    network = build(ZFNET64, len(COLOURS), batch_norm=True).eval()
    kept = {
        name: tensor.half()
        for name, tensor in network.state_dict().items()
        if name.startswith(("conv", "norm")) and tensor.is_floating_point()
    }
    history = ({"epoch": 1, "loss": 2.5},)
    along, machines = {0: kept, 1: kept}, ("torch 2 on an abacus",)
    mean, std = (0.5, 0.4, 0.3), (0.2, 0.2, 0.3)
    trained = Trained(fold_batch_norm(network), along, history, machines, mean, std)
    data = load_photographs(photographs, ZFNET64.input_size, folder / "data")
    recipe = {**asdict(Recipe(epochs=1)), "dropout": 0.2}
    export("zfnet64", data, recipe, trained, folder, "colours", torch.device("cpu"), *FEW)
    return folder


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_measured_again_is_measured_the_same(run: Path, photographs: Path) -> None:
    before = written(run)
    assert {"zfnet64.json", "zfnet64-ablation.safetensors"} < set(before)
    card = json.loads(before["zfnet64.json"])
    assert card["top5"] == 1.0  # of three classes
    (run / "zfnet64.json").write_text(json.dumps(card | {"top1": 0.0, "top5": 0.0, "grain": {}}))
    for name in ("ablation", "classes"):
        (run / f"zfnet64-{name}.safetensors").unlink()
    measure_again("zfnet64", photographs, run, "cpu", *FEW)
    assert written(run) == before


def test_what_is_lost_without_units_is_written_for_every_class_and_unit(run: Path) -> None:
    found = unpacked(load_file(run / "zfnet64-ablation.safetensors"), Effects)
    units = ZFNET64.convolutions[-1].channels
    assert found.shares.shape == found.right_without.shape == (2, units, len(COLOURS))
    assert found.images.tolist() == [[1] * len(COLOURS)] * 2


def test_other_photographs_and_torn_runs_are_refused(
    run: Path, photographs: Path, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match=r"zfnet64\.json: can't be read .*a finished run"):
        measure_again("zfnet64", photographs, tmp_path, "cpu", *FEW)
    for name, data in written(run).items():
        (tmp_path / name).write_bytes(data)
    card = json.loads((run / "zfnet64.json").read_text())
    other = json.dumps(card | {"class_names": ["n01", "n02", "n09"]})
    (tmp_path / "zfnet64.json").write_text(other)
    with pytest.raises(WeightsError, match="holds other classes than"):
        measure_again("zfnet64", photographs, tmp_path, "cpu", *FEW)
    (tmp_path / "zfnet64-epoch1.safetensors").write_bytes(b"torn")
    with pytest.raises(WeightsError, match=r"zfnet64-epoch1\.safetensors: can't be read"):
        measure_again("zfnet64", photographs, tmp_path, "cpu", *FEW)
