"""Imagenette is fetched, checked and unpacked by the real code, from a server in the test."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image
from torchvision.datasets import Imagenette

from generator.errors import ImagesError
from generator.images import open_collection
from generator.images.imagenette import ARCHIVE, FOLDER, RECORD, imagenette_folder

CLASSES = ("n01440764", "n03028079")  # tench and church


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]

    def __init__(self, *arguments: Any, asked: list[str], **more: Any) -> None:
        self.asked = asked
        super().__init__(*arguments, **more)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *message: Any) -> None:
        pass


def pack(path: Path, colour: str = "red") -> str:
    """A small archive of the real one's shape; its MD5."""
    with tarfile.open(path, "w:gz") as archive:
        for part in ("train", "val"):
            for number, name in enumerate(CLASSES):
                picture = io.BytesIO()
                Image.new("RGB", (40 + number, 30), colour).save(picture, "JPEG")
                entry = tarfile.TarInfo(f"{FOLDER}/{part}/{name}/{name}_{number}.JPEG")
                entry.size = len(picture.getvalue())
                archive.addfile(entry, io.BytesIO(picture.getvalue()))
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A server with the archive, in place of the one that torchvision knows; what it was asked."""
    served, requests = tmp_path / "served", []  # type: ignore[var-annotated]
    served.mkdir()
    digest = pack(served / ARCHIVE)
    handler = partial(Quiet, directory=str(served), asked=requests)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/{ARCHIVE}"
    monkeypatch.setitem(Imagenette._ARCHIVES, "320px", (address, digest))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    yield requests
    server.shutdown()
    server.server_close()


def test_it_is_fetched_once_and_has_its_classes(tmp_path: Path, asked: list[str]) -> None:
    collection = open_collection("imagenette")
    assert f"/{ARCHIVE}" in asked
    asked.clear()
    again = open_collection("imagenette")
    assert asked == []
    assert collection.sha256 == again.sha256
    assert collection.name == "imagenette"
    assert collection.title == "2 photographs of Imagenette, ten classes of ImageNet"
    assert collection.classes == CLASSES
    assert [item.name for item in collection.items] == [
        f"{c}/{c}_{n}.JPEG" for n, c in enumerate(CLASSES)
    ]
    assert collection[0].size == (40, 30)
    kept = sorted(path.name for path in (tmp_path / "torch" / "datasets").iterdir())
    assert kept == [FOLDER, ARCHIVE]


def test_an_archive_of_another_hash_is_refused_and_nothing_stays(
    tmp_path: Path, asked: list[str]
) -> None:
    pack(tmp_path / "served" / ARCHIVE, "blue")
    with pytest.raises(ImagesError, match=r"imagenette: can't be downloaded from .*127") as caught:
        open_collection("imagenette")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "torch" / "datasets").iterdir()) == []


def test_an_archive_from_a_cache_is_compared_too(asked: list[str]) -> None:
    folder = imagenette_folder()
    folder.parent.mkdir(parents=True)
    pack(folder.with_name(ARCHIVE), "blue")  # not what the hash says
    open_collection("imagenette")
    assert f"/{ARCHIVE}" in asked  # so it was fetched anew
    asked.clear()
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    open_collection("imagenette")
    assert asked == []  # a good one is unpacked again


def test_a_folder_that_has_changed_is_refused(asked: list[str]) -> None:
    open_collection("imagenette")
    path = imagenette_folder() / "train" / CLASSES[0] / f"{CLASSES[0]}_0.JPEG"
    Image.new("RGB", (40, 30), "blue").save(path)
    with pytest.raises(ImagesError, match=r"is not what was downloaded .* delete the folder"):
        open_collection("imagenette")
    (imagenette_folder() / RECORD).unlink()
    with pytest.raises(ImagesError, match="not recorded"):
        open_collection("imagenette")


def test_no_server_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    nobody = ("http://127.0.0.1:9/imagenette2-320.tgz", "0" * 32)
    monkeypatch.setitem(Imagenette._ARCHIVES, "320px", nobody)
    with pytest.raises(ImagesError, match=r"can't be downloaded .*refused.*--images") as caught:
        open_collection("imagenette")
    assert "\n" not in str(caught.value)


def test_torchvision_still_has_what_the_docs_say() -> None:
    address, digest = Imagenette._ARCHIVES["320px"]
    assert Path(address).name == ARCHIVE
    assert len(digest) == 32


def test_a_warm_one_needs_no_torch(asked: list[str]) -> None:
    open_collection("imagenette")
    script = (
        "import sys; from generator.images import open_collection; "
        "open_collection('imagenette'); print('torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
