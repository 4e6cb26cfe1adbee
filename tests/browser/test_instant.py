"""The theme's instant navigation swaps pages without loading them: scripts start anew on each."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_store import make_store

from browser.conftest import ROOT
from browser.screens import Reader
from browser.test_atlas import leave, shown


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


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    folder = tmp_path_factory.mktemp("instant")
    site = folder / "site"
    site.mkdir()
    home = serve(site)
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
    return home


@pytest.fixture
def page(address: str, reader: Reader) -> Any:
    opened = reader(address)
    opened.wait_for_load_state("networkidle")  # the theme has read which pages there are
    opened.evaluate("window.stayed = true")
    return opened


def follow(page: Any, text: str, there: str) -> None:
    page.evaluate(
        "(text) => [...document.querySelectorAll('.md-nav a')]"
        ".find((one) => one.textContent.trim() === text).click()",
        text,
    )
    page.wait_for_url(there)
    assert page.evaluate("window.stayed") is True  # or the page was loaded anew after all


def test_an_atlas_that_was_swapped_in_opens_its_units(page: Any, address: str) -> None:
    follow(page, "Layer 3", "**/layers/3/")
    page.wait_for_selector(".atlas.scripted .filter")
    page.click("text='Unit 7'")
    assert shown(page) == "Layer 3, unit 7"
    leave(page)
    follow(page, "Layer 2", "**/layers/2/")
    page.wait_for_selector(".atlas.scripted[data-layer='2'] .filter")
    page.click("text='Unit 4'")
    assert shown(page) == "Layer 2, unit 4"
    page.go_back()
    page.wait_for_selector("dialog:not([open])", state="attached")
    page.go_back()
    page.wait_for_selector(".atlas.scripted[data-layer='3'] .filter")
    page.click("text='Unit 8'")
    assert shown(page) == "Layer 3, unit 8"
    assert page.evaluate("window.stayed") is True


def test_the_lessons_figures_work_after_a_way_round(page: Any) -> None:
    follow(page, "About this build", "**/about/")
    follow(page, "Visualizing CNNs", page.url.replace("about/", ""))
    page.wait_for_selector("figure.layer .guess, figure.layer[data-scripted]")
    figures = page.locator("figure.layer")
    assert page.locator(".guess").count() == figures.count()
    figures.nth(1).locator(".units > a").nth(2).click()
    assert shown(page).startswith("Layer 2, unit")
    leave(page)
    follow(page, "Find a unit", "**/units/")
    page.wait_for_selector(".finder .tile")


def test_the_pages_around_the_lesson_work_when_swapped_in(page: Any) -> None:
    follow(page, "Feature map sizes", "**/feature-map-sizes/")
    page.wait_for_selector(".size-lab output:not(:empty)")
    follow(page, "Filters", "**/filters/")
    page.wait_for_selector(".convolution-lab .convolution-stage >> visible=true")
    follow(page, "Quiz: convolution output shape", "**/quiz-output-shape/")
    page.wait_for_selector(".quiz form >> visible=true")
    follow(page, "Feature map sizes", "**/feature-map-sizes/")
    page.wait_for_selector(".size-lab output:not(:empty)")
    assert page.locator(".lesson-bar progress >> visible=true").count() == 1
    assert page.evaluate("window.stayed") is True
