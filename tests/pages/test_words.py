"""The words that a template may use: each once, by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_store import make_store

from generator import pages
from generator.errors import GeneratorError
from generator.exhibit import settings
from generator.pages.page import Page, registered
from generator.pages.sources import Sources

DOCS = Path(__file__).parents[2] / "docs"


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
