"""Pages from a store: golden Markdown, and a site built from end to end and then walked."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from check_site import Page, faults
from fake_store import DEAD, HOSTILE, make_store

from generator import caption, pages
from generator.errors import GeneratorError, StoreError
from generator.pages.text import plain

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GOLDEN = Path(__file__).parent / "golden"

BUILD = """
import sys
from mkdocs.__main__ import cli
cli(["build", "--strict", "--quiet", "--site-dir", *sys.argv[1:]], standalone_mode=False)
print("torch" in sys.modules)
"""


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store"))


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("index.md", "lesson.md"),
        ("layers/2.md", "layer.md"),
        ("how-we-know.md", "how-we-know.md"),
        ("paper-figures.md", "paper-figures.md"),
    ],
)
def test_golden(store: Path, uri: str, name: str) -> None:
    """After a wanted change: UPDATE_GOLDEN=1 pytest tests/pages -k golden, and read the diff."""
    made = pages.render(store, DOCS)[uri]
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(str(made), encoding="utf-8")
    assert made == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_unit_has_its_place_and_every_figure_is_published(store: Path) -> None:
    made = pages.render(store, DOCS)
    manifest = json.loads((store / "manifest.json").read_text())
    for layer in manifest["layers"]:
        page = str(made[f"layers/{layer['index']}.md"])
        for unit in layer["units"]:
            assert page.count(f'id="unit-{unit["channel"]}"') == 1
            assert f"layers/{layer['index']}/unit-{unit['channel']}.json" in made
            for picture in (unit["figures"] or {}).values():
                assert made[picture["file"]] == store / picture["file"]
    assert not any(uri.startswith(("templates", "overrides")) for uri in made)


def test_a_dead_unit_is_shown_as_dead(store: Path) -> None:
    page = str(pages.render(store, DOCS)["layers/3.md"])
    (place,) = (part for part in page.split("<li ") if f'id="unit-{DEAD}"' in part)
    assert 'class="tile is-dead"' in place
    assert "no image made it fire" in place
    assert "<img" not in place
    assert "One of them is dead" in page


def test_names_are_never_markup(store: Path) -> None:
    for uri, page in pages.render(store, DOCS).items():
        if isinstance(page, str):
            assert HOSTILE not in page, uri
            assert "<b>" not in page, uri
            assert "<i>" not in page, uri


def pages_after(folder: Path, change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    """The pages of a store whose manifest was changed."""
    make_store(folder, units=6)
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return {uri: page for uri, page in pages.render(folder, DOCS).items() if isinstance(page, str)}


def test_random_weights_are_said_on_the_page(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["network"] |= {"random": True, "trained_on": None, "accuracy": None}

    lesson = pages_after(tmp_path, change)["index.md"]
    assert "This network has not been trained" in lesson
    assert "came out of the data" not in lesson
    assert "Through the trained network" not in lesson
    assert "with other random weights" in lesson


def test_with_a_handful_of_images_nothing_is_said_of_nine_patches_or_the_most_extreme(
    tmp_path: Path,
) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["collection"]["count"] = 2
        manifest["quiz"] = []
        for layer in manifest["layers"]:
            for unit in layer["units"]:
                unit["top"] = unit["top"][:2]

    made = pages_after(tmp_path, change)
    for page in (made["index.md"], made["layers/2.md"]):
        assert "with the nine" not in page
        assert "Compare the nine" not in page
    assert "with the two patches that it answers to most" in made["layers/2.md"]
    assert "Compare the two patches." in made["index.md"]
    assert "there were 2 images to choose from" in made["index.md"]
    assert "Which patch fires this unit?" not in made["index.md"], "there is no question"


def test_where_nothing_passes_the_pages_say_so_and_claim_nothing(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["network"] |= {"random": True, "trained_on": None, "accuracy": None}
        for layer in manifest["layers"]:
            claims = [claim for unit in layer["units"] for claim in unit["claims"]]
            claims += [cell["claim"] for cell in layer["figure"]["cells"] if cell["claim"]]
            for claim in claims:
                claim["held"] = False

    made = pages_after(tmp_path, change)
    for page in ("index.md", "how-we-know.md"):
        assert "Almost nothing passes the tests here: not one of 30 units" in made[page]
    lesson = made["index.md"]
    assert "none answered to lines of one angle and none to a blob of one colour" in lesson
    for sentence in (
        *(": lines and colours", ": shapes from lines", ": parts of things", ": what classes"),
        *("from lines to things", "is simple:", "very simple things", "goes by the line"),
    ):
        assert sentence not in lesson


def test_one_blob_is_no_line(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        for cell in manifest["layers"][0]["figure"]["cells"]:
            if cell["claim"] and cell["claim"]["kind"] == "orientation":
                cell["claim"]["held"] = False
        for unit in manifest["layers"][0]["units"]:
            for claim in unit["claims"]:
                claim["held"] = claim["held"] and claim["kind"] != "orientation"
        blob = {"kind": "colour", "label": "green blob", "detail": {"hue": 141.0}}
        manifest["layers"][0]["units"][4]["claims"] = [
            {**blob, "score": 0.71, "bar": 0.33, "held": True}
        ]

    lesson = pages_after(tmp_path, change)["index.md"]
    assert "none answered to lines of one angle" in lesson
    assert "picks out is simple: blobs of colour." in lesson
    assert "lines and colours" not in lesson


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_an_exhibit_may_have_fewer_layers(tmp_path: Path, count: int) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["layers"] = manifest["layers"][:count]
        manifest["control"] = None
        manifest["class_statistics"] = None

    made = pages_after(tmp_path, change)
    assert {uri for uri in made if uri.startswith("layers/") and uri.endswith(".md")} == {
        f"layers/{index}{page}.md" for index in range(1, count + 1) for page in ("", "/numbers")
    }
    lesson = str(made["index.md"])
    assert f"layers/{count + 1}" not in lesson
    assert [index for index in range(1, 6) if f"## Layer {index}" in lesson] == [
        *range(1, count + 1)
    ]


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="format 1"):
        pages_after(tmp_path, lambda manifest: manifest.update(format=1))


@pytest.mark.parametrize("field", ["hierarchy", "stimuli", "random", "curve", "shuffled"])
def test_a_store_made_by_an_older_version_is_one_clear_line(tmp_path: Path, field: str) -> None:
    def change(manifest: dict[str, Any]) -> None:
        cell = manifest["layers"][0]["figure"]["cells"][0]
        for holder in (manifest, cell, cell["evidence"], manifest["control"]["figures"]):
            holder.pop(field, None)

    with pytest.raises(StoreError, match=f"holds no '{field}', so an older version made it"):
        pages_after(tmp_path, change)


def test_the_numbers_of_a_cell_are_those_of_the_manifest(store: Path) -> None:
    manifest = json.loads((store / "manifest.json").read_text())
    lesson = str(pages.render(store, DOCS)["index.md"])
    known = lesson.split("<summary>How do we know?</summary>")[1:]
    assert len(known) == 5  # the last holds the scores of all layers
    for number, text in zip((1, 2, 3, 5), known[:4], strict=True):
        for cell in manifest["layers"][number - 1]["figure"]["cells"]:
            backed = cell["evidence"]
            if cell["wanted"] is None or backed is None:
                continue
            proof = text.partition(f'unit-{cell["channel"]}"')[2].partition("</div>\n</div>")[0]
            if backed["kind"] == "concept":
                assert f"{math.floor(100 * backed['score'] + 1e-9)} of 100 pairs" in proof
                assert f"{math.floor(100 * backed['random']['score'])} of 100 pairs" in proof
                assert f"{backed['count']:,} drawings" in proof
                assert backed["strip"]["file"] in proof
            else:
                assert f"{math.floor(100 * backed['score'] + 1e-9) / 100:.2f}" in proof
                assert f"{cell['claim']['bar']:.3f}" in proof
                assert '<svg role="img" aria-label="Layer 1, unit' in proof


def test_a_plot_that_is_no_plot_is_refused(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        plot = tmp_path / manifest["hierarchy"]["figures"]["map"]["file"]
        plot.write_text("<svg ><script>alert(1)</script></svg>")

    with pytest.raises(StoreError, match="not a plot"):
        pages_after(tmp_path, change)


def test_a_picture_outside_the_store_is_refused(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["units"][0]["figures"]["patches"]["file"] = "../secret.webp"

    (tmp_path / "secret.webp").touch()
    with pytest.raises(StoreError, match="not in the store"):
        pages_after(tmp_path / "store", change)


def test_a_missing_word_in_a_page_is_an_error_that_names_the_page(
    store: Path, tmp_path: Path
) -> None:
    shutil.copytree(DOCS / "templates", tmp_path / "templates")
    (tmp_path / "broken.md").write_text("{{ no_such_word }}")
    with pytest.raises(GeneratorError, match=r"docs/broken\.md.*no_such_word"):
        pages.render(store, tmp_path)


# A site, end to end


def build(store: Path, site: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUILD, str(site), *options],
        cwd=ROOT,
        env={**os.environ, "STORE": str(store), "SITE_URL": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session", params=[(), ("--no-directory-urls",)], ids=["folders", "files"])
def site(
    store: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(store, folder, *request.param)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1:] == ["False"], "building the pages imported torch"
    return folder


def test_every_link_and_picture_of_the_site_leads_somewhere(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) > 20
    assert list(faults(site)) == []


def test_what_leads_nowhere_is_found(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    page = copy / "index.html"
    text = page.read_text(encoding="utf-8")
    wrong = {
        '<a href="nope/">': "nope/ leads nowhere",
        '<a href="#no-such-place">': "#no-such-place leads nowhere",
        '<script src="https://elsewhere.test/a.js"></script>': "from another host",
        '<img src="assets/logo.svg" width="1" height="1">': "a picture without words",
        '<img src="assets/page.css" alt="A tall tree">': "a picture without a size",
    }
    for markup, message in wrong.items():
        page.write_text(text + markup, encoding="utf-8")
        (fault,) = faults(copy)
        assert message in fault


def test_a_lost_page_that_works_at_one_path_only_is_found(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    lost = copy / "404.html"
    text = lost.read_text(encoding="utf-8")
    bare = re.sub("(?s)<style>.*</style>", "", text)
    wrong = {
        bare: "has no style of its own",
        text + '<link rel="stylesheet" href="/assets/page.css">': "loads /assets/page.css",
        text + "<style>@import 'assets/page.css';</style>": "loads assets/page.css",
        text + '<p style="background: url(assets/logo.svg)">': "loads assets/logo.svg",
        text + '<a href="about/">': "leads to about/",
        text + '<a href="/">': "leads to /",
    }
    for markup, message in wrong.items():
        lost.write_text(markup, encoding="utf-8")
        said = [fault for fault in faults(copy) if not fault.endswith("leads nowhere")]
        assert len(said) == 1, message
        assert said[0].startswith(f"404.html: {message}")
    right = text + '<a href="https://lesson.test/">Home</a><link rel="icon" href="data:,">'
    lost.write_text(right, encoding="utf-8")
    assert list(faults(copy)) == []
    lost.unlink()
    (fault,) = faults(copy)
    assert fault.startswith("404.html: is missing")


def test_every_picture_says_what_it_shows_and_how_large_it_is(site: Path) -> None:
    for path in site.rglob("*.html"):
        for image in Page(path).images:
            if "logo" in (image.get("src") or ""):
                continue  # the theme's own, in a link that has a name
            assert len(image.get("alt") or "") > 30, image
            assert int(image.get("width") or 0) > 0, image
            assert int(image.get("height") or 0) > 0, image


def test_under_figures_stands_what_made_them(site: Path) -> None:
    line = caption.made_by("zfnet64", None, False, "bundled", "")
    for page, figures in {"index": 5, "how-we-know": 1, "paper-figures": 3}.items():
        path = site / f"{page}.html"
        if not path.exists():
            path = site / page / "index.html"
        text = path.read_text(encoding="utf-8")
        said = re.findall(r'<(?:p|span) class="made"><a href="(.*?)">(.*?)</a></', text)
        assert [words for _, words in said] == [line] * figures, page
        assert all("about" in address for address, _ in said), page


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    for path in site.rglob("*.html"):
        for address in Page(path).loaded:
            assert not urlsplit(address).netloc, f"{path}: {address}"
    for sheet in (site / "assets").glob("*.css"):
        assert "//" not in sheet.read_text(encoding="utf-8").replace("/*", "")


def test_every_page_has_the_outline_and_a_way_to_ask(site: Path) -> None:
    for path in site.rglob("*.html"):
        if path.name == "404.html":
            continue
        page = path.read_text(encoding="utf-8")
        assert "Get help" in page
        for part in (
            "Intuition",
            "Quiz: parameter sharing",
            "Layer 5",
            "How we know",
            "About this build",
        ):
            assert part in page


def test_a_store_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    done = build(tmp_path / "nowhere", tmp_path / "site")
    assert done.returncode != 0
    assert "holds no finished figures" in done.stderr


# The benchmark


def test_the_page_of_the_benchmark_shows_every_row(store: Path) -> None:
    page = str(pages.render(store, DOCS)["benchmark.md"])
    record = json.loads((DOCS / "benchmark.json").read_text(encoding="utf-8"))
    for row in record["rows"]:
        if "date" in row:
            assert f"on {row['date']}, with torch {row['torch']}." in page
    assert record["date"] in page
    for row in record["rows"]:
        line = next(
            line for line in page.splitlines() if line.startswith(f"| {plain(row['title'])} |")
        )
        assert ("not measured: " in line) == (row["measured"] is None)
        assert row["measured"] is not None or row["reason"] in line


def test_measured_rows_have_their_numbers(store: Path, tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415

    shutil.copytree(DOCS, tmp_path / "docs")
    results = tmp_path / "docs" / "benchmark.json"
    record = json.loads(results.read_text(encoding="utf-8"))
    record["rows"] = [
        row
        | {"measured": {"median": 1.0634, "low": 1.021, "high": 1.2}, "at_most": 1.05}
        | {"held": False, "reason": ""}
        for row in record["rows"][:1]
    ]
    results.write_text(json.dumps(record), encoding="utf-8")
    page = str(pages.render(store, tmp_path / "docs")["benchmark.md"])
    assert "| 1.06 | 1.02 to 1.2 | at most 1.05, **missed** |" in page
    results.write_text("{}", encoding="utf-8")
    with pytest.raises(GeneratorError, match=r"docs/benchmark\.json: is not of format 1"):
        pages.render(store, tmp_path / "docs")
    results.unlink()
    with pytest.raises(GeneratorError, match=r"docs/benchmark\.json: can't be read"):
        pages.render(store, tmp_path / "docs")
