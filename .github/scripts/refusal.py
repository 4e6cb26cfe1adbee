"""How the scripts of this folder find the project and say no: one line, and exit status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # the package of this checkout, whatever is installed


class RefusedError(Exception):
    """What is wrong, with which file or value, and what to do about it."""


def run(main: Callable[[], None]) -> None:
    """Run a script; its errors become a line and a status."""
    try:
        main()
    except RefusedError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(2)


def warn(said: str) -> None:
    """Print a warning; a workflow shows it on the page of its run as well."""
    inside = os.environ.get("GITHUB_ACTIONS") == "true"
    print(f"::warning::{said}" if inside else said, file=sys.stderr)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{said}\n")


def tell(**outputs: str) -> None:
    """Print results as ``name=value``; inside a workflow, hand them to its next steps as well."""
    lines = "".join(f"{name.replace('_', '-')}={value}\n" for name, value in outputs.items())
    sys.stdout.write(lines)
    target = os.environ.get("GITHUB_OUTPUT")
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(lines)
