"""The theme's instant navigation swaps pages without loading them: scripts start anew on each."""

from __future__ import annotations

from typing import Any

import pytest

from browser.screens import Reader
from browser.test_atlas import leave, shown


@pytest.fixture
def page(instant_home: str, reader: Reader) -> Any:
    opened = reader(instant_home)
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


def test_an_atlas_that_was_swapped_in_opens_its_units(page: Any) -> None:
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
