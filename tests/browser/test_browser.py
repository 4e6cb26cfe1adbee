"""Which browser the tests take, and when its absence is a failure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from browser import conftest


def test_a_browser_that_is_named_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chrome"))
    with pytest.raises(pytest.fail.Exception, match="chrome, which is no file"):
        conftest.browser_path("")
    (tmp_path / "chrome").touch()
    assert conftest.browser_path("") == str(tmp_path / "chrome")
    with pytest.raises(ModuleNotFoundError):
        conftest.needed("playwright_that_nobody_has")


def test_without_a_name_tests_skip_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"):
        conftest.browser_path(str(tmp_path / "chrome"))
    with pytest.raises(pytest.skip.Exception, match="is not installed"):
        conftest.needed("playwright_that_nobody_has")
