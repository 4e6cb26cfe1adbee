"""The whole main path on a small exhibit, and what is made again when something changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import OrderedDict
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from narrow import make_photographs, narrow
from on_disk import manifest_of
from PIL import Image
from torch import nn

from generator import pipeline
from generator.__main__ import main
from generator.errors import StoreError
from generator.exhibit import Exhibit
from generator.networks import zfnet
from generator.stages.build import Build
from generator.stages.table import STAGES
from generator.store import imports
from generator.store.keys import code_key


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Few drawings, a narrow network of the same layers, and no store but the test's own."""
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_photographs(tmp_path_factory.mktemp("pipeline") / "photographs")


def exhibit(photographs: Path, **more: Any) -> Exhibit:
    settings: dict[str, Any] = {"weights": "none", "k": 4, **more}
    return Exhibit("small", "zfnet64", str(photographs), **settings)


@pytest.fixture(scope="module")
def out(photographs: Path) -> Path:
    """The store of the exhibit, which no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        narrow(patch.setattr, patch.setitem)
        return pipeline.make_figures(exhibit(photographs), photographs.parent / "store")


def test_a_store_holds_what_its_manifest_says(out: Path) -> None:
    manifest = manifest_of(out)
    assert manifest["network"]["random"] is True
    assert manifest["shortcuts"] is None
    assert manifest["collection"]["count"] == 12
    assert manifest["collection"]["skipped"] == [
        {
            "name": "class 1/broken.jpg",
            "reason": "is not a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC image",
        }
    ]
    assert [layer["name"] for layer in manifest["layers"]] == [f"conv{n}" for n in range(1, 6)]
    for layer in manifest["layers"]:
        assert len(layer["units"]) == layer["channels"] == 18
        for unit in layer["units"]:
            values = [entry["value"] for entry in unit["top"]]
            assert values == sorted(values, reverse=True)
            assert len({entry["image"] for entry in unit["top"]}) == len(values)
            assert unit["dead"] == (not values)
            for entry in unit["top"]:
                assert entry["class"] == entry["name"].split("/")[0]
                left, top, right, bottom = entry["box"]
                assert 0 <= left < right <= 120
                assert 0 <= top < bottom <= 90
            for picture in (unit["figures"] or {}).values():
                with Image.open(out / picture["file"]) as image:
                    assert image.size == (picture["width"], picture["height"])
        places = [(cell["row"], cell["column"]) for cell in layer["figure"]["cells"]]
        assert len(set(places)) == len(places)
        for cell in layer["figure"]["cells"]:
            assert cell["evidence"]["kind"] == cell["claim"]["kind"]
            assert cell["evidence"]["score"] == pytest.approx(cell["claim"]["score"], abs=1e-4)
            strip = cell["evidence"].get("strip")
            assert bool(strip) == (cell["claim"]["kind"] == "concept")
            if strip:
                with Image.open(out / strip["file"]) as image:
                    assert image.size == (strip["width"], strip["height"])
    assert len(manifest["hierarchy"]["trained"]) == len(manifest["hierarchy"]["layers"]) == 5
    covered, moved = manifest["occlusion"], manifest["invariance"]
    assert len(covered["photographs"]) == 3
    for example in covered["photographs"]:
        cells = -(-64 // covered["stride"])
        for numbers in (example["activity"], example["probability"], example["best"]):
            assert [len(row) for row in numbers] == [cells] * cells
        assert (
            sum(entry["places"] for entry in example["legend"]) + example["other_places"]
            == cells**2
        )
        assert example["class"].startswith("class "), (
            "nobody has named the outputs of random weights"
        )
    for change in moved["changes"]:
        for numbers in (change["first"], change["last"], change["probability"]):
            assert len(numbers) == len(moved["photographs"])
            assert all(len(row) == len(change["values"]) for row in numbers)
    assert len(manifest["filters"]["strengths"]) == 18
    assert [step["kind"] for step in manifest["steps"]["steps"]] == [
        *("filter", "unpool", "rectify", "filter")
    ]
    assert manifest["layout"]["boxes"][1]["size"] == [18, 32, 32]
    pictures = [
        picture
        for photograph in covered["photographs"]
        for picture in photograph["figures"].values()
    ]
    pictures += [change["figures"]["samples"] for change in moved["changes"]]
    pictures += [*manifest["filters"]["figures"].values(), *manifest["steps"]["figures"].values()]
    for picture in pictures:
        with Image.open(out / picture["file"]) as image:
            assert image.size == (picture["width"], picture["height"])
    for picture in (manifest["stimuli"], *manifest["control"]["figures"].values()):
        with Image.open(out / picture["file"]) as image:
            assert image.size == (picture["width"], picture["height"])
    asked = manifest["preferred"]
    assert asked["shipped"] is False  # what ships belongs to other weights
    assert asked["every"] is False
    for layer in manifest["layers"]:
        standing = {cell["channel"] for cell in layer["figure"]["cells"]}
        with_one = {unit["channel"] for unit in layer["units"] if unit["preferred"]}
        assert with_one == (standing if layer["index"] > 1 else set())
    assert manifest["forming"] is None  # random weights were never on their way
    build = json.loads((out / "build.json").read_text())
    assert [row["name"] for row in build["stages"]][1:] == [stage.name for stage in STAGES]
    text = (out / "manifest.json").read_text()
    assert str(out.parent) not in text


def test_a_store_holds_what_its_atlas_needs(out: Path) -> None:
    manifest = manifest_of(out)
    (scanned,) = out.glob("scan-*")
    maxima = np.load(scanned / "maxima.npy")
    read = np.isfinite(maxima[:, 0])
    assert read.sum() == 12
    column = 0
    for layer, spread, sheets in zip(
        manifest["layers"], manifest["spread"]["layers"], manifest["sheets"]["layers"], strict=True
    ):
        for file in sheets["files"]:
            with Image.open(out / file["file"]) as image:
                assert image.size == (file["width"], file["height"])
        assert sum(file["width"] + 2 for file in sheets["files"]) == 18 * sheets["step"]
        for unit, spread_of in zip(layer["units"], spread, strict=True):
            fires = maxima[read, column] > 0
            assert spread_of["fires"] == pytest.approx(fires.mean(), abs=1e-4)
            assert unit["dead"] == (not spread_of["parts"])
            assert len(unit["concepts"]) == len(manifest["hierarchy"]["concepts"])
            for part in spread_of["parts"]:
                assert len(part["images"]) == min(9, fires.sum())
                values = maxima[part["images"], column].astype(float)
                assert part["values"] == pytest.approx(values.tolist(), rel=1e-3)
            if spread_of["picture"]:
                with Image.open(out / spread_of["picture"]["file"]) as image:
                    assert image.size == (
                        spread_of["picture"]["width"],
                        spread_of["picture"]["height"],
                    )
            for top in unit["top"]:
                small = manifest["photographs"][str(top["source"])]
                assert small["of"] == [120, 90]
                with Image.open(out / small["file"]) as image:
                    assert image.size == (small["width"], small["height"])
            column += 1


def test_only_what_depends_on_a_change_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photographs = make_photographs(tmp_path / "photographs", 6)
    made: list[str] = []
    everything = [stage.name for stage in STAGES]
    for name in everything:
        module = import_module(f"generator.stages.{name}")

        def counted(folder: Path, build: Build, make: Any = module.make, name: str = name) -> None:
            made.append(name)
            make(folder, build)

        monkeypatch.setattr(module, "make", counted)

    def run(**more: Any) -> list[str]:
        made.clear()
        two = exhibit(photographs, layers=("conv1", "conv2"))
        pipeline.make_figures(replace(two, **more), tmp_path / "store")
        return list(made)

    assert run() == everything
    before = (tmp_path / "store" / "manifest.json").read_bytes()
    assert run() == []
    after = {stage.name: stage.after for stage in STAGES}

    def rests_on(name: str, wanted: str) -> bool:
        return name == wanted or any(rests_on(stage, wanted) for stage in after.get(name, ()))

    scanned = [name for name in everything if rests_on(name, "k")]
    assert "subjects" not in scanned
    assert run(k=3) == scanned
    assert run() == scanned  # what a manifest no longer needs is not kept
    assert (tmp_path / "store" / "manifest.json").read_bytes() == before

    real_code = code_key

    def changed(*places: str) -> str:
        return "changed" if any(changing in places for changing in now) else real_code(*places)

    monkeypatch.setattr(imports, "code_key", changed)
    monkeypatch.setattr(pipeline, "code_key", changed)
    drawn = ["spread", "sheets", "photographs", "occlusion", "invariance", "filters", "steps"]
    drawn += ["live", "featuremaps", "drawings", "walls", "forming"]
    now = ["draw/raster.py"]
    assert run() == ["figures", "evidence", "control", *drawn]
    now = ["draw/raster.py", "measure/claims.py"]
    liked = [
        "likeness",
        "ablation",
        "featuremaps",
        "quiz",
        "preferred",
        "drawings",
        "walls",
        "forming",
    ]
    assert run() == ["measure", "evidence", "control", *liked]
    now = ["draw/raster.py", "measure/claims.py", "stages/manifest.py"]
    assert run() == []  # the stages are kept, the manifest is written anew
    assert run(preferred="none") == ["preferred", "walls"]
    assert run() == ["preferred", "walls"]
    assert run(square=20) == ["occlusion"]
    named = run(square=20, photographs=("class 1/4.png",))
    assert named == ["subjects", "occlusion", "invariance", "steps", "live"]
    assert run() == named
    assert run(live=1) == ["live"]
    assert run() == ["live"]
    os.utime(photographs / "class 0" / "0.png", (1, 1))  # touched, not changed
    assert run() == []
    (photographs / "class 0" / "0.png").unlink()
    assert run() == [name for name in everything if rests_on(name, "images")]


def test_a_store_that_is_given_is_used_as_it_is(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE", str(tmp_path / "none"))
    with pytest.raises(StoreError, match="holds no finished figures"):
        pipeline.ensure_store()
    monkeypatch.setenv("STORE", str(out))
    assert pipeline.ensure_store() == out


def test_a_warm_store_is_found_without_torch(photographs: Path, out: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from generator import pipeline; "
        "from generator.exhibit import Exhibit; "
        f"pipeline.make_figures(Exhibit('small', 'zfnet64', {str(photographs)!r}, 'none', k=4), "
        f"Path({str(out)!r})); "
        "print([name for name in ('torch', 'torchvision', 'skimage') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["figures", "--exhibit", "embeded"], "did you mean 'embedded'"),
        (["figures", "--model", "alexnett"], "did you mean 'alexnet'"),
        (["figures", "--modle", "alexnet"], "did you mean --model"),
        (["figures", "--images", "nowhere"], "nowhere: no such folder"),
        (["figures", "--weights", "nothing.safetensors"], "nothing.safetensors"),
        (["figures", "--weights", "none", "--images", "one", "--layers", "conv9"], "conv5"),
        (["figures", "--weights", "none", "--images", "one", "--k", "0"], "k is 0"),
        (["figures", "--weights", "none", "--images", "one", "--k", "many"], "invalid int value"),
        (["figures", "--weights", "none", "--images", "one", "--device", "abacus"], "abacus"),
        (["figures", "--weights", "none", "--images", "one", "--out", "taken"], "taken"),
        (["figures", "--weights", "none", "--images", "one", "--square", "64"], "square is 64"),
        (["figures", "--weights", "none", "--images", "one", "--stride", "0"], "stride is 0"),
        (["figures", "--weights", "none", "--images", "one", "--photograph", "b.png"], "'a.png'"),
        (
            ["figures", "--model", "mobilenet_v3_small", "--weights", "none", "--images", "one"],
            "hardswish",
        ),
        (["train", "--data", "nowhere", "--out", "run"], "nowhere"),
        (["train", "--data", "nowhere", "--out", "run", "--epochs", "0"], "--epochs"),
        (["figurs"], "figurs"),
        ([], "COMMAND"),
    ],
)
def test_a_mistake_is_one_line_and_status_2_and_writes_nothing(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one").mkdir()
    Image.new("RGB", (64, 64), "red").save(tmp_path / "one" / "a.png")
    (tmp_path / "taken").write_text("")
    before = sorted(tmp_path.rglob("*"))
    try:
        status = main(arguments)
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    assert status == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert message in printed.err
    left = [path for path in sorted(tmp_path.rglob("*")) if path not in before]
    assert [path for path in left if path.is_file()] == []


def test_a_network_given_as_layers_of_its_own(photographs: Path, tmp_path: Path) -> None:
    out = pipeline.make_figures(exhibit(photographs, layers=("conv2", "relu4")), tmp_path / "store")
    manifest = manifest_of(out)
    assert [layer["name"] for layer in manifest["layers"]] == ["conv2", "relu4"]


def test_the_narrow_network_is_the_shape_that_the_tests_mean() -> None:
    network = zfnet.build(zfnet.ARCHITECTURES["zfnet64"], 2)
    convolutions = OrderedDict(
        (name, part.out_channels)
        for name, part in network.named_children()
        if isinstance(part, nn.Conv2d)
    )
    assert list(convolutions.values()) == [18] * 5
