"""The two grids of the lesson: they mark each other, open large, and one side can be hidden."""

from __future__ import annotations

from typing import Any

import pytest

from browser.screens import PHONE, Reader
from browser.test_atlas import TITLE, leave, shown

FIGURE = "figure.layer >> nth=1"


def cells(page: Any, side: int) -> Any:
    return page.locator("figure.layer").nth(1).locator(".side").nth(side).locator(".units > a")


@pytest.mark.parametrize(("pointed", "other"), [(0, 1), (1, 0)], ids=["left", "right"])
def test_pointing_at_a_cell_marks_its_match(reader: Reader, pointed: int, other: int) -> None:
    page = reader()
    cell, match = cells(page, pointed).nth(6), cells(page, other).nth(6)
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.1)
    assert "paired" in match.get_attribute("class")
    for place in (cell, match):
        style = place.locator(".mark").get_attribute("style")
        assert "--row: 0" in style
        assert "--column: 1" in style
    marked, whole = match.locator(".mark").bounding_box(), match.bounding_box()
    assert marked["x"] - whole["x"] == pytest.approx(whole["width"] / 3, abs=1.5)
    page.mouse.move(2, 2)
    assert "paired" not in (match.get_attribute("class") or "")
    assert page.locator("figure.layer .mark").count() == 0


def test_the_keyboard_marks_zooms_moves_and_leaves(reader: Reader) -> None:
    page = reader()
    units = [cells(page, 0).nth(at).get_attribute("href").split("-")[-1] for at in range(3)]
    cells(page, 0).nth(0).focus()
    assert "paired" in cells(page, 1).nth(0).get_attribute("class")
    page.keyboard.press("Enter")
    assert shown(page) == f"Layer 2, unit {units[0]}"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(  # its number, then the title that says what was found
        f"/ {units[2]}(:|$)/.test(document.querySelector('{TITLE}').textContent)"
    )
    leave(page)
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith(f"-{units[2]}")
    assert page.url.endswith("/")  # the lesson's address is not the unit's


def test_one_side_can_be_hidden_to_guess(reader: Reader) -> None:
    page = reader()
    figure = page.locator("figure.layer").nth(1)
    figure.get_by_label("the photographs").check()
    left, right = cells(page, 0), cells(page, 1)
    assert not right.nth(2).locator("img").is_visible()
    assert left.nth(2).locator("img").is_visible()
    right.nth(2).click()  # a look at one
    assert right.nth(2).locator("img").is_visible()
    assert not right.nth(3).locator("img").is_visible()
    assert page.locator("dialog[open]").count() == 0
    left.nth(3).click()
    shown(page)
    covered = page.locator("dialog .grid.covered")
    assert covered.count() == 1
    assert not covered.locator("img").is_visible()
    assert not page.locator("dialog .top").is_visible()
    drawings = page.locator("dialog figure", has_text="Drawings")
    assert not drawings.is_visible()
    assert ": " not in page.inner_text(TITLE)
    assert page.locator("dialog").get_by_text("What was found").count() == 0
    assert page.locator("dialog .middle, dialog .take").count() == 0
    page.keyboard.press("ArrowRight")  # the next one is to be guessed as well
    page.wait_for_function("document.querySelector('dialog .place').textContent.startsWith('5 ')")
    shown(page)
    assert not page.locator("dialog .top").is_visible()
    page.click("text='Show what it was'")
    assert page.locator("dialog .grid.covered").count() == 0
    assert drawings.is_visible()
    assert ": " in page.inner_text(TITLE)
    assert page.locator("dialog .top li").last.is_visible()
    assert page.locator("dialog").get_by_text("What was found").is_visible()
    assert page.locator("dialog .middle, dialog .take").count() == 2
    assert page.evaluate("document.activeElement.matches('dialog .grid')")
    leave(page)
    figure.get_by_label("the projections").check()
    right.nth(3).click()
    shown(page)
    assert page.locator("dialog .top li").last.is_visible()  # they are no answer to this
    assert page.locator("dialog").get_by_text("What was found").count() == 0
    leave(page)
    figure.get_by_label("nothing").check()
    assert right.nth(3).locator("img").is_visible()
    right.nth(3).click()
    shown(page)
    assert page.locator("dialog .grid.covered").count() == 0


def test_a_cell_opens_large_on_a_phone(reader: Reader) -> None:
    page = reader(size=PHONE, has_touch=True, is_mobile=True)
    cells(page, 1).nth(0).tap()
    shown(page)
    assert page.locator("dialog .grid img").first.bounding_box()["width"] > 300


def test_without_scripts_a_cell_leads_to_its_unit(reader: Reader) -> None:
    page = reader(javascript=False)
    assert page.locator("figure.layer figcaption").count() == 4
    href = cells(page, 0).nth(4).get_attribute("href")
    cells(page, 0).nth(4).click()
    page.locator(".opened:visible").first.wait_for()
    assert page.url.endswith(href)
    assert page.locator(".opened:visible").count() == 1
