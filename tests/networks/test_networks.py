"""Loading: names, weights from files and from the network, preprocessing, folding."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tiny import fixed
from torch import Tensor
from torchvision import models
from torchvision.transforms._presets import ImageClassification

from generator.errors import GeneratorError, ImagesError, UsageError, WeightsError
from generator.images.decode import decode
from generator.networks import load
from generator.networks.identity import bundled_weights, weights_identity
from generator.networks.preprocessing import Preprocessing
from generator.networks.weights import download, fill, read_weights
from generator.networks.zfnet import ZFNET64, build, fold_batch_norm

SQUEEZENET = "squeezenet1_1-b8a52dc0.pth"  # torchvision's file


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache of one's own, and nobody to download from."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a test went to the network")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("socket.socket.connect", refuse)


def small_state(classes: int = 3) -> dict[str, Tensor]:
    """Weights that fit ``zfnet64``."""
    return {
        name: value.clone() for name, value in fixed(build(ZFNET64, classes)).state_dict().items()
    }


def refusal(path: Path, name: str = "zfnet64") -> str:
    """The one line that loading such a file ends with; it names the file."""
    with pytest.raises(WeightsError) as caught:
        load(name, str(path))
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


# Names


def test_torchvision_networks_load_by_name() -> None:
    net = load("resnet18", "none")
    assert (net.name, net.size, net.module.training) == ("resnet18", 224, False)
    assert [layer.index for layer in net.layers] == list(range(1, len(net.layers) + 1))
    assert [(layer.channels, layer.height) for layer in net.layers] == [
        (64, 112), (64, 56), (128, 28), (256, 14), (512, 7)
    ]  # fmt: skip
    assert not any(parameter.requires_grad for parameter in net.module.parameters())
    assert net.layer(2) is net.layers[1]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    for wrong, near in (("alexnett", "alexnet"), ("zfnet46", "zfnet64"), ("vgg-11", "vgg11")):
        with pytest.raises(
            UsageError, match=rf"unknown network '{wrong}'; did you mean '{near}'\?"
        ):
            load(wrong, "none")


def test_an_unknown_layer_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown layer 'conv6'; did you mean 'conv5'\?"):
        load("zfnet64", "none", layers=("conv1", "conv6"))


def test_layers_can_be_named() -> None:
    layers = load("zfnet64", "none", layers=("relu1", "pool2")).layers
    assert [(layer.name, layer.index, layer.channels) for layer in layers] == [
        ("relu1", 1, 64), ("pool2", 2, 128)
    ]  # fmt: skip
    with pytest.raises(UsageError, match="layer 'fc6' makes no map"):
        load("zfnet64", "none", layers=("fc6",))


def test_an_unknown_device_is_a_wrong_option() -> None:
    for device in ("gpu", "cuda:99"):
        with pytest.raises(UsageError, match=f"device '{device}' can't be used here"):
            load("zfnet64", "none", device)


def test_zfnet_needs_weights() -> None:
    with pytest.raises(UsageError, match="no weights ship with zfnet; give a file with --weights"):
        load("zfnet")


def test_random_weights_are_the_same_every_time() -> None:
    torch.manual_seed(1)
    first = load("squeezenet1_1", "none")
    torch.manual_seed(2)
    second = load("squeezenet1_1", "none")
    assert first.provenance.random
    assert first.provenance.sha256 == "none" == weights_identity("squeezenet1_1", "none")
    assert first.provenance.accuracy is None
    pairs = zip(first.module.state_dict().items(), second.module.state_dict().items(), strict=True)
    assert all(a[0] == b[0] and torch.equal(a[1], b[1]) for a, b in pairs)


# Weights from files


@pytest.mark.parametrize("suffix", [".safetensors", ".pt", ".pth"])
def test_weights_from_a_file_are_used(tmp_path: Path, suffix: str) -> None:
    state, path = small_state(), tmp_path / f"own{suffix}"
    if suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save({"epoch": 3, "state_dict": state} if suffix == ".pth" else state, path)
    net = load("zfnet64", str(path))
    for name, value in net.module.state_dict().items():
        assert torch.equal(value, state[name])
    assert net.provenance.source == f"own{suffix}"
    assert net.provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert net.provenance.sha256 == weights_identity("zfnet64", str(path))
    assert net.provenance.accuracy is None
    assert not net.provenance.random


def test_half_precision_weights_are_widened(tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save_file({name: value.half() for name, value in small_state().items()}, path)
    assert {value.dtype for value in read_weights(path).values()} == {torch.float32}


def test_another_number_of_classes_loads(tmp_path: Path) -> None:
    path = tmp_path / "seven.safetensors"
    save_file(small_state(7), path)
    assert load("zfnet64", str(path)).module(torch.zeros(1, 3, 64, 64)).shape == (1, 7)
    torch.manual_seed(0)
    path = tmp_path / "five.pt"
    torch.save(models.squeezenet1_1(num_classes=5).state_dict(), path)
    assert load("squeezenet1_1", str(path)).module(torch.zeros(1, 3, 224, 224)).shape == (1, 5)


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    state, path = small_state(), tmp_path / "w.safetensors"
    del state["conv3.weight"]
    save_file(state, path)
    message = refusal(path)
    assert message.startswith(
        ": 9 of the 10 tensors that zfnet64 needs fit; 'conv3.weight' is missing"
    )
    save_file({**small_state(), "conv6.weight": torch.zeros(1, 1, 1, 1)}, path)
    assert "'conv6.weight' has no place in the network; " in refusal(path)


def test_a_file_for_some_layers_alone_names_the_first_key_that_differs() -> None:
    module, state = build(ZFNET64, 3), small_state()
    for wrong, words in (
        ({}, "these lacks"),
        ({"conv6.weight": torch.zeros(1)}, "these holds 'conv6.weight', which the network lacks"),
        ({"conv2.weight": torch.zeros(1)}, "these: 'conv2.weight' has shape"),
    ):
        with pytest.raises(WeightsError, match=words):
            fill(module, {**state, **wrong} if wrong else {}, "these")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    state, path = small_state(), tmp_path / "w.safetensors"
    state["conv4.bias"][3] = value
    save_file(state, path)
    assert refusal(path) == ": 'conv4.bias' holds values that are not finite"


def test_a_network_is_filled_whole_or_not_at_all() -> None:
    module = fixed(build(ZFNET64, 3), seed=1)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    state = small_state()
    state["fc7.bias"][0] = float("nan")
    with pytest.raises(WeightsError):
        fill(module, state, "these")
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("suffix", [".pt", ".pth"])
def test_a_pickle_that_would_run_code_is_not_run(tmp_path: Path, suffix: str) -> None:
    path, mark = tmp_path / f"evil{suffix}", tmp_path / "was here"
    torch.save({"conv1.weight": Evil(mark)}, path)
    assert "mkdir, which only code could make, and is not run; save" in refusal(path)
    assert not mark.exists()
    torch.load(path, weights_only=False)  # the trap does work
    assert mark.is_dir()


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.safetensors"
    save_file(small_state(), whole)
    content = whole.read_bytes()
    for name, part in (
        ("cut.safetensors", content[: len(content) // 2]),
        ("header.safetensors", content[:40]),
        ("empty.safetensors", b""),
        ("text.safetensors", b"not weights at all"),
        ("empty.pt", b""),
        ("text.pt", b"not weights at all"),
        ("zip.pth", b"PK\x03\x04 but no more"),
    ):
        path = tmp_path / name
        path.write_bytes(part)
        refusal(path)
    saved = tmp_path / "saved.pt"
    torch.save(small_state(), saved)
    saved.write_bytes(saved.read_bytes()[:-2000])
    assert "can't be read as weights" in refusal(saved)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_pickles_are_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save({"a": torch.zeros(3)}, path, _use_new_zipfile_serialization=False)
    content = path.read_bytes()
    random = np.random.default_rng(0)
    refusals: list[str] = []
    for _ in range(150):
        damaged = bytearray(content)
        for place in random.integers(0, len(content), 3):
            damaged[place] = random.integers(256)
        path.write_bytes(bytes(damaged))
        try:
            read_weights(path)
        except WeightsError as error:
            refusals.append(str(error))
    assert refusals
    assert not any("\n" in message for message in refusals)


def test_what_is_no_state_dict_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    for value in ([torch.zeros(1)], torch.zeros(1), {"conv1.weight": 3}):
        torch.save(value, path)
        assert "is not a state dict" in refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.pt")
    (tmp_path / "folder.pt").mkdir()
    assert "no such file" in refusal(tmp_path / "folder.pt")
    with pytest.raises(WeightsError, match=r"absent\.pt"):
        weights_identity("alexnet", str(tmp_path / "absent.pt"))


def test_the_bundled_weights_are_those_of_their_card() -> None:
    path = bundled_weights("zfnet64")
    if path is None:
        pytest.skip("zfnet64 has not been trained yet")
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    net = load("zfnet64")
    assert net.provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest() == card["sha256"]
    assert net.provenance.sha256 == weights_identity("zfnet64", None)
    assert net.provenance.accuracy == card["top1"]
    assert net.preprocess.mean == tuple(card["mean"])
    assert net.preprocess.std == tuple(card["std"])
    assert (net.size, net.preprocess.window(64, 64)) == (64, (0, 0, 64, 64))
    assert not net.provenance.random


# Weights from torchvision


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In torch's downloader's place, one that hands out random weights; the URLs it was asked."""
    asked: list[str] = []

    def serve(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
        asked.append(url)
        assert hash_prefix == "b8a52dc0"
        torch.manual_seed(7)
        torch.save(models.squeezenet1_1().state_dict(), dst)

    monkeypatch.setattr("torch.hub.download_url_to_file", serve)
    return asked


def test_torchvisions_weights_are_downloaded_once(tmp_path: Path, served: list[str]) -> None:
    assert weights_identity("squeezenet1_1", None) is None
    net = load("squeezenet1_1")
    assert served == [f"https://download.pytorch.org/models/{SQUEEZENET}"]
    checkpoints = tmp_path / "torch" / "hub" / "checkpoints"
    digest = hashlib.sha256((checkpoints / SQUEEZENET).read_bytes()).hexdigest()
    ledger = json.loads((checkpoints / "visualizing-cnns.json").read_text())
    assert ledger == {"squeezenet1_1": {"file": SQUEEZENET, "sha256": digest}}
    assert net.provenance.sha256 == digest == weights_identity("squeezenet1_1", None)
    assert net.provenance.trained_on == "ImageNet"
    assert net.provenance.accuracy == pytest.approx(0.58178)  # as torchvision states
    again = load("squeezenet1_1")
    assert len(served) == 1
    assert again.provenance == net.provenance


def test_a_cached_file_that_has_changed_is_refused(tmp_path: Path, served: list[str]) -> None:
    load("squeezenet1_1")
    path = tmp_path / "torch" / "hub" / "checkpoints" / SQUEEZENET
    state = torch.load(path, weights_only=True)
    state["classifier.1.bias"][0] += 1
    torch.save(state, path)
    with pytest.raises(
        WeightsError, match=r"has changed since it was first used .* delete the file"
    ):
        load("squeezenet1_1")
    path.unlink()
    load("squeezenet1_1")
    assert len(served) == 2


def test_a_file_of_a_new_name_is_recorded_and_checked(tmp_path: Path) -> None:
    """Torchvision gives better weights a new name."""
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "net-1.pth").write_bytes(b"old")
    (folder / "net-2.pth").write_bytes(b"new")
    download("net", "https://nowhere.invalid/net-1.pth")
    download("net", "https://nowhere.invalid/net-2.pth")
    assert weights_identity("net", None) == hashlib.sha256(b"new").hexdigest()
    (folder / "net-2.pth").write_bytes(b"changed")
    with pytest.raises(WeightsError, match=r"net-2\.pth has changed"):
        download("net", "https://nowhere.invalid/net-2.pth")


