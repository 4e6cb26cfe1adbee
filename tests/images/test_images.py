"""Collections of images, and what the decoder makes of difficult files."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image

from generator.errors import ImagesError
from generator.images import Collection, open_collection
from generator.images.batches import batches
from generator.images.bundled import (
    PER_SOURCE,
    SMALLEST,
    _starts,
    _tiles,
    bundled_table,
    open_bundled,
)
from generator.images.credits import uncredited
from generator.images.decode import decode
from generator.images.folder import open_folder

_numbers = count()
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def save(path: Path, colour: tuple[int, int, int] = RED, size: tuple[int, int] = (8, 6)) -> Path:
    """A picture of one colour; each has another last pixel, or all would be one picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, colour)
    number = next(_numbers)
    image.putpixel((size[0] - 1, size[1] - 1), (number % 16 * 16, number // 16 * 16, 128))
    image.save(path)
    return path


def classes_folder(root: Path) -> Path:
    for name in ("b/2.png", "b/1.jpg", "a/z.webp", "a/deep/er/0.PNG", "a/k.JPEG", "c!/x.png"):
        save(root / name)
    (root / "a" / "notes.txt").write_text("not an image")
    (root / "empty").mkdir()
    return root


# Folders


def test_a_folder_in_the_order_of_its_paths_with_classes(tmp_path: Path) -> None:
    collection = open_folder(classes_folder(tmp_path / "animals"))
    names = ["a/deep/er/0.PNG", "a/k.JPEG", "a/z.webp", "b/1.jpg", "b/2.png", "c!/x.png"]
    assert [item.name for item in collection.items] == names
    assert collection.classes == ("a", "b", "c!")
    assert [item.label for item in collection.items] == [0, 0, 0, 1, 1, 2]
    assert collection.source_numbers.tolist() == list(range(6))
    assert (collection.name, len(collection), collection.sources) == ("animals", 6, 6)
    assert collection.per_source == 1
    assert collection[4].size == (8, 6)
    assert collection[4].mode == "RGB"


def test_a_flat_folder_has_no_classes(tmp_path: Path) -> None:
    for name in ("10.png", "9.png", "B.png", "a.png"):
        save(tmp_path / name)
    collection = open_collection(str(tmp_path))
    assert [item.name for item in collection.items] == ["10.png", "9.png", "B.png", "a.png"]
    assert [item.label for item in collection.items] == [-1] * 4
    assert collection.classes == ()


def test_the_folder_one_stands_in_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "cats" / "1.png")
    monkeypatch.chdir(tmp_path / "cats")
    assert open_folder(Path()).name == "cats"


def test_a_missing_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImagesError, match="nothing-here: no such folder; give --images"):
        open_collection(str(tmp_path / "nothing-here"))
    with pytest.raises(ImagesError, match="no such folder"):
        open_collection(str(save(tmp_path / "x" / "file.png")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        ImagesError, match=r"empty: holds no JPEG, PNG, WebP, GIF, .* picture that can be used$"
    ):
        open_collection(str(tmp_path / "empty"))


def test_the_hash_is_that_of_names_and_content(tmp_path: Path) -> None:
    first = classes_folder(tmp_path / "first")
    before = open_folder(first).sha256
    second = tmp_path / "second"
    shutil.copytree(first, second)
    for path in second.rglob("*.*"):
        os.utime(path, (1, 1))
    assert open_folder(second).sha256 == before, "another place and time, the same images"

    (second / "a" / "notes.txt").write_text("no image either")
    assert open_folder(second).sha256 == before

    (second / "b" / "1.jpg").rename(second / "b" / "3.jpg")
    renamed = open_folder(second).sha256
    (second / "b" / "3.jpg").rename(second / "b" / "1.jpg")
    assert open_folder(second).sha256 == before
    content = (second / "b" / "1.jpg").read_bytes()
    (second / "b" / "1.jpg").write_bytes(content + b"\0")
    changed = open_folder(second).sha256
    (second / "b" / "1.jpg").unlink()
    removed = open_folder(second).sha256
    assert len({before, renamed, changed, removed}) == 4


def test_links_that_lead_outside_are_left_alone(tmp_path: Path) -> None:
    secret = save(tmp_path / "outside" / "secret.png")
    root = tmp_path / "root"
    inside = save(root / "a" / "own.png")
    (root / "a" / "alias.png").symlink_to(inside)
    (root / "a" / "leak.png").symlink_to(secret)
    (root / "b").symlink_to(secret.parent, target_is_directory=True)
    (root / "a" / "gone.png").symlink_to(tmp_path / "gone.png")
    (root / "a" / "round").symlink_to(root, target_is_directory=True)
    collection = open_folder(root)
    assert [item.name for item in collection.items] == ["a/alias.png"]
    assert collection.passed_over[0] == ("a/own.png", "holds the same as a/alias.png")


# Decoding


def quarters() -> Image.Image:
    """4 wide, 2 high: red, green above blue, white; each 2 by 1."""
    image = Image.new("RGB", (4, 2))
    for colour, place in ((RED, (0, 0)), (GREEN, (2, 0)), (BLUE, (0, 1)), (WHITE, (2, 1))):
        image.paste(colour, (*place, place[0] + 2, place[1] + 1))
    return image


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        (1, (RED, GREEN, BLUE, WHITE)),
        (2, (GREEN, RED, WHITE, BLUE)),
        (3, (WHITE, BLUE, GREEN, RED)),
        (4, (BLUE, WHITE, RED, GREEN)),
        (5, (RED, BLUE, GREEN, WHITE)),
        (6, (BLUE, RED, WHITE, GREEN)),  # the camera's top is the picture's right side
        (7, (WHITE, GREEN, BLUE, RED)),
        (8, (GREEN, WHITE, RED, BLUE)),
    ],
)
@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_the_cameras_orientation_is_applied(
    tmp_path: Path, suffix: str, orientation: int, corners: tuple[tuple[int, int, int], ...]
) -> None:
    path = tmp_path / f"turned.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    quarters().save(path, exif=exif, lossless=True)
    image = decode(path)
    width, height = image.size
    assert image.size == ((4, 2) if orientation < 5 else (2, 4))
    places = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    assert tuple(image.getpixel(place) for place in places) == corners


