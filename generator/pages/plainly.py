"""The plain sentences of the lesson, for its templates; their numbers are in the folds."""

from __future__ import annotations

from generator.caption import plain
from generator.pages.manifest import last_over_first
from generator.pages.page import Page
from generator.records import Claim


class Plainly(Page):
    """Words of the templates that say what was found, without a number."""

    def patches_line(self, index: int, row: int, column: int) -> str:
        """In what the patches of the unit in one cell differ; empty if unknown."""
        place = self._cell(index, row, column)
        units = self._manifest.likeness.get(index, {})
        likeness = units.get(place.channel) if place else None
        return plain.patches(likeness) if likeness else ""

    def last_patch_line(self, index: int) -> str:
        """How strong the last patches of a layer's figure are beside the first ones."""
        figures = self._figures(index)
        shown = (figures.units[cell.channel] for cell in figures.cells)
        return plain.weakest(last_over_first(shown, self._manifest.settings.k))

    def agreed_line(self, index: int) -> str:
        """Whether the patches of a unit agree less in a layer than in the first."""
        likeness = self._manifest.likeness
        return plain.agreement_line(likeness.get(1, {}), likeness.get(index, {}))

    def first_layer_line(self) -> str:
        """What the first layer picks out."""
        return plain.first_layer_line([unit.claims for unit in self._figures(1).units.values()])

    def settling_line(self) -> str:
        """Whether lower layers settled first."""
        return plain.settling_line(self._manifest.forming) if self._manifest.forming else ""

    def onward_line(self, index: int) -> str:
        """Whether a layer does better at the drawings than the one before it."""
        return plain.onward_line(self._manifest.hierarchy, index)

    def deeper_line(self) -> str:
        """Whether deeper layers tell more of the drawings apart."""
        return plain.deeper(self._manifest.hierarchy)

    def easy_line(self) -> str:
        """Which drawings the first layer tells already."""
        return plain.easy(self._manifest.hierarchy)

    def favourites_line(self, index: int) -> str:
        """The classes that the units of a layer's figure answer to most."""
        figures = self._figures(index)
        claims: list[Claim] = []
        for cell in figures.cells:
            claims += figures.units[cell.channel].claims
        return plain.favourites(claims)