def test_torch_checks_the_digits_in_the_name(tmp_path: Path) -> None:
    content = b"weights"
    digits = hashlib.sha256(content).hexdigest()[:8]
    for name in (f"net-{digits}.pth", "net-00000000.pth"):
        (tmp_path / name).write_bytes(content)
    path = download("net", (tmp_path / f"net-{digits}.pth").as_uri())
    assert path.read_bytes() == content
    assert path.parent == tmp_path / "torch" / "hub" / "checkpoints"
    with pytest.raises(WeightsError, match="could not be downloaded") as caught:
        download("other", (tmp_path / "net-00000000.pth").as_uri())
    assert "\n" not in str(caught.value)
    assert not (path.parent / "net-00000000.pth").exists()


def test_no_connection_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise urllib.error.URLError("name or service not known")

    monkeypatch.setattr("torch.hub.urlopen", fail)
    with pytest.raises(
        WeightsError, match=r"alexnet: .* could not be downloaded .* --weights none"
    ):
        load("alexnet")


def test_every_file_of_torchvisions_carries_digits_to_check() -> None:
    for name in models.list_models(module=models):
        for preset in models.get_model_weights(name):
            assert re.search(r"-[0-9a-f]{8,}\.pth$", preset.url), preset.url


# Preprocessing