def test_sixteen_bit_greys_are_scaled(tmp_path: Path) -> None:
    levels = np.array([[0, 257, 257 * 253, 65535, 128]], dtype=np.uint16)
    Image.fromarray(levels).save(tmp_path / "deep.png")
    image = decode(tmp_path / "deep.png")
    assert image.mode == "RGB"
    assert np.asarray(image)[0, :, 0].tolist() == [0, 1, 253, 255, 0]
    assert np.asarray(image)[0, :, 2].tolist() == [0, 1, 253, 255, 0]


def test_transparency_is_laid_over_white(tmp_path: Path) -> None:
    pixels = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "rgba.png")
    # 51 of 255 is a fifth: black over white becomes 204.
    expected = [[255, 0, 0], [255, 255, 255], [204, 204, 204]]
    assert np.asarray(decode(tmp_path / "rgba.png"))[0].tolist() == expected
    Image.fromarray(pixels[:, :, [0, 3]]).save(tmp_path / "la.png")
    expected = [[255] * 3, [255] * 3, [204] * 3]
    assert np.asarray(decode(tmp_path / "la.png"))[0].tolist() == expected


def test_palettes_are_looked_up_with_their_transparency(tmp_path: Path) -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    image.putdata([0, 1, 2])
    image.save(tmp_path / "opaque.png")
    image.save(tmp_path / "clear.png", transparency=1)
    assert np.asarray(decode(tmp_path / "opaque.png"))[0].tolist() == [[0, 0, 0], [*RED], [*BLUE]]
    expected = [[0, 0, 0], [*WHITE], [*BLUE]]
    assert np.asarray(decode(tmp_path / "clear.png"))[0].tolist() == expected


