"""What every site of this lesson does, whatever it shows: publishing tries it on what it has built.

`BUILT_SITE=site pytest tests/browser/test_any_site.py` tries a folder; else it is the default
site. It is served as it is published, in a folder of its name beside the list of versions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from browser.screens import PHONE, WIDE, Reader


@pytest.fixture(scope="module")
def draft(
    site: Path, serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of the site, published as `dev`."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "dev").symlink_to(site, target_is_directory=True)
    versions = [{"version": "dev", "title": "dev", "aliases": []}]
    (folder / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    return serve(folder) + "dev/"


def addresses(site: Path, pattern: str) -> list[str]:
    """The addresses of the pages whose files match."""
    folders = sorted(path.parent for path in site.glob(pattern))
    return [
        "" if folder == site else f"{folder.relative_to(site).as_posix()}/" for folder in folders
    ]


def test_every_page_opens(site: Path, draft: str, reader: Reader) -> None:
    """``reader`` fails for an error of a script, a message on the console, another host."""
    failed: list[str] = []
    page = reader(draft)
    page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
    every = addresses(site, "**/index.html")
    assert len(every) > 10
    for address in every:
        page.goto(draft + address)
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        page.wait_for_function("[...document.images].every(i => i.complete)")
        assert page.locator("h1").count() == 1, address
        broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        assert broken == [], address
    page.wait_for_load_state("networkidle")
    assert failed == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_unit_of_every_layer_opens(
    site: Path, draft: str, reader: Reader, size: tuple[int, int]
) -> None:
    layers = addresses(site, "layers/*/index.html")
    assert layers
    page = reader(draft, size=size)
    for layer in layers:
        page.goto(draft + layer)
        link = page.locator(".tile:not(.is-dead) h3 a").last
        fragment = link.get_attribute("href")
        link.click()
        name = shown(page)
        assert page.url == draft + layer + fragment
        page.reload()  # its address leads there again
        assert shown(page) == name
        assert ": " in name  # the title is what was found


def shown(page: Any) -> str:
    """The heading of the panel, once its unit and its patches are there."""
    page.wait_for_selector("dialog[open] .unit-body:not([aria-busy]) .top li")
    return str(page.inner_text("#unit-panel-title"))
