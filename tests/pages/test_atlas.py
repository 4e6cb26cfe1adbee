"""What the pages say of every unit: its file, the index, the tile, the row of the table."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fake_store import DEAD, HOSTILE, UNITS, make_store

from generator import caption, pages
from generator.errors import StoreError
from generator.records import Claim, Detail

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def made(store: Path) -> dict[str, str | Path]:
    return pages.render(store, DOCS)


@pytest.fixture(scope="module")
def manifest(store: Path) -> dict[str, Any]:
    return dict(json.loads((store / "manifest.json").read_text(encoding="utf-8")))


def unit(made: dict[str, str | Path], layer: int, channel: int) -> dict[str, Any]:
    return dict(json.loads(str(made[f"layers/{layer}/unit-{channel}.json"])))


def leads_to(made: dict[str, str | Path], source: str) -> str:
    """The address that a link in layers/N/unit-M.json leads to."""
    assert source.startswith("../../")
    return source.removeprefix("../../")


def test_a_units_file_holds_its_numbers(
    made: dict[str, str | Path], manifest: dict[str, Any]
) -> None:
    for layer in manifest["layers"]:
        for entry in layer["units"]:
            told = unit(made, layer["index"], entry["channel"])
            which, _, found = told["title"].partition(": ")
            assert which == f"Layer {layer['index']}, unit {entry['channel']}"
            assert (found == "dead") == entry["dead"]
            unnamed = found == "nothing that we have a name for"
            assert unnamed == (not entry["dead"] and not any(c["held"] for c in entry["claims"]))
            assert told["dead"] == entry["dead"]
            assert [top["activation"] for top in told["top"]] == [t["value"] for t in entry["top"]]
            assert [top["box"] for top in told["top"]] == [top["box"] for top in entry["top"]]
            for key in ("orientation", "colour"):
                assert entry[key].items() <= told[key].items()
            names = [concept["name"] for concept in told["concepts"]]
            assert names == manifest["hierarchy"]["concepts"]
            assert [concept["score"] for concept in told["concepts"]] == entry["concepts"]
            held = [claim["label"] for claim in told["claims"] if claim["held"]]
            assert held == [claim["label"] for claim in entry["claims"] if claim["held"]]


def test_a_units_file_holds_the_classes_that_it_tells_best(made: dict[str, str | Path]) -> None:
    told = unit(made, 3, 1)["classes"]
    assert told["of"] == "times the mean of all classes"
    assert [(score["name"], score["score"], score["said"]) for score in told["scores"]] == [
        ("Yorkshire terrier", 3.21, "3.2"),
        (HOSTILE, 2.04, "2.0"),
        ("teapot", 0.96, "1.0"),
    ]
    assert unit(made, 3, 2)["classes"] is None
    pairs = Claim("class", "teapot", 0.969, 0.7, True, Detail(measure="auroc"))
    assert (caption.class_unit(pairs), caption.class_score(pairs, 0.969)) == ("of 100 pairs", "96")


def test_every_address_in_a_units_file_is_published(made: dict[str, str | Path]) -> None:
    for address, content in made.items():
        if "/unit-" not in address:
            continue
        told = json.loads(str(content))
        pictures = [*told["pictures"], *(top["whole"] for top in told["top"])]
        pictures += [picture for picture in (told["spread"], told["weakest"]) if picture]
        of_photographs = [one for one in pictures if one.get("name") != "preferred"]
        assert bool(of_photographs) != told["dead"]
        for picture in pictures:
            assert leads_to(made, picture["src"]) in made
        assert told["page"] == f"./#unit-{told['channel']}"


def test_a_dead_unit_has_a_file_too(made: dict[str, str | Path]) -> None:
    told = unit(made, 3, DEAD)
    assert told["dead"]
    assert told["spread"] is None
    assert dict(told["facts"])["Fires for"] == "none of the images"


def test_another_picture_of_a_unit_is_shown_without_more_ado(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store(tmp_path, units=6)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    figures = manifest["layers"][1]["units"][2]["figures"]
    figures["random"] = figures["projections"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    told = unit(pages.render(tmp_path, DOCS), 2, 2)
    names = [picture["name"] for picture in told["pictures"]]
    assert names == ["projections", "patches", "preferred", "random", "drawings"]
    assert told["pictures"][3]["title"] == "Random"


def test_a_unit_has_the_drawings_that_move_it_most_and_least(made: dict[str, str | Path]) -> None:
    told = unit(made, 3, 2)
    (drawn,) = (one for one in told["pictures"] if one["name"] == "drawings")
    assert "wheel (5) and circle (4)" in drawn["alt"]
    assert not drawn["nine"]
    assert "answers to least" in told["weakest"]["alt"]
    assert unit(made, 3, DEAD)["weakest"] is None


def test_the_index_finds_what_the_manifest_holds(
    made: dict[str, str | Path], manifest: dict[str, Any]
) -> None:
    index = json.loads(str(made["units.json"]))
    assert [layer["layer"] for layer in index["layers"]] == [1, 2, 3, 4, 5]
    for layer, recorded in zip(index["layers"], manifest["layers"], strict=True):
        assert layer["page"] == f"layers/{layer['layer']}/"
        for (src, width), file in zip(
            layer["sheets"], manifest["sheets"]["layers"][layer["layer"] - 1]["files"], strict=True
        ):
            assert (src, width) == (file["file"], file["width"])
            assert src in made
        assert [row[0] for row in layer["units"]] == list(range(UNITS))
        for row, unit in zip(layer["units"], recorded["units"], strict=True):
            _, dead, selectivity, colour, score, fires, labels = row
            assert bool(dead) == unit["dead"]
            assert selectivity == pytest.approx(unit["orientation"]["selectivity"], abs=5e-4)
            share = unit["colour"]["share"] if unit["colour"]["compared"] else 0
            assert colour == pytest.approx(share, abs=5e-4)
            assert score == pytest.approx(max(unit["concepts"]), abs=5e-4)
            assert fires == (0 if dead else 0.412)
            held = [claim for claim in unit["claims"] if claim["held"]]
            assert [index["labels"][number][0] for number in labels] == [c["kind"] for c in held]
    assert ["orientation", "Lines near −45°", ""] in index["labels"]
    assert ["class", "Yorkshire terriers", "dogs"] in index["labels"]
    assert ["concept", "Wheel", ""] not in index["labels"]  # it was tested and not found


def test_addresses_hold_without_folders_too(store: Path) -> None:
    made = pages.render(store, DOCS, directory_urls=False)
    index = json.loads(str(made["units.json"]))
    assert index["layers"][2]["page"] == "layers/3.html"
    told = unit(made, 3, 7)
    assert told["page"] == "../3.html#unit-7"
    assert leads_to(made, told["pictures"][0]["src"]) in made


def test_the_table_has_a_row_for_every_unit(made: dict[str, str | Path]) -> None:
    table = unescape(str(made["layers/1/numbers.md"]))
    rows = table.split('<tr><th scope="row">')[1:]
    assert len(rows) == UNITS
    assert '<a href="../#unit-7">7</a>' in rows[7]
    for text in ("−15°", "0.35", "green", "0.50", "−0.75", "+0.40", "41.2", "6.2"):
        assert f">{text}" in rows[7] or text in rows[7]
    assert rows[DEAD].count("<td></td>") >= 6  # it answers to nothing
    assert "none" in rows[DEAD]


def test_the_tables_hold_every_claim_of_the_build_held_or_not(
    made: dict[str, str | Path], manifest: dict[str, Any]
) -> None:
    counts = str(made["how-we-know.md"])
    told = {True: 0, False: 0}
    for layer in manifest["layers"]:
        index = layer["index"]
        assert f'<a href="../layers/{index}/numbers/">layer {index}, unit by unit</a>' in counts
        rows = unescape(str(made[f"layers/{index}/numbers.md"])).split('<tr><th scope="row">')[1:]
        for row, unit in zip(rows, layer["units"], strict=True):
            cells = row.replace('<td class="long">', "<td>").split("<td>")[-2:]
            for cell, wanted in zip(cells, (True, False), strict=True):
                claims = [claim for claim in unit["claims"] if claim["held"] == wanted]
                text = cell.partition("</td>")[0]
                assert len(text.split("), " if not wanted else "; ")) == max(1, len(claims))
                assert bool(text) == bool(claims)
                told[wanted] += len(claims)
    assert min(told.values()) > 0


def test_names_of_photographs_are_no_markup_in_any_file(made: dict[str, str | Path]) -> None:
    for address, content in made.items():
        if address.endswith(".json"):
            assert "<" not in str(content)
    told = unit(made, 3, 7)
    assert HOSTILE in {top["photograph"] for top in told["top"]}  # and yet whole


@pytest.mark.parametrize("part", ["spread", "sheets", "photographs", "tuning"])
def test_a_store_without_them_is_one_clear_line(tmp_path: Path, part: str) -> None:
    make_store(tmp_path, units=6)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest[part]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=f"holds no '{part}', so an older version made it"):
        pages.render(tmp_path, DOCS)
