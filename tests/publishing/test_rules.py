"""Which version a commit is published as, and what is pruned, by hand."""

from __future__ import annotations

import pytest
import rules
from refusal import RefusedError
from rules import moves_latest, name_of, pruned

LOG = "# Changes\n\n## [0.2.0] - 2026-11-30\n\nText.\n\n## 0.1.10\n"


@pytest.mark.parametrize(
    ("ref", "version", "name"),
    [
        ("refs/heads/main", "0.2.0", "dev"),
        ("refs/heads/main", "9.9.9", "dev"),  # main needs no entry in the changelog
        ("refs/tags/v0.2.0", "0.2.0", "0.2"),
        ("refs/tags/v0.1.10", "0.1.10", "0.1"),
    ],
)
def test_names(ref: str, version: str, name: str) -> None:
    assert name_of(ref, version, LOG) == name


@pytest.mark.parametrize(
    ("ref", "version", "message"),
    [
        ("refs/tags/v0.2.0", "0.2.1", r"tag v0\.2\.0: the package says 0\.2\.1"),
        ("refs/tags/v0.1.1", "0.1.1", r"no entry for 0\.1\.1"),  # 0.1.10 is not 0.1.1
        ("refs/tags/0.2.0", "0.2.0", "is not published"),
        ("refs/tags/v0.2", "0.2", "is not published"),
        ("refs/heads/maintenance", "0.2.0", "is not published"),
        ("refs/pull/7/merge", "0.2.0", "is not published"),
    ],
)
def test_refusals(ref: str, version: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        name_of(ref, version, LOG)


def test_what_is_new_is_the_entry_of_that_version_alone() -> None:
    log = LOG.replace("Text.", "### New\n\n- Text.\n- More.")
    assert rules.changes(log, "0.2.0") == "### New\n\n- Text.\n- More."
    assert rules.changes(log, "0.1.10") == ""
    assert rules.changes("## 0.1.10", "0.1.10") == ""


def test_latest_is_the_highest_not_the_last() -> None:
    assert moves_latest("0.1", [])
    assert moves_latest("0.10", ["dev", "0.9", "0.10"])
    assert moves_latest("1.0", ["0.10"])
    assert not moves_latest("0.9", ["0.10"])
    assert not moves_latest("dev", [])


def test_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = dict.fromkeys(["dev", "0.1", "0.2", "0.9", "0.10"], 100)
    assert pruned(sizes, "0.10") == []
    monkeypatch.setattr(rules, "KEEP", 3)
    assert pruned(sizes, "0.10") == ["0.1"]
    assert pruned(sizes, "0.1") == ["0.2"]  # taken back to 0.1: it stays, and the two newest
    monkeypatch.setattr(rules, "LIMIT", 350)
    assert pruned(sizes, "0.10") == ["0.1", "0.2"]
    assert pruned(sizes | {"0.9": 200}, "0.10") == ["0.1", "0.2", "0.9"]  # none older than a gap
    assert pruned({}, None) == []


def test_too_large_to_publish_at_all() -> None:
    with pytest.raises(RefusedError, match=r"601 MB with 0\.1 and dev alone, more than 600 MB"):
        pruned({"dev": 1_000_000, "0.1": 600_000_000}, "0.1")
