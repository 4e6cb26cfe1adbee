"""Tests of one group run in one worker, whatever pytest and pytest-xdist are."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from groups import LONGEST, group

ROOT = Path(__file__).parents[1]
FILES = (
    *("tests/browser/test_first.py", "tests/browser/test_second.py"),
    *("tests/publishing/test_publishing.py", "tests/browser/test_versions.py"),
    *("tests/pages/test_same.py", "tests/images/test_same.py"),
)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., set[tuple[str, str]]]:
    """Runs a few tests with two workers and more words: who ran which."""
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    for file in FILES:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def test_one(): pass\ndef test_two(): pass\ndef test_three(): pass\n")
    (tmp_path / "tests" / "conftest.py").write_text("from groups import *\n")
    settings = "[pytest]\ntestpaths = tests\npythonpath = " + str(ROOT / "tests" / "support")
    (tmp_path / "pytest.ini").write_text(settings + "\naddopts = --import-mode=importlib\n")

    def go(*words: str) -> set[tuple[str, str]]:
        command = [sys.executable, "-m", "pytest", "-n", "2", "-v", *words]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return set(re.findall(r"\[(gw\d)\].* PASSED (\S+::\S+)", ran.stdout))

    return go


def test_every_group_stays_in_one_worker_and_both_have_work(
    run: Callable[..., set[tuple[str, str]]],
) -> None:
    workers: dict[str, set[str]] = {}
    for worker, name in run("-m", "long or not long"):
        workers.setdefault(group(name), set()).add(worker)
    assert sorted(workers) == sorted({group(file) for file in FILES})
    assert all(len(used) == 1 for used in workers.values()), workers
    assert set.union(*workers.values()) == {"gw0", "gw1"}


def test_what_is_long_runs_where_it_is_asked_for(
    run: Callable[..., set[tuple[str, str]]],
) -> None:
    def files(*words: str) -> set[str]:
        return {name.partition("::")[0] for _, name in run(*words)}

    long = {file for file in FILES if group(file) in LONGEST}
    assert len(long) == 4
    assert files() == set(FILES) - long
    assert files("-m", "long") == long
    assert files(FILES[0]) == {FILES[0]}  # one that is named runs whole


def test_the_longest_groups_are_there() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    groups = {group(file.relative_to(ROOT).as_posix()) for file in files}
    assert set(LONGEST) <= groups
