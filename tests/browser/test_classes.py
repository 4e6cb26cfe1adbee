"""The page of the classes: found by a word, opened by an address, read without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.screens import PHONE, WIDE, Reader

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
