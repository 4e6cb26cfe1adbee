"""The German site in a browser: its scripts, its theme and its numbers speak German."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from check_site import faults
from english import english_in
from fake_store import HOSTILE, make_store

from browser.conftest import ROOT
from browser.screens import Reader


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site, built with de.yml."""
    folder = tmp_path_factory.mktemp("german")
    store, site = make_store(folder / "store"), folder / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "de.yml"]
    built = subprocess.run(
        [*command, "--site-dir", str(site)],
        cwd=ROOT,
        env={**os.environ, "STORE": str(store)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return site


@pytest.fixture(scope="module")
def german(site: Path, serve: Callable[[Path], str]) -> str:
    return serve(site)


def made_by_scripts(page: Any, place: str) -> str:
    """What stands in a part of a page as HTML, once its scripts have run."""
    return str(page.locator(place).first.evaluate("one => one.outerHTML"))


def test_the_site_is_whole(site: Path) -> None:
    assert list(faults(site)) == []
    first = (site / "index.html").read_text("utf-8")
    assert '<html lang="de"' in first
    assert first.index("assets/said.js") < first.index("assets/js/atlas.js")


def test_a_page_that_stays_english_says_so(site: Path) -> None:
    page = (site / "what-you-can-bring" / "index.html").read_text("utf-8")
    assert '<div lang="en">' in page
    assert '<div lang="en">' not in (site / "index.html").read_text("utf-8")


def test_the_page_that_is_not_there(site: Path) -> None:
    assert english_in((site / "404.html").read_text("utf-8").partition("<body>")[2]) == []


def test_a_unit(reader: Reader, german: str) -> None:
    page = reader(f"{german}layers/2/#unit-1")
    page.wait_for_selector("dialog[open] .unit-numbers-of")
    panel = page.locator("dialog[open]")
    assert panel.get_by_text("Was gefunden wurde").count() == 1
    assert panel.get_by_label("Nächste Einheit").count() == 1
    said = made_by_scripts(page, "dialog[open] .unit-numbers-of")
    assert english_in(said, [HOSTILE]) == []


def test_the_finder(reader: Reader, german: str) -> None:
    page = reader(f"{german}units/?find=1")
    page.wait_for_selector(".finder output:not(:empty)")
    assert page.locator(".finder output").inner_text().endswith("Einheiten")
    assert english_in(made_by_scripts(page, ".finder form")) == []


def test_a_quiz(reader: Reader, german: str) -> None:
    page = reader(f"{german}quiz-output-shape/")
    question = page.locator("form.question").first
    question.wait_for()
    for field in question.locator("input").all():
        field.fill("7")
    question.locator("button[type=submit]").click()
    page.wait_for_function("document.querySelector('.question .feedback').textContent")
    while (hint := question.get_by_role("button", name="Hinweis")).get_attribute(
        "aria-disabled"
    ) != "true":
        hint.click()
    assert english_in(made_by_scripts(page, ".quiz")) == []


def test_numbers(reader: Reader, german: str) -> None:
    page = reader(f"{german}parameters/")
    page.wait_for_selector(".parameter-lab output:not(:empty)")
    page.fill(".parameter-lab input[name=filters]", "1000")
    page.wait_for_function(
        "/\\d\\.\\d{3}/.test(document.querySelector('.parameter-lab output').textContent)"
    )
    assert "," not in page.locator(".parameter-lab output").inner_text()
