"""The published site as its readers meet it: versions, old links, the banner, what is gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from copied_project import git
from rehearsal import Forge

from browser.screens import PHONE, Reader

UNIT = "layers/1/#unit-3"
PANEL = "dialog[open] .unit-body:not([aria-busy]) > *"
FIGURE = "dialog[open] .unit-body img"
BANNER = "[data-md-component=outdated]"


@pytest.fixture(scope="session")
def lesson(
    published: Forge, serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of the whole branch, in a folder as Pages serves it."""
    folder = tmp_path_factory.mktemp("pages")
    published.project.export(folder / "lesson")
    return serve(folder) + "lesson/"


def pixels(page: Any, selector: str = FIGURE) -> str:
    """The first picture of a selector, as the browser drew it."""
    page.locator(PANEL).first.wait_for()
    assert page.inner_text("#unit-panel-title").startswith("Layer 1, unit 3")
    place = page.locator(selector).first
    page.wait_for_function(
        "place => { const i = document.querySelector(place); return i.complete && i.naturalWidth }",
        arg=selector,
    )
    drawn: str = place.evaluate(
        "image => { const c = document.createElement('canvas');"
        " c.width = image.naturalWidth; c.height = image.naturalHeight;"
        " c.getContext('2d').drawImage(image, 0, 0); return c.toDataURL() }"
    )
    return drawn


def chosen(page: Any) -> str:
    """The version that the selector names."""
    name: str = page.locator(".md-version__current").evaluate(
        "e => e.firstChild.textContent.trim()"
    )
    return name


def test_the_beginning_leads_to_the_newest_release(lesson: str, reader: Reader) -> None:
    page = reader(lesson)
    page.wait_for_url(f"{lesson}0.2/")
    assert chosen(page) == "0.2"
    assert page.locator(BANNER).is_hidden()


def test_a_link_into_an_old_version_still_shows_its_figure(lesson: str, reader: Reader) -> None:
    page = reader(f"{lesson}0.1/{UNIT}")
    assert page.url == f"{lesson}0.1/{UNIT}"
    old = pixels(page)
    assert chosen(page) == "0.1"
    newest = reader(f"{lesson}0.2/{UNIT}")
    assert pixels(newest) != old
    assert pixels(reader(f"{lesson}dev/{UNIT}")) == pixels(newest)


def test_an_old_version_says_so_and_leads_to_the_newest(lesson: str, reader: Reader) -> None:
    page = reader(f"{lesson}0.1/layers/1/")
    page.locator(BANNER).wait_for(state="visible")
    assert "not the newest release" in page.locator(BANNER).inner_text()
    page.locator(f"{BANNER} a").click()
    page.wait_for_url(f"{lesson}0.2/")
    assert page.locator(BANNER).is_hidden()


def test_the_draft_says_that_it_is_no_release(lesson: str, reader: Reader) -> None:
    page = reader(f"{lesson}dev/")
    page.locator(BANNER).wait_for(state="visible")
    assert chosen(page) == "dev"


@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "phone"])
def test_the_selector_lists_all_and_leads_there(lesson: str, reader: Reader, size: Any) -> None:
    page = reader(f"{lesson}0.2/layers/1/", **({"size": size} if size else {}))
    assert chosen(page) == "0.2"
    page.locator(".md-version__current").focus()
    links = page.locator(".md-version__link")
    assert links.all_inner_texts() == ["dev", "0.2", "0.1"]
    links.nth(2).click()
    page.wait_for_url(f"{lesson}0.1/layers/1/")  # the same page of the other version
    assert chosen(page) == "0.1"


