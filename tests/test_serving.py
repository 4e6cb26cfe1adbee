"""A site under ``mkdocs serve``: what a save shows, and what it does not do again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_store import make_store

from generator import fresh

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # seconds; nothing is timed here, this only ends a test that hangs


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The parts of the project that a build reads, where a test may change them."""
    place = tmp_path / "checkout"
    place.mkdir()
    shutil.copy(ROOT / "mkdocs.yml", place)
    shutil.copytree(ROOT / "docs", place / "docs")
    without = shutil.ignore_patterns("__pycache__", "weights")
    shutil.copytree(ROOT / "generator", place / "generator", ignore=without)
    make_store(place / "store")
    return place


class Server:
    """``mkdocs serve`` as somebody who writes sees it."""

    def __init__(self, checkout: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = checkout / "serve.log"
        environment = {**os.environ, "STORE": "store", "PYTHONPATH": str(checkout)}
        environment.pop("SITE_URL", None)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", self.address[7:]],
                cwd=checkout,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def page(self, path: str = "/") -> bytes:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError):
            return b""

    def wait(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)


@pytest.fixture
def server(checkout: Path) -> Iterator[Server]:
    started = Server(checkout)
    try:
        started.wait(lambda: b"Visualizing" in started.page())
        yield started
    finally:
        started.process.terminate()
        started.process.wait(30)


def test_a_save_is_shown_and_changed_code_is_read_afresh(server: Server, checkout: Path) -> None:
    def built() -> int:
        return server.log.read_text().count("Documentation built")

    before = built()
    page = checkout / "docs" / "index.md"
    page.write_text(page.read_text() + "\nA sentence that was just written.\n")
    server.wait(lambda: b"just written" in server.page())
    server.wait(lambda: built() == before + 1)
    assert "has changed" not in server.log.read_text()

    picture = next(checkout.glob("store/*/*/*.webp"))
    address = "/" + picture.relative_to(checkout / "store").as_posix()
    assert server.page(address) == picture.read_bytes()
    assert picture.stat().st_nlink == 2, "the preview shows the store's own file"

    code = checkout / "generator" / "pages" / "text.py"
    code.write_text(code.read_text() + "\nraise ValueError('the new code runs')\n")
    server.wait(lambda: "the new code runs" in server.log.read_text())
    assert "generator/ has changed (pages/text.py); its code is read afresh" in (
        server.log.read_text()
    )
    code.write_text(code.read_text().replace("raise ValueError('the new code runs')", ""))
    server.wait(lambda: built() > before + 1)
    assert not list((checkout / "generator").rglob("__pycache__")), "a build looks like a save"


def test_a_built_site_holds_copies(checkout: Path) -> None:
    environment = {**os.environ, "STORE": "store", "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", "out"]
    subprocess.run(command, cwd=checkout, env=environment, check=True)
    pictures = list(checkout.glob("store/*/*/*.webp"))
    assert pictures
    for picture in pictures:
        published = checkout / "out" / picture.relative_to(checkout / "store")
        assert published.read_bytes() == picture.read_bytes()
        assert picture.stat().st_nlink == published.stat().st_nlink == 1


def test_what_changed_since_the_code_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh.changed() == []
    read = dict(fresh.READ)
    here = fresh.PACKAGE / "fresh.py"
    read[here] = (0, 0)
    read[fresh.PACKAGE / "gone.py"] = (1, 1)
    read.pop(fresh.PACKAGE / "records.py")
    monkeypatch.setattr(fresh, "READ", read)
    assert fresh.changed() == ["fresh.py", "gone.py", "records.py"]
