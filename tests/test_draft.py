"""A draft: a first look that nobody can take for figures that were tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from narrow import make_photographs, narrow
from on_disk import manifest_of
from openimages import Shelf, served
from soak import ROOT

from generator import pages
from generator.__main__ import main
from generator.errors import StoreError
from generator.exhibit import load_exhibit
from generator.pages.draft import draft_pages
from generator.records import TopActivations
from generator.stages.look import first_units
from generator.store.check import check_hashes
from generator.store.folder import Store

WORDS = ["figures", "--weights", "none", "--images", "photographs", "--k", "4", "--out", "store"]
WORDS += ["--preferred", "none"]


@pytest.fixture(autouse=True)
def _photographs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    monkeypatch.chdir(tmp_path)
    make_photographs(tmp_path / "photographs", 6)


def entries() -> dict[str, int]:
    """The entries of the store by stage, with what tells whether they are the same folder."""
    folders = [path for path in Path("store").iterdir() if path.is_dir()]
    return {path.name.partition("-")[0]: path.stat().st_ino for path in folders}


def test_a_draft_has_the_scan_and_a_few_units_and_measures_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*WORDS, "--draft"]) == 0
    said = capsys.readouterr().err
    assert "zfnet64: 45 of 90 units of 5 layers over 6 images" in said
    assert "a draft, nothing measured or tested, is in store" in said
    assert "1 file took no part; *A first look* names each. The reasons:" in said
    assert set(entries()) == {"scan", "look"}
    draft = json.loads(Path("store", "draft.json").read_text())
    assert [len(layer["units"]) for layer in draft["layers"]] == [9] * 5
    assert "claim" not in json.dumps(draft)
    assert main([*WORDS, "--draft"]) == 0
    assert capsys.readouterr().err == "", "the second time nothing is made again"


def test_credits_are_told_and_a_new_title_makes_no_stage_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, words = Path("photographs", "credits.csv"), [*WORDS, "--draft", "--layers", "conv1"]
    row = "class 0/0.png,{},Bo Ek,CC0,https://e.org\n"
    table.write_text("file,title,author,licence,address\n" + row.format("Blocks"))
    assert main(words) == 0
    assert "5 of 6 photographs have no credit: class 0/3.png; *About" in capsys.readouterr().err
    first = entries()
    front = str(draft_pages(Path("store"), ROOT / "docs")["index.md"])
    assert "- Blocks: Bo Ek, CC0, https" in front
    assert "- class 2/5.png" in front
    assert "in Blocks." in str(draft_pages(Path("store"), ROOT / "docs")["layers/1.md"])
    table.write_text(table.read_text().replace("Blocks", "Squares"))
    assert main(words) == 0
    assert entries() == first
    assert "in Squares." in str(draft_pages(Path("store"), ROOT / "docs")["layers/1.md"])


def test_open_images_make_figures_with_credits_by_their_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf()
    for number in range(8):
        shelf.image(number, "Dog" if number % 2 else "Bicycle")
    shelf.finish()
    words = ["figures", "--weights", "none", "--draft", "--layers", "conv1", "--out", "store"]
    words += ["--images", "openimages", "--classes", "Dog", "--per-class", "3", "--k", "2"]
    words += ["--require-credits"]
    with served(shelf, tmp_path) as where:
        monkeypatch.setattr("generator.images.openimages.Origin", lambda: where)
        assert main(words) == 0
        assert "6 images of Open Images; commit it" in capsys.readouterr().err
        front = str(draft_pages(Path("store"), ROOT / "docs")["index.md"])
        assert front.count("Ada, Lund, CC BY 2.0, https") == 6
        assert main(words) == 0
        assert capsys.readouterr().err == "", "nothing is fetched or made again"
        assert main([*words, "--per-class", "2"]) == 2
        assert "was made with per_class = 3, and now it is 2" in capsys.readouterr().err
        assert main([*words, "--per-class", "2", "--update-lock"]) == 0
        assert main([*words, "--images", "photographs"]) == 2
        assert "--classes (classes) chooses among openimages, and the" in capsys.readouterr().err


def test_a_draft_is_never_taken_for_full_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--draft"]) == 0
    store = Path("store")
    assert not (store / "manifest.json").exists()
    assert Store(store).manifest() is None
    for refuses in (check_hashes, pages.load_manifest):
        with pytest.raises(StoreError, match="holds a draft, of which nothing was measured"):
            refuses(store)
    capsys.readouterr()
    assert main(["check", "store"]) == 2
    assert "without --draft" in capsys.readouterr().err


def test_a_full_run_takes_the_scan_of_a_draft_and_a_draft_spoils_no_full_store(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*WORDS, "--layers", "conv1", "--draft"]) == 0
    drafted = entries()
    assert main([*WORDS, "--layers", "conv1"]) == 0
    full = entries()
    assert full["scan"] == drafted["scan"]
    assert "look" not in full
    assert not Path("store", "draft.json").exists()
    before = manifest_of(Path("store"))
    capsys.readouterr()
    assert main([*WORDS, "--layers", "conv1", "--draft"]) == 0
    assert "store: holds the full figures already; no draft is made" in capsys.readouterr().err
    assert manifest_of(Path("store")) == before
    # Of other images it takes the store's place, as a full run of these would.
    make_photographs(Path("photographs"), 7)
    assert main([*WORDS, "--layers", "conv1", "--draft"]) == 0
    assert set(entries()) == {"scan", "look", "layout", "architecture"}, "what images do not change"
    assert not Path("store", "manifest.json").exists()


def test_every_page_says_that_it_is_a_draft_and_publishing_refuses_the_site() -> None:
    assert main([*WORDS, "--draft"]) == 0
    made = draft_pages(Path("store"), ROOT / "docs")
    written = {uri: text for uri, text in made.items() if isinstance(text, str)}
    assert set(written) == {"index.md", *(f"layers/{n}.md" for n in range(1, 6))}
    for text in written.values():
        assert "othing" in text
        assert "measured" in text
    assert "class 1/broken.jpg" in written["index.md"]
    assert "9 of the 18 units" in written["layers/2.md"]
    settings = {**os.environ, "STORE": str(Path("store").resolve()), "PYTHONPATH": str(ROOT)}
    site = str(Path("site").resolve())
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", site]
    subprocess.run(build, cwd=ROOT, env=settings, check=True)
    built = sorted(Path("site").rglob("index.html"))
    assert len(built) == 6, "only pages that rest on no measurement"
    for path in built:
        html = path.read_text(encoding="utf-8")
        assert '<meta name="lesson" content="draft">' in html
        assert "It is not to be published." in html
    script = ROOT / ".github/scripts/check_site.py"
    walk = [sys.executable, str(script), "site"]
    walked = subprocess.run(walk, capture_output=True, text=True, check=False)
    assert walked.returncode == 2
    assert "index.html: is a draft" in walked.stderr
    assert len(walked.stderr.splitlines()) == 7, "nothing else is wrong with it"


def test_an_activation_is_never_told_as_a_power_of_ten() -> None:
    assert main([*WORDS, "--draft", "--layers", "conv1"]) == 0
    draft = json.loads(Path("store", "draft.json").read_text())
    draft["layers"][0]["units"][0]["top"][0]["value"] = 1073.4
    Path("store", "draft.json").write_text(json.dumps(draft))
    page = str(draft_pages(Path("store"), ROOT / "docs")["layers/1.md"])
    assert "Strongest activation 1,073, in" in page


def test_an_exhibit_may_be_a_draft() -> None:
    Path("exhibits.toml").write_text("[quick]\nmodel = 'resnet18'\nimages = 'x'\ndraft = true\n")
    assert load_exhibit("quick", Path("exhibits.toml")).draft


def test_units_of_a_draft_are_the_first_that_fire() -> None:
    images = np.array([[-1, -1], [3, 1], [2, -1], [4, 0]])
    top = TopActivations(np.zeros((4, 2), np.float32), images, np.zeros((4, 2, 2), np.int64))
    assert first_units(top, 2).images.tolist() == [[-1, -1], [3, 1], [2, -1], [-1, -1]]
    assert first_units(top, 9).images.tolist() == images.tolist()
