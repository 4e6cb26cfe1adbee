"""Half precision against full precision, and what a build says of its shortcuts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from fake_store import make_store
from msgspec import structs
from narrow import make_photographs, narrow
from on_disk import manifest_of
from PIL import Image
from test_shards import LAYERS, content, looked_at, photograph
from tiny import chain, collection, network
from torch import nn

from generator import caption, pages
from generator.__main__ import main
from generator.errors import ImagesError, UsageError
from generator.exhibit import Exhibit
from generator.images.collection import Collection
from generator.images.folder import open_folder
from generator.networks.chosen import ChosenWeights
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.processes import Group
from generator.records import EXACT, Shortcuts
from generator.records.scans import Shortened
from generator.records.schema import from_values
from generator.scan.activations import Activations, activations, check_shortcuts
from generator.scan.inputs import input_cache
from generator.scan.shortcuts import IMAGES, compared_images, effect_of_shortcuts
from generator.scan.strongest import scan
from generator.stages import scan as stage
from generator.stages.build import Build
from generator.stages.fitting import check_fitting
from generator.stages.read import read_effect
from generator.stages.table import STAGES, stage_keys
from generator.techniques.deconvnet import project, projected

pytestmark = pytest.mark.filterwarnings("ignore:The image decoding:DeprecationWarning")
HALF, JPEG = Shortcuts(half=True), Shortcuts(device_jpeg=True)
# Of a unit's largest: bfloat16 rounds by up to 1/512; inputs, weights and maps of three layers.
BOUND = 9 / 512
DOCS = Path(__file__).parents[2] / "docs"


def found_by(net: Network, images: Collection, shortcuts: Shortcuts) -> Activations:
    """What every unit answers to every image, in one piece."""
    parts = list(activations(net, images, range(len(images)), 4, 0, shortcuts))
    reasons = {index: why for part in parts for index, why in part.reasons.items()}
    values = np.concatenate([part.values for part in parts])
    places = np.concatenate([part.places for part in parts])
    return Activations(range(len(images)), values, places, reasons)


def test_half_precision_is_near_full_and_no_nearer() -> None:
    net, images = network(chain("overlapping", norm=True), LAYERS), collection(40, broken={7})
    half, full = (found_by(net, images, precision) for precision in (HALF, EXACT))
    assert half.values.dtype == np.float32
    assert half.reasons == full.reasons == {7: "7: is torn"}
    apart = np.abs(half.values - full.values) / np.nanmax(full.values, axis=0).clip(min=1e-6)
    assert 1e-4 < np.nanmax(apart) < BOUND
    np.testing.assert_array_equal(
        half.values[~np.isnan(half.values)],
        torch.from_numpy(half.values[~np.isnan(half.values)]).bfloat16().float().numpy(),
    )


def test_only_the_passes_of_a_scan_run_so() -> None:
    net, images = network(chain(), LAYERS), collection(9)
    for _ in activations(net, images, range(9), 2, 0, HALF):
        assert not torch.is_autocast_enabled("cpu"), "not between two batches either"
    assert {parameter.dtype for parameter in net.module.parameters()} == {torch.float32}
    assert record_maps(net, torch.zeros(1, 3, 32, 32))[0].dtype == torch.float32


def test_what_a_half_precision_scan_chose_is_projected_in_full_precision() -> None:
    """Places may be others than full precision would have chosen; the projection is of these."""
    net, images = network(chain(), LAYERS), collection(12)
    tops, inputs = scan(net, images, 3, 4, 0, HALF), input_cache(net, images)
    for layer, top in zip(net.layers, tops, strict=True):
        channels, slots = np.nonzero(top.images >= 0)
        chosen, positions = top.images[channels, slots], top.positions[channels, slots]
        stack = torch.stack([inputs(int(image)) for image in chosen])
        (maps,) = record_maps(net, stack, (layer,))
        rows, columns = positions.T
        here = maps[range(len(stack)), channels, rows, columns]
        largest = maps[range(len(stack)), channels].amax(dim=(1, 2))
        values = top.values[channels, slots]
        np.testing.assert_allclose(values, here, atol=BOUND * float(largest.max()))
        np.testing.assert_allclose(largest, here, atol=2 * BOUND * float(largest.max()))
        whole = project(net, layer, stack, channels, positions)
        assert whole.dtype == torch.float32
        for entries, parts, _, corners in projected(
            net, layer, channels, chosen, positions, inputs
        ):
            for entry, part, (y, x) in zip(entries, parts, corners.tolist(), strict=True):
                own = whole[entry, :, y : y + part.shape[1], x : x + part.shape[2]]
                np.testing.assert_allclose(part, own, rtol=1e-4, atol=1e-5)


# What is measured of it


def strongest(values: npt.NDArray[np.float32], unit: int, k: int) -> set[int]:
    """By a full sort, the first of equal ones first."""
    read = [row for row in range(len(values)) if values[row, unit] > 0]
    return set(sorted(read, key=lambda row: (-values[row, unit], row))[:k])


@pytest.mark.parametrize("disturbed", [False, True])
def test_the_numbers_are_those_of_a_plain_count(disturbed: bool) -> None:
    net, images = network(chain("average"), LAYERS), collection(30, broken={2, 11})
    half, full = (found_by(net, images, precision) for precision in (HALF, EXACT))
    chosen = compared_images(30, {2, 11})
    if disturbed:  # by more than half precision does, so that every part of the count matters
        half.values[chosen, 3] = half.values[chosen[::-1], 3]
        half.values[chosen[2:], 5] = 0
    part = Activations(chosen.tolist(), half.values[chosen], half.places[chosen])
    effect = effect_of_shortcuts(net, images, part, 4, 0)
    entries = same = 0
    apart = 0.0
    for unit in range(half.values.shape[1]):
        own, other = (strongest(each.values, unit, 4) for each in (half, full))
        entries += max(len(own), len(other))
        same += len(own & other)
        largest = np.nanmax(full.values[:, unit])
        if largest > 0:
            off = np.abs(half.values[chosen, unit] - full.values[chosen, unit]).max()
            apart = max(apart, float(off / largest))
    assert (effect.images, effect.entries) == (28, entries)
    assert effect.same == pytest.approx(same / entries)
    assert 0.5 < effect.same < 1 or not disturbed
    assert effect.apart == pytest.approx(apart, rel=1e-2)  # another number of images a batch


def test_an_exact_scan_has_lost_nothing() -> None:
    net, images = network(chain(), LAYERS), collection(10)
    effect = effect_of_shortcuts(net, images, found_by(net, images, EXACT), 3, 0)
    assert effect.same == 1
    assert effect.apart < 1e-5


def test_the_sample_is_all_of_a_small_collection_and_a_draw_from_a_large_one() -> None:
    assert compared_images(6, {1, 4}).tolist() == [0, 2, 3, 5]
    drawn = compared_images(100_000, set(range(50_000)))
    assert len(set(drawn.tolist())) == IMAGES
    assert drawn.min() >= 50_000
    assert (np.diff(drawn) > 0).all()
    assert drawn.tolist() == compared_images(100_000, set(range(50_000))).tolist()


# Keys and shards


def exhibit(**more: Any) -> Exhibit:
    return Exhibit("a", "zfnet64", "images", weights="none", **more)


def test_shortcuts_are_part_of_the_key_of_the_scan_and_of_what_builds_on_it() -> None:
    exact = stage_keys(exhibit(), ChosenWeights("weights"), "images")
    assert stage_keys(exhibit(device="cuda"), ChosenWeights("weights"), "images") == exact, (
        "whatever the device"
    )
    keys = {
        (precision, decode, device): stage_keys(
            exhibit(precision=precision, decode=decode, device=device),
            ChosenWeights("weights"),
            "images",
        )
        for precision in ("full", "half")
        for decode in ("processor", "device")
        for device in ("cpu", "cuda", "cuda:1")
    }
    scans = {name: made["scan"] for name, made in keys.items()}
    # float16 on a GPU, bfloat16 elsewhere; each device decodes in its own way.
    assert len(set(scans.values())) == 1 + 3 * 2
    assert scans["half", "processor", "cuda"] == scans["half", "processor", "cuda:1"]
    changed = {
        stage.name
        for stage in STAGES
        if exact[stage.name] != keys["half", "processor", "cpu"][stage.name]
    }
    after = {"scan"}
    for stage_ in STAGES:
        if after & set(stage_.after):
            after.add(stage_.name)
    assert changed == after
    assert not {"subjects", "architecture", "layout", "occlusion"} & changed


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "photographs"
    for number in range(9):
        photograph(folder / "class" / f"{number:02}.png", number)
    return folder


def scanned(photographs: Path, store: Path, name: str, shortcuts: Shortcuts) -> Path:
    folder = store / f"scan-{name}"
    folder.mkdir(parents=True)
    precision = "half" if shortcuts.half else "full"
    settings = exhibit(k=3, precision=precision)
    made = Build(settings, network(chain(), LAYERS), open_folder(photographs), workers=0)
    stage.work(folder, made, Group())
    stage.make(folder, made)
    return folder


def test_scans_of_another_precision_are_never_mixed(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    exact = scanned(photographs, tmp_path / "other", "exact", EXACT)
    assert read_effect(exact) is None
    half = scanned(photographs, store, "half", HALF)
    effect = read_effect(half)
    assert effect is not None
    assert (effect.numbers, effect.images, effect.of, effect.k) == ("bfloat16", 9, 9, 3)
    assert effect.jpeg is None
    # The shards and the finished scan of half precision are both there.
    seen = looked_at(monkeypatch)
    again = scanned(photographs, store, "exact", EXACT)
    assert seen == list(range(9))
    assert content(again) == content(exact)
    assert content(half)["maxima.npy"] != content(exact)["maxima.npy"]
    assert len(list(store.glob("shards-*"))) == 2
    seen.clear()
    shutil.rmtree(half)
    scanned(photographs, store, "half", HALF)
    assert seen == [], "its own shards are taken"


# Errors


def test_where_half_precision_is_not_possible_there_is_one_line(
    photographs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    monkeypatch.setattr("torch.amp.is_autocast_available", lambda _: False)
    out = tmp_path / "store"
    words = ["figures", "--weights", "none", "--images", str(photographs), "--out", str(out)]
    assert main([*words, "--precision", "half"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "zfnet64 can't run in half precision on cpu" in lines[0]
    assert "leave out --precision half" in lines[0]
    assert not list(out.rglob("*.npz"))


class Stubborn(nn.Module):
    """Refuses numbers of 16 bits, as an operation without such an implementation does."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if maps.dtype != torch.float32:
            raise RuntimeError('"stubborn" not implemented for BFloat16\nmore of it')
        return maps.relu()


