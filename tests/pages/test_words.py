"""The words that a template may use: each once, by name."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from fake_store import make_store

from generator import pages
from generator.errors import GeneratorError
from generator.exhibit import settings
from generator.pages.page import Page, registered
from generator.pages.sources import Sources

DOCS = Path(__file__).parents[2] / "docs"
TAG = re.compile(r"\{%.*?%\}")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[pages.Manifest, Sources, str, bool]:
    manifest = pages.load_manifest(make_store(tmp_path_factory.mktemp("store")))
    return manifest, pages.sources_of(DOCS), "index.md", True


class Other(Page):
    def layer_figure(self) -> str:
        """A word that the lesson has already."""
        return ""


def test_a_second_word_of_the_same_name_is_an_error(
    page: tuple[pages.Manifest, Sources, str, bool],
) -> None:
    kinds = [kind(*page) for kind in pages.KINDS]
    words = registered(kinds)
    assert {"layer_figure", "link", "settings_table", "term"} <= words.keys()
    with pytest.raises(GeneratorError, match=r"called layer_figure: Other\.layer_figure and Words"):
        registered([*kinds, Other(*page)])


def test_text_that_ends_in_a_tag_is_not_joined_with_the_line_below() -> None:
    """A tag takes its line's end with it, so that a list's next item would be part of the text."""
    joined = []
    for page in DOCS.rglob("*.md"):
        lines = page.read_text(encoding="utf-8").splitlines()
        for line, below in pairwise(lines):
            text = TAG.sub("", line).strip()
            if text and line.endswith("%}") and TAG.sub("", below).strip():
                joined.append(f"{page}: {line[-60:]}")
    assert joined == []


def test_the_table_of_settings_has_them_all(
    page: tuple[pages.Manifest, Sources, str, bool],
) -> None:
    table = str(registered([kind(*page) for kind in pages.KINDS])["settings_table"]())
    rows = table.splitlines()[2:]
    assert len(rows) == len(settings())
    for row, (name, field) in zip(rows, settings().items(), strict=True):
        assert row.startswith(f"| `{name}`, ")
        assert f"| `{field.option}` |" in row
        assert row.count("|") == 5
