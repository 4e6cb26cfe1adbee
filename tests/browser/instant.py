"""A site of the fake store with the theme's instant navigation, served under its own policy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import yaml
from fake_store import make_store
from policy import policy

ROOT = Path(__file__).parents[2]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Builds the site in ``folder`` and serves it with a Content-Security-Policy: its address."""
    site = folder / "site"
    site.mkdir()
    header = ""

    class Guarded(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", header)
            super().end_headers()

        def log_message(self, *message: object) -> None:
            """No line a request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=str(site)))
    home = f"http://127.0.0.1:{server.server_port}/"
    build(folder, site, home)
    header = policy(site)
    Thread(target=server.serve_forever, daemon=True).start()
    yield home
    server.shutdown()
    server.server_close()


def build(folder: Path, site: Path, home: str) -> None:
    """The site that will lie at ``home``."""
    settings = {
        **os.environ,
        "SITE_URL": home,
        "STORE": str(make_store(folder / "store")),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    built = subprocess.run(
        [*command, "--config-file", str(instant(folder))],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr


def instant(folder: Path) -> Path:
    """The project's settings with instant navigation switched on, in a file of their own."""

    class Settings(yaml.SafeLoader):
        """MkDocs' own tags are left for MkDocs."""

    Settings.add_constructor("!ENV", lambda *_: None)
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Settings)
    features = [*settings["theme"]["features"], "navigation.instant"]
    changed = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": str(ROOT / "docs"),
        "theme": {"features": features, "custom_dir": str(ROOT / "docs" / "overrides")},
        "plugins": [
            "search",
            {"mike": {"version_selector": False}},
            {"gen-files": {"scripts": [str(ROOT / "generator" / "site" / "gen_pages.py")]}},
        ],
        "watch": [],
    }
    path = folder / "mkdocs.yml"
    path.write_text(yaml.safe_dump(changed), encoding="utf-8")
    return path
