"""Every page in a browser: nothing from elsewhere, nothing broken, nothing out of reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from browser.screens import PHONE, WIDE, Reader

PAGES = ("", "layers/1/", "how-we-know/", "about/")


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


def test_every_page_loads_whole(site: Path, reader: Reader) -> None:
    pages = sorted(path.parent.relative_to(site).as_posix() for path in site.rglob("index.html"))
    assert len(pages) > 10
    opened = reader("about/", size=WIDE)
    home = opened.url.removesuffix("about/")
    for page in pages:
        opened.goto(home + ("" if page == "." else f"{page}/"))
        opened.evaluate("for (const image of document.images) image.loading = 'eager'")
        opened.wait_for_function("[...document.images].every(i => i.complete)")
        broken = opened.evaluate(
            "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
        )
        assert broken == [], page
