"""The German lesson from a small store: no English sentence gets through, whoever made it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from english import english_in
from fake_store import make_store

from generator import pages
from generator.pages.prose import untranslated

DOCS = Path(__file__).parents[2] / "docs"
OWN = DOCS / "languages" / "de"
# What units.json and the units' files hold for scripts and for other programs.
FOR_PROGRAMS = {"kind", "label", "module", "network", "images", "image", "src", "page", "called"}
NAMED = {"photograph", "photographs", "classes", "title", "trained_on", "accuracy_on"}
READERS = ("maintainers/", "what-you-can-bring.md", "scaling.md", "benchmark.md")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def german(store: Path) -> dict[str, str | Path]:
    return pages.render(store, DOCS, language="de")


def texts(value: Any) -> Iterator[str]:
    """What a reader may be shown of a file for scripts."""
    if isinstance(value, str) and " " in value:
        yield value
    for one in value if isinstance(value, list) else []:
        yield from texts(one)
    for key, one in value.items() if isinstance(value, dict) else []:
        if key not in FOR_PROGRAMS:
            yield from texts(one)


@pytest.fixture(scope="module")
def names(store: Path) -> set[str]:
    """What the stand-in store calls its photographs and classes; the catalogue has none of it."""

    def found(value: Any) -> Iterator[str]:
        for key, one in value.items() if isinstance(value, dict) else []:
            held = one if isinstance(one, list) else [one]
            if key in NAMED:
                yield from (text for text in held if isinstance(text, str) and " " in text)
            yield from found(one)
        for one in value if isinstance(value, list) else []:
            yield from found(one)

    return set(found(json.loads((store / "manifest.json").read_text("utf-8"))))


def test_every_page_for_readers_has_german_prose() -> None:
    names = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    english = untranslated(DOCS, "de", [one for one in names if not one.startswith("languages/")])
    besides = (*READERS, "templates/draft")
    assert [name for name in english if not name.startswith(besides)] == []


def test_the_page_of_the_classes_says_its_language() -> None:
    assert untranslated(DOCS, "de", ["classes.md", "scaling.md"]) == ["scaling.md"]


def test_no_german_page_is_left_over() -> None:
    assert [
        path for path in OWN.rglob("*.md") if not (DOCS / path.relative_to(OWN)).is_file()
    ] == []


def test_no_english_on_german_pages(german: dict[str, str | Path], names: set[str]) -> None:
    found = {
        name: english
        for name, page in german.items()
        if name.endswith(".md") and not name.startswith(READERS)
        if (english := english_in(str(page), names))
    }
    assert found == {}


def test_no_english_in_what_scripts_show(german: dict[str, str | Path], names: set[str]) -> None:
    shown = {
        text
        for name, data in german.items()
        if name.endswith(".json") and isinstance(data, str)
        for text in texts(json.loads(data))
    }
    assert len(shown) > 100
    assert [english for text in shown if (english := english_in(html.escape(text), names))] == []


def test_a_page_without_german_prose_is_english_throughout(
    store: Path, german: dict[str, str | Path]
) -> None:
    english = pages.render(store, DOCS)
    for name in ("maintainers/your-own-lesson.md", "what-you-can-bring.md", "benchmark.md"):
        assert german[name] == english[name]
    assert german["index.md"] != english["index.md"]


def test_headings_lead_where_the_english_ones_lead() -> None:
    """A link from an English page, or from elsewhere, finds its place on the German one."""
    linked = re.compile(r"\]\(([\w./-]*\.md)#([\w-]+)\)")
    for path in DOCS.rglob("*.md"):
        for name, anchor in linked.findall(path.read_text("utf-8")):
            target = OWN / Path(name).name
            if target.is_file():
                assert f"#{anchor} }}" in target.read_text("utf-8"), f"{path}: {name}#{anchor}"