PLAIN = Preprocessing(224, 256, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def smooth(width: int, height: int) -> Image.Image:
    """Waves of several periods across the picture, in three colours."""
    across, down = np.meshgrid(np.linspace(0, 9, width), np.linspace(0, 7, height))
    waves = np.stack([np.sin(across), np.cos(down + across / 2), np.sin(across * down / 9)], axis=2)
    return Image.fromarray(((waves + 1) * 127.5).astype(np.uint8))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(500, 375), (375, 500), (256, 256), (1200, 900), (180, 240)])
def test_it_gives_what_torchvisions_preset_gives(size: tuple[int, int], interpolation: str) -> None:
    from torchvision.transforms import InterpolationMode  # noqa: PLC0415

    image = smooth(*size)
    ours = Preprocessing(224, 256, PLAIN.mean, PLAIN.std, interpolation)(image)
    theirs = ImageClassification(crop_size=224, interpolation=InterpolationMode(interpolation))(
        image
    )
    assert ours.shape == theirs.shape == (3, 224, 224)
    assert ours.dtype == torch.float32
    assert (ours - theirs).abs().mean() < 0.03  # of a standard deviation
    shifted = (ours[:, :, 2:] - theirs[:, :, :-2]).abs().mean()
    assert shifted > 2 * (ours - theirs).abs().mean()  # two pixels aside is clearly worse


