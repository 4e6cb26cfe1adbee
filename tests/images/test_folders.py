"""Folders as people have them: what is a picture, what is not, and what is said of the rest."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from generator.errors import ImagesError
from generator.images import formats, open_collection
from generator.images.collection import Collection
from generator.images.decode import decode
from generator.images.folder import open_folder
from generator.images.formats import reads_heic
from generator.images.jpeg import plain_jpeg
from generator.images.profiles import changes_colours
from generator.images.refused import refused
from generator.records.collections import Refusal

_numbers = count(1)


def picture(path: Path, form: str = "PNG", size: tuple[int, int] = (12, 10)) -> Path:
    """Unlike all others, in a format that its name need not tell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(next(_numbers)).integers(0, 256, (*size[::-1], 3), np.uint8)
    Image.fromarray(pixels).save(path, form)
    return path


def names(collection: Collection) -> list[str]:
    return [item.name for item in collection.items]


@pytest.mark.parametrize(
    "left",
    [
        ".ipynb_checkpoints/x-checkpoint.png",
        ".thumbnails/x.png",
        "__MACOSX/cats/._x.png",
        "cats/@eaDir/x.jpg/SYNOPHOTO_THUMB_M.png",
        "cats/Thumbs.db",
        "cats/._x.png",
        ".DS_Store",
        "cats/desktop.ini",
    ],
)
def test_what_is_hidden_is_passed_over_by_name_and_is_no_class(tmp_path: Path, left: str) -> None:
    for name in ("cats/x.png", "dogs/y.png", left):
        picture(tmp_path / name)
    collection = open_folder(tmp_path)
    assert names(collection) == ["cats/x.png", "dogs/y.png"]
    assert collection.classes == ("cats", "dogs")
    assert collection.refused == ()
    ((name, reason),) = collection.passed_over
    assert left.startswith(name)
    assert reason == "is hidden, or left by a program"


def test_a_hidden_root_is_a_folder_like_others(tmp_path: Path) -> None:
    picture(tmp_path / ".photos" / "x.png")
    assert names(open_folder(tmp_path / ".photos")) == ["x.png"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *(("x.jfif", "JPEG"), ("x", "PNG"), ("x.jpg", "WEBP"), ("x.dat", "GIF"), ("x.png", "TIFF")),
        *(("x.gif", "BMP"), ("x.avif", "AVIF"), ("x.jpeg", "AVIF"), ("X.JPG", "JPEG")),
    ],
)
def test_a_picture_is_read_by_its_content(tmp_path: Path, name: str, form: str) -> None:
    picture(tmp_path / name, form)
    collection = open_folder(tmp_path)
    assert names(collection) == [name]
    assert collection[0].size == (12, 10)


@pytest.mark.skipif(not reads_heic(), reason="pillow-heif is not installed")
def test_heic_is_read_upright(tmp_path: Path) -> None:
    import pillow_heif  # noqa: PLC0415  (an extra)

    made = pillow_heif.from_pillow(Image.new("RGB", (64, 32), "red"))
    exif = Image.Exif()
    exif[0x0112] = 6
    made[0].info["exif"] = exif.tobytes()  # it writes the turn as a phone does, in both places
    made.save(tmp_path / "IMG_1.HEIC", quality=90)
    red, green, blue = np.asarray(open_folder(tmp_path)[0]).transpose(2, 0, 1)
    assert red.shape == (64, 32), "the camera was held upright"
    assert red.min() > 200
    assert max(green.max(), blue.max()) < 60


def test_without_its_package_a_heic_is_refused_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "reads_heic", lambda: False)
    picture(tmp_path / "good.png")
    head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    (tmp_path / "IMG_1.HEIC").write_bytes(head)
    collection = open_folder(tmp_path)
    reason = "is a HEIC picture, which takes one more package: pip install pillow-heif"
    assert collection.refused == (("IMG_1.HEIC", reason),)
    formats.learn_heic.cache_clear()
    with pytest.raises(ImagesError, match=f"^IMG_1.HEIC: {reason}$"):
        decode(tmp_path / "IMG_1.HEIC")


