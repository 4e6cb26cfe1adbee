"""A site under ``mkdocs serve``: what a save shows, and what it does not do again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_store import make_store
from serving import Server
from soak import ROOT, soak

from generator.bench.site import copy_project
from generator.site import fresh

BUILDS = """
import logging
import sys
import click
from mkdocs.commands.build import build
from mkdocs.config import load_config
command, site = sys.argv[1:]
logging.basicConfig(level="WARNING")
here = "http://127.0.0.1/"
with click.Context(click.Command(command), info_name=command):
    for number, _ in enumerate(sys.stdin):
        config = load_config("mkdocs.yml", site_dir=site, site_url=here)
        if number == 0:
            config.plugins.on_startup(command=command, dirty=False)
        build(config, serve_url=here if command == "serve" else None)
        print("built", flush=True)
"""


class Builder:
    """Builds a checkout's site again and again, in one process; gives what it warned of."""

    def __init__(self, checkout: Path, command: str) -> None:
        self.site = checkout / f"site-{command}"
        self.log = checkout / f"{command}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-c", BUILDS, command, str(self.site)],
                cwd=checkout,
                env={**os.environ, "STORE": "store", "PYTHONPATH": str(checkout)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def build(self) -> list[str]:
        before = self.log.stat().st_size
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "built\n", self.log.read_text()
        printed = self.log.read_bytes()[before:].decode()
        return sorted(line for line in printed.splitlines() if "notes.md" in line)

    def files(self) -> dict[str, bytes]:
        """What was built, without a compressed file, which holds the time."""
        paths = (path for path in self.site.rglob("*") if path.is_file() and path.suffix != ".gz")
        return {path.relative_to(self.site).as_posix(): path.read_bytes() for path in paths}

    def stop(self) -> None:
        self.process.communicate()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    place = tmp_path / "checkout"
    copy_project(place, ROOT)
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


def test_a_preview_shows_what_a_build_makes(checkout: Path) -> None:
    """After each of these edits a long-lived preview holds what a process makes that is new."""
    docs = checkout / "docs"
    notes, figures = docs / "notes.md", docs / "templates" / "figures.html"
    store = checkout / "store"

    def add(path: Path, text: str) -> None:
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def change(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def other_store() -> None:
        shutil.rmtree(store)
        make_store(store, units=7)

    edits: list[tuple[Callable[[], object], str]] = [
        (lambda: None, ""),
        (lambda: notes.write_text("# Notes\n\n## One { #one }\n\nA sentence.\n"), ""),
        (lambda: add(docs / "about.md", "\nSee [the notes](notes.md#one).\n"), ""),
        (lambda: change(notes, "#one", "#two"), "does not contain an anchor '#one'"),
        (lambda: add(docs / "index.md", "\nOne more sentence.\n"), "contain an anchor '#one'"),
        (lambda: change(notes, "#two", "#one"), ""),
        (lambda: add(docs / "glossary.md", "\n## Whim { #whim }\n\nWhat is wanted.\n"), ""),
        (lambda: change(docs / "glossary.md", "What is wanted", "What was wanted"), ""),
        (lambda: change(docs / "benchmark.json", '"cores": ', '"cores": 1'), ""),
        (lambda: change(figures, "<img ", "<img data-edited "), ""),
        (other_store, ""),
        (lambda: notes.rename(docs / "thoughts.md"), "is not found among documentation files"),
    ]
    preview = Builder(checkout, "serve")
    try:
        preview.build()
        for edit, warning in edits:
            edit()
            warned = preview.build()
            afresh = Builder(checkout, "build")
            try:
                assert warned == afresh.build()
            finally:
                afresh.stop()
            assert len(warned) == bool(warning)
            assert warning in "".join(warned)
            shown, built = preview.files(), afresh.files()
            assert shown.keys() == built.keys()
            assert [name for name in built if shown[name] != built[name]] == []
    finally:
        preview.stop()
    assert any(b"data-edited" in content for content in shown.values())


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
    assert fresh.changed_sources() == []
    read = dict(fresh.READ)
    here = fresh.PACKAGE / "site" / "fresh.py"
    read[here] = (0, 0)
    read[fresh.PACKAGE / "gone.py"] = (1, 1)
    read.pop(fresh.PACKAGE / "errors.py")
    monkeypatch.setattr(fresh, "READ", read)
    assert fresh.changed_sources() == ["errors.py", "gone.py", "site/fresh.py"]


def test_many_rebuilds_leave_nothing_behind(tmp_path: Path, tell: Callable[[str], None]) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("memory and processes are read from /proc")
    soaked = soak(tmp_path / "soak", 14)
    assert set(soaked.done.values()) == {2}
    assert soaked.growth < 1.2  # the long form says more
    tell(
        f"{sum(soaked.done.values())} rebuilds under mkdocs serve: the right page each time, no"
        f" process and no temporary folder left, memory {soaked.growth:.2f} times"
    )
