"""The rows about the network in a page; nothing is timed here, only run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from generator.bench import live
from generator.bench.rows import Sizes


def test_rows_are_there_or_say_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FRAMES", 20)
    monkeypatch.setattr(live, "WATCHED", 1)
    # Playwright has one event loop a thread, and this one's may belong to a test of the pages.
    with ThreadPoolExecutor(1) as elsewhere:
        made = elsewhere.submit(lambda: list(live.rows(Sizes(pairs=1)))).result()
    assert [row.name for row in made] == list(live.TITLES)
    for row in made:
        assert row.reason or (row.measured and row.measured["median"] > 0)


def test_without_a_browser_each_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("generator.bench.live.shutil.which", lambda name: None)
    made = list(live.rows(Sizes(pairs=1)))
    assert {row.reason for row in made} <= {
        "no Chromium on this machine",
        'Playwright is not installed (pip install -e ".[test]")',
    }