def test_all_that_is_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    picture(tmp_path / "cats" / "x.png")
    for number in range(3):
        (tmp_path / "cats" / f"{number}.xml").write_text("<box/>")
    (tmp_path / "notes.txt").write_text("BM is how a bitmap begins, and this text")
    (tmp_path / "logo.svg").write_text("<svg/>")
    picture(tmp_path / "raw.NEF", "TIFF")
    collection = open_folder(tmp_path)
    assert names(collection) == ["cats/x.png"]
    assert dict(collection.refused) == {
        "logo.svg": "is a .svg file, which is not read; convert it to PNG or JPEG",
        "raw.NEF": "is a camera's raw file; convert it to JPEG, or give its JPEG",
    }
    assert dict(collection.passed_over) == {
        "cats/: 3 .xml files": "are not pictures",
        "notes.txt": "is not a picture",
    }
    refusals = [Refusal(*pair) for pair in collection.passed_over]
    assert refused([], refusals) == [
        (
            "Passed over: cats/: 3 .xml files, which are not pictures, and 1 more; "
            "*About this build* names each"
        )
    ]


def test_what_is_no_picture_changes_no_hash(tmp_path: Path) -> None:
    picture(tmp_path / "x.png")
    before = open_folder(tmp_path).sha256
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").mkdir()
    assert open_folder(tmp_path).sha256 == before
    (tmp_path / "logo.svg").write_text("<svg/>")
    assert open_folder(tmp_path).sha256 != before, "a refused picture may be mended"


def test_copies_of_a_picture_are_one_picture(tmp_path: Path) -> None:
    content = picture(tmp_path / "a" / "00.png").read_bytes()
    for number in range(1, 12):
        (tmp_path / "a" / f"{number:02}.png").write_bytes(content)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "again.jpg").write_bytes(content)
    picture(tmp_path / "b" / "other.png")
    collection = open_folder(tmp_path)
    assert names(collection) == ["a/00.png", "b/other.png"]
    assert (len(collection), collection.sources, collection.per_source) == (2, 2, 1)
    assert len(collection.passed_over) == 12
    assert collection.passed_over[-1] == ("b/again.jpg", "holds the same as a/00.png")


# Splits


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (("train/a/1.png", "val/a/2.png"), "holds train/ and val/, which are parts of a data set"),
        (("Train/1.png", "test/2.png"), "holds Train/ and test/"),
        (("train/a/1.png",), "holds train/, which are parts"),
    ],
)
def test_the_parts_of_a_data_set_are_no_classes(
    tmp_path: Path, made: tuple[str, ...], said: str
) -> None:
    for name in made:
        picture(tmp_path / name)
    (tmp_path / "README.txt").write_text("about the parts")
    with pytest.raises(ImagesError) as caught:
        open_collection(str(tmp_path))
    assert said in str(caught.value)
    chosen = str(caught.value).rpartition("--images ")[2]
    assert len(open_collection(chosen)) == 1


@pytest.mark.parametrize("made", [("train/1.png",), ("train/1.png", "bus/2.png"), ("a/val/1.png",)])
def test_a_class_may_be_called_like_a_part(tmp_path: Path, made: tuple[str, ...]) -> None:
    for name in made:
        picture(tmp_path / name)
    assert names(open_folder(tmp_path)) == sorted(made)


# Links