def test_a_network_that_can_not_is_told_before_anything_is_looked_at() -> None:
    module = chain()
    net = network(module, LAYERS)
    check_shortcuts(net, collection(1), HALF)
    module.relu2 = Stubborn()
    scan(net, collection(2), 3, workers=0)
    with pytest.raises(UsageError, match="not implemented for BFloat16") as caught:
        check_fitting(exhibit(precision="half"), net, collection(2))
    assert "\n" not in str(caught.value)


def test_values_out_of_range_name_the_option() -> None:
    module = chain()
    module.get_parameter("conv2.bias")[1] = float("inf")
    with pytest.raises(ImagesError, match=r"relu2 .* not finite in half .* --precision half"):
        scan(network(module, LAYERS), collection(2), workers=0, shortcuts=HALF)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--precision", "double"], "invalid choice: 'double'"),
        (["--decode", "gpu"], "invalid choice: 'gpu'"),
    ],
)
def test_words_that_are_none_of_the_options(
    option: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["figures", *option])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_bundled_photographs_are_no_files_for_a_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", "--decode", "device", "--out", str(tmp_path / "store")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "leave out --decode device" in line


# A whole build


def test_a_build_says_what_its_shortcuts_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    monkeypatch.chdir(tmp_path)
    folder = make_photographs(tmp_path / "photographs", 12)
    for path in list(folder.rglob("*.png"))[:6]:
        with Image.open(path) as image:
            image.save(path.with_suffix(".jpg"))
        path.unlink()
    words = f"figures --weights none --layers conv1,conv2 --k 3 --images {folder} --out store"
    assert main([*words.split(), "--precision", "half", "--decode", "device"]) == 0
    manifest = manifest_of(tmp_path / "store")
    section = manifest["shortcuts"]
    assert manifest["settings"]["precision"] == "half"
    assert manifest["settings"]["decode"] == "device"
    assert (section["numbers"], section["jpeg"], section["images"]) == ("bfloat16", "cpu", 12)
    assert 0.5 < section["same"] <= 1
    assert 0 < section["apart"] < 0.1
    sentence = caption.shortcuts(from_values(section, Shortened))
    assert sentence in capsys.readouterr().err.splitlines()
    assert sentence in str(pages.render(tmp_path / "store", DOCS)["about.md"])
    # Another look at its numbers, in full precision, is near enough; another network's is not.
    assert main(["check", "store", "--images", str(folder)]) == 0
    store = json.loads((tmp_path / "store" / "manifest.json").read_text())
    entry = next(unit for unit in store["layers"][1]["units"] if unit["figures"])["top"][0]
    entry["value"] *= 1.5
    (tmp_path / "store" / "manifest.json").write_text(json.dumps(store))
    assert main(["check", "store", "--images", str(folder)]) == 2


def test_an_exact_build_says_nothing(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    assert "looked at again" not in str(pages.render(store, DOCS)["about.md"])


def test_the_sentence() -> None:
    effect = Shortened(images=1024, of=50_000, k=9, entries=1, same=0.99951, apart=0.01249)
    half = structs.replace(effect, numbers="float16")
    sentence = caption.shortcuts(half)
    assert sentence.startswith(
        "The scan ran in half precision (float16); 1,024 of its 50,000 images"
    )
    assert "99.9\N{NO-BREAK SPACE}% of the units" in sentence, "not rounded up to all of them"
    assert "1.2\N{NO-BREAK SPACE}%" in sentence
    both = caption.shortcuts(structs.replace(half, jpeg="cuda", of=1024))
    assert "and left plain JPEGs to the GPU" in both
    assert "all 1,024 images" in both
    exact = caption.shortcuts(structs.replace(effect, jpeg="cpu", same=1.0))
    assert "left plain JPEGs to torchvision" in exact
    assert "100\N{NO-BREAK SPACE}% of" in exact
