"""Say what a commit is published as, where, and with which exhibit: `release.py [REF]`.

REF is `refs/heads/main` or `refs/tags/vX.Y.Z`; left out, it is the environment's GITHUB_REF. The
address of the site is SITE_URL, or what GitHub Pages gives to GITHUB_REPOSITORY. The exhibit is
EXHIBIT, or where that is not set the one of Open Images, once their lock is committed.
"""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

from refusal import ROOT, RefusedError, run, tell
from rules import name_of

LOCK = "openimages.lock"  # as the generator calls it


def package_version() -> str:
    """``__version__`` of the package, read without importing it."""
    source = (ROOT / "generator" / "__init__.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    raise RefusedError("generator/__init__.py: sets no __version__")


def release_name(ref: str | None = None) -> str:
    """The name that the commit in this folder is published under at ``ref``."""
    ref = ref or os.environ.get("GITHUB_REF")
    if not ref:
        raise RefusedError("name a ref, as refs/heads/main or refs/tags/v0.2.0")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return name_of(ref, package_version(), changelog)


def site_url() -> str:
    """The address that the site is published at; empty where nothing tells it."""
    owner, _, name = os.environ.get("GITHUB_REPOSITORY", "").partition("/")
    host = f"{owner.lower()}.github.io"
    pages = f"https://{host}/" + ("" if name.lower() == host else f"{name}/")
    return os.environ.get("SITE_URL") or (pages if name else "")


def published_exhibit(root: Path = ROOT) -> str:
    """The exhibit that is published from the checkout in ``root``.

    Without their lock nobody knows which photographs of Open Images are to be shown.
    """
    chosen = "openimages" if (root / LOCK).is_file() else "imagenet"
    return os.environ.get("EXHIBIT") or chosen


def main() -> None:
    """Print ``name`` (dev or X.Y), ``site-url`` and ``exhibit``; RefusedError for other refs."""
    name = release_name(sys.argv[1] if len(sys.argv) > 1 else None)
    tell(name=name, site_url=site_url(), exhibit=published_exhibit())


if __name__ == "__main__":
    run(main)