@pytest.mark.parametrize("mode", ["1", "L", "CMYK"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("image.jpg" if mode == "CMYK" else "image.png")
    Image.new(mode, (9, 9), "white" if mode != "CMYK" else (0, 0, 0, 0)).save(path)
    image = decode(path)
    assert image.mode == "RGB"
    assert image.getpixel((4, 4)) == WHITE


def test_of_an_animation_the_first_frame_is_taken(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, GREEN)]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert decode(tmp_path / "moving.webp").getpixel((0, 0)) == RED


def noise(size: int = 64) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    noise().save(path)
    content = path.read_bytes()
    for length in (0, 10, len(content) // 2):
        path.write_bytes(content[:length])
        with pytest.raises(ImagesError, match=rf"^cut\.{suffix}: ") as caught:
            decode(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("form", ["PPM", "EPS", "ICO", "text"])
def test_other_content_under_a_jpegs_name_is_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / "claims.jpg"
    if form == "text":
        path.write_text("<html>not found</html>")
    else:
        noise().save(path, form)
    with pytest.raises(
        ImagesError, match=r"claims\.jpg: is not a JPEG, PNG, WebP, GIF, BMP, TIFF,"
    ):
        decode(path)


def test_a_png_under_a_jpegs_name_is_read(tmp_path: Path) -> None:
    noise().save(tmp_path / "claims.jpg", "PNG")
    assert np.array_equal(np.asarray(decode(tmp_path / "claims.jpg")), np.asarray(noise()))


def test_an_image_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(ImagesError, match=r"bomb\.png: "):
        decode(tmp_path / "bomb.png")
    Image.new("1", (9_000, 8_000)).save(tmp_path / "large.png")
    with pytest.raises(ImagesError, match="9000 by 8000 pixels are more than 64 million"):
        decode(tmp_path / "large.png")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImagesError, match=r"^gone\.png: "):
        decode(tmp_path / "gone.png")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damage_anywhere_is_refused_or_survived(tmp_path: Path, form: str) -> None:
    """Never another error than ours, whichever bytes are wrong."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "described"
    buffer = io.BytesIO()
    noise(12).save(buffer, form, exif=exif)
    content = buffer.getvalue()
    random = np.random.default_rng(1)
    path = tmp_path / "damaged"
    refused = 0
    for _ in range(300):
        damaged = bytearray(content)
        reach = len(content) if random.random() < 0.5 else 160  # headers more often
        for place in random.integers(0, min(reach, len(content)), random.integers(1, 6)):
            damaged[place] = random.integers(256)
        path.write_bytes(bytes(damaged))
        try:
            image = decode(path)
        except ImagesError:
            refused += 1
        else:
            assert image.mode == "RGB"
    assert refused > 10


def test_damaged_metadata_do_not_cost_the_photograph(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "described"
    path = tmp_path / "photograph.jpg"
    Image.new("RGB", (8, 4), RED).save(path, exif=exif)
    content = path.read_bytes()
    entry = content.index(b"\x01\x0e\x00\x02")  # the description's tag, and its type: text
    path.write_bytes(content[:entry] + b"\x01\x0e\x00\x63" + content[entry + 4 :])
    assert decode(path).size == (4, 8)


# Batches


class Plain:
    """Pixels as they are."""

    def pixels(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        return np.array(image)

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels


def in_batches(
    collection: Collection, size: int, workers: int | None = None
) -> tuple[list[tuple[list[int], list[int]]], list[tuple[int, str]]]:
    """Numbers and red values of each batch, and what was skipped."""
    skipped: list[tuple[int, str]] = []
    reds: list[tuple[list[int], list[int]]] = []
    wanted = list(range(len(collection)))[::-1]
    for batch in batches(collection, Plain(), wanted, size, workers):
        skipped += batch.reasons.items()
        reds += [(batch.good, batch.pixels[:, 0, 0, 0].tolist())] if batch.good else []
    return reds, skipped


@pytest.mark.parametrize(("size", "workers"), [(1, 0), (3, 0), (100, 0), (3, 1), (1, 3)])
def test_batches_keep_the_order_and_leave_out_what_is_broken(
    tmp_path: Path, size: int, workers: int
) -> None:
    for number in range(14):
        save(tmp_path / f"{number:02}.png", (number * 10, 0, 0))
    (tmp_path / "05.png").write_bytes(b"broken")
    parts, skipped = in_batches(open_folder(tmp_path), size, workers)
    assert [n for part, _ in parts for n in part] == [n for n in range(13, -1, -1) if n != 5]
    assert all(red == [n * 10 for n in part] for part, red in parts)
    assert max(len(part) for part, _ in parts) == min(size, 13)
    assert skipped == [(5, "05.png: is not a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC image")]


# The bundled photographs


def test_the_bundled_collection_opens_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    collection = open_collection("bundled")
    assert collection.sources == len(bundled_table()) >= 15
    assert collection.per_source == PER_SOURCE == 1
    assert collection.sha256 == open_bundled().sha256
    firsts = {item.source: number for number, item in reversed(list(enumerate(collection.items)))}
    assert sorted(firsts) == list(range(collection.sources))
    for source, number in firsts.items():
        item = collection.items[number]
        image = collection[number]
        assert image.mode == "RGB"
        assert image.size == (item.side, item.side)
        assert item.name.startswith(collection.credits[source].title)


def test_tiles_lie_inside_their_photographs_and_meet_both_ends() -> None:
    bundled = open_bundled()
    for source, row in enumerate(bundled_table()):
        package, _, file = row.file.partition("/")
        spec = find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        with Image.open(Path(spec.submodule_search_locations[0], file)) as image:
            width, height = image.size
        tiles = [item for item in bundled.items if item.source == source]
        for side in {item.side for item in tiles}:
            assert side >= SMALLEST
            cut = [item for item in tiles if item.side == side]
            for length, starts in (
                (width, sorted({item.left for item in cut})),
                (height, sorted({item.top for item in cut})),
            ):
                assert starts[0] == 0
                assert starts[-1] + side == length
                steps = np.diff(starts)
                assert (steps > 0).all()
                assert (steps <= side / 2 + 1).all(), "neighbours overlap by half"
        assert max(item.side for item in tiles) == min(width, height)


def test_a_tile_is_cut_from_its_whole_photograph() -> None:
    bundled = open_bundled()
    for number in (0, 40, len(bundled) - 1):
        item = bundled.items[number]
        whole = bundled.whole(number)
        box = (item.left, item.top, item.left + item.side, item.top + item.side)
        assert whole.size != bundled[number].size or item.side == min(whole.size)
        assert np.array_equal(np.asarray(whole.crop(box)), np.asarray(bundled[number]))


def test_tiles_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.images.bundled.SMALLEST", 48)
    monkeypatch.setattr("generator.images.bundled.SCALES", (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.13))
    assert _starts(100, 100) == [0]
    assert _starts(100, 50) == [0, 25, 50]
    assert _starts(110, 100) == [0, 10]
    # Shorter side 200: tiles of 200, 140, 100, 70, 50; the next, 36, would be too small.
    tiles = _tiles(300, 200)
    assert sorted({side for *_, side in tiles}, reverse=True) == [200, 140, 100, 70, 50]
    assert [tile[:2] for tile in tiles if tile[2] == 200] == [(0, 0), (100, 0)]
    assert [tile[:2] for tile in tiles if tile[2] == 140] == [
        (0, 0), (53, 0), (107, 0), (160, 0), (0, 60), (53, 60), (107, 60), (160, 60)
    ]  # fmt: skip


def test_every_photograph_is_credited() -> None:
    bundled = open_bundled()
    assert list(uncredited(bundled)) == []
    assert len({credit.title for credit in bundled.credits.values()}) == bundled.sources
    for credit in bundled.credits.values():
        assert all((credit.title, credit.author, credit.licence, credit.address)), credit


def test_photographs_come_from_packages_that_the_project_depends_on() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    required = " ".join(project["project"]["dependencies"])
    packages = packages_distributions()
    for row in bundled_table():
        assert packages[row.file.partition("/")[0]][0] in required, row


def test_the_bundled_collection_needs_no_heavy_import() -> None:
    """A build with a warm store asks for its hash, and takes no seconds over it."""
    program = (
        "import sys, generator.images.bundled as bundled; bundled.open_bundled()\n"
        "print([name for name in ('torch', 'torchvision', 'skimage', 'sklearn', 'matplotlib', "
        "'scipy') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "[]"
