"""The packages hold what they need, and work where the checkout is not."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from copied_project import ROOT

from generator import __version__

SCRIPT = ROOT / ".github" / "scripts" / "package.py"


@pytest.mark.skipif(
    not (find_spec("build") and find_spec("hatchling")), reason="build or hatchling is missing"
)
def test_both_packages_are_whole_and_work_elsewhere() -> None:
    if Path(__file__).resolve().parents[2].name.startswith("visualizing_cnns-"):
        pytest.skip("these are the tests of an unpacked package")
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)
    name = f"visualizing_cnns-{__version__}"
    assert f"{name}.tar.gz and {name}-py3-none-any.whl hold what they need" in done.stdout


def test_a_file_that_is_left_out_is_named(tmp_path: Path) -> None:
    from package import missing  # noqa: PLC0415

    (tmp_path / "README.md").write_text("")
    sdist, wheel = tmp_path / "x.tar.gz", tmp_path / "x.whl"
    with tarfile.open(sdist, "w:gz") as archive:
        archive.add(tmp_path / "README.md", "x/README.md")
    with zipfile.ZipFile(wheel, "w") as whole:
        whole.writestr("tests/conftest.py", "")
    told = missing(sdist, wheel)
    assert "x.tar.gz lacks docs/index.md" in told
    assert "x.tar.gz lacks .github/workflows/ci.yml" in told
    assert "x.tar.gz lacks README.md" not in told
    assert "x.whl lacks generator/networks/weights/zfnet64.safetensors" in told
    assert "x.whl holds tests/conftest.py" in told


def test_the_version_is_written_once() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in text
    assert not re.search(r'^version\s*=\s*"', text, re.MULTILINE)
    others = [
        path
        for path in [*ROOT.glob("generator/**/*.py"), ROOT / "mkdocs.yml"]
        if re.search(r"""^__version__\s*=""", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert [path.name for path in others] == ["__init__.py"]


def test_the_changelog_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\]|^## \[Unreleased\]", text, re.MULTILINE)
