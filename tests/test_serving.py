"""A site under ``mkdocs serve``: what a save shows, and what it does not do again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_store import make_store
from serving import Server
from soak import soak

from generator import fresh
from generator.bench.site import copy_project


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    place = tmp_path / "checkout"
    copy_project(place)
    make_store(place / "store")
    return place


@pytest.fixture
def server(checkout: Path) -> Iterator[Server]:
    started = Server(checkout)
    try:
        started.wait(lambda: b"Visualizing" in started.page())
        yield started
    finally:
        started.stop()


def test_a_save_is_shown_and_changed_code_is_read_afresh(server: Server, checkout: Path) -> None:
    before = server.built()
    page = checkout / "docs" / "index.md"
    page.write_text(page.read_text() + "\nA sentence that was just written.\n")
    server.wait(lambda: b"just written" in server.page())
    server.wait(lambda: server.built() == before + 1)
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
    server.wait(lambda: server.built() > before + 1)
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


def test_many_rebuilds_leave_nothing_behind(tmp_path: Path, tell: Callable[[str], None]) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("memory and processes are read from /proc")
    found = soak(tmp_path / "soak", 14)
    assert set(found.done.values()) == {2}
    assert found.growth < 1.2  # the long form says more
    tell(
        f"{sum(found.done.values())} rebuilds under mkdocs serve: the right page each time, no"
        f" process and no temporary folder left, memory {found.growth:.2f} times"
    )
