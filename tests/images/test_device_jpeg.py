"""JPEGs decoded on the device, here the processor, against the careful decoder."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import hostile_images
import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from tiny import chain, collection, network

from generator.errors import ImagesError, UsageError
from generator.images import on_device, open_collection
from generator.images.batches import Batch, batches
from generator.images.decode import decode
from generator.images.folder import open_folder
from generator.images.jpeg import BYTES, plain_jpeg
from generator.images.on_device import check_decoder, decoded
from generator.networks.preprocessing import Preprocessing
from generator.records import Shortcuts
from generator.scan.activations import activations, check_shortcuts

pytestmark = pytest.mark.filterwarnings("ignore:The image decoding:DeprecationWarning")
CPU = torch.device("cpu")
WIDTH, HEIGHT = hostile_images.WIDTH, hostile_images.HEIGHT


class Whole:
    """Pixels as they are, from either decoder."""

    def pixels(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        return np.array(image)

    def resampled(self, picture: torch.Tensor) -> torch.Tensor:
        return picture.permute(1, 2, 0)

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels


def jpeg(mode: str = "RGB", **settings: Any) -> bytes:
    return hostile_images.written(hostile_images.scene().convert(mode), "JPEG", **settings)


def turned(how: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = how
    return jpeg(exif=exif)


def with_size(content: bytes, width: int, height: int) -> bytes:
    at = content.index(b"\xff\xc0")
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]


PLAIN = {
    "rgb": jpeg(),
    "grey": jpeg("L"),
    "progressive": jpeg(progressive=True),
    "progressive grey": jpeg("L", progressive=True),
    "full colours": jpeg(subsampling=0),
    "upright": turned(1),
    "more behind the end": jpeg() + b"\xff\xd8 of another picture",
    "restart marks": jpeg(restart_marker_blocks=1),
}
LEFT = {
    "turned": turned(6),
    "mirrored": turned(2),
    "an orientation that there is not": turned(9),
    "inks": jpeg("CMYK"),
    "stored as RGB": jpeg(keep_rgb=True),
    "RGB by Adobe's mark": jpeg()[:2] + b"\xff\xee\0\x0eAdobe\0d\0\0\0\0\0" + jpeg()[2:],
    "cut": jpeg()[:-40],
    "without its end": jpeg()[:-2],
    "a progressive one cut": jpeg(progressive=True)[:-60],
    "huge": with_size(jpeg(), 65500, 65500),
    "flat": with_size(jpeg(), 0, 5),
    "a png": hostile_images.written(hostile_images.scene(), "PNG"),
    "several": hostile_images.written(
        hostile_images.scene(), "MPO", save_all=True, append_images=[hostile_images.scene()]
    ),
    "another kind": jpeg().replace(b"\xff\xc0", b"\xff\xc9", 1),
    "two pictures": jpeg()[:-2] + jpeg()[2:],
    "filled up": jpeg().replace(b"\xff\xc0", b"\xff\xff\xff\xc0", 1),
    "a start alone": b"\xff\xd8",
    "nothing": b"",
    "large": jpeg() + bytes(BYTES),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_files_are_those_that_the_device_gets(tmp_path: Path, name: str) -> None:
    path = tmp_path / "named.png"  # told by its content
    path.write_bytes(PLAIN[name])
    jpeg = plain_jpeg(path)
    assert jpeg is not None
    assert (jpeg.width, jpeg.height) == (WIDTH, HEIGHT)
    assert jpeg.content[-2:] == b"\xff\xd9"
    assert PLAIN[name].startswith(jpeg.content)
    assert Image.open(io.BytesIO(jpeg.content)).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("name", LEFT)
def test_all_others_are_left_to_the_careful_decoder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "named.jpg"
    path.write_bytes(LEFT[name])
    assert plain_jpeg(path) is None


def test_limits_hold_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "photograph.jpg"
    hostile_images.scene().resize((1200, 1000)).save(path)
    assert plain_jpeg(path, megapixels=2) is not None
    assert plain_jpeg(path, megapixels=1) is None
    assert plain_jpeg(tmp_path / "missing.jpg") is None
    assert plain_jpeg(tmp_path) is None


def folder(place: Path) -> list[str]:
    """Every file above, and what is no image at all; their names in order."""
    place.mkdir()
    for number, content in enumerate([*PLAIN.values(), *LEFT.values()]):
        if len(content) < BYTES:
            (place / f"{number:02}.jpg").write_bytes(content)
    (place / "text.jpg").write_bytes(b"<html>no</html>")
    return sorted(path.name for path in place.iterdir())


def judged(path: Path) -> npt.NDArray[np.uint8] | str:
    """The picture that the careful decoder finds, or its reason."""
    try:
        return np.array(decode(path))
    except ImagesError as error:
        return str(error)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_folder_gives_the_pictures_and_refusals_of_the_careful_decoder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], workers: int
) -> None:
    names = folder(tmp_path / "images")
    images = open_folder(tmp_path / "images")
    order = list(range(len(images)))[::-1]
    made = batches(images, Whole(), order, 1, workers, encoded=True)
    files, good = 0, list[Batch]()
    for batch in made:
        files += batch.encoded is not None
        good += decoded([batch], images, Whole(), CPU)
    assert files == len(PLAIN), "they came as files"
    assert [index for batch in good for index in batch.indices] == order
    for batch in good:
        (index,) = batch.indices
        assert batch.encoded is None
        right = judged(tmp_path / "images" / names[index])
        if isinstance(right, str):
            assert batch.reasons == {index: right}
            assert batch.good == []
        else:
            assert batch.good == [index]
            assert batch.pixels.dtype == torch.uint8
            apart = np.abs(batch.pixels[0].numpy().astype(int) - right)
            assert apart.max() <= 1, names[index]
    assert capfd.readouterr().err == ""


def test_no_hostile_file_gets_past_the_careful_decoder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Cut, flipped, swapped, forged and odd JPEGs end as they do without a device."""
    (tmp_path / "images").mkdir()
    sources = (hostile_images.truncated, hostile_images.flipped, hostile_images.swapped)
    files = [file for source in (*sources, hostile_images.odd) for file in source()]
    for file in files:
        if file.content[:2] == b"\xff\xd8":
            (tmp_path / "images" / f"{file.name.rpartition('.')[0]}.jpg").write_bytes(file.content)
    images = open_folder(tmp_path / "images")
    assert len(images) > 200
    both = []
    for encoded in (False, True):
        made = batches(images, Whole(), range(len(images)), 1, 0, encoded=encoded)
        both.append(list(decoded(made, images, Whole(), CPU)))
    for careful, device in zip(*both, strict=True):
        assert device.reasons == careful.reasons
        assert device.good == careful.good
        if careful.good:
            apart = (device.pixels.int() - careful.pixels.int()).abs()
            assert apart.max() <= 1, images.items[careful.good[0]].name
    assert capfd.readouterr().err == "", "what is wrong with a file is said once, by us"


