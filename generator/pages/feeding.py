"""What a unit is put together from: the units of the layer below that feed it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator import caption
from generator.pages.manifest import LayerFigures, Manifest, Unit
from generator.pages.page import Image, Page
from generator.records.units import Feed


@dataclass(frozen=True)
class Feeder:
    """A unit that feeds another: where it is, what it was found to be, and its patches."""

    link: str
    named: str
    image: Image | None


def layer_below(manifest: Manifest, index: int) -> LayerFigures | None:
    """The shown layer before one; None before the first."""
    known = sorted(manifest.layers)
    at = known.index(index)
    return manifest.layers[known[at - 1]] if at else None


def first_name(unit: Unit) -> str:
    """What a unit was found to be, first of all; empty where nothing was."""
    return next(iter(caption.names([claim for claim in unit.claims if claim.held])), "")


class Feeding(Page):
    """The words about what feeds a unit."""

    def feeds_figure(self, index: int, text: str) -> Markup:
        """One unit of a layer beside those that drive it and those that hold it back.

        The unit is that of the first named cell whose name is held, or of the first cell. Empty
        where the build did not look.
        """
        upper, lower = self._figures(index), layer_below(self._manifest, index)
        named = [cell for cell in upper.cells if cell.earned]
        units = [upper.units[cell.channel] for cell in (*named, *upper.cells)]
        unit = next((unit for unit in units if unit.feeds and unit.feeds.drive), None)
        if lower is None or unit is None or unit.feeds is None:
            return Markup()
        whole = Feeder(
            self.link(f"layers/{index}.md#unit-{unit.channel}"),
            first_name(unit),
            self._image("patches", upper, unit, unit.patches),
        )
        drive, hold = (
            [self._part(lower, feed) for feed in feeds]
            for feeds in (unit.feeds.drive, unit.feeds.hold)
        )
        return self._html("feeds_figure", whole, drive, hold, text)

    def _part(self, lower: LayerFigures, feed: Feed) -> Feeder:
        unit = lower.units[feed.channel]
        return Feeder(
            self.link(f"layers/{lower.layer.index}.md#unit-{feed.channel}"),
            first_name(unit),
            self._image("patches", lower, unit, unit.patches),
        )
