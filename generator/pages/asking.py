"""Which of these patches fires this unit? Questions whose answers the build has measured."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator import caption
from generator.language import say
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
            self._question(question)
            for question in self._manifest.questions
            if question.layer in self._manifest.layers
        ]
        if not asked:
            return Markup()
        return self._course("patch_quiz", asked)

    def _question(self, quiz: PatchQuestion) -> Question:
        figures, channel = self._figures(quiz.layer), quiz.channel
        options = [
            Option(
                patch=self._patch(figures, option.channel, option.slot, say("A patch to choose")),
                letter=letter,
                value=caption.number_of(option.value),
                right=option.right,
            )
            for letter, option in zip("ABCDEFGH", quiz.options, strict=False)
        ]
        return Question(
            layer=quiz.layer,
            channel=channel,
            link=self.link(f"layers/{quiz.layer}.md#unit-{channel}"),
            examples=[
                self._patch(
                    figures,
                    channel,
                    slot,
                    say("One of the strongest patches of unit {channel}", channel=channel),
                )
                for slot in quiz.examples
            ],
            options=options,
            right=next(option.letter for option in options if option.right),
            crisp=figures.crisp,
        )

    def _patch(self, figures: LayerFigures, channel: int, slot: int, what: str) -> Pattern:
        factor = max(-(-LEAST_TILE // figures.tile), round(WIDTH / figures.tile), 1)
        image = self._image(
            "patches", figures, figures.units[channel], figures.units[channel].patches, factor
        )
        assert image is not None
        row, column = divmod(slot, 3)
        step = (figures.tile + figures.gap) * factor
        top = figures.units[channel].top[slot]
        named = type(image)(
            image.src,
            image.width,
            image.height,
            say("{what}: cut from {photograph}", what=what, photograph=top.photograph),
        )
        return Pattern(named, figures.tile * factor, column * step, row * step)
