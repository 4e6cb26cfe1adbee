"""Networks compared by the places of the lesson that their units earn."""

from __future__ import annotations

import sys
from pathlib import Path

import compare
import pytest
from fake_store import make_store

from generator.store.manifest import read_manifest


def test_networks_are_compared_by_the_places_that_they_earn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One store is there already, the other is made with the images of the exhibit."""
    make_store(tmp_path / "one")
    asked: list[list[str]] = []

    def generator(words: list[str]) -> int:
        asked.append(words)
        make_store(Path(words[-1]))
        return 0

    monkeypatch.setattr(compare, "generator", generator)
    monkeypatch.setattr(sys, "argv", ["compare.py", str(tmp_path), "one", "two"])
    compare.main()
    given = ["--exhibit", "openimages", "--model", "two", "--preferred", "none"]
    assert asked == [["figures", *given, "--out", str(tmp_path / "two")]]
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["one", "two"]
    cells = [
        (layer.index, cell)
        for layer in read_manifest(tmp_path / "one").layers
        for cell in layer.figure.cells
        if cell.wanted
    ]
    held = [(index, cell) for index, cell in cells if cell.claim and cell.claim.held]
    assert 0 < len(held) < len(cells) == len(rows) - 1
    for index, cell in held:
        (row,) = (row for row in rows if row.startswith(f"layer {index}: {cell.wanted} "))
        assert row.count(f"unit {cell.channel}") == 2
    assert sum(row.split()[-2:] == ["-", "-"] for row in rows) == len(cells) - len(held)
    count = f"{len(held)} of {len(cells)}"
    assert rows[-1].split(maxsplit=1) == ["earned", f"{count}  {count}"]


def test_a_network_that_nobody_knows_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare.py", "--exhibit", "embedded", str(tmp_path), "squeezenet9"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        compare.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "squeezenet9" in said.err
    assert said.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
