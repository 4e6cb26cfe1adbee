"""A site that is opened by double click: every page of it, and all that answers the reader.

It is a small site, built with offline.yml, or the folder that OFFLINE_SITE names: publishing tries
the one that goes into a release.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from check_site import faults
from fake_store import make_store

from browser.conftest import ROOT, given_site
from browser.screens import Reader
from browser.test_any_site import shown
from browser.test_your_picture import after, give, picture, start, until
from browser.test_your_picture import shown as guesses

SMALL = pytest.mark.skipif("OFFLINE_SITE" in os.environ, reason="looks at the small site")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, under a name as people's folders have them."""
    if given := given_site("OFFLINE_SITE"):
        return given
    place = tmp_path_factory.mktemp("disk")
    store, site = make_store(place / "store"), place / "Lesson 1 (ü) #2"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "offline.yml"]
    built = subprocess.run(
        [*command, "--site-dir", str(site)],
        cwd=ROOT,
        env={**os.environ, "STORE": str(store), "SITE_URL": "https://published.test/"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return site


@pytest.fixture
def opened(folder: Path, reader: Reader) -> Iterator[Callable[[str], Any]]:
    """Opens a page of the site by double click; a file that is missing fails the test."""
    missing: list[str] = []

    def failed(call: Any) -> None:
        if call.failure != "net::ERR_ABORTED":  # the test has left the page
            missing.append(f"{call.url}: {call.failure}")

    def open_page(name: str) -> Any:
        page = reader((folder / name).as_uri())
        page.on("requestfailed", failed)
        return page

    yield open_page
    assert missing == []


def pages(folder: Path, pattern: str = "**/*.html") -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def test_every_page_opens(folder: Path, opened: Callable[[str], Any]) -> None:
    """``reader`` fails for an error of a script, a message on the console, another host."""
    page = opened("index.html")
    every = pages(folder)
    assert len(every) > 20
    for name in every:
        page.goto((folder / name).as_uri())
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        page.wait_for_function("[...document.images].every(i => i.complete)")
        assert page.locator("h1").count() == 1, name
        broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        assert broken == [], name
        if name != "404.html":
            assert page.evaluate("typeof document$") == "object", name


def test_its_links_lead_to_files(folder: Path) -> None:
    assert list(faults(folder)) == []
    assert not (folder / "offline.js").exists(), "a service worker"


def test_a_unit_of_every_layer_opens(folder: Path, opened: Callable[[str], Any]) -> None:
    layers = pages(folder, "layers/*.html")
    page = opened(layers[0])
    for layer in layers:
        page.goto((folder / layer).as_uri())
        page.locator(".tile:not(.is-dead) h3 a").first.click()
        first = shown(page)
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "first => document.querySelector('#unit-panel-title').textContent !== first", arg=first
        )
    second = shown(page)
    page.reload()
    assert shown(page) == second, "its address leads there again"


def test_the_figures_of_the_lesson_open_their_units(opened: Callable[[str], Any]) -> None:
    page = opened("index.html")
    page.locator("figure.layer .units > a").first.click()
    assert shown(page).startswith("Layer ")


def test_the_finder_finds(opened: Callable[[str], Any]) -> None:
    page = opened("units.html")
    page.wait_for_selector(".finder .tile")
    count = page.inner_text(".finder output")
    # Of random weights nothing is found, and of others something: in both, not all are left.
    page.get_by_label("With").select_option("found")
    page.wait_for_function(
        "count => document.querySelector('.finder output').textContent !== count", arg=count
    )
    assert page.url.endswith("?kind=found")
    page.reload()
    assert page.get_by_label("With").input_value() == "found"
    page.get_by_label("With").select_option("")
    page.locator(".finder .tile-title a").first.click()
    assert shown(page)


def test_the_search_finds(opened: Callable[[str], Any]) -> None:
    page = opened("layers/1.html")
    page.click(".md-search__input")
    page.locator(".md-search__input").press_sequentially("receptive field")
    link = page.locator(".md-search-result__link").first
    link.wait_for()
    there = link.evaluate("link => link.href")
    link.click()
    page.wait_for_url(there)
    assert page.locator("h1").count() == 1


def test_a_quiz_answers_and_the_lesson_keeps_its_ticks(opened: Callable[[str], Any]) -> None:
    page = opened("quiz-sharing.html")
    page.locator(".quiz form input").first.fill("1")
    page.locator(".quiz form button[type=submit]").first.click()
    page.wait_for_selector(".quiz form [role=status]:not(:empty)")
    page.get_by_label("I have done this part").check()
    page.locator(".md-nav--primary a", has_text="Glossary").first.click()
    page.wait_for_url("**/glossary.html")
    assert page.locator(".md-nav--primary .tick.is-done").count() == 1


def test_your_picture_runs(opened: Callable[[str], Any]) -> None:
    page = opened("your-picture.html")
    assert "opens without a network the next time" not in page.content()
    start(page)
    after(page, lambda: give(page, "mine.png", picture()))
    first = guesses(page)
    assert len(first) == 5
    after(page, lambda: page.locator(".live-photographs button").nth(1).click())
    assert guesses(page) != first
    after(page, page.locator(".live-layers .live-units button:visible").last.click)
    assert page.inner_text(".live-watched h2").startswith("Layer ")
    after(page, lambda: page.click("text='Switch it off'"))
    until(page, "document.querySelector('.live-switches p').textContent")


@SMALL
def test_served_it_works_the_same(
    folder: Path, serve: Callable[[Path], str], reader: Reader
) -> None:
    """As on a course platform: from its files, not from what carries them."""
    asked: list[str] = []
    page = reader(serve(folder))
    page.on("request", lambda call: asked.append(call.url))
    page.locator("figure.layer .units > a").first.click()
    assert shown(page).startswith("Layer ")
    page.goto(page.url.split("#")[0].replace("index.html", "") + "your-picture.html")
    start(page)
    assert len(guesses(page)) == 5
    assert [url for url in asked if url.endswith((".json.js", ".webp.js"))] == []
