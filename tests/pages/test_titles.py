"""Photographs that figures call by their files are shown by their titles, with whose they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_store import PHOTOGRAPHS, make_store

from generator import pages
from generator.pages.manifest import load_manifest

DOCS = Path(__file__).parents[2] / "docs"
LICENCE = '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>'
ADDRESS = "https://example.org/photographs/"


def title(name: str) -> str:
    return f"Title {PHOTOGRAPHS.index(name)}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose photographs are files with credits, all but the last."""
    folder = make_store(tmp_path_factory.mktemp("store"), units=6)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["collection"]["credits"] = [
        {
            "title": title(name),
            "author": "Ada Lund",
            "licence": "CC BY 4.0",
            "address": "javascript:alert(1)" if number == 0 else f"{ADDRESS}{number}",
            "photograph": name,
        }
        for number, name in enumerate(PHOTOGRAPHS[:-1])
    ]
    manifest["collection"]["uncredited"] = [PHOTOGRAPHS[-1]]
    path.write_text(json.dumps(manifest))
    return folder


def test_every_record_of_a_photograph_bears_its_title(store: Path) -> None:
    manifest = load_manifest(store)
    assert set(manifest.credits) == {title(name) for name in PHOTOGRAPHS[:-1]}
    tops = [top for one in manifest.layers.values() for u in one.units.values() for top in u.top]
    names = {top.photograph for top in tops}
    names |= {
        name
        for one in manifest.layers.values()
        for unit in one.units.values()
        if unit.numbers.spread
        for _, part in unit.numbers.spread.parts
        for name in part.photographs
    }
    remade, maps = manifest.remade, manifest.featuremaps
    assert remade.occlusion
    assert remade.invariance
    assert remade.steps
    assert maps.filters
    assert manifest.forming
    names |= {one.photograph for one in remade.occlusion.photographs}
    names.add(remade.steps.photograph)
    names |= {one.photograph for one in remade.invariance.photographs}
    names |= {maps.photograph.name, maps.filters.photograph}
    names |= {example.photograph for example in manifest.live.examples}
    names |= {
        unit.photograph
        for layer in manifest.forming.layers
        for moment in layer.epochs
        for unit in moment.units
        if unit.photograph
    }
    assert names & set(PHOTOGRAPHS) <= {PHOTOGRAPHS[-1]}
    assert {title(name) for name in PHOTOGRAPHS[:-1]} <= names


def test_captions_and_the_table_say_whose_a_photograph_is(store: Path) -> None:
    made = pages.render(store, DOCS)
    about = str(made["about.md"])
    assert f'<a href="{ADDRESS}1">Title 1</a></th><td>Ada Lund</td><td>{LICENCE}</td>' in about
    assert "javascript:" not in about, "only addresses of the web are links"
    assert "This photograph has no credit" in about
    assert f"<li>{PHOTOGRAPHS[-1]}</li>" in about
    assert str(made["paper-figures.md"]).count(", by Ada Lund (CC BY 4.0).") == 1  # the way down
    assert f'Photograph <a href="{ADDRESS}2">by Ada Lund (CC BY 4.0)</a>' in str(
        made["intuition.md"]
    )
    top = json.loads(str(made["layers/1/unit-1.json"]))["top"]
    told = {one["photograph"]: one["credit"] for one in top}
    assert told["Title 1"] == {"said": "by Ada Lund (CC BY 4.0)", "address": f"{ADDRESS}1"}
    assert told["Title 0"]["address"] is None
    assert told[PHOTOGRAPHS[-1]] is None
    live = str(made["your-picture.md"])
    assert "Title 1, by Ada Lund (CC BY 4.0)" in live


def test_without_any_credit_the_page_says_so(store: Path, tmp_path: Path) -> None:
    folder = make_store(tmp_path, units=6)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["collection"]["credits"] = []
    path.write_text(json.dumps(manifest))
    made = pages.render(folder, DOCS)
    assert "Nobody has said whose these 22 photographs are" in str(made["about.md"])
    assert 'class="credit"' not in str(made["paper-figures.md"])