def test_a_file_that_fails_on_the_device_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        pixels = np.full((8, 8, 3), 40 * number, dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number}.jpg", quality=100)
    images = open_folder(tmp_path)
    calls: list[int] = []
    real = on_device._decode
    second = plain_jpeg(tmp_path / "2.jpg")
    assert second is not None

    def fails(files: list[torch.Tensor], device: torch.device) -> list[torch.Tensor]:
        calls.append(len(files))
        if any(bytes(file.numpy()) == second.content for file in files):
            raise RuntimeError("nvJPEG does not like it")
        made = real(files, device)
        return [
            picture[:, :4] if int(picture[0, 0, 0]) == 120 else picture for picture in made
        ]  # of a wrong size

    monkeypatch.setattr(on_device, "_decode", fails)
    (batch,) = decoded(batches(images, Whole(), range(5), 5, 0, encoded=True), images, Whole(), CPU)
    assert calls == [5, 1, 1, 1, 1, 1]
    assert batch.good == [0, 1, 2, 3, 4]
    assert batch.pixels[:, 0, 0, 0].tolist() == [0, 40, 80, 120, 160]
    (made,) = batches(images, Whole(), range(5), 5, 0, encoded=True)
    (tmp_path / "2.jpg").write_bytes(b"changed meanwhile")
    (batch,) = decoded([made], images, Whole(), CPU)
    assert batch.good == [0, 1, 3, 4]
    assert list(batch.reasons) == [2]
    assert batch.reasons[2].startswith("2.jpg: is not a JPEG")


