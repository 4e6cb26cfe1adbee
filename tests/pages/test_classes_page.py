"""The page of the classes: each is readable without scripts; no page where there are none."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fake_ablation import CLEAR, UNCLEAR
from fake_store import HOSTILE, make_store

from generator import pages
from generator.caption.speaking import clearest
from generator.pages.class_anchors import anchors

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_store(tmp_path_factory.mktemp("store"))
    manifest = json.loads((folder / "manifest.json").read_text())
    for layer in manifest["layers"][1:]:
        for unit in layer["units"]:
            unit["feeds"] = {"drive": [{"channel": 4, "share": 0.3}], "hold": []}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="module")
def classes(store: Path) -> dict[str, str]:
    """The HTML of each class by the fragment of its address."""
    page = str(pages.render(store, DOCS)["classes.md"])
    parts = page.split('<details class="class')[1:]
    return {re.findall(r'<h3 id="([^"]+)"', part)[0]: part for part in parts}


def test_every_class_has_its_address(classes: dict[str, str]) -> None:
    assert set(classes) == set(anchors([CLEAR, UNCLEAR, HOSTILE]))
    assert "yorkshire-terrier" in classes


def test_a_class_shows_its_units_strongest_first(classes: dict[str, str]) -> None:
    told = classes["yorkshire-terrier"].split("<h4>How the network gets there")[0]
    units = re.findall(r'href="\.\./layers/5/&#35;unit-(\d+)"', told)
    assert units == ["2", "3", "4", "5", "6"]
    assert re.findall(r'"share" style="--share:([\d.]+)">([^<]*)', told) == [
        ("1.00", "30\N{NO-BREAK SPACE}%"),
        ("0.53", "16\N{NO-BREAK SPACE}%"),
        ("0.40", "12\N{NO-BREAK SPACE}%"),
        ("0.00", "\N{MINUS SIGN}1\N{NO-BREAK SPACE}%"),
    ]


def test_the_numbers_of_a_class_are_those_of_the_record(classes: dict[str, str]) -> None:
    clear, unclear = classes["yorkshire-terrier"], classes["teapot"]
    assert "Without these five units, the network recognises 1 instead of 18 of 25" in clear
    assert "picked at random, it recognises 18." in clear
    assert "This is not clear enough to count. Without these two units" in unclear
    bars = re.findall(
        r"<li style=\"--share:([\d.]+)[^>]*><span>([^<]+)</span> <strong>(\d+)", clear
    )
    assert [(share, count) for share, _, count in bars] == [
        *(("0.72", "18"), ("0.04", "1"), ("0.70", "18"), ("0.76", "19"))
    ]
    assert "--least:0.60;--most:0.76" in clear  # 15 to 19 of 25


def test_a_class_that_images_are_taken_for_is_linked_where_it_is_on_the_page(
    classes: dict[str, str],
) -> None:
    assert '<a href="&#35;teapot">teapot</a>' in classes["yorkshire-terrier"]
    assert "<li>brown bear " in classes["yorkshire-terrier"]
    assert "<p>nothing else</p>" in classes["teapot"]


def test_a_path_leads_from_the_first_layer_to_the_class(classes: dict[str, str]) -> None:
    path = classes["yorkshire-terrier"].split('<ol class="path-up">')[1].split("</ol>")[0]
    units = re.findall(r"layers/(\d)/&#35;unit-(\d+)", path)
    assert units == [("1", "4"), ("2", "4"), ("3", "4"), ("4", "4"), ("5", "2")]
    assert path.index("unit-2") < path.index(f"<strong>{CLEAR}")


def test_the_lesson_shows_the_surest_class_of_those_that_a_reader_knows(store: Path) -> None:
    lesson = str(pages.render(store, DOCS)["index.md"])
    figure = lesson.split('<figure class="class-example">')[1].split("</figure>", maxsplit=1)[0]
    assert re.findall(r"unit-(\d+)", figure) == ["2", "3", "4", "5", "6"]
    assert (
        "These five units speak for Yorkshire terriers. Without them, the network recognises 1"
        " instead of 18 of 25 photographs; without five others, 18." in figure
    )


def test_an_example_is_sought_among_dogs_first_and_then_anywhere(store: Path) -> None:
    found = pages.load_manifest(store).ablation
    assert found is not None
    dog, teapot, last = found.classes
    surer = replace(last, zero=replace(last.zero, low=0.5))
    assert clearest(replace(found, classes=(surer, dog, teapot))) == dog
    assert clearest(replace(found, classes=(last, surer, teapot))) == surer
    bus, bird = replace(surer, group="cars"), replace(last, group="birds")
    assert clearest(replace(found, classes=(surer, bus, bird))) == bird
    assert clearest(replace(found, classes=(teapot,))) is None


def test_where_nothing_stands_out_the_lesson_says_so(tmp_path: Path) -> None:
    make_store(tmp_path, units=8)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    for one in manifest["ablation"]["classes"]:
        one["holds"] = False
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    made = pages.render(tmp_path, DOCS)
    for page in ("index.md", "classes.md"):
        assert "For none of the 3 classes could we tell the loss from luck." in str(made[page])
    assert "speak for Yorkshire" not in str(made["index.md"])


def test_a_units_file_tells_the_classes_that_miss_it_most(store: Path) -> None:
    made = pages.render(store, DOCS)
    told = json.loads(str(made["layers/5/unit-2.json"]))["losers"]
    assert [one["name"] for one in told] == [CLEAR, HOSTILE]
    assert told[0]["page"] == "../../classes/#yorkshire-terrier"
    assert told[0]["said"] == [f"{share}\N{NO-BREAK SPACE}%" for share in (45, 35, 45)]
    for other in ("layers/5/unit-3.json", "layers/4/unit-2.json"):
        assert json.loads(str(made[other]))["losers"] == []


def test_without_the_record_nothing_leads_there(tmp_path: Path) -> None:
    make_store(tmp_path, units=6)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["ablation"] = None
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    made = pages.render(tmp_path, DOCS)
    assert "classes.md" not in made
    assert "Switch them off" not in str(made["index.md"])
    assert "Without a kind" not in str(made["how-we-know.md"])
    for uri, page in made.items():
        assert isinstance(page, Path) or not re.search(r"classes(\.md|/#|/\")", page), uri
    assert {"Find a class": "classes.md"} not in pages.navigation(pages.load_manifest(tmp_path))


def test_kinds_of_units_stand_beside_as_many_random_ones(store: Path) -> None:
    page = str(pages.render(store, DOCS)["how-we-know.md"])
    figure = page.split('<figure class="groups-off">')[1].split("</figure>", maxsplit=1)[0]
    _, lines, curves = figure.split('<p class="side-title">')
    assert lines.startswith("Layer 1: five units for lines, of")
    assert re.findall(r"<strong>(\d+)", lines) == ["40", "12", "30"]
    assert "--share:0.60;--least:0.56;--most:0.64" in lines  # 28 to 32 of 50
    assert "missed more than random ones" in lines
    assert "no more than luck could take" in curves


def test_the_navigation_leads_to_the_classes(store: Path) -> None:
    assert pages.navigation(pages.load_manifest(store))[-1] == {"Find a class": "classes.md"}
