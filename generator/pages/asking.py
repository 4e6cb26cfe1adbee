"""Which of these patches fires this unit? Questions whose answers the build has measured."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator import caption
from generator.pages.figures import LEAST_TILE, Pattern
from generator.pages.manifest import LayerFigures
from generator.pages.page import Page
from generator.records.course import PatchQuestion

WIDTH = 96  # pixels across a patch, about


@dataclass(frozen=True)
class Option:
    """A patch to choose; ``value`` is what the unit answers to its image."""

    patch: Pattern
    letter: str
    value: str
    right: bool


@dataclass(frozen=True)
class Question:
    """One unit, some of its patches, and the patches to choose from."""

    layer: int
    channel: int
    link: str
    examples: list[Pattern]
    options: list[Option]
    right: str  # the letter
    crisp: bool


class Asking(Page):
    """The quiz of the lesson's main page."""

    def patch_quiz(self) -> Markup:
        """One question at a time; without scripts all, each with its answer to open."""
        asked = [
            self._question(one)
            for one in self._manifest.questions
            if one.layer in self._manifest.layers
        ]
        if not asked:
            return Markup()
        return self._course("patch_quiz", asked)

    def _question(self, said: PatchQuestion) -> Question:
        one, channel = self._figures(said.layer), said.channel
        options = [
            Option(
                patch=self._patch(one, option.channel, option.slot, "A patch to choose"),
                letter=letter,
                value=caption.number_of(option.value),
                right=option.right,
            )
            for letter, option in zip("ABCDEFGH", said.options, strict=False)
        ]
        return Question(
            layer=said.layer,
            channel=channel,
            link=self.link(f"layers/{said.layer}.md#unit-{channel}"),
            examples=[
                self._patch(one, channel, slot, f"One of the strongest patches of unit {channel}")
                for slot in said.examples
            ],
            options=options,
            right=next(option.letter for option in options if option.right),
            crisp=one.crisp,
        )

    def _patch(self, one: LayerFigures, channel: int, slot: int, what: str) -> Pattern:
        factor = max(-(-LEAST_TILE // one.tile), round(WIDTH / one.tile), 1)
        image = self._image("patches", one, one.units[channel], one.units[channel].patches, factor)
        assert image is not None
        row, column = divmod(slot, 3)
        step = (one.tile + one.gap) * factor
        top = one.units[channel].top[slot]
        named = type(image)(
            image.src, image.width, image.height, f"{what}: cut from {top.photograph}"
        )
        return Pattern(named, one.tile * factor, column * step, row * step)
