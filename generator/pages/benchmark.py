"""The last committed results of the benchmark, as a page shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateNotFound

from generator.errors import GeneratorError
from generator.pages.page import Page

RESULTS = "benchmark.json"
FORMAT = 1
GROUPS = {
    "scan": "Recording",
    "end-to-end": "From files to the strongest images",
    "projection": "Projecting",
    "peers": "Others at the same work",
    "site": "Building and editing the site",
    "memory": "Memory",
    "live": "In the reader's browser",
    "gpu": "On a GPU",
}


class Benchmark(Page):
    """Words for the page of the benchmark."""

    def benchmark(self) -> Mapping[str, Any]:
        """``date``, ``machine`` in words, ``versions``, and ``groups`` of rows by their heading."""
        found = self._results()
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in found["rows"]:
            groups.setdefault(GROUPS.get(row["group"], row["group"]), []).append(_words(row))
        return {
            "date": found["date"],
            "machine": _machine(found["machine"]),
            "versions": found["versions"],
            "groups": groups,
        }

    def _results(self) -> dict[str, Any]:
        try:
            found = json.loads(self._sources.text(RESULTS))
        except (TemplateNotFound, ValueError) as error:
            raise GeneratorError(
                f"docs/{RESULTS}: can't be read; make it with `python -m generator bench --json`"
            ) from error
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise GeneratorError(f"docs/{RESULTS}: is not of format {FORMAT}; make it again")
        return found


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its numbers as they are printed."""
    said: dict[str, Any] = {key: row[key] for key in ("title", "reason", "held")}
    said |= {"measured": "", "spread": "", "asked": ""}
    unit = "" if row["unit"] == "times" else f" {row['unit']}"
    if row["measured"] is not None:
        median, low, high = (_number(row["measured"][key]) for key in ("median", "low", "high"))
        said["measured"] = f"{median}{unit}"
        said["spread"] = f"{low} to {high}" if low != high else ""
    if row["at_most"] is not None:
        said["asked"] = f"at most {_number(row['at_most'])}{unit}"
    if row["at_least"] is not None:
        said["asked"] = f"at least {_number(row['at_least'])}{unit}"
    return said


def _number(value: float) -> str:
    """Three digits are as many as two runs have in common."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _machine(said: Mapping[str, Any]) -> str:
    cores, threads = said["cores"], said["threads"]
    words = f"{said['system']} on {said['processor']}, {cores} processor cores"
    words += f", {threads} threads for the network, {said['vector instructions']} instructions"
    return words + (f", a GPU ({said['gpu']})" if said["gpu"] else ", no GPU")