def test_large_pictures_are_decoded_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, side in enumerate((10, 10, 10, 50, 10, 10)):
        Image.new("RGB", (side, 10), (number * 40, 0, 0)).save(tmp_path / f"{number}.jpg")
    calls: list[int] = []
    real = on_device._decode
    monkeypatch.setattr(on_device, "PIXELS", 250)

    def counted(files: list[torch.Tensor], device: torch.device) -> list[torch.Tensor]:
        calls.append(len(files))
        return real(files, device)

    monkeypatch.setattr(on_device, "_decode", counted)
    images = open_folder(tmp_path)
    preprocess = Preprocessing(8, 8, (0, 0, 0), (1, 1, 1))
    (batch,) = decoded(
        batches(images, preprocess, range(6), 6, 0, encoded=True), images, preprocess, CPU
    )
    assert calls == [2, 1, 1, 2]
    assert batch.pixels.shape == (6, 8, 8, 3)


CUBIC = 2  # levels: it overshoots at an edge, and what is cut off depends on the order
SIZES = [(500, 375), (375, 500), (64, 64), (2000, 1500), (100, 300), (40, 30), (224, 224)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("side", "resize"), [(224, 256), (64, 64), (32, 40)])
def test_the_device_scales_as_pillow_does(size: tuple[int, int], side: int, resize: int) -> None:
    """Noise through the linear filter, and soft colours through the cubic one."""
    width, height = size
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    soft = np.array(hostile_images.scene().resize(size, Image.Resampling.BICUBIC))
    for pixels, interpolation, most in ((noise, "bilinear", 1), (soft, "bicubic", CUBIC)):
        preprocess = Preprocessing(side, resize, (0, 0, 0), (1, 1, 1), interpolation)
        right = preprocess.pixels(Image.fromarray(pixels)).astype(int)
        made = preprocess.resampled(torch.from_numpy(pixels).permute(2, 0, 1))
        assert made.dtype == torch.uint8
        apart = np.abs(made.numpy() - right)
        assert apart.max() <= most
        assert apart.mean() < 0.3


def test_a_scan_through_the_device_finds_what_a_scan_finds(tmp_path: Path) -> None:
    folder(tmp_path / "images")
    images = open_folder(tmp_path / "images")
    net = network(chain(), ["conv1", "relu2", "relu3"])
    scans = []
    for shortcuts in (Shortcuts(), Shortcuts(device_jpeg=True)):
        parts = list(activations(net, images, range(len(images)), 4, 0, shortcuts))
        scans.append(np.concatenate([part.values for part in parts]))
        reasons = [index for part in parts for index in part.reasons]
        assert reasons == np.flatnonzero(np.isnan(scans[-1][:, 0])).tolist()
        assert len(reasons) > 5
    exact, device = scans
    np.testing.assert_array_equal(np.isnan(device), np.isnan(exact))
    apart = np.nanmax(np.abs(device - exact) / np.nanmax(exact, axis=0).clip(min=1e-6))
    assert apart < 0.02, "a grey level or so"


# What can't be


def test_a_collection_without_files_is_told_to_leave_it_out() -> None:
    for images in (open_collection("bundled"), collection(2)):
        with pytest.raises(UsageError, match="leave out --decode device") as caught:
            check_decoder(images, CPU)
        assert "\n" not in str(caught.value)


def test_a_device_or_a_torchvision_that_decodes_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg")
    images = open_folder(tmp_path)
    check_decoder(images, CPU)
    with pytest.raises(UsageError, match="decodes no JPEGs on mps, only on cuda"):
        check_decoder(images, torch.device("mps"))
    monkeypatch.delattr("torchvision.io.decode_jpeg")
    with pytest.raises(UsageError, match=r"decodes no JPEGs on cpu .*leave out --decode device"):
        check_decoder(images, CPU)


def test_a_network_that_wants_another_filter_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg")
    net = network(chain(), ["conv1"])
    object.__setattr__(net.preprocess, "interpolation", "lanczos")
    check_shortcuts(net, open_folder(tmp_path), Shortcuts(half=True))
    with pytest.raises(UsageError, match="scaled by lanczos"):
        check_shortcuts(net, open_folder(tmp_path), Shortcuts(device_jpeg=True))
