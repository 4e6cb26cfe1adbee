"""A store that has travelled is what was made, or it is refused with the file's name."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_store import make_store

from generator.__main__ import main
from generator.errors import StoreError
from generator.records.manifest import BuildRecord
from generator.store.check import check_hashes
from generator.store.folder import FILES, Store
from generator.store.manifest import read_manifest

ENTRY = "figures-0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    made = Store(tmp_path / "store")
    with made.writing(ENTRY) as folder:
        (folder / "conv1").mkdir()
        for number in range(3):
            (folder / "conv1" / f"{number}.webp").write_bytes(bytes([number]) * 100)
    fake = read_manifest(make_store(tmp_path / "fake", units=1))
    made.finish(replace(fake, key="k", exhibit="Häuser"), BuildRecord((), ""), keep=[ENTRY])
    return tmp_path / "store"


def test_a_store_as_it_was_made_passes_also_after_a_journey(store: Path, tmp_path: Path) -> None:
    assert check_hashes(store) == 5  # three figures, the manifest, the record of the build
    (store / "notes.txt").write_text("mine")  # not the store's, and left alone
    shutil.copytree(store, tmp_path / "elsewhere")
    assert check_hashes(tmp_path / "elsewhere") == 5


def flip_a_bit(store: Path) -> None:
    path = store / ENTRY / "conv1" / "1.webp"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)


def shorten(store: Path) -> None:
    path = store / ENTRY / "conv1" / "2.webp"
    path.write_bytes(path.read_bytes()[:-1])


def lose(store: Path) -> None:
    (store / ENTRY / "conv1" / "0.webp").unlink()


def add(store: Path) -> None:
    (store / ENTRY / "conv1" / "x.webp").write_bytes(b"from elsewhere")


def link(store: Path) -> None:
    path = store / ENTRY / "conv1" / "0.webp"
    outside = store.parent / "outside.webp"
    path.rename(outside)
    path.symlink_to(outside)


def change_the_manifest(store: Path) -> None:
    path = store / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"k"', '"l"'), encoding="utf-8")


def edit_the_list(store: Path, change: Callable[[dict[str, object]], object]) -> None:
    record = json.loads((store / FILES).read_text(encoding="utf-8"))
    change(record["files"])
    (store / FILES).write_text(json.dumps(record), encoding="utf-8")


def forget_a_file(store: Path) -> None:
    edit_the_list(store, lambda files: files.pop(f"{ENTRY}/conv1/0.webp"))


def climb_out(store: Path) -> None:
    edit_the_list(store, lambda files: files.update({"../outside": {"size": 0, "sha256": ""}}))


def cut_the_list(store: Path) -> None:
    os.truncate(store / FILES, 40)


def no_list(store: Path) -> None:
    (store / FILES).unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (flip_a_bit, r"1\.webp: has changed since it was made"),
        (shorten, r"2\.webp: has changed .* 99 bytes; listed as .* 100 bytes"),
        (lose, r"0\.webp: can't be read \(No such file"),
        (add, r"x\.webp: is not in the list"),
        (link, r"0\.webp: is a link or lies outside"),
        (change_the_manifest, r"manifest\.json: has changed"),
        (forget_a_file, r"files\.json: is not as it was written"),
        (climb_out, r"files\.json: is not as it was written"),
        (cut_the_list, r"files\.json: can't be read"),
        (no_list, r"files\.json: not found; is .* a figure store\?"),
    ],
)
def test_whatever_happened_to_it_is_seen(
    store: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(store)
    with pytest.raises(StoreError, match=message):
        check_hashes(store)


def test_the_command_says_so_in_one_line_and_by_its_status(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(store), "--files"]) == 0
    assert "all 5 files are as they were made" in capsys.readouterr().err
    flip_a_bit(store)
    assert main(["check", str(store), "--files"]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "1.webp: has changed" in message
