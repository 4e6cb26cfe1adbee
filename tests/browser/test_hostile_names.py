"""Names from strangers in a real browser, and the site under a strict policy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fake_store import make_store

from browser.conftest import ROOT, Quiet
from browser.screens import Reader

POLICY = ROOT / ".github" / "scripts" / "policy.py"
MARKUP = """<img src=x onerror="planted(1)"><script>planted(2)</script>'"</script></title>"""
TEMPLATE = "{{ planted(3) }}{% raw %}${planted(4)}<%= planted(5) %>"
MARKDOWN = "[a](javascript:planted(6)) **b** `c` | d <!-- e ![f](x)\n# g\u202eh\x1b[2J\udcff"
PLANTED = f"{MARKUP} {TEMPLATE} {MARKDOWN}"
# Keys of the manifest whose values are somebody's words.
DATA = {
    *("title", "photograph", "class", "reason", "author", "licence", "address", "source"),
    *("trained_on", "accuracy_on", "exhibit", "device", "machine", "said"),
}


def planted(content: Any, key: str = "", inside: str = "") -> Any:
    """The manifest with markup planted in every name that comes from data."""
    if isinstance(content, dict):
        kept = {"label", "name"} if content.get("kind") != "class" else {"name"}
        if inside in ("collection", "network", "top", "skipped"):
            kept.discard("name")
        return {
            name: value if name in kept and name in ("label", "name") else
            PLANTED if name in ("label", "name") else planted(value, name, name)
            for name, value in content.items()
        }  # fmt: skip
    if isinstance(content, list):
        return [planted(part, key, inside) for part in content]
    return (
        PLANTED
        if isinstance(content, str) and (key in DATA or key.startswith("class"))
        else content
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose store is full of such names."""
    folder = tmp_path_factory.mktemp("hostile")
    store = make_store(folder / "store")
    path = store / "manifest.json"
    manifest = planted(json.loads(path.read_text(encoding="utf-8")))
    manifest["collection"]["classes"] = [PLANTED, "plain"]
    assert path.write_text(json.dumps(manifest), encoding="utf-8")
    site = folder / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    built = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "STORE": str(store)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return site


def pages_of(site: Path) -> list[str]:
    addresses = sorted(
        path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")
    )
    return ["" if page == "." else f"{page}/" for page in addresses]


def settled(page: Any, home: str, pages: list[str]) -> Iterator[tuple[Any, str]]:
    """Each page once it fetches nothing more, and its address; ``page`` is one of four that open
    them, since most of the time goes by in waiting.
    """
    tabs = [page, *(page.context.new_page() for _ in range(3))]
    for first in range(0, len(pages), len(tabs)):
        opened = list(zip(tabs, pages[first : first + len(tabs)], strict=False))
        for tab, address in opened:
            tab.goto(home + address)
        for tab, address in opened:
            tab.wait_for_load_state("networkidle")
            yield tab, address


def test_markup_in_names_is_text(
    hostile: Path, serve: Callable[[Path], str], reader: Reader, tell: Callable[[str], None]
) -> None:
    home = serve(hostile)
    page = reader(home + "about/")
    page.context.add_init_script(
        "window.ran = []; window.planted = (mark) => window.ran.push(mark)"
    )
    pages, shown = pages_of(hostile), 0
    for tab, address in settled(page, home, pages):
        assert tab.evaluate("window.ran") == [], address
        foreign = tab.locator("img[src=x], [onerror], a[href^='javascript:']")
        assert foreign.count() == 0, address
        shown += MARKUP in tab.evaluate("document.body.textContent")
    page.goto(home + "about/")
    text = page.inner_text("article")
    for words in (MARKUP, TEMPLATE, "[a](javascript:planted(6)) **b** `c` | d <!-- e ![f](x)"):
        assert words in text
    assert r"\u202eh\x1b[2J\xff" in text
    assert shown > 1
    tell(f"markup planted in every name: {len(pages)} pages in a browser, all of it text")


def test_markup_in_names_is_text_in_the_panel_and_the_search(
    hostile: Path, serve: Callable[[Path], str], reader: Reader
) -> None:
    page = reader(serve(hostile) + "layers/1/")
    page.add_init_script("window.ran = []; window.planted = (mark) => window.ran.push(mark)")
    page.goto(page.url + "#unit-1")
    page.reload()
    page.wait_for_selector("dialog[open] .unit-body:not([aria-busy]) > *")
    assert MARKUP in page.evaluate("document.querySelector('dialog[open]').textContent")
    page.goto(page.url.partition("layers/")[0] + "about/")
    page.click(".md-search__input")
    page.locator(".md-search__input").press_sequentially("planted")
    page.wait_for_selector(".md-search-result__item", state="attached")
    assert page.evaluate("window.ran") == []
    assert page.locator("img[src=x], [onerror]").count() == 0


@pytest.fixture
def guarded(hostile: Path) -> Iterator[str]:
    """The site, served with the policy that the script makes for it."""
    command = [sys.executable, str(POLICY), str(hostile)]
    header = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    class Guarded(Quiet):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", header)
            super().end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=str(hostile)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_policy_of_own_files_only_breaks_nothing(
    guarded: str, hostile: Path, reader: Reader, tell: Callable[[str], None]
) -> None:
    page = reader(guarded + "about/")
    page.context.add_init_script(
        "window.broken = []; document.addEventListener('securitypolicyviolation', "
        "(event) => window.broken.push(`${event.violatedDirective} ${event.blockedURI}`))"
    )
    pages = pages_of(hostile)
    for tab, address in settled(page, guarded, pages):
        assert tab.evaluate("window.broken") == [], address
    page.click(".md-search__input")
    page.locator(".md-search__input").press_sequentially("planted")
    page.wait_for_selector(".md-search-result__item", state="attached")
    page.locator("label[title^='Light and dark']").first.click(force=True)
    assert page.evaluate("window.broken") == []
    tell(f"Content-Security-Policy of own files only: {len(pages)} pages, no violation")


def test_the_policy_stops_a_planted_script(guarded: str, chromium: Any) -> None:
    """Or the test above would show nothing."""
    page = chromium.new_page()
    page.goto(guarded)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{textContent: 'window.ran = true'}))"
    )
    assert page.evaluate("window.ran") is None
    page.close()
