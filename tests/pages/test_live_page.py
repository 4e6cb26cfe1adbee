"""The page of the reader's picture as Markdown: with the network, and without it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fake_live import live
from fake_store import HOSTILE, make_store

from generator import pages

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "your-picture.md"


def rendered(folder: Path, refused: str | None) -> dict[str, str | Path]:
    make_store(folder, units=6)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    manifest["live"] = live(folder, manifest["layers"], HOSTILE, refused)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return pages.render(folder, DOCS)


def test_the_page_names_all_files_that_it_will_fetch_with_their_sizes(tmp_path: Path) -> None:
    made = rendered(tmp_path, None)
    match = re.search("data-live='([^']*)'", str(made[PAGE]))
    assert match
    data = json.loads(unescape(match[1]))
    for kind in ("program", "weights", "sheets", "photographs"):
        assert data[kind], kind
        for file in data[kind]:
            path = made[file["src"].removeprefix("../")]
            assert isinstance(path, Path)
            assert path.stat().st_size == file["size"]
    assert "<noscript>" in str(made[PAGE])


def test_a_network_that_is_not_shipped_is_said_with_examples(tmp_path: Path) -> None:
    made = rendered(tmp_path, "its weights would be 23 MiB")
    page = str(made[PAGE])
    assert "is not sent to your browser: its weights would be 23 MiB" in page
    assert "live-example" in page
    assert "Load the network" not in page
    assert not [uri for uri in made if uri.endswith(("program.json", "weights.bin"))]


@pytest.mark.parametrize(("refused", "watched"), [(None, True), ("too large", False)])
def test_a_unit_is_watched_only_where_there_is_a_network(
    tmp_path: Path, refused: str | None, watched: bool
) -> None:
    made = rendered(tmp_path, refused)
    unit = json.loads(str(made["layers/3/unit-4.json"]))
    assert (unit["watch"] == "../../your-picture/#watch=3:4") is watched
    assert bool(unit["watch"]) is watched
