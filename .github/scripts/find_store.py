"""Is there a store of this commit's figures already? `find_store.py EXHIBIT`.

A store is uploaded under a name that ends with the content of all that its figures depend on, so
the same name means the same figures, whichever commit made them. Prints

    artifact   the name under which this commit's store is kept
    run        the workflow run that keeps it; empty where there is none, or RERUN is `true`

It asks the forge that the environment names (GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN).
RUN and ARTIFACT, if set, tell what a run has just made. It is the answer if it is this commit's;
if it is not, main has moved on meanwhile, and another run makes what is needed now.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from refusal import ROOT, RefusedError, run, tell

# What turns a finished store into pages can't change what is in it.
PAGES_ONLY = ("pages", "caption", "gen_pages.py", "check.py")


def artifact_name(exhibit: str, root: Path = ROOT) -> str:
    """``store-EXHIBIT-`` and sixteen digits that change with anything the figures depend on."""
    package = root / "generator"
    table = tomllib.loads((package / "exhibits.toml").read_text(encoding="utf-8"))
    if exhibit not in table:
        raise RefusedError(
            f"generator/exhibits.toml: has no [{exhibit}]; it has {', '.join(table)}"
        )
    whole = hashlib.sha256(json.dumps(table[exhibit], sort_keys=True).encode())
    for path in sorted(path for path in package.rglob("*") if path.is_file()):
        inside = path.relative_to(package)
        hidden = "__pycache__" in inside.parts or inside.name == "exhibits.toml"
        if not hidden and inside.parts[0] not in PAGES_ONLY:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(f"{inside.as_posix()}\0{content}\n".encode())
    return f"store-{exhibit}-{whole.hexdigest()[:16]}"


def find_run(artifact: str) -> str:
    """The newest run of this repository's own that still keeps the artifact, or nothing."""
    address = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    repository = os.environ.get("GITHUB_REPOSITORY")
    if not repository:
        raise RefusedError("GITHUB_REPOSITORY is not set; give it as OWNER/NAME")
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise RefusedError(f"GITHUB_API_URL is {address!r}; it takes an address of the web")
    question = urllib.parse.urlencode({"name": artifact, "per_page": 100})
    request = urllib.request.Request(  # noqa: S310  the scheme is looked at above
        f"{address}/repos/{repository}/actions/artifacts?{question}",
        headers={"Accept": "application/vnd.github+json"},
    )
    if token := os.environ.get("GITHUB_TOKEN"):
        # A header that is not repeated to wherever an answer may redirect.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            found: list[dict[str, Any]] = json.load(answer)["artifacts"]
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{address}: does not say which stores are kept ({error})") from error
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
    if len(sys.argv) != 2:
        raise RefusedError("name an exhibit, as `find_store.py imagenet`")
    artifact = artifact_name(sys.argv[1])
    made = os.environ.get("RUN")
    if made:
        tell(artifact=artifact, run=made if os.environ.get("ARTIFACT") == artifact else "")
    elif os.environ.get("RERUN") == "true":
        tell(artifact=artifact, run="")
    else:
        tell(artifact=artifact, run=find_run(artifact))


if __name__ == "__main__":
    run(main)
