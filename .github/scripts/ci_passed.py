"""Has CI passed for the commit that is checked out? `ci_passed.py`; if not, it is no release.

It asks for the runs of ci.yml on this very commit, on whatever branch or tag they were. A pull
request's don't count: they may be of somebody's fork.
"""

from __future__ import annotations

import subprocess

from forge import ask
from refusal import ROOT, RefusedError, run


def main() -> None:
    """Say nothing if it has."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    runs = ask(
        *("workflows/ci.yml/runs", "workflow_runs", "whether CI has passed"), head_sha=commit
    )
    ends = [
        str(one["conclusion"] or one["status"]) for one in runs if one["event"] != "pull_request"
    ]
    if "success" not in ends:
        raise RefusedError(
            f"CI has not passed for commit {commit[:10]} ({', '.join(ends) or 'no run'}); wait for "
            "it or start CI on this tag, and when it has passed run this again"
        )


if __name__ == "__main__":
    run(main)
