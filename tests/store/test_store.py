from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_store import make_store

from generator.errors import StoreError
from generator.records.manifest import BuildRecord, StoredManifest
from generator.store.folder import PART, Store
from generator.store.keys import code_key, content_key
from generator.store.manifest import MANIFEST, read_manifest

KEY = "0123456789abcdef"
BUILD = BuildRecord((), "a machine")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> StoredManifest:
    return read_manifest(make_store(tmp_path_factory.mktemp("fake"), units=1))


def test_an_entry_is_whole_or_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def break_off() -> None:
        with store.writing(f"scan-{KEY}") as folder:
            (folder / "half").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert store.entry(f"scan-{KEY}") is None
    assert list(tmp_path.iterdir()) == []
    with store.writing(f"scan-{KEY}") as folder:
        (folder / "all").write_text("all")
        assert store.entry(f"scan-{KEY}") is None
    entry = store.entry(f"scan-{KEY}")
    assert entry is not None
    assert [path.name for path in entry.iterdir()] == ["all"]


def test_finishing_drops_old_entries_and_what_dead_processes_left_but_nothing_else(
    tmp_path: Path, manifest: StoredManifest
) -> None:
    store = Store(tmp_path)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (
        f"scan-{KEY}",
        "scan-ffffffffffffffff",
        f"{PART}{gone.pid}-scan-x",
        f"{PART}{os.getppid()}-scan-y",
        "photographs",
    ):
        (tmp_path / name).mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    store.finish(manifest, BUILD, keep=[f"scan-{KEY}"])
    assert {path.name for path in tmp_path.iterdir()} == {
        f"scan-{KEY}",
        f"{PART}{os.getppid()}-scan-y",
        "photographs",
        "notes.txt",
        "manifest.json",
        "build.json",
        "files.json",
    }


def test_a_manifest_that_is_cut_short_or_of_another_format_is_none(
    tmp_path: Path, manifest: StoredManifest
) -> None:
    store = Store(tmp_path)
    assert store.manifest() is None
    (tmp_path / MANIFEST).write_text('{"format": 1, "key"')
    assert store.manifest() is None
    (tmp_path / MANIFEST).write_text('{"format": 99, "key": "k"}')
    assert store.manifest() is None
    store.finish(manifest, BUILD, keep=[])
    assert store.manifest() == manifest


def test_a_store_below_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreError, match="can't be written"),
        Store(tmp_path / "file").writing(f"scan-{KEY}"),
    ):
        pass


def test_keys_change_with_content_and_not_with_order() -> None:
    assert content_key(a=1, b=[2]) == content_key(b=[2], a=1)
    assert content_key(a=1) != content_key(a=2)
    assert code_key("draw/raster.py") != code_key("scan/topk.py")
    assert code_key("networks") != code_key("networks", "scan/topk.py")
