"""Tests of one group run in one worker, whatever pytest and pytest-xdist are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from groups import LONGEST, group

ROOT = Path(__file__).parents[1]
FILES = (
    *("tests/browser/test_first.py", "tests/browser/test_second.py"),
    *("tests/publishing/test_publishing.py", "tests/browser/test_versions.py"),
    *("tests/pages/test_same.py", "tests/images/test_same.py"),
)


def test_every_group_stays_in_one_worker_and_both_have_work(tmp_path: Path) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    for file in FILES:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def test_one(): pass\ndef test_two(): pass\ndef test_three(): pass\n")
    (tmp_path / "tests" / "conftest.py").write_text("from groups import *\n")
    settings = "[pytest]\npythonpath = " + str(ROOT / "tests" / "support")
    (tmp_path / "pytest.ini").write_text(settings + "\naddopts = --import-mode=importlib\n")
    command = [sys.executable, "-m", "pytest", "-n", "2", "-v"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    workers: dict[str, set[str]] = {}
    for worker, name in re.findall(r"\[(gw\d)\].* PASSED (\S+::\S+)", ran.stdout):
        workers.setdefault(group(name), set()).add(worker)
    assert sorted(workers) == sorted({group(file) for file in FILES})
    assert all(len(used) == 1 for used in workers.values()), workers
    assert set.union(*workers.values()) == {"gw0", "gw1"}


def test_the_longest_groups_are_there() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    groups = {group(file.relative_to(ROOT).as_posix()) for file in files}
    assert set(LONGEST) <= groups