@pytest.mark.parametrize("upright", [False, True])
def test_of_a_long_panorama_the_middle_is_used(upright: bool) -> None:
    pixels = np.zeros((40, 2000, 3), np.uint8)
    pixels[:, :, 0] = 255
    pixels[:, 980:1020] = (0, 255, 0)  # a square of green, with red to both sides
    picture = Image.fromarray(pixels.transpose(1, 0, 2) if upright else pixels)
    kept = Preprocessing(16, 16, PLAIN.mean, PLAIN.std).pixels(picture)
    assert (kept[2:-2, 2:-2] == (0, 255, 0)).all()


def test_display_is_the_inverse() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    exact = Preprocessing(224, 224, PLAIN.mean, PLAIN.std)
    assert np.array_equal(exact.display(exact(Image.fromarray(pixels))), pixels)
    batch = exact.display(torch.stack([exact(Image.fromarray(pixels))] * 2))
    assert batch.shape == (2, 224, 224, 3)
    assert exact.display(torch.full((3, 2, 2), 99.0)).max() == 255


def test_normalising_by_hand() -> None:
    half = Preprocessing(2, 2, (0.5, 0.25, 0.0), (0.5, 0.25, 1.0))
    grey = half(Image.new("RGB", (2, 2), (255, 0, 51)))
    assert grey[:, 0, 0].tolist() == pytest.approx([1, -1, 0.2])


