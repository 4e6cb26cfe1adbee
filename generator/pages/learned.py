"""The words of preferred inputs compared, of features forming, and of patches compared."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.caption import forming as formed
from generator.caption import likeness
from generator.caption import preferred as asked
from generator.language import figure
from generator.pages.page import Image, Page
from generator.records import Picture

TILE = 84  # pixels across a tile of features forming: twice what a first layer's filter has
SIDE = 128  # pixels across a picture of the comparison


@dataclass(frozen=True)
class Moment:
    """A layer's two columns of tiles at one epoch."""

    epoch: int
    when: str
    projections: Image
    patches: Image


class Learned(Page):
    """Preferred inputs by two methods, and units at several epochs of training."""

    MACROS = "learned.html"

    def preferred_words(self) -> str:
        """How many units answer more to their preferred input than to any photograph."""
        return (
            asked.reached(self._manifest.preferred_inputs)
            if self._manifest.preferred_inputs
            else ""
        )

    def moved_words(self) -> str:
        """How far preferred inputs were shifted and scaled while they were made."""
        inputs = self._manifest.preferred_inputs
        return asked.moved(inputs) if inputs else ""

    def patches_words(self, index: int, row: int, column: int) -> str:
        """What the patches of the unit in one cell share and what not; empty if unknown."""
        place = self._cell(index, row, column)
        units = self._manifest.likeness.get(index, {})
        alike = units.get(place.channel) if place else None
        return likeness.compared(alike) if alike else ""

    def agreed_words(self, index: int) -> str:
        """Whether the patches of a unit agree less in a layer than in the first."""
        alike = self._manifest.likeness
        return likeness.agreed(alike.get(1, {}), alike.get(index, {}))

    def called_words(self, index: int) -> str:
        """Which classes the network sees most often in the preferred inputs of a layer."""
        every = [unit.preferred for unit in self._figures(index).units.values()]
        layer = [wish.called for wish in every if wish and wish.called]
        return asked.often(layer) if layer else ""

    def methods_words(self) -> str:
        """Which of the two methods came further."""
        return (
            asked.methods(self._manifest.preferred_inputs)
            if self._manifest.preferred_inputs
            else ""
        )

    def methods_figure(self, text: str) -> Markup:
        """A few units by both methods, one above the other; empty without preferred inputs."""
        if not self._manifest.preferred_inputs:
            return Markup()
        units = []
        for index, channel, *both in asked.both(self._manifest.preferred_inputs):
            images = [
                self._sized(
                    wish.picture,
                    asked.preferred_picture(index, channel, wish.activation, wish.multiple, method),
                    SIDE,
                )
                for wish, method in zip(both, ("waves", "pixels"), strict=True)
            ]
            told = [asked.times(method.multiple) if method.multiple else "" for method in both]
            units.append((index, channel, list(zip(images, told, strict=True))))
        return self._html("methods_figure", units, text)

    def forming_figure(self, text: str, layers: tuple[int, ...] = ()) -> Markup:
        """Units of each layer at every kept epoch, with a slider where scripts run.

        ``layers`` names some only. Empty where the network kept no snapshots of its training.
        """
        forming = self._manifest.forming
        if not forming:
            return Markup()
        shown = []
        for layer in forming.layers:
            index = layer.index
            if index not in (layers or self._manifest.layers):
                continue
            figures = self._figures(index)
            # The pixels of a filter stay whole; other tiles are all of one size.
            factor = max(1, TILE // figures.tile) if figures.crisp else TILE / figures.tile
            moments = []
            for epoch, at in zip(forming.epochs, layer.epochs, strict=True):
                images = {
                    kind: self._sized(
                        picture,
                        formed.forming_picture(kind, index, epoch, at.units),
                        round(picture.width * factor),
                    )
                    for kind, picture in vars(at.figures).items()
                }
                moments.append(Moment(epoch, formed.when(epoch), **images))
            shown.append((figures, layer.channels, moments))
        return self._html("forming_figure", shown, text)

    def patches_of_forming(self) -> str:
        """Among which images the patches of features forming are the strongest."""
        forming, count = self._manifest.forming, self._manifest.collection.count
        return formed.sought(forming.images, forming.spread, count) if forming else ""

    def settling_figure(self, text: str) -> Markup:
        """How near each layer is to its end, over the epochs; empty without snapshots."""
        forming = self._manifest.forming
        if not forming:
            return Markup()
        plot = self._svg(forming.figure, formed.settling_picture(forming))
        rows = [[figure(f"{value:.2f}") for value in row] for row in forming.similarity]
        return self._html("settling_figure", plot, forming.epochs, rows, text)

    def settling_words(self) -> str:
        """Whether lower layers settle first, with the numbers that say so."""
        return " ".join(formed.settled(self._manifest.forming)) if self._manifest.forming else ""

    def _sized(self, picture: Picture, alt: str, width: int) -> Image:
        height = round(picture.height * width / picture.width)
        return Image(self.link(picture.file), width, height, alt)
