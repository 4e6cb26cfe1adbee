"""Which version a commit is published as, where ``latest`` points, and what is pruned.

| what is built      | published as | ``latest``                                    |
|--------------------|--------------|-----------------------------------------------|
| the branch `main`  | ``dev``      | stays                                         |
| the tag `vX.Y.Z`   | ``X.Y``      | moves there, unless a higher X.Y is published |

Pure: no files, no git.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from refusal import RefusedError

MAIN, DEV, LATEST = "refs/heads/main", "dev", "latest"
KEEP = 6  # releases X.Y that stay, the one under `latest` counted
LIMIT = 600_000_000  # bytes of all versions together; Pages refuses sites above 1 GB
TAG = re.compile(r"refs/tags/v(\d+)\.(\d+)\.(\d+)")
RELEASE = re.compile(r"(\d+)\.(\d+)")


def name_of(ref: str, version: str, changelog: str) -> str:
    """The name that the commit at ``ref`` is published under: ``dev`` or ``X.Y``.

    ``version`` is the package's, ``changelog`` the text of CHANGELOG.md. Raises RefusedError
    for any other branch or tag, for a tag that is not the package's version, and for a release
    without an entry in the changelog.
    """
    if ref == MAIN:
        return DEV
    tag = TAG.fullmatch(ref)
    if tag is None:
        raise RefusedError(f"{ref}: is not published; the branch main and tags vX.Y.Z are")
    tagged = ".".join(tag.groups())
    if tagged != version:
        raise RefusedError(
            f"tag v{tagged}: the package says {version}; set __version__ in "
            "generator/__init__.py first, then tag that commit"
        )
    changes(changelog, version)
    return f"{tag[1]}.{tag[2]}"


def changes(changelog: str, version: str) -> str:
    """What the changelog says is new in ``version``. Raises RefusedError where it has no entry."""
    entry = rf"^## \[?{re.escape(version)}\]?(?:[ \t][^\n]*)?(?:\n|\Z)(.*?)(?=^## |\Z)"
    found = re.search(entry, changelog, re.MULTILINE | re.DOTALL)
    if found is None:
        raise RefusedError(f"CHANGELOG.md: has no entry for {version}; say what is new in it")
    return found[1].strip()


def moves_latest(name: str, published: Iterable[str]) -> bool:
    """Is ``latest`` to point to ``name``? A patch of an older release leaves it where it is."""
    if name == DEV:
        return False
    return all(_order(name) >= _order(other) for other in published if other != DEV)


def pruned(sizes: Mapping[str, int], latest: str | None) -> list[str]:
    """Which versions go, oldest first; ``sizes`` maps each version to its bytes.

    ``dev`` and the version under ``latest`` always stay. Of the others, the newest stay as long
    as there are no more than KEEP releases and no more than LIMIT bytes in all. Raises
    RefusedError when even those two alone are larger than LIMIT.
    """
    fixed = {name for name in (DEV, latest or DEV) if name in sizes}
    total = sum(sizes[name] for name in fixed)
    if total > LIMIT:
        raise RefusedError(
            f"the site would have {total / 1e6:.0f} MB with {' and '.join(sorted(fixed))} alone, "
            f"more than {LIMIT / 1e6:.0f} MB; show fewer layers or patches in the exhibit"
        )
    others = sorted((name for name in sizes if name not in fixed), key=_order, reverse=True)
    kept = len(fixed - {DEV})
    gone: list[str] = []
    for name in others:
        if not gone and kept < KEEP and total + sizes[name] <= LIMIT:
            kept, total = kept + 1, total + sizes[name]
        else:
            gone.append(name)
    return gone[::-1]


def _order(name: str) -> tuple[int, int]:
    release = RELEASE.fullmatch(name)
    return (int(release[1]), int(release[2])) if release else (-1, 0)
