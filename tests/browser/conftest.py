"""The built site in a real Chromium, as a reader sees it.

The site is the default one, built once a session from the store in `.cache/`, or the folder that
BUILT_SITE names (test_any_site.py is true of any; the others of the default one). A page may load
nothing from another host, and may say nothing on the console: either fails the test.

Without a browser these tests skip. Who names one in CHROMIUM, as the workflows do, wants them to
run: then whatever they need and can't have is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from browser.instant import served
from browser.screens import WIDE, Reader

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing of the browser's own may reach for the network, and no sandbox where root runs it.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# A camera of the browser's own, which it lets every page use.
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

# Transitions that have an end jump to it. Waiting for it is no way: a page that draws no more
# frames never gets there.
AT_REST = """() => document.getAnimations()
    .filter((animation) => animation.effect.getComputedTiming().endTime < Infinity)
    .forEach((animation) => animation.finish())"""


def needed(module: str) -> Any:
    """A package that only these tests need."""
    if os.environ.get("CHROMIUM"):
        return import_module(module)
    return pytest.importorskip(module, reason=f"{module.partition('.')[0]} is not installed")


def browser_path(usual: str) -> str:
    """The browser that CHROMIUM names, or one of this machine's, or Playwright's ``usual`` one."""
    named = os.environ.get("CHROMIUM")
    path = named or next(filter(None, map(shutil.which, BROWSERS)), usual)
    if named and not Path(named).is_file():
        pytest.fail(f"CHROMIUM is {named}, which is no file; name a browser that is installed")
    if not Path(path).exists():
        pytest.skip("no Chromium on this machine; install one or name it in CHROMIUM")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    with needed("playwright.sync_api").sync_playwright() as playwright:
        path = browser_path(playwright.chromium.executable_path)
        sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
        browser = playwright.chromium.launch(
            executable_path=path, args=[*QUIET, *CAMERA], chromium_sandbox=sandbox
        )
        yield browser
        browser.close()


def given_site(name: str) -> Path | None:
    """The folder of a built site that an environment variable names; None where it is not set."""
    if not (given := os.environ.get(name)):
        return None
    assert Path(given, "index.html").is_file(), f"{name} is {given}; it holds no site"
    return Path(given).resolve()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the default site, built as `mkdocs build --strict` builds it, or BUILT_SITE."""
    if given := given_site("BUILT_SITE"):
        return given
    folder = tmp_path_factory.mktemp("site")
    settings = {name: os.environ[name] for name in os.environ if name not in ("EXHIBIT", "STORE")}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return folder


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *message: Any) -> None:
        """No line a request."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder on this machine, giving its address; stops with the session."""
    servers: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def home(site: Path, serve: Callable[[Path], str]) -> str:
    """The address of the default site."""
    return serve(site)


@pytest.fixture(scope="session")
def instant_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a small site with instant navigation, under its own security policy."""
    with served(tmp_path_factory.mktemp("instant")) as home:
        yield home


@pytest.fixture
def reader(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Opens pages: ``reader("layers/3/", size=PHONE, dark=True, javascript=False)``.

    An address without a host is one of the default site, which is built only then. More
    settings are handed to Playwright's `new_context`.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def watch(page: Any, host: str) -> None:
        def asked(call: Any) -> None:
            there = urlsplit(call.url)
            if there.scheme not in ("data", "blob") and there.netloc != host:
                complaints.append(f"asked another host: {call.url}")

        def said(message: Any) -> None:
            if message.type in ("error", "warning"):
                complaints.append(f"console: {message.text} ({message.location.get('url')})")

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(f"error in a script: {error}"))

    def read(
        address: str = "",
        size: tuple[int, int] = WIDE,
        dark: bool = False,
        javascript: bool = True,
        **settings: Any,
    ) -> Any:
        if "://" not in address:
            address = request.getfixturevalue("home") + address
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            **settings,
        )
        contexts.append(context)
        host = urlsplit(address).netloc
        context.on("page", lambda page: watch(page, host))
        page = context.new_page()
        page.goto(address)
        return page

    yield read
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def violations() -> Callable[[Any], list[str]]:
    """What axe-core finds on a page brought to rest: one line for each rule and element.

    At rest, since a colour on its way to another is not one that a reader is shown.
    """
    axe = needed("axe_playwright_python.sync_playwright")

    def find(page: Any) -> list[str]:
        page.evaluate(AT_REST)
        faults = axe.Axe().run(page).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {node['html'][:200]}"
            for rule in faults
            for node in rule["nodes"]
        ]

    return find
