"""Which network shows an exhibit's lesson best: `compare.py FOLDER MODEL...`.

Prints a table: for each place of the lesson that is kept for something (a wheel, dogs' faces), the
unit of each network that earned it, or `-`; and how many each has earned. The stores are made with
the images of --exhibit in FOLDER/MODEL; one that is finished there is taken as it is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from refusal import RefusedError, run

from generator.__main__ import main as generator
from generator.errors import GeneratorError
from generator.records.manifest import StoredManifest
from generator.store.manifest import MANIFEST, read_manifest

NONE = "-"


def table(stores: Mapping[str, StoredManifest]) -> list[tuple[str, ...]]:
    """The rows of the table, its head first: the place, then what each network has there."""
    earned = {name: _earned(store) for name, store in stores.items()}
    places = sorted({place for found in earned.values() for place in found})
    rows = [("", *stores)]
    for place in places:
        index, wanted = place
        rows.append(
            (f"layer {index}: {wanted}", *(found.get(place, "-") for found in earned.values()))
        )
    counts = [
        f"{sum(unit != NONE for unit in found.values())} of {len(found)}"
        for found in earned.values()
    ]
    return [*rows, ("earned", *counts)]


def _earned(store: StoredManifest) -> dict[tuple[int, str], str]:
    return {
        (layer.index, cell.wanted): f"unit {cell.channel}"
        if cell.claim and cell.claim.held
        else "-"
        for layer in store.layers
        for cell in layer.figure.cells
        if cell.wanted
    }


def main() -> None:
    """Make the stores that are missing, and print the table."""
    parser = argparse.ArgumentParser(
        prog="compare.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument(
        "--exhibit", default="openimages", help="whose images (default: %(default)s)"
    )
    options: Any = parser.parse_args(namespace=SimpleNamespace())
    stores = {}
    for model in options.models:
        store = options.folder / model
        if not (store / MANIFEST).is_file():
            given = ["--exhibit", options.exhibit, "--model", model, "--preferred", "none"]
            if status := generator(["figures", *given, "--out", str(store)]):
                sys.exit(status)
        try:
            stores[model] = read_manifest(store)
        except GeneratorError as error:
            raise RefusedError(str(error)) from error
    rows = table(stores)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())


if __name__ == "__main__":
    run(main)
