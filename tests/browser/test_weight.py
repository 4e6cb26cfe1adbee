"""What a reader's connection has to carry, on the built site."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from browser.screens import PHONE, WIDE

MEGABYTE = 1_000_000
LESSON, LAYER, CLASSES, SITE = 1.0, 1.5, 2.0, 80.0


def asked_for(chromium: Any, address: str, size: tuple[int, int]) -> set[str]:
    """All addresses that a page asks for in a new browser, until it is at rest."""
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    context.close()
    return asked


def weight(site: Path, address: str) -> float:
    """Megabytes of one file of the site."""
    path = site / unquote(urlsplit(address).path).lstrip("/")
    path = path / "index.html" if path.is_dir() else path
    return path.stat().st_size / MEGABYTE


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize(
    ("page", "most"),
    [("", LESSON), ("classes/", CLASSES), *((f"layers/{index}/", LAYER) for index in range(1, 6))],
)
def test_a_page_is_light_before_anyone_scrolls(
    page: str, most: float, size: tuple[int, int], chromium: Any, home: str, site: Path
) -> None:
    asked = asked_for(chromium, home + page, size)
    assert {"/" + page} < {urlsplit(address).path for address in asked}
    total = sum(weight(site, address) for address in asked)
    print(f"{page or 'lesson'} at {size[0]} px: {len(asked)} requests, {total:.2f} MB")
    assert total <= most


def test_the_site_is_no_heavier_than_it_may_be(site: Path) -> None:
    total = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / MEGABYTE
    assert 10 < total <= SITE