def test_the_window_by_hand() -> None:
    """An image of 512 by 384: the shorter side becomes 256, so two thirds of a pixel each, and
    the central 224 are 336 of the image's pixels, 88 from the left and 24 from the top."""
    assert PLAIN.window(512, 384) == pytest.approx((88, 24, 424, 360))
    # A box of 32 to 96 across and 0 to 64 down: one and a half pixels of the image each.
    assert PLAIN.box_in_image((32, 0, 96, 64), 512, 384) == (136, 24, 232, 120)
    # Fields reach over the border of what the network sees, into the rest of the image ...
    assert PLAIN.box_in_image((-16, -16, 240, 240), 512, 384) == (64, 0, 448, 384)
    # ... but not over the border of the image.
    assert PLAIN.box_in_image((-99, -99, 399, 399), 512, 384) == (0, 0, 512, 384)


def test_a_mark_in_the_image_is_found_in_the_input() -> None:
    image = Image.new("RGB", (512, 384))
    image.paste((255, 255, 255), (136, 24, 232, 120))
    seen = PLAIN.display(PLAIN(image))[:, :, 0] > 127
    rows, columns = np.nonzero(seen)
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (32, 0, 96, 64)


def test_an_image_without_pixels_is_refused() -> None:
    with pytest.raises(ImagesError, match="0 by 5"):
        PLAIN(Image.new("RGB", (0, 5)))


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3000, 2)])
def test_extreme_shapes_are_taken(size: tuple[int, int]) -> None:
    assert PLAIN(Image.new("RGB", size, "red")).shape == (3, 224, 224)


# Folding


def test_folding_changes_nothing_but_the_weights() -> None:
    trained = build(ZFNET64, 5, batch_norm=True)
    fixed(trained)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    expected = trained(images)
    assert expected.abs().max() > 0.05
    plain = build(ZFNET64, 5).eval()
    fill(plain, fold_batch_norm(trained), "folded")
    torch.testing.assert_close(plain(images), expected, rtol=1e-3, atol=1e-4)


# A real network


def test_a_real_network_knows_what_it_sees(data_folder: Path) -> None:
    weights = data_folder / "squeezenet1_0-imagenet.safetensors"
    photographs = sorted((data_folder / "imagenet-sample").glob("*/*.jpg"))[::12][:40]
    if not weights.exists() or len(photographs) < 40:
        pytest.skip(f"SqueezeNet's weights or photographs are not in {data_folder}")
    with (data_folder / "imagenet-classes.tsv").open(newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        known = {row["wnid"]: int(row["index"]) for row in rows}
    net = load("squeezenet1_0", str(weights))
    assert len(net.layers) == 5
    inputs = torch.stack([net.preprocess(decode(path)) for path in photographs])
    with torch.inference_mode():
        best = (
            torch.cat([net.module(part) for part in torch.tensor_split(inputs, 4)])
            .argmax(1)
            .tolist()
        )
    labels = [known[path.parent.name] for path in photographs]
    assert sum(a == b for a, b in zip(best, labels, strict=True)) >= 20


def test_every_error_is_one_of_ours() -> None:
    assert issubclass(WeightsError, GeneratorError)
    assert issubclass(UsageError, GeneratorError)
