"""Hostile files and folders: nothing but a clean refusal or the right picture comes out."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hostile_images
import pytest
from PIL import Image

from generator.errors import ImagesError, one_line
from generator.images import open_collection
from generator.images.decode import MEGAPIXELS, decode
from generator.images.folder import open_folder
from generator.images.refused import none_refused, refused
from generator.records.collections import Refusal

SECONDS, MEGABYTES = 5, 1000

NAMES = (
    "with space.png",
    "'quotes\".png",
    "line\nbreak.png",
    "<script>planted()</script>.png",
    "{{ 7 * 7 }}.png",
    "-rf.png",
    "\u202egnp.exe.png",
    "שלום.png",
    "\x1b[31mred.png",
    "a|b`c`.png",
    os.fsdecode(b"\xff\xfe.png"),
    "x" * 240 + ".png",
)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does it")
def test_every_hostile_file_is_refused_or_right(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    script = Path(hostile_images.__file__)
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == "", "what is wrong with a file is said once, by us"
    made = json.loads(ran.stdout)
    files = made["files"]
    assert [file for file in files if not file["right"]] == []
    assert len({file["name"] for file in files}) == len(files) >= 300
    slowest = max(file["seconds"] for file in files)
    assert slowest < SECONDS
    assert made["peak_mb"] < MEGABYTES
    assert list(tmp_path.iterdir()) == []
    count = sum(bool(file["reason"]) for file in files)
    tell(
        f"hostile images: {len(files)} files, {count} refused, {len(files) - count} read right; "
        f"the slowest took {slowest:.2f} s, the process {made['peak_mb']} MB at most"
    )


def save(path: Path, side: int = 8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), "red").save(path, "PNG")
    return path


def test_any_name_is_read_and_said_on_one_line(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        save(tmp_path / "class <b>" / name, 8 + number)
    collection = open_folder(tmp_path)
    assert {item.name.partition("/")[2] for item in collection.items} == set(NAMES)
    assert {collection[number].size[0] for number in range(len(collection))} == set(
        range(8, 8 + len(NAMES))
    )
    for name in NAMES:
        (tmp_path / "class <b>" / name).write_bytes(b"broken")
    for number in range(len(collection)):
        with pytest.raises(ImagesError) as caught:
            collection[number]
        message = str(caught.value)
        assert message.isprintable()
        assert "\u202e" not in message
        message.encode()


def test_what_steers_a_terminal_is_written_out() -> None:
    assert one_line("a\nb\x1b[2J\u202egnp" + os.fsdecode(b"\xff")) == r"a\x0ab\x1b[2J\u202egnp\xff"
    for kept in ("שלום, Häuser, 猫", "👩‍🔬", r"C:\new"):
        assert one_line(kept) == kept


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    """Opening the pipe would wait for ever, as would reading the device."""
    save(tmp_path / "good.png")
    save(tmp_path.parent / "outside.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "leaves.png").symlink_to(tmp_path.parent / "outside.png")
    (tmp_path / "circle.png").symlink_to("circle.png")
    (tmp_path / "nowhere.png").symlink_to("gone.png")
    (tmp_path / "folder.png").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "to-pipe.png").symlink_to("pipe.png")
    (tmp_path / "same.png").symlink_to("good.png")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.png"))
        collection = open_folder(tmp_path)
        for name in ("pipe.png", "zero.png", "s.png"):
            with pytest.raises(ImagesError, match=f"^{name}: is not a regular file$"):
                decode(tmp_path / name)
    assert [item.name for item in collection.items] == ["good.png"]
    assert dict(collection.passed_over) == {
        "folder.png": "is a link to a folder that is looked at in its own place",
        "same.png": "holds the same as good.png",
    }
    reasons = dict(collection.refused)
    assert reasons.pop("pipe.png") == reasons.pop("s.png") == "is not a regular file"
    assert reasons.pop("to-pipe.png") == "is not a regular file"
    leaves = "is a link that leaves the folder; --follow-links follows it"
    assert reasons.pop("leaves.png") == reasons.pop("zero.png") == leaves
    for name in ("circle.png", "nowhere.png"):
        assert reasons.pop(name).startswith("is a link that leads nowhere")
    assert reasons == {}


def test_a_refusal_says_nothing_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.png")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(ImagesError, match=r"^a\.png: Permission denied$"):
        decode(path)


def test_the_bound_on_pixels_is_an_option(tmp_path: Path) -> None:
    path = save(tmp_path / "large.png", 1200)
    with pytest.raises(ImagesError, match="1200 by 1200 pixels are more than 1 million"):
        open_collection(str(tmp_path), megapixels=1)[0]
    assert open_collection(str(tmp_path), megapixels=2)[0].size == (1200, 1200)
    Image.new("1", (20_000, 5_000)).save(path)
    with pytest.raises(ImagesError, match="more than 64 million"):
        decode(path)
    assert decode(path, MEGAPIXELS * 2).size == (20_000, 5_000)


def test_a_folder_with_nothing_usable_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImagesError, match=r"that can be used; pipe\.png is not a regular file"):
        open_folder(tmp_path)


def test_a_thousand_refusals_are_a_few_lines() -> None:
    files = [Refusal(f"{n}.jpg", f"is damaged ({n} bytes)") for n in range(990)]
    files += [Refusal("b\n.png", f"{n} by 9000 pixels are many") for n in range(9)]
    lines = refused(files)
    assert lines[0].startswith("999 files took no part")
    assert lines[1:] == [
        "  990 as 0.jpg: is damaged (0 bytes)",
        r"  9 as b\x0a.png: 0 by 9000 pixels are many",
    ]
    assert refused([]) == []
    many = [Refusal(str(n), "x" * n) for n in range(1, 99)]
    assert len(refused(many)) == 6
    with pytest.raises(ImagesError, match=r"^999 of the files are refused, the first: 0\.jpg: is"):
        none_refused(files)
