"""The oldest versions that pyproject.toml promises to work with, as constraints for pip.

    python .github/scripts/oldest.py > oldest.txt
    PIP_CONSTRAINT=oldest.txt pip install -e ".[test]"

A lower bound that nobody tests is a guess: CI installs exactly these and runs the tests.
"""

from __future__ import annotations

import re
import tomllib

from refusal import ROOT, RefusedError, run


def oldest() -> list[str]:
    """``name==lower bound`` for every dependency that a build needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = []
    for line in project["dependencies"]:
        name = re.match(r"[\w.-]+", line)
        lower = re.findall(r">=\s*([\w.]+)", line)
        if name is None or len(lower) != 1:
            raise RefusedError(f"pyproject.toml: {line!r} has no lower bound (>=)")
        pinned.append(f"{name[0]}=={lower[0]}")
    return pinned


def main() -> None:
    """Print the constraints."""
    print("\n".join(oldest()))


if __name__ == "__main__":
    run(main)
