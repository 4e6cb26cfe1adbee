"""In the place of GitHub's program `gh`: what it is asked to do with releases, it does in a folder.

It takes the words that the workflows say to it, and refuses all others.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from argparse import ArgumentParser
from pathlib import Path


def put_before_others(folder: Path, releases: Path) -> Path:
    """A folder with a program `gh` in it that keeps releases in ``releases``."""
    folder.mkdir()
    program = folder / "gh"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {releases} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


def main() -> None:
    """Do what is asked; the first word is the folder of the releases."""
    if not (os.environ.get("GH_TOKEN") and os.environ.get("GH_REPO")):
        sys.exit("To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN")
    parser = ArgumentParser(prog="gh")
    parser.add_argument("releases", type=Path)
    parser.add_argument("about", choices=["release"])
    asked = parser.add_subparsers(required=True, dest="command")
    asked.add_parser("view").add_argument("tag")
    upload, create = asked.add_parser("upload"), asked.add_parser("create")
    for one in (upload, create):
        one.add_argument("tag")
        one.add_argument("files", nargs="+")
    upload.add_argument("--clobber", action="store_true")
    create.add_argument("--verify-tag", action="store_true")
    create.add_argument("--title", required=True)
    create.add_argument("--notes", required=True)
    asked_for = parser.parse_args()
    release = asked_for.releases / asked_for.tag
    if asked_for.command == "create":
        if release.exists():
            sys.exit(f"a release with the same tag name already exists: {asked_for.tag}")
        release.mkdir(parents=True)
        said = {"title": asked_for.title, "notes": asked_for.notes, "repo": os.environ["GH_REPO"]}
        (release / "release.json").write_text(json.dumps(said), encoding="utf-8")
    if not release.exists():
        sys.exit("release not found")
    for file in getattr(asked_for, "files", []):
        path, _, label = file.partition("#")
        kept = release / Path(path).name
        if kept.exists() and not asked_for.clobber:
            sys.exit(f"asset under the same name already exists: [{kept.name}]")
        shutil.copy(path, kept)
        kept.with_suffix(".label").write_text(label, encoding="utf-8")


if __name__ == "__main__":
    main()
