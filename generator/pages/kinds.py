"""What is lost without all units of a kind, as bars beside their control."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.caption import kinds
from generator.caption.words import in_words
from generator.language import say
from generator.pages.classes import LeftBar, ranging
from generator.pages.page import Page
from generator.records.ablation import UnitGroup


@dataclass(frozen=True)
class ShownGroup:
    """A group as the templates need it."""

    title: str
    images: int
    bars: tuple[LeftBar, ...]
    found: str
    numbers: str


class Kinds(Page):
    """The words of whole groups of units; for builds that measured some."""

    MACROS = "classes.html"

    def groups_figure(self, text: str) -> Markup:
        """For each group what is left without it, and without as many random units."""
        return self._html("groups", [_shown(group) for group in self._groups], text)

    def groups_words(self) -> str:
        """Which groups are missed more than random units."""
        return kinds.told_of_groups(self._groups)

    @property
    def _groups(self) -> tuple[UnitGroup, ...]:
        ablation = self._manifest.ablation
        return ablation.groups if ablation else ()


def _shown(group: UnitGroup) -> ShownGroup:
    left, images = group.zero, group.images
    number = in_words(len(group.channels))
    return ShownGroup(
        title=kinds.group_title(group),
        images=images,
        bars=(
            LeftBar.of(say("with all units"), group.whole, images),
            LeftBar.of(say("without these"), left.group, images),
            ranging(say("without {number} at random", number=number), left, images),
        ),
        found=kinds.found_of_group(group),
        numbers=kinds.group_numbers(group),
    )
