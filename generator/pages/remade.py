"""The words of *The paper's figures, remade*: its figures as blocks of HTML, with their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.caption import number_of
from generator.caption import remade as said
from generator.pages.manifest import Manifest
from generator.pages.page import Image, Page
from generator.pages.sources import Sources
from generator.records import Picture
from generator.records.remade import Covered

PANEL = 192  # CSS pixels across a picture of a covered photograph, at most
SAMPLES = 250  # across the samples of a change
TILE = 162  # across the patch and the projection of the steps, at most; the factor stays whole


@dataclass(frozen=True)
class Panel:
    """One picture with its title; heat maps have a scale from zero to ``highest``."""

    kind: str
    title: str
    image: Image
    highest: str = ""


class Remade(Page):
    """The figures of the paper, of this network."""

    def __init__(
        self, manifest: Manifest, sources: Sources, page: str, directory_urls: bool
    ) -> None:
        super().__init__(manifest, sources, page, directory_urls)
        self._macros = self._made_from("templates/remade.html")
        self._found = manifest.remade

    def steps_figure(self, text: str) -> Markup:
        """One activation followed down to the pixels; empty where a network has no such way."""
        way = self._found.steps
        if not way:
            return Markup()
        steps = []
        for number, step in enumerate(way.steps, start=1):
            title, what = said.step(step, last=number == len(way.steps))
            plot = self._svg(step.figure, said.step_picture(step, number)) if step.figure else None
            steps.append((title, what, step.channel, plot))
        images = []
        for kind, title in (("patch", "What the unit saw"), ("projection", "The projection")):
            picture = getattr(way.figures, kind)
            factor = max(1, TILE // picture.width)
            image = self._shown(picture, said.followed_picture(kind, way), picture.width * factor)
            images.append((title, image))
        credit = self.credit(way.photograph)
        return self._html("steps_figure", way, steps, images, text, credit)

    def layout_figure(self, text: str) -> Markup:
        """The network as boxes: wide, and for a phone tall."""
        layout = self._found.layout
        alt = said.layout_picture(layout)
        plots = {kind: self._svg(plot, alt) for kind, plot in vars(layout.figures).items()}
        return self._html("layout_figure", plots, text)

    def filters_figure(self, text: str) -> Markup:
        """The first layer's filters as learned, and clipped; empty where there are none."""
        filters = self._found.filters
        if not filters:
            return Markup()
        clip = f"None stronger than {filters.radius:.2g}"
        sheets = [
            (
                title,
                self._shown(getattr(filters.figures, kind), said.filters_picture(kind, filters)),
            )
            for kind, title in (("plain", "As learned"), ("clipped", clip))
        ]
        return self._html("filters_figure", sheets, text)

    def filters_words(self) -> list[str]:
        """Strengths, dead filters and folding, a sentence or two each."""
        filters = self._found.filters
        if not filters:
            return []
        return [said.filter_strengths(filters), said.dead_filters(filters), said.folding(filters)]

    def invariance_figure(self, text: str) -> Markup:
        """For each change samples of the photographs and three plots."""
        invariance = self._found.invariance
        if not invariance:
            return Markup()
        names = [photograph.photograph for photograph in invariance.photographs]
        rows = []
        for change in invariance.changes:
            kind = change.kind
            pictures: dict[str, Picture] = dict(vars(change.figures))
            alts = {name: said.moved_picture(kind, name, change, names) for name in pictures}
            samples = self._shown(pictures.pop("samples"), alts["samples"], SAMPLES)
            plots = {name: self._svg(picture, alts[name]) for name, picture in pictures.items()}
            rows.append((said.CHANGES[kind].capitalize(), samples, plots))
        whose = [self.credit(name, titled=True) for name in names]
        return self._html("invariance_figure", invariance, rows, text, whose)

    def invariance_words(self) -> list[str]:
        """How far features moved, a sentence or two for each change."""
        invariance = self._found.invariance
        return [said.features_moved(change) for change in invariance.changes] if invariance else []

    def occlusion_figure(self, text: str) -> Markup:
        """Six pictures of each covered photograph, with their scales and their legend."""
        occlusion = self._found.occlusion
        if not occlusion:
            return Markup()
        rows = [
            (
                photograph,
                self._panels(photograph, occlusion.square),
                said.covered(photograph),
                self.credit(photograph.photograph, titled=True),
            )
            for photograph in occlusion.photographs
        ]
        return self._html("occlusion_figure", rows, ",".join(occlusion.scale), text)

    def _panels(self, covered: Covered, square: int) -> list[Panel]:
        most = max(covered.plain.activity, *(max(row) for row in covered.activity))
        surest = max(covered.plain.probability, *(max(row) for row in covered.probability))
        titles = (
            ("photograph", "The photograph", ""),
            ("covered", "Covered where it costs most", ""),
            ("activity", f"Activity of unit {covered.channel}", number_of(most)),
            ("probability", f"Probability: {covered.label}", said.share(surest)),
            ("classes", "Most probable class", ""),
            ("projection", f"Projection of unit {covered.channel}", ""),
        )
        panels = []
        for kind, title, highest in titles:
            picture = getattr(covered.figures, kind)
            alt = said.covered_picture(kind, covered, square)
            panels.append(Panel(kind, title, self._shown(picture, alt, PANEL), highest))
        return panels

    def _shown(self, picture: Picture, alt: str, width: int | None = None) -> Image:
        """A picture as wide as asked for, else as it is."""
        wide = width or picture.width
        return Image(
            src=self.link(picture.file),
            width=wide,
            height=round(picture.height * wide / picture.width),
            alt=alt,
        )
