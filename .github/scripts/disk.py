"""The lesson as a zip that opens from a disk, beside each release.

    disk.py pack SITE FOLDER   put the site that offline.yml made into a zip in FOLDER
    disk.py attach FOLDER      attach that zip to the release of the tag, which is made if need be

The zip is named after the repository and the version, and so is the folder that it unpacks to.
`gh` speaks to GitHub; it takes GH_TOKEN and GH_REPO from the environment.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from refusal import ROOT, RefusedError, run, tell
from release import release_name
from rules import DEV, changes

LABEL = "The lesson for a disk, a USB stick or a course platform"
NOTES = """{changes}

**{zip}** ({megabytes} MB) is the whole lesson for a disk, a USB stick or a course platform. \
Unpack it and open `index.html`; nothing else is needed, and no network.
"""


def pack(site: Path, folder: Path, ref: str | None = None) -> Path:
    """The zip of a site built with offline.yml, in ``folder``. Raises RefusedError."""
    if not (site / "index.html").is_file():
        raise RefusedError(
            f"{site}: holds no index.html; build it with `mkdocs build -f offline.yml`"
        )
    repository = os.environ.get("GITHUB_REPOSITORY", "").partition("/")[2]
    name = f"{repository or 'lesson'}-{release_name(ref)}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.zip"
    with ZipFile(target, "w", ZIP_DEFLATED) as whole:
        for path in sorted(path for path in site.rglob("*") if path.is_file()):
            whole.write(path, f"{name}/{path.relative_to(site).as_posix()}")
    return target


def attach(packed: Path, wanted: str | None, ref: str | None = None) -> str:
    """Attach a zip to its tag's release; the tag.

    ``wanted`` is the SHA-256 that the zip had when its site was tested; None where nobody tested
    it. A zip of that name that the release has already is replaced. Raises RefusedError.
    """
    if release_name(ref) == DEV:
        raise RefusedError("a zip is attached to a release; dev has none")
    found = digest(packed)
    if wanted is not None and found != wanted:
        raise RefusedError(
            f"{packed}: is not the zip that was made ({found}, made {wanted or 'none'})"
        )
    tag = (ref or os.environ["GITHUB_REF"]).removeprefix("refs/tags/")
    labelled = f"{packed}#{LABEL}"
    if _gh("release", "view", tag).returncode == 0:
        _done(_gh("release", "upload", tag, labelled, "--clobber"))
        return tag
    version = tag.removeprefix("v")
    notes = NOTES.format(
        changes=changes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version),
        zip=packed.name,
        megabytes=round(packed.stat().st_size / 1e6) or 1,
    )
    made = ("--verify-tag", "--title", version, "--notes", notes.strip())
    _done(_gh("release", "create", tag, labelled, *made))
    return tag


def digest(packed: Path) -> str:
    """SHA-256 of a zip."""
    with packed.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _gh(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("gh")
    if program is None:
        raise RefusedError("gh is not installed; it is what attaches files to releases")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def _done(call: subprocess.CompletedProcess[str]) -> None:
    if call.returncode:
        said = " ".join(call.stderr.split())
        raise RefusedError(
            f"gh {' '.join(call.args[1:4])}: {said or f'ended with {call.returncode}'}"
        )


def main() -> None:
    """Read the command line and do one of the two."""
    parser = argparse.ArgumentParser(
        prog="disk.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--ref", help="refs/heads/main or refs/tags/vX.Y.Z (default: the environment's GITHUB_REF)"
    )
    asked = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    one = asked.add_parser("pack")
    one.add_argument("site", type=Path)
    one.add_argument("folder", type=Path)
    two = asked.add_parser("attach")
    two.add_argument("folder", type=Path)
    two.add_argument("--sha256", metavar="HEX", default=os.environ.get("ZIP_SHA256"))
    options: Any = parser.parse_args(namespace=SimpleNamespace())
    if options.command == "pack":
        packed = pack(options.site, options.folder, options.ref)
        tell(zip=packed.as_posix(), zip_sha256=digest(packed))
        return
    zips = sorted(options.folder.glob("*.zip"))
    if len(zips) != 1:
        raise RefusedError(f"{options.folder}: holds {len(zips)} zips; one is attached")
    print(f"attached {zips[0].name} to {attach(zips[0], options.sha256, options.ref)}")


if __name__ == "__main__":
    run(main)
