"""The last committed results of the benchmark, as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import TemplateNotFound

from generator.errors import GeneratorError
from generator.pages.page import Page
from generator.records.benchmark import BenchmarkFormat, BenchmarkResults, BenchmarkRow, Hardware
from generator.records.schema import from_json

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


@dataclass(frozen=True)
class Line:
    """A row with its numbers as they are printed; what was not measured is empty.

    ``apart`` says when it was measured, where that was on another day than the others.
    """

    title: str
    measured: str
    spread: str
    asked: str
    reason: str
    held: bool | None
    apart: str = ""


@dataclass(frozen=True)
class Results:
    """What the page shows: ``groups`` of lines by their heading, the ``machine`` in words."""

    date: str
    machine: str
    versions: Mapping[str, str]
    groups: Mapping[str, list[Line]]


class Benchmark(Page):
    """Words for the page of the benchmark."""

    def benchmark(self) -> Results:
        """The committed results. Raises GeneratorError where they can't be read."""
        results = self._results()
        groups: dict[str, list[Line]] = {}
        for row in results.rows:
            groups.setdefault(GROUPS.get(row.group, row.group), []).append(_line(row))
        return Results(results.date, _machine(results.machine), results.versions, groups)

    def _results(self) -> BenchmarkResults:
        try:
            text = self._sources.text(RESULTS)
            if from_json(text, BenchmarkFormat).format != FORMAT:
                raise GeneratorError(f"docs/{RESULTS}: is not of format {FORMAT}; make it again")
            return from_json(text, BenchmarkResults)
        except (TemplateNotFound, ValueError) as error:
            raise GeneratorError(
                f"docs/{RESULTS}: can't be read; make it with `python -m generator bench --json`"
            ) from error


def _line(row: BenchmarkRow) -> Line:
    measured = spread = asked = ""
    unit = "" if row.unit == "times" else f" {row.unit}"
    if row.measured is not None:
        median, low, high = map(_number, (row.measured.median, row.measured.low, row.measured.high))
        measured = f"{median}{unit}"
        spread = f"{low} to {high}" if low != high else ""
    if row.at_most is not None:
        asked = f"at most {_number(row.at_most)}{unit}"
    if row.at_least is not None:
        asked = f"at least {_number(row.at_least)}{unit}"
    apart = f"{row.date}, with torch {row.torch}" if row.date else ""
    return Line(row.title, measured, spread, asked, row.reason, row.held, apart)


def _number(value: float) -> str:
    """Three digits are as many as two runs have in common."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _machine(hardware: Hardware) -> str:
    words = f"{hardware.system} on {hardware.processor}, {hardware.cores} processor cores"
    words += f", {hardware.threads} threads for the network, {hardware.instructions} instructions"
    return words + (f", a GPU ({hardware.gpu})" if hardware.gpu else ", no GPU")
