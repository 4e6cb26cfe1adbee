"""Which unit was switched off? Questions whose answers were measured."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator import caption
from generator.caption.speaking import hundredth
from generator.caption.words import class_by_itself
from generator.pages.classes import EveryClass, ShownUnit
from generator.records.ablation import RemovalQuestion


@dataclass(frozen=True)
class RemovedOption:
    """A unit to choose; ``value`` is the mean probability that it leaves the class."""

    unit: ShownUnit
    letter: str
    value: str
    right: bool


@dataclass(frozen=True)
class RemovedUnit:
    """A class that one of four units was taken from: ``before`` and ``after`` from 0 to 1."""

    name: str
    layer: int
    before: float
    after: float
    whole: str
    left: str
    options: tuple[RemovedOption, ...]


class Removing(EveryClass):
    """The quiz of the page of the classes."""

    def removed_quiz(self) -> Markup:
        """One question at a time; without scripts all, each with its answer to open."""
        return self._html("removed_quiz", list(map(self._question, self._ablation.questions)))

    def _question(self, asked: RemovalQuestion) -> RemovedUnit:
        one, figures = self._ablation.classes[asked.place], self._figures(self._ablation.layer)
        after = next(each.chance for each in asked.options if each.channel == asked.right)
        return RemovedUnit(
            name=caption.capital(class_by_itself(one.name)),
            layer=figures.layer.index,
            before=one.whole.chance,
            after=after,
            whole=hundredth(one.whole.chance),
            left=hundredth(after),
            options=tuple(
                RemovedOption(
                    unit=self._unit(figures, figures.units[each.channel]),
                    letter=letter,
                    value=hundredth(each.chance),
                    right=each.channel == asked.right,
                )
                for letter, each in zip("ABCD", asked.options, strict=True)
            ),
        )
