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
        self._macros = sources.get_template("templates/remade.html").module
        self._found = manifest.remade

    def steps_figure(self, text: str) -> Markup:
        """One activation followed down to the pixels; empty where a network has no such way."""
        found = self._found.steps
        if not found:
            return Markup()
        steps = []
        for number, one in enumerate(found.steps, start=1):
            title, what = said.step(one, last=number == len(found.steps))
            plot = self._svg(one.figure, said.step_picture(one, number)) if one.figure else None
            steps.append((title, what, one.channel, plot))
        images = []
        for kind, title in (("patch", "What the unit saw"), ("projection", "The projection")):
            picture = getattr(found.figures, kind)
            factor = max(1, TILE // picture.width)
            image = self._shown(picture, said.followed_picture(kind, found), picture.width * factor)
            images.append((title, image))
        return self._html("steps_figure", found, steps, images, text)

    def layout_figure(self, text: str) -> Markup:
        """The network as boxes: wide, and for a phone tall."""
        found = self._found.layout
        alt = said.layout_picture(found)
        plots = {kind: self._svg(plot, alt) for kind, plot in vars(found.figures).items()}
        return self._html("layout_figure", plots, text)

    def filters_figure(self, text: str) -> Markup:
        """The first layer's filters as learned, and clipped; empty where there are none."""
        found = self._found.filters
        if not found:
            return Markup()
        clip = f"None stronger than {found.radius:.2g}"
        sheets = [
            (
                title,
                self._shown(getattr(found.figures, kind), said.filters_picture(kind, found)),
            )
            for kind, title in (("plain", "As learned"), ("clipped", clip))
        ]
        return self._html("filters_figure", sheets, text)

    def filters_words(self) -> list[str]:
        """Strengths, dead filters and folding, a sentence or two each."""
        found = self._found.filters
        if not found:
            return []
        return [said.filter_strengths(found), said.dead_filters(found), said.folding(found)]

    def invariance_figure(self, text: str) -> Markup:
        """For each change samples of the photographs and three plots."""
        found = self._found.invariance
        if not found:
            return Markup()
        names = [one.photograph for one in found.photographs]
        rows = []
        for change in found.changes:
            kind = change.kind
            pictures: dict[str, Picture] = dict(vars(change.figures))
            alts = {name: said.moved_picture(kind, name, change, names) for name in pictures}
            samples = self._shown(pictures.pop("samples"), alts["samples"], SAMPLES)
            plots = {name: self._svg(one, alts[name]) for name, one in pictures.items()}
            rows.append((said.CHANGES[kind].capitalize(), samples, plots))
        return self._html("invariance_figure", found, rows, text)

    def invariance_words(self) -> list[str]:
        """How far features moved, a sentence or two for each change."""
        found = self._found.invariance
        return [said.features_moved(change) for change in found.changes] if found else []

    def occlusion_figure(self, text: str) -> Markup:
        """Six pictures of each covered photograph, with their scales and their legend."""
        found = self._found.occlusion
        if not found:
            return Markup()
        rows = [
            (one, self._panels(one, found.square), said.covered(one)) for one in found.photographs
        ]
        return self._html("occlusion_figure", rows, ",".join(found.scale), text)

    def _panels(self, one: Covered, square: int) -> list[Panel]:
        most = max(one.plain.activity, *(max(row) for row in one.activity))
        surest = max(one.plain.probability, *(max(row) for row in one.probability))
        titles = (
            ("photograph", "The photograph", ""),
            ("covered", "Covered where it costs most", ""),
            ("activity", f"Activity of unit {one.channel}", number_of(most)),
            ("probability", f"Probability: {one.label}", said.share(surest)),
            ("classes", "Most probable class", ""),
            ("projection", f"Projection of unit {one.channel}", ""),
        )
        panels = []
        for kind, title, highest in titles:
            picture = getattr(one.figures, kind)
            alt = said.covered_picture(kind, one, square)
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
