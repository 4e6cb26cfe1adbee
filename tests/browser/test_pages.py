"""Pages of each kind in a browser: nothing out of reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.screens import PHONE, Reader

PAGES = ("", "layers/1/", "classes/", "how-we-know/", "about/")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(
    page: str, dark: bool, reader: Reader, violations: Callable[[Any], list[str]]
) -> None:
    assert violations(reader(page, dark=dark)) == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_phone(page: str, reader: Reader) -> None:
    opened = reader(page, size=PHONE)
    assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
