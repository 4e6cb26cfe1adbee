"""The classes: found by a word, opened by an address, without scripts; asked about, and off."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from browser.screens import PHONE, WIDE, Reader
from browser.test_your_picture import after, start

SHOWN = "[...document.querySelectorAll('.every-class > details:not([hidden]) h3')].map(h => h.id)"
OPEN = "[...document.querySelectorAll('.every-class > details[open] h3')].map(h => h.id)"


def test_a_class_is_found_by_name_and_by_group_and_opened_by_keys(reader: Reader) -> None:
    page = reader("classes/")
    page.get_by_role("searchbox", name="Find a class").focus()
    page.keyboard.type("terrier")
    shown = page.evaluate(SHOWN)
    assert shown
    assert all("terrier" in one for one in shown)
    assert page.inner_text(".every-class output").startswith(f"{len(shown)} of ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(OPEN) == [shown[0]]
    page.wait_for_function(f"location.hash === '#{shown[0]}'")
    page.fill(".every-class input", "dogs")
    assert len(page.evaluate(SHOWN)) > 1


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_an_address_opens_its_class(
    size: tuple[int, int], reader: Reader, violations: Callable[[Any], list[str]]
) -> None:
    page = reader("classes/#yorkshire-terrier", size=size)
    page.wait_for_function(OPEN + ".length === 1")
    assert page.evaluate(OPEN) == ["yorkshire-terrier"]
    top = page.evaluate("document.getElementById('yorkshire-terrier').getBoundingClientRect().top")
    assert 0 < top < size[1] / 2
    page.evaluate("document.querySelector('.class[open] .info').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert violations(page) == []


def test_without_scripts_every_class_opens(reader: Reader) -> None:
    page = reader("classes/", javascript=False)
    one = page.locator(".every-class > details").first
    one.locator("summary").first.click()
    assert one.locator(".speakers > li").count() >= 1
    assert "recognises" in one.inner_text()


def test_the_live_page_switches_off_the_units_of_a_class(reader: Reader) -> None:
    page = reader("your-picture/")
    start(page)
    known = page.locator(".live-bars li:visible button:enabled")
    photographs = page.locator(".live-photographs button")
    for number in range(photographs.count()):
        if known.count():
            break
        after(page, photographs.nth(number).click)
    name = known.first.inner_text()
    known.first.click()
    offered = page.locator(".live-switches > div").inner_text()
    assert f"The units that speak for {name}: " in offered
    after(page, lambda: page.click("text='Switch them off'"))
    off = page.locator(".live-off li").count()
    page.goto(page.url.split("your-picture/")[0] + "classes/")
    (units,) = page.evaluate(
        """name => [...document.querySelectorAll('.class')]
        .filter(one => one.querySelector('h3').firstChild.data.toLowerCase() === name.toLowerCase())
        .map(one => [...one.querySelectorAll('.speakers a')].map(a => a.hash.split('-')[1]))""",
        name,
    )
    told = re.findall(r"\d+", offered.split(": ")[1])
    assert sorted(told) == sorted(units)
    assert off == len(units)


def test_a_units_panel_leads_to_the_classes_that_miss_it(reader: Reader) -> None:
    page = reader("classes/")
    page.locator(".class summary").first.click()
    page.locator(".class[open] .speakers a").first.click()
    page.wait_for_selector("dialog .losers tbody tr")
    rows = page.locator("dialog .losers tbody tr")
    assert 1 <= rows.count() <= 3
    heading = page.locator("dialog .losers tbody a").first.get_attribute("href")
    page.goto(heading)
    page.wait_for_function(OPEN + ".length === 1")
    assert page.evaluate(OPEN) == [heading.split("#")[1]]


def test_which_unit_was_switched_off(reader: Reader) -> None:
    page = reader("classes/")
    form = page.locator(".patch-quiz .question:visible")
    assert form.count() == 1
    form.locator(".patch-option:not([data-right]) input").first.check()
    form.get_by_role("button", name="Check").click()
    assert form.locator(".feedback").inner_text().startswith("No: without this one, ")
    right = form.locator(".patch-option[data-right]")
    right.locator("input").check()
    form.get_by_role("button", name="Check").click()
    left = right.get_attribute("data-value")
    assert form.locator(".feedback").inner_text().startswith(f"Right: without it, {left} are left.")
    assert form.locator("p").first.inner_text().endswith(f"and {left} were left.")
    assert all(text.startswith("leaves ") for text in form.locator(".measured").all_inner_texts())