def test_linked_class_folders_are_named_or_followed(tmp_path: Path) -> None:
    picture(tmp_path / "elsewhere" / "1.png")
    picture(tmp_path / "elsewhere" / "deep" / "2.png")
    root = tmp_path / "root"
    picture(root / "cats" / "3.png")
    picture(root / ".store" / "4.png")
    (root / "dogs").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (root / "fish").symlink_to(root / ".store", target_is_directory=True)
    (root / "same").symlink_to(root / "cats", target_is_directory=True)
    (root / "cats" / "leaves.png").symlink_to(tmp_path / "elsewhere" / "deep" / "2.png")
    (tmp_path / "elsewhere" / "loop").symlink_to(root, target_is_directory=True)
    (tmp_path / "elsewhere" / "again").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    collection = open_folder(root)
    assert names(collection) == ["cats/3.png"]
    assert dict(collection.refused) == {
        "cats/leaves.png": "is a link that leaves the folder; --follow-links follows it",
        "dogs": "is a link to a folder outside; --follow-links follows it",
        "fish": "is a link to a hidden folder; --follow-links follows it",
    }
    assert (
        "same",
        "is a link to a folder that is looked at in its own place",
    ) in collection.passed_over
    followed = open_folder(root, follow_links=True)
    assert names(followed) == ["cats/3.png", "cats/leaves.png", "dogs/1.png", "fish/4.png"]
    assert followed.classes == ("cats", "dogs", "fish")
    assert dict(followed.refused) == {
        "dogs/again": "is a link to a folder that another link led to"
    }
    assert ("dogs/deep/2.png", "holds the same as cats/leaves.png") in followed.passed_over
    assert followed[2].size == (12, 10)


# Colours


def profile(space: str = "wide") -> bytes:
    """sRGB's own profile, or one whose red and blue are another's: no file of anybody's."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if space == "wide":  # its tags for red and blue name each other's place: red is shown as blue
        red, blue = (made.index(tag) for tag in (b"rXYZ", b"bXYZ"))
        made[red : red + 4], made[blue : blue + 4] = made[blue : blue + 4], made[red : red + 4]
    return bytes(made)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_colour_profile_is_brought_to_srgb(tmp_path: Path, form: str) -> None:
    path = tmp_path / "x"
    Image.new("RGB", (16, 16), (250, 20, 20)).save(path, form, icc_profile=profile())
    red, _, blue = decode(path).getpixel((8, 8))  # type: ignore[misc]
    assert (red < 60, blue > 200) == (True, True), "the file calls red what is blue"
    Image.new("RGB", (16, 16), (250, 20, 20)).save(path, form, icc_profile=profile("sRGB"))
    red, _, blue = decode(path).getpixel((8, 8))  # type: ignore[misc]
    assert (blue < 60, red > 200) == (True, True)


def test_a_profile_under_transparency_and_a_palette(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (250, 20, 20, 255))
    image.putpixel((0, 0), (250, 20, 20, 0))
    image.save(tmp_path / "clear.png", icc_profile=profile())
    shown = np.asarray(decode(tmp_path / "clear.png"))
    assert shown[0, 0].min() > 250, "transparent places stay white"
    assert shown[4, 4, 2] > 200
    image.convert("RGB").quantize(4).save(tmp_path / "few.png", icc_profile=profile())
    assert np.asarray(decode(tmp_path / "few.png"))[4, 4, 2] > 200


@pytest.mark.parametrize(
    "damaged",
    [b"no profile", profile()[:90], b"\0" * 300],
    ids=["no profile", "cut off", "zeros"],  # a profile carries the second in which it was made
)
def test_a_damaged_profile_costs_no_photograph(tmp_path: Path, damaged: bytes) -> None:
    image = Image.new("RGB", (8, 8), (250, 20, 20))
    image.save(tmp_path / "x.png", icc_profile=damaged)
    assert decode(tmp_path / "x.png").getpixel((4, 4)) == (250, 20, 20)


def test_greys_with_a_profile_of_colours_stay_grey(tmp_path: Path) -> None:
    Image.new("L", (8, 8), 77).save(tmp_path / "x.png", icc_profile=profile())
    assert decode(tmp_path / "x.png").getpixel((4, 4)) == (77, 77, 77)


def test_a_jpeg_whose_profile_changes_colours_is_not_plain(tmp_path: Path) -> None:
    image = Image.new("RGB", (16, 16), (250, 20, 20))
    for name, icc in (("own", profile()), ("srgb", profile("sRGB")), ("none", None)):
        image.save(tmp_path / f"{name}.jpg", icc_profile=icc)
    assert plain_jpeg(tmp_path / "own.jpg") is None
    assert plain_jpeg(tmp_path / "srgb.jpg") is not None
    assert plain_jpeg(tmp_path / "none.jpg") is not None
    with Image.open(io.BytesIO((tmp_path / "own.jpg").read_bytes())) as head:
        assert changes_colours(head)
