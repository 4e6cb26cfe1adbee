"""Build the sdist and the wheel, and try them where this checkout is not.

    package.py                         with the packages that are installed here, a few tests
    package.py --environment fresh     in a new environment, with all tests (about 5 GB)

The sdist is the whole lesson: code, pages, tests, workflows. The wheel is the generator with the
weights that come with it, which makes figures, trains and checks from any folder; pages are
built from a checkout or an unpacked sdist.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from refusal import ROOT, RefusedError, run

WHOLE = ("generator", "docs", "tests", ".github", ".ci")
SINGLE = (
    *("mkdocs.yml", "offline.yml", "de.yml", "pyproject.toml"),
    *("README.md", "CHANGELOG.md", "LICENSE"),
)
NOT_OURS = ("__pycache__", ".pyc", ".DS_Store")
# Enough to see that code, weights, tables and pages have arrived.
FEW = (
    "tests/test_house.py",
    "tests/store/test_store.py",
    "tests/test_exhibit.py",
    "tests/pages/test_pages.py::test_golden",
)


def build(out: Path, python: Path | None) -> tuple[Path, Path]:
    """The sdist, and the wheel that is made from the sdist.

    Built by ``python``, which fetches what a build needs; without it by what is installed here.
    """
    how = [str(python), "-m", "build"] if python else [sys.executable, "-m", "build", "-n"]
    _call([*how, "--outdir", str(out), str(ROOT)], ROOT)
    (sdist,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return sdist, wheel


def missing(sdist: Path, wheel: Path) -> list[str]:
    """What lies in this checkout and should be in a package, but is not; and what should not."""
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    source = {*SINGLE}
    for folder in WHOLE:
        paths = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        source |= {path.relative_to(ROOT).as_posix() for path in paths}
    source = {name for name in source if not any(mark in name for mark in NOT_OURS)}
    code = {name for name in source if name.startswith("generator/")}
    told = [f"{sdist.name} lacks {name}" for name in sorted(source - in_sdist)]
    told += [f"{wheel.name} lacks {name}" for name in sorted(code - in_wheel)]
    extra = {name for name in in_wheel - code if ".dist-info/" not in name}
    return told + [f"{wheel.name} holds {name}" for name in sorted(extra)]


def try_here(folder: Path, sdist: Path, wheel: Path) -> None:
    """The wheel beside the packages that are installed here; a few tests from the sdist."""
    _install([sys.executable, "-m", "pip", "install", "--no-deps", "--target"], folder, wheel)
    environment = {**os.environ, "PYTHONPATH": str(folder / "installed")}
    unpacked = _unpack(folder, sdist)
    # Without -m, so that the folder that it stands in is not searched before the wheel.
    start = "import sys, pytest; sys.path.remove(''); sys.exit(pytest.main(sys.argv[1:]))"
    options = ["-q", "-p", "no:cacheprovider", *FEW]
    _call([sys.executable, "-c", start, *options], unpacked, environment)
    where = [sys.executable, "-c", "import generator; print(generator.__file__)"]
    found = subprocess.run(
        where, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout
    if not Path(found.strip()).is_relative_to(folder):
        raise RefusedError(f"the tests ran against {found.strip()}, not against the wheel")


def try_fresh(folder: Path, sdist: Path, wheel: Path) -> None:
    """A new environment with nothing but the wheel and its dependencies; all tests."""
    scripts = _environment(folder / "environment", f"{wheel}[test]")
    environment = {**os.environ, "PATH": os.pathsep.join((str(scripts), os.environ["PATH"]))}
    environment.pop("PYTHONPATH", None)
    _call([str(scripts / "pytest"), "-n", "2"], _unpack(folder, sdist), environment)


def _environment(folder: Path, wanted: str) -> Path:
    """A new environment with one package in it; the folder of its programs."""
    _call([sys.executable, "-m", "venv", str(folder)], folder.parent)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    _call([str(scripts / "python"), "-m", "pip", "install", "--quiet", wanted], folder)
    return scripts


def _unpack(folder: Path, sdist: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def _install(command: list[str], folder: Path, wheel: Path) -> None:
    _call([*command, str(folder / "installed"), "--no-index", "--quiet", str(wheel)], folder)


def _call(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode:
        raise RefusedError(f"{' '.join(command[:6])} ...: ended with {done.returncode}")


def main() -> None:
    """Build, look inside, try."""
    parser = argparse.ArgumentParser(
        prog="package.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environment", choices=("here", "fresh"), default="here")
    fresh = parser.parse_args().environment == "fresh"
    with tempfile.TemporaryDirectory(prefix="package-") as name:
        folder = Path(name)
        builder = _environment(folder / "builder", "build") / "python" if fresh else None
        sdist, wheel = build(folder / "dist", builder)
        told = missing(sdist, wheel)
        for line in told[:20]:
            print(line, file=sys.stderr)
        if told:
            raise RefusedError(f"{len(told)} files are not where they belong")
        (try_fresh if fresh else try_here)(folder, sdist, wheel)
        print(f"{sdist.name} and {wheel.name} hold what they need")


if __name__ == "__main__":
    run(main)
