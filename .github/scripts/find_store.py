"""Is there a store of this commit's figures already? `find_store.py [--kept] EXHIBIT`.

A store is uploaded under a name that ends with the content of all of this checkout that its
figures depend on: code, the exhibit, and what the exhibit names as its weights and images. So the
same name means the same figures, whichever commit made them. Files that lie elsewhere, as on a
runner of one's own, are not part of it. Prints

    artifact   the name under which this commit's store is kept
    run        the workflow run that keeps it; empty where there is none, or RERUN is `true`;
               with --kept, that there is none is an error

It asks the forge that the environment names (GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN).
RUN and ARTIFACT, if set, tell what a run has just made. It is the answer if it is this commit's;
if it is not, main has moved on meanwhile, and another run makes what is needed now.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forge import ask
from refusal import ROOT, RefusedError, run, tell, warn
from release import LOCK

OPENIMAGES = "openimages"  # as the generator calls the collection
# What turns a finished store into pages can't change what is in it.
PAGES_ONLY = ("pages/", "caption/", "site/", "store/check.py")


def artifact_name(exhibit: str, root: Path = ROOT) -> str:
    """``store-EXHIBIT-`` and sixteen digits that change with anything the figures depend on."""
    package = root / "generator"
    table = tomllib.loads((package / "exhibits.toml").read_text(encoding="utf-8"))
    if exhibit not in table:
        raise RefusedError(
            f"generator/exhibits.toml: has no [{exhibit}]; it has {', '.join(table)}"
        )
    whole = hashlib.sha256(json.dumps(table[exhibit], sort_keys=True).encode())
    for path in sorted({*_code(package), *_named(table[exhibit], root)}):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return f"store-{exhibit}-{whole.hexdigest()[:16]}"


def _code(package: Path) -> Iterator[Path]:
    for path in package.rglob("*"):
        inside = path.relative_to(package)
        hidden = "__pycache__" in inside.parts or inside.name == "exhibits.toml"
        if path.is_file() and not hidden and not inside.as_posix().startswith(PAGES_ONLY):
            yield path


def _named(settings: dict[str, Any], root: Path) -> Iterator[Path]:
    """The files of the checkout that an exhibit names; beside weights lie their card and more."""
    listed = settings.get("photographs")
    said = [settings.get("weights"), settings.get("images")]
    said += listed if isinstance(listed, list) else []
    said += [LOCK] if settings.get("images") == OPENIMAGES else []
    for name in (one for one in said if isinstance(one, str)):
        place = Path(os.path.normpath(root / name))
        if place.is_relative_to(root) and place.exists():
            beside = f"{glob.escape(place.stem)}*"
            for path in place.rglob("*") if place.is_dir() else place.parent.glob(beside):
                if path.is_file() and ".git" not in path.relative_to(root).parts:
                    yield path


def find_run(artifact: str) -> str:
    """The newest run of this repository's own that still keeps the artifact, or nothing."""
    found = ask("artifacts", "artifacts", "which stores are kept", name=artifact)
    kept = [
        one
        for one in found
        if one["name"] == artifact
        and not one["expired"]
        and one["workflow_run"]["head_repository_id"] == one["workflow_run"]["repository_id"]
    ]
    newest = max(kept, key=lambda one: str(one["created_at"]), default=None)
    return str(newest["workflow_run"]["id"]) if newest else ""


def main() -> None:
    """Print where the store of the exhibit is kept."""
    given = [word for word in sys.argv[1:] if word != "--kept"]
    if len(given) != 1:
        raise RefusedError("name an exhibit, as `find_store.py imagenet`")
    artifact = artifact_name(given[0])
    made = os.environ.get("RUN", "")
    if made:
        if os.environ.get("ARTIFACT") != artifact:
            warn(
                f"Nothing is published: the figures that were made are not those that this commit "
                f"needs now ({artifact}). The run of the newest push makes and publishes them; "
                "without one, start Figures by hand."
            )
            made = ""
    elif os.environ.get("RERUN") != "true":
        made = find_run(artifact)
        if "--kept" in sys.argv and not made:
            raise RefusedError(
                f"no run keeps {artifact}; start Figures on this branch or tag, which makes and "
                "publishes it"
            )
    tell(artifact=artifact, run=made)


if __name__ == "__main__":
    run(main)
