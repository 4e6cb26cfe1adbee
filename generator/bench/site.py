"""A warm build against bare MkDocs, and how soon a save shows under ``mkdocs serve``."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from generator import pages, pipeline
from generator.bench.rows import Row, Sizes, in_turn, ratio, spread

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds until a server that shows nothing is given up


def rows(sizes: Sizes) -> Iterator[Row]:
    """Both rows, on the store of the default exhibit or the one that ``STORE`` names."""
    titles = {
        "warm-build": "a build from a warm store / bare MkDocs on the same Markdown and images",
        "save": "from saving a Markdown file to the new page being served",
    }
    if not (ROOT / "mkdocs.yml").is_file():
        for name, title in titles.items():
            yield Row(name, title, reason="the site's sources are not beside the package")
        return
    store = pipeline.ensure_store().resolve()
    with TemporaryDirectory() as place:
        project = Path(place, "project")
        copy_project(project)
        bare = Path(place, "bare")
        bare_project(bare, project, store)
        taken = in_turn(
            sizes.pairs,
            lambda: build_site(project, store, Path(place, "one")),
            lambda: build_site(bare, store, Path(place, "two")),
        )
        yield ratio("warm-build", titles["warm-build"], taken)
        values = saves(project, store, sizes.pairs)
        details = {"pairs": len(values)}
        yield Row("save", titles["save"], spread(values), "s", at_most=2.0, details=details)


def copy_project(place: Path, root: Path = ROOT) -> None:
    """What a build reads of the sources in ``root``, where a file may be saved."""
    place.mkdir()
    shutil.copy(root / "mkdocs.yml", place)
    shutil.copytree(root / "docs", place / "docs")
    without = shutil.ignore_patterns("__pycache__", "weights")
    shutil.copytree(root / "generator", place / "generator", ignore=without)


def bare_project(place: Path, project: Path, store: Path) -> None:
    """The pages of a project as they come out of the generator, and no generator."""
    shutil.copytree(project / "docs", place / "docs")
    for uri, content in pages.render(store, project / "docs").items():
        target = place / "docs" / uri
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copy(content, target)
        else:
            target.write_text(content, encoding="utf-8")
    settings = (project / "mkdocs.yml").read_text(encoding="utf-8")
    # The theme as it comes: the project's own templates ask the generator for their words.
    settings = settings.replace("  custom_dir: docs/overrides\n", "")
    plugin, rest = settings.split("  - gen-files:\n", 1)
    lines = rest.splitlines(keepends=True)
    own = next(number for number, line in enumerate(lines) if not line.startswith("    "))
    rest = "".join(lines[own:]).replace("watch:\n  - generator\n", "")
    (place / "mkdocs.yml").write_text(plugin + rest, encoding="utf-8")


def build_site(project: Path, store: Path, site: Path) -> None:
    """One ``mkdocs build``."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
    subprocess.run(command, cwd=project, env=environment(project, store), check=True)


def environment(project: Path, store: Path) -> dict[str, str]:
    """The project's own code, from the store as it is."""
    return {**os.environ, "STORE": str(store), "PYTHONPATH": str(project), "SITE_URL": ""}


def saves(project: Path, store: Path, count: int) -> list[float]:
    """Seconds from each of some saves of the lesson to its being served."""
    times: list[float] = []
    page = project / "docs" / "index.md"
    text = page.read_text(encoding="utf-8")
    with serving(project, store) as address:
        wait_for(address, b"<html")
        for number in range(count + 1):
            time.sleep(1.5)  # so that the server is at rest, and the file's time a new one
            mark = f"This sentence was saved as number {number}."
            page.write_text(f"{text}\n{mark}\n", encoding="utf-8")
            start = time.perf_counter()
            wait_for(address, mark.encode())
            times.append(time.perf_counter() - start)
    return times[1:]  # the first one compiles the templates


@contextmanager
def serving(project: Path, store: Path) -> Iterator[str]:
    """The address of a server that runs inside."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr"]
    process = subprocess.Popen(
        [*command, f"127.0.0.1:{port}"], cwd=project, env=environment(project, store)
    )
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(address: str, words: bytes) -> None:
    """Until the page at the address holds these words."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
                if words in answer.read():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    raise TimeoutError(f"{address} never showed {words.decode()!r}")
