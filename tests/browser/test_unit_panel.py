"""What the panel of a unit says first, and its drawings."""

from __future__ import annotations

import json
from typing import Any

from browser.screens import Reader
from browser.test_atlas import TITLE, UNIT, shown, units

__all__ = ["units"]  # a fixture


def test_the_title_of_a_unit_says_what_it_is(reader: Reader, units: list[dict[str, Any]]) -> None:
    page = reader(UNIT)
    shown(page)
    named = next(unit for unit in units if any(one["held"] for one in unit["claims"]))
    cold = next(unit for unit in units if not any(one["held"] for one in unit["claims"]))
    for unit in (named, cold):
        page.goto(f"{page.url.partition('#')[0]}#unit-{unit['channel']}")
        page.wait_for_function(
            "([at, said]) => document.querySelector(at)?.textContent === said",
            arg=[TITLE, unit["title"]],
        )
    assert cold["title"].endswith(": nothing that we have a name for")


def test_a_unit_shows_its_drawings_and_the_weakest_when_they_are_wanted(
    reader: Reader, units: list[dict[str, Any]]
) -> None:
    page = reader()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url + UNIT)
    shown(page)
    (drawn,) = (one for one in units[42]["pictures"] if one["name"] == "drawings")
    image = page.locator(f'dialog .grid img[alt="{drawn["alt"]}"]')
    image.evaluate("image => image.decode()")
    assert not [url for url in asked if "-weakest" in url]
    page.click("dialog .weakest summary")
    weakest = page.locator("dialog .weakest img")
    weakest.evaluate("image => image.decode()")
    assert weakest.get_attribute("alt") == units[42]["weakest"]["alt"]


def test_a_curve_with_nothing_on_it_is_left_out(reader: Reader) -> None:
    page = reader("layers/3/")

    def without_colours(route: Any) -> None:
        unit = json.loads(route.fetch().text())
        unit["colour"] |= {"peak": 0}
        route.fulfill(json=unit)

    page.route("**/unit-42.json", without_colours)
    page.goto(page.url + "#unit-42")
    shown(page)
    assert page.locator("dialog .tuning").count() == 1
    assert "Colours" not in page.locator("dialog h3").all_inner_texts()