def test_ticks_stay_when_another_version_is_chosen(lesson: str, reader: Reader) -> None:
    page = reader(f"{lesson}0.2/filters/")
    tick = page.locator(".md-nav--primary a.md-nav__link--active > .tick")
    box = page.get_by_label("I have done this part")
    box.check()
    assert tick.inner_text() == "✓"
    page.locator(".md-version__current").focus()
    page.locator(".md-version__link").nth(2).click()
    page.wait_for_url(f"{lesson}0.1/filters/")
    assert chosen(page) == "0.1"
    assert box.is_checked()
    assert tick.inner_text() == "✓"
    box.uncheck()
    page.goto(f"{lesson}latest/filters/")
    page.wait_for_url(f"{lesson}0.2/filters/")
    assert not box.is_checked()
    assert tick.inner_text() == ""


def test_latest_is_an_address_that_stays(lesson: str, reader: Reader) -> None:
    page = reader(f"{lesson}latest/{UNIT}")
    page.wait_for_url(f"{lesson}0.2/{UNIT}")
    assert pixels(page)


def test_latest_leads_on_without_javascript(lesson: str, reader: Reader) -> None:
    page = reader(f"{lesson}latest/layers/1/", javascript=False)
    page.wait_for_url(f"{lesson}0.2/layers/1/")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_banner_and_the_selector(
    dark: bool, lesson: str, reader: Reader, violations: Callable[[Any], list[str]]
) -> None:
    page = reader(f"{lesson}0.1/", dark=dark)
    page.locator(BANNER).wait_for(state="visible")
    assert violations(page) == []


def test_a_version_that_is_gone_says_so_and_leads_on(
    published: Forge,
    serve: Callable[[Path], str],
    reader: Reader,
    violations: Callable[[Any], list[str]],
    tmp_path: Path,
) -> None:
    from branch import Pages  # noqa: PLC0415
    from pages import remove  # noqa: PLC0415

    copy = tmp_path / "copy.git"
    git(tmp_path, "clone", "--quiet", "--mirror", str(published.project.remote), str(copy))
    remove(Pages(str(copy)), "0.1")
    published.project.__class__(tmp_path, copy).export(tmp_path / "served" / "lesson")
    home = serve(tmp_path / "served") + "lesson/"
    page = reader(f"{home}0.1/layers/1/")
    assert (
        page.get_by_role("heading").inner_text() == "Version 0.1 of this lesson is no longer kept"
    )
    assert violations(page) == []
    page.get_by_role("link").click()
    page.wait_for_url(f"{home}0.2/layers/1/")
    page.locator(".md-version__current").focus()
    assert page.locator(".md-version__link").all_inner_texts() == ["dev", "0.2"]


def test_a_preview_of_what_mike_made_lists_the_versions(
    published: Forge, reader: Reader, tmp_path: Path
) -> None:
    """As somebody has it who publishes by hand: `mike deploy`, then `mike serve`."""
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "--quiet", "--branch=main", str(published.project.remote), str(copy))
    for part in ("name", "email"):
        git(copy, "config", f"user.{part}", "Teacher")
    store = [artifact for artifact in published.kept if artifact["name"].startswith("store-")][-1]
    place = published.folder / f"artifact-{store['workflow_run']['id']}-{store['name']}"
    settings = {**os.environ, "STORE": str(place), "PYTHONPATH": str(copy)}
    mike = [str(Path(sys.executable).with_name("mike"))]
    made = subprocess.run(
        [*mike, "deploy", "0.3"],
        cwd=copy,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here = f"127.0.0.1:{free.getsockname()[1]}"
    serving = subprocess.Popen(
        [*mike, "serve", "--dev-addr", here],
        cwd=copy,
        env={**settings, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert serving.stdout is not None
        assert "Starting server" in serving.stdout.readline()
        page = reader(f"http://{here}/0.3/layers/1/")
        assert chosen(page) == "0.3"
        page.locator(".md-version__current").focus()
        links = page.locator(".md-version__link")
        assert links.all_inner_texts() == ["dev", "0.3", "0.2", "0.1"]
        links.nth(2).click()
        page.wait_for_url(f"http://{here}/0.2/**")
        assert chosen(page) == "0.2"
        page.close()  # it may still be loading, and would complain of a server that is gone
    finally:
        serving.terminate()
        serving.wait()
