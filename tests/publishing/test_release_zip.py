"""The zip that each release has: what is in it, and what keeps it from being attached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from check_site import faults
from copied_project import git
from rehearsal import REPOSITORY, SITE_URL, Forge


def attach(published: Forge, folder: Path, ref: str, **settings: str) -> Any:
    known = {"GH_TOKEN": "token", "GH_REPO": REPOSITORY, "GITHUB_REF": ref}
    path = os.pathsep.join((str(published.programs), os.environ["PATH"]))
    return subprocess.run(
        [sys.executable, ".github/scripts/disk.py", "attach", str(folder)],
        cwd=published.project.folder,
        env={**os.environ, "PATH": path, **known, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_a_release_has_the_lesson_as_a_zip(published: Forge, version: str, tmp_path: Path) -> None:
    release = published.releases / f"v{version}.0"
    packed = release / f"lesson-{version}.zip"
    shutil.unpack_archive(packed, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"lesson-{version}"]
    lesson = tmp_path / f"lesson-{version}"
    assert list(faults(lesson)) == []
    page = (lesson / "layers" / "1.html").read_text(encoding="utf-8")
    assert SITE_URL not in page
    figures = {path.name for path in lesson.glob("figures-*/conv1/*")}
    tree = git(published.project.remote, "ls-tree", "-r", "--name-only", "gh-pages", f"{version}/")
    assert {Path(path).name for path in tree.splitlines()} >= figures
    assert len(figures) > 10
    said = json.loads((release / "release.json").read_text(encoding="utf-8"))
    assert said["repo"] == REPOSITORY
    assert said["title"] == f"{version}.0"
    assert said["notes"].startswith("Figures.")
    assert f"**{packed.name}** ({packed.stat().st_size / 1e6:.0f} MB)" in said["notes"]
    assert "USB stick" in packed.with_suffix(".label").read_text(encoding="utf-8")


def test_dev_has_no_zip(published: Forge) -> None:
    assert sorted(path.name for path in published.releases.iterdir()) == ["v0.1.0", "v0.2.0"]
    tags = [artifact for artifact in published.kept if artifact["name"] == "zip"]
    sites = [artifact for artifact in published.kept if artifact["name"] == "site"]
    assert len(tags) == 2 < len(sites)


def test_a_release_that_exists_gets_its_zip_replaced(published: Forge) -> None:
    """As when somebody has written its notes by hand, and publishes its tag once more."""
    release = published.releases / "v0.2.0"
    notes = release / "release.json"
    kept = notes.read_text(encoding="utf-8")
    notes.write_text("by hand", encoding="utf-8")
    packed = release / "lesson-0.2.zip"
    good = packed.read_bytes()
    packed.write_bytes(b"old")
    site = [artifact for artifact in published.kept if artifact["name"] == "zip"][-1]
    place = published.folder / f"artifact-{site['workflow_run']['id']}-zip"
    try:
        attached = attach(published, place, "refs/tags/v0.2.0")
        assert attached.returncode == 0, attached.stderr
        assert packed.read_bytes() == good
        assert notes.read_text(encoding="utf-8") == "by hand"
    finally:
        notes.write_text(kept, encoding="utf-8")
        packed.write_bytes(good)


def test_a_zip_that_can_not_be_attached_is_one_line(published: Forge, tmp_path: Path) -> None:
    tag = "refs/tags/v0.2.0"
    good = published.releases / "v0.2.0"
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(good / "lesson-0.2.zip", other)
    empty = tmp_path / "empty"
    empty.mkdir()
    tries = {
        "disk.py: gh is not installed": attach(published, other, tag, PATH=str(empty)),
        "is not the zip that was made (": attach(published, other, tag, ZIP_SHA256="0" * 64),
        "made none)": attach(published, other, tag, ZIP_SHA256=""),
        "gh release create v0.2.0: To use GitHub": attach(published, other, tag, GH_TOKEN=""),
        "dev has none": attach(published, other, "refs/heads/main"),
        "holds 0 zips": attach(published, empty, tag),
    }
    for message, done in tries.items():
        assert done.returncode == 2, message
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
    packed = [sys.executable, ".github/scripts/disk.py", "pack", "nowhere", str(empty)]
    done = subprocess.run(
        packed, cwd=published.project.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "build it with `mkdocs build -f offline.yml`" in done.stderr
