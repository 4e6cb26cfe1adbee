"""The page of the classes: which units speak for each, and what is lost without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from unicodedata import combining, normalize

from markupsafe import Markup

from generator import caption
from generator.caption import speaking
from generator.caption.words import class_by_itself, in_words
from generator.errors import StoreError
from generator.language import named, say
from generator.pages.class_anchors import anchors
from generator.pages.feeding import first_name, layer_below
from generator.pages.manifest import LayerFigures, Unit
from generator.pages.page import PREFERRED, Page
from generator.records.ablation import (
    Ablation,
    Confusion,
    GroupRemoved,
    Outcome,
    Removed,
    Speaker,
    SpokenFor,
)


@dataclass(frozen=True)
class ShownUnit:
    """A unit as a thumbnail: its address, what it was found to be, and its pictures' files."""

    layer: int
    channel: int
    link: str
    named: str
    patches: str
    preferred: str


@dataclass(frozen=True)
class ShownSpeaker:
    """One of the five: ``share`` of the score in percent, empty where there is none to share."""

    unit: ShownUnit
    share: str
    width: float  # of its bar, 0 to 1: the largest share fills it


@dataclass(frozen=True)
class LeftBar:
    """What is left of a class: ``width`` 0 to 1, and where draws differ, from where to where."""

    label: str
    count: str
    width: float
    least: float | None = None
    most: float | None = None

    @classmethod
    def of(cls, label: str, left: Outcome, images: int) -> LeftBar:
        """What is left of so many images."""
        return cls(label, speaking.counted(left.right), left.right / images)


def ranging(label: str, removed: Removed | GroupRemoved, images: int) -> LeftBar:
    """What random units leave of so many images, from the worst draw to the best."""
    return replace(
        LeftBar.of(label, removed.random, images),
        least=removed.least / images,
        most=removed.most / images,
    )


@dataclass(frozen=True)
class TakenFor:
    """A class that images are wrongly taken for; the link is empty where it isn't on the page."""

    name: str
    link: str
    times: int


@dataclass(frozen=True)
class ShownClass:
    """A class as the templates need it; ``whole`` and ``left`` are shares of its images."""

    name: str
    anchor: str
    group: str
    holds: bool
    images: int
    whole: float
    left: float
    overview: str
    sentence: str
    speakers: tuple[ShownSpeaker, ...]
    bars: tuple[LeftBar, ...]
    before: tuple[TakenFor, ...]
    after: tuple[TakenFor, ...]
    path: tuple[ShownUnit, ...]  # from the first layer up
    surely: str
    otherwise: str
    alone: str


class EveryClass(Page):
    """The words of the page of the classes; empty where no class could be asked about."""

    MACROS = "classes.html"

    def classes_words(self) -> str:
        """For how many classes the loss stands out."""
        return speaking.standing_out(self._ablation)

    def classes_list(self) -> Markup:
        """Every class, to be opened; scripts add a box to find one by."""
        places = self._places
        names = [in_order(one.name) for one in self._ablation.classes]
        order = sorted(range(len(places)), key=names.__getitem__)
        return self._html("classes", [self._shown(at) for at in order])

    def class_figure(self) -> Markup:
        """The class whose loss is the clearest, with its units; none, said so, or empty."""
        ablation = self._manifest.ablation
        if ablation is None:
            return Markup()
        one = speaking.clearest(ablation)
        if one is None:
            return self._html("nothing", speaking.none_stands_out(ablation))
        shown = self._shown(ablation.classes.index(one))
        return self._html("example", shown, speaking.example(one))

    @property
    def _ablation(self) -> Ablation:
        found = self._manifest.ablation
        if found is None:
            raise StoreError(f"{self._page}: this build could ask about no class")
        return found

    @cached_property
    def _places(self) -> dict[str, str]:
        """The fragment of each class by its name."""
        names = [one.name for one in self._ablation.classes]
        return dict(zip(names, anchors(names), strict=True))

    def _shown(self, at: int) -> ShownClass:
        one = self._ablation.classes[at]
        figures = self._figures(self._ablation.layer)
        speakers = sorted(one.speakers, key=lambda speaker: -(speaker.share or 0))
        most = max((speaker.share or 0 for speaker in speakers), default=0)
        return ShownClass(
            name=caption.capital(class_by_itself(one.name)),
            anchor=self._places[one.name],
            group=named("group", one.group) if one.group else "",
            holds=one.holds,
            images=one.images,
            whole=one.whole.right / one.images,
            left=one.zero.five.right / one.images,
            overview=speaking.overview(one),
            sentence=speaking.without_five(one),
            speakers=tuple(self._speaker(figures, speaker, most) for speaker in speakers),
            bars=_bars(one),
            before=self._taken(one.mistaken),
            after=self._taken(one.mistaken_without),
            path=self._path(figures, speakers),
            surely=speaking.surely(one),
            otherwise=speaking.otherwise(one),
            alone=speaking.alone(speakers),
        )

    def _speaker(self, figures: LayerFigures, speaker: Speaker, most: float) -> ShownSpeaker:
        share = speaker.share
        return ShownSpeaker(
            unit=self._unit(figures, figures.units[speaker.channel]),
            share="" if share is None else speaking.hundredth(share),
            width=max(0.0, share / most) if share and most > 0 else 0.0,
        )

    def _unit(self, figures: LayerFigures, unit: Unit) -> ShownUnit:
        wish = unit.pictures.get(PREFERRED)
        return ShownUnit(
            layer=figures.layer.index,
            channel=unit.channel,
            link=self.link(f"layers/{figures.layer.index}.md#unit-{unit.channel}"),
            named=first_name(unit),
            patches=self.link(unit.patches.file) if unit.patches else "",
            preferred=self.link(wish.file) if wish else "",
        )

    def _taken(self, confusions: tuple[Confusion, ...]) -> tuple[TakenFor, ...]:
        return tuple(
            TakenFor(
                class_by_itself(one.name),
                f"#{self._places[one.name]}" if one.name in self._places else "",
                one.times,
            )
            for one in confusions
        )

    def _path(self, figures: LayerFigures, speakers: Sequence[Speaker]) -> tuple[ShownUnit, ...]:
        """From the first layer up to the strongest of the units that anything was found to drive.

        Each unit of the path is the one that drives the next most. Empty where nobody looked.
        """
        units = (figures.units[speaker.channel] for speaker in speakers)
        unit = next((unit for unit in units if unit.feeds and unit.feeds.drive), None)
        path: list[ShownUnit] = []
        while unit is not None:
            path.insert(0, self._unit(figures, unit))
            lower = layer_below(self._manifest, figures.layer.index)
            if lower is None or not (unit.feeds and unit.feeds.drive):
                break
            figures, unit = lower, lower.units[unit.feeds.drive[0].channel]
        return tuple(path)


def in_order(name: str) -> str:
    """What classes are sorted by: what they are called, a letter with an accent as one without.

    >>> in_order("\N{LATIN CAPITAL LETTER A WITH DIAERESIS}gyptische Katze")
    'agyptische katze'
    """
    letters = normalize("NFKD", class_by_itself(name).lower())
    return "".join(letter for letter in letters if not combining(letter))


def _bars(one: SpokenFor) -> tuple[LeftBar, ...]:
    units, left, images = in_words(len(one.speakers)), one.zero, one.images
    return (
        LeftBar.of(say("with all units"), one.whole, images),
        LeftBar.of(say("without these {units}", units=units), left.five, images),
        ranging(say("without {units} others, at random", units=units), left, images),
        LeftBar.of(say("without the {units} most active of all", units=units), left.active, images),
    )
