"""The words of the pages around the lesson: this network's maps, filters, sizes and parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from generator import caption
from generator.errors import unknown
from generator.language import figure, say
from generator.pages.glossary import Term, terms
from generator.pages.manifest import Manifest
from generator.pages.page import Image, Page
from generator.pages.sources import Sources
from generator.records import Part, Picture
from generator.records.course import Filter, FilterBank

PHOTOGRAPH = 192  # pixels across the photograph, at most; small ones are enlarged
FIRST = 12  # rows of a table that are seen at once; a longer one is folded up
WINDOWS = ("convolution", "max-pool", "average-pool")
LEARNING = ("convolution", "linear")
# What scripts are handed: of a map that moves, and of the filters to slide over a patch.
MOVING = ("layer", "channel", "places", "whole", "follows")
CONVOLVING = ("kernel", "stride", "padding", "pixels", "mean", "std")


@dataclass(frozen=True)
class Moving:
    """The map of one unit for every place of the photograph, side by side in one picture."""

    layer: int
    channel: int
    image: Image


@dataclass(frozen=True)
class SlidingWindow:
    """A square window that slides, as the scripts take it; shapes are (C, H, W)."""

    name: str
    kind: str
    kernel: int
    stride: int
    padding: int
    ceil: bool
    groups: int
    input: tuple[int, ...]
    output: tuple[int, ...]
    weights: int
    biases: int


class Course(Page):
    """Figures, tables and things to try, all made from the network of this build."""

    def __init__(
        self, manifest: Manifest, sources: Sources, page: str, directory_urls: bool
    ) -> None:
        super().__init__(manifest, sources, page, directory_urls)
        self._terms: Mapping[str, Term] | None = None
        self._told = 0  # terms explained on this page so far

    # Facts

    def term(self, name: str, text: str = "") -> Markup:
        """A word of the glossary with its card; ``text`` where the sentence bends the word."""
        if self._terms is None:
            self._terms = terms(self._sources)
        known = self._terms.get(name.lower())
        if known is None:
            raise unknown("term of docs/glossary.md", name, self._terms)
        self._told += 1
        link = self.link(f"glossary.md#{known.anchor}")
        return self._course("term", text or name, known, link, self._told)

    def convolutions(self) -> list[Part]:
        """The network's convolutions, in order."""
        return [part for part in self._manifest.architecture if part.kind == "convolution"]

    def parameters_in(self, *kinds: str) -> int:
        """How many parameters the parts of these kinds have together; of all parts without one."""
        return sum(
            part.weights + part.biases
            for part in self._manifest.architecture
            if not kinds or part.kind in kinds
        )

    # Figures

    def through_layers(self, text: str) -> Markup:
        """One photograph, and the maps of a few strong units of each layer."""
        maps = self._manifest.featuremaps
        rows = [
            (
                layer.layer,
                self._figures(layer.layer).layer,
                self._picture(
                    layer,
                    say(
                        "Maps of units {channels} of layer {layer}: bright where they answer to"
                        " {name}",
                        channels=_listed([unit.channel for unit in layer.units]),
                        layer=layer.layer,
                        name=maps.photograph.name,
                    ),
                ),
            )
            for layer in maps.layers
            if layer.layer in self._manifest.layers
        ]
        if not rows:
            return Markup()
        credit = self.credit(maps.photograph.name, titled=True)
        return self._course("through_layers", self._photograph(), rows, text, credit)

    def moving(self, text: str) -> Markup:
        """The photograph at several places, and how the maps of three units go with it."""
        moved = self._manifest.featuremaps.moved
        if moved is None:
            return Markup()
        count = len(moved.shifts)
        name = self._manifest.featuremaps.photograph.name
        picture = self._picture(
            moved, say("{name}, at {count} places from left to right", name=name, count=count)
        )
        maps = [
            Moving(
                layer.layer,
                layer.channel,
                self._picture(
                    layer,
                    say(
                        "The map of unit {channel} of layer {layer} for each of the {count} places"
                        " of the photograph",
                        channel=layer.channel,
                        layer=layer.layer,
                        count=count,
                    ),
                ),
            )
            for layer in moved.layers
        ]
        data = {
            "shifts": moved.shifts,
            "layers": [{key: getattr(layer, key) for key in MOVING} for layer in moved.layers],
        }
        last = [(layer.layer, layer.places[-1], layer.follows[-1]) for layer in moved.layers]
        return self._course(
            *("moving", picture, maps, count, _json(data), moved.shifts[-1], last, text),
            self.credit(name),
        )

    def map_sizes(self) -> str:
        """How many places the maps of ``through_layers`` have, in words."""
        shown = {maps.layer for maps in self._manifest.featuremaps.layers}
        layers = [
            figures.layer for index, figures in self._manifest.layers.items() if index in shown
        ]
        return caption.map_sizes(layers) if layers else ""

    def following(self) -> str:
        """How well the maps of ``moving`` follow, in words; empty if not measured."""
        moved = self._manifest.featuremaps.moved
        return caption.following(moved.layers) if moved else ""

    def filter_sheet(self, text: str) -> Markup:
        """All filters of the first convolution."""
        bank = self._manifest.featuremaps.filters
        if bank is None:
            return Markup()
        size = bank.kernel
        alt = say(
            "All {count} filters of {layer}, {size} by {size} pixels each",
            count=bank.count,
            layer=bank.layer,
            size=size,
        )
        return self._course("filter_sheet", self._picture(bank, alt), text)

    def convolution_lab(self) -> Markup:
        """One convolution to step through, with the network's own numbers."""
        bank = self._manifest.featuremaps.filters
        if bank is None:
            return Markup()
        names = {unit.channel: self._unit_name(unit.channel) for unit in bank.units}
        data = {key: getattr(bank, key) for key in CONVOLVING} | {
            "units": [{**vars(unit), "name": names[unit.channel]} for unit in bank.units]
        }
        side = len(bank.pixels)
        first = filter_answer(bank, bank.units[0], 0, 0)
        answer, credit = figure(f"{first:.2f}"), self.credit(bank.photograph)
        return self._course("convolution_lab", bank, side, names, answer, _json(data), credit)

    def field_figure(self, text: str) -> Markup:
        """What one unit in the middle of each layer's map sees of the photograph."""
        size = self._manifest.network.input_size
        rows = []
        for index, figures in self._manifest.layers.items():
            box = figures.layer.field.box(figures.layer.height // 2, figures.layer.width // 2)
            left, top, right, bottom = (100 * min(max(at, 0), size) / size for at in box)
            rows.append((index, figures.layer.field.size, left, top, right - left, bottom - top))
        credit = self.credit(self._manifest.featuremaps.photograph.name)
        return self._course("field_figure", self._photograph(), rows, text, credit)

    # Tables

    def size_table(self) -> Markup:
        """The true sizes of this network: every window that slides, from the picture on."""
        rows = [part for part in self._manifest.architecture if part.kind in WINDOWS]
        return self._course("size_table", rows[:FIRST], rows[FIRST:])

    def parameter_table(self) -> Markup:
        """The parameters of this network, part by part."""
        rows = [part for part in self._manifest.architecture if part.weights + part.biases]
        return self._course("parameter_table", rows[:FIRST], rows[FIRST:], self.parameters_in())

    # Things to try

    def size_lab(self) -> Markup:
        """The rule for sizes, live, beginning with this network's first convolution."""
        windows = self._windows()
        data = {"parts": list(map(vars, windows))}
        first = windows[0] if windows else None
        return self._course("size_lab", first, first and _exact(first), _json(data))

    def parameter_lab(self) -> Markup:
        """The rule for parameters, live, with this network's convolutions to choose from."""
        windows = self._windows()
        data = {"parts": list(map(vars, windows))}
        whole = (
            window for window in windows if window.kind == "convolution" and window.groups == 1
        )
        first = next(whole, None)
        counts = _counts(first) if first else []
        tens = math.ceil(max((math.log10(count) for _, count in counts), default=1))
        bars = [(name, count, math.log10(count) / tens) for name, count in counts]
        return self._course("parameter_lab", first, bars, tens, _json(data))

    def quiz(self, kind: str, solution: bool = False) -> Markup:
        """The questions with fresh numbers: ``shape``, ``parameters`` or ``sharing``.

        With ``solution`` the same numbers worked through.
        """
        data = {"kind": kind, "parts": list(map(vars, self._windows()))}
        return self._course("quiz", kind, solution, _json(data))

    # What lies beneath

    def _windows(self) -> list[SlidingWindow]:
        """The square windows of this network as the scripts take them, up to the first dozen."""
        return [
            SlidingWindow(
                name=part.name,
                kind=part.kind,
                kernel=part.kernel[0],
                stride=part.stride[0],
                padding=part.padding[0],
                ceil=part.ceil_mode,
                groups=part.groups,
                input=part.input,
                output=part.output,
                weights=part.weights,
                biases=part.biases,
            )
            for part in self._manifest.architecture
            if part.kind in WINDOWS
            and part.kernel
            and part.stride
            and part.padding
            and part.dilation == (1, 1)
            and part.kernel[0] == part.kernel[1]
            and part.stride[0] == part.stride[1]
            and part.padding[0] == part.padding[1]
        ][:FIRST]

    def _unit_name(self, channel: int) -> str:
        first = self._manifest.layers.get(1)
        cells = first.cells if first else ()
        for cell in cells:
            if cell.wanted and cell.channel == channel and cell.earned:
                return say(
                    "Unit {channel}: {wanted}",
                    channel=channel,
                    wanted=caption.wanted_name(cell.wanted),
                )
        return say("Unit {channel}", channel=channel)

    def _photograph(self) -> Image:
        photograph = self._manifest.featuremaps.photograph
        factor = max(1, PHOTOGRAPH // photograph.width)
        image = self._picture(
            photograph, say("The photograph: {name}, as the network gets it", name=photograph.name)
        )
        return Image(image.src, image.width * factor, image.height * factor, image.alt)

    def _picture(self, picture: Picture, alt: str) -> Image:
        return Image(self.link(picture.file), picture.width, picture.height, alt)


def _exact(part: SlidingWindow) -> str:
    """What the rule gives for a window, as its script writes it, and how that is rounded."""
    steps, rest = divmod(part.input[2] + 2 * part.padding - part.kernel, part.stride)
    if not rest:
        return str(steps + 1)
    exact, output = figure(f"{steps + 1 + rest / part.stride:.2f}"), part.output[2]
    if part.ceil:
        return say("{exact}, rounded up to {output}", exact=exact, output=output)
    return say("{exact}, rounded down to {output}", exact=exact, output=output)


def _counts(part: SlidingWindow) -> list[tuple[str, int]]:
    """The parameters of a convolution, and of what would take its place without sharing."""
    outputs = math.prod(part.output)
    window = part.kernel**2 * part.input[0] + 1
    return [
        (say("shared: a convolution"), window * part.output[0]),
        (say("patches, nothing shared"), window * outputs),
        (say("all joined to all"), (math.prod(part.input) + 1) * outputs),
    ]


def filter_answer(bank: FilterBank, unit: Filter, row: int, column: int) -> float:
    """What a filter answers at one place of the patch, without padding: one sum, in plain loops."""
    total = unit.bias
    for colour, (mean, std) in enumerate(zip(bank.mean, bank.std, strict=True)):
        for y, weights in enumerate(unit.weights[colour]):
            for x, weight in enumerate(weights):
                pixel = bank.pixels[row + y][column + x][colour]
                total += weight * (pixel / 255 - mean) / std
    return total


def _json(data: Any) -> Markup:
    """JSON that may stand inside an attribute's quotes."""
    return htmlsafe_json_dumps(data, separators=(",", ":"))


def _listed(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return say("{most} and {last}", most=", ".join(most), last=last) if most else last
