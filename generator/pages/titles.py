"""Photographs by their titles, where someone has said what they are called, in place of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from generator.language import named
from generator.records.collections import Credit
from generator.records.course import FeatureMaps
from generator.records.draft import StoredDraft
from generator.records.learned import Forming
from generator.records.live import LiveNetwork
from generator.records.manifest import CollectionEntry, StoredManifest
from generator.records.remade import Invariance, Occlusion, WayDown
from generator.records.units import LayerEntry, SpreadSection, Top


def titled(stored: StoredManifest) -> StoredManifest:
    """All that is told of photographs, with their titles."""
    own = Titles.of(stored.collection.credits)
    if not own.titles:
        return stored
    return replace(
        stored,
        collection=own.collection(stored.collection),
        layers=tuple(map(own.layer, stored.layers)),
        spread=own.spread(stored.spread),
        featuremaps=own.maps(stored.featuremaps),
        occlusion=stored.occlusion and own.occlusion(stored.occlusion),
        invariance=stored.invariance and own.invariance(stored.invariance),
        steps=stored.steps and own.way(stored.steps),
        live=own.live(stored.live),
        forming=stored.forming and own.forming(stored.forming),
    )


def titled_draft(stored: StoredDraft) -> StoredDraft:
    """All that a draft tells of photographs, with their titles."""
    own = Titles.of(stored.collection.credits)
    layers = tuple(
        replace(layer, units=tuple(replace(unit, top=own.top(unit.top)) for unit in layer.units))
        for layer in stored.layers
    )
    return replace(stored, layers=layers)


@dataclass(frozen=True)
class Titles:
    """``titles`` by what the figures call a photograph; one without a title keeps its name."""

    titles: dict[str, str]

    @classmethod
    def of(cls, known: Sequence[Credit]) -> Titles:
        """What the credits say, of photographs that the pages call otherwise than the figures."""
        titles = {credit.name: named("photograph", credit.title) for credit in known}
        return cls({name: title for name, title in titles.items() if name != title})

    def collection(self, entry: CollectionEntry) -> CollectionEntry:
        """Whose the photographs are."""
        known = tuple(replace(credit, title=self.title(credit.name)) for credit in entry.credits)
        return replace(entry, credits=known)

    def title(self, name: str) -> str:
        """What a photograph is called on the pages."""
        return self.titles.get(name, name)

    def top(self, top: Sequence[Top]) -> tuple[Top, ...]:
        """A unit's strongest images."""
        return tuple(structs.replace(one, photograph=self.title(one.photograph)) for one in top)

    def layer(self, entry: LayerEntry) -> LayerEntry:
        """A layer with all its units."""
        units = tuple(replace(unit, top=self.top(unit.top)) for unit in entry.units)
        return replace(entry, units=units)

    def spread(self, section: SpreadSection) -> SpreadSection:
        """The patches from the middle of all units."""
        return replace(
            section,
            layers=tuple(
                tuple(
                    replace(
                        unit,
                        parts=tuple(
                            replace(part, photographs=tuple(map(self.title, part.photographs)))
                            for part in unit.parts
                        ),
                    )
                    for unit in units
                )
                for units in section.layers
            ),
        )

    def maps(self, maps: FeatureMaps) -> FeatureMaps:
        """The photograph that runs through the layers, and the one that a filter slides over."""
        photograph = replace(maps.photograph, name=self.title(maps.photograph.name))
        filters = maps.filters
        if filters is not None:
            filters = replace(filters, photograph=self.title(filters.photograph))
        return replace(maps, photograph=photograph, filters=filters)

    def occlusion(self, found: Occlusion) -> Occlusion:
        """The covered photographs."""
        photographs = tuple(
            structs.replace(one, photograph=self.title(one.photograph)) for one in found.photographs
        )
        return replace(found, photographs=photographs)

    def invariance(self, found: Invariance) -> Invariance:
        """The moved photographs."""
        photographs = tuple(
            structs.replace(one, photograph=self.title(one.photograph)) for one in found.photographs
        )
        return replace(found, photographs=photographs)

    def way(self, found: WayDown) -> WayDown:
        """The photograph that gave the activation which is followed down."""
        return replace(found, photograph=self.title(found.photograph))

    def live(self, found: LiveNetwork) -> LiveNetwork:
        """The photographs that the build has worked out."""
        examples = tuple(
            replace(example, photograph=self.title(example.photograph))
            for example in found.examples
        )
        return replace(found, examples=examples)

    def forming(self, found: Forming) -> Forming:
        """The strongest images of the units that are followed through training."""
        layers = tuple(
            replace(
                layer,
                epochs=tuple(
                    replace(
                        moment,
                        units=tuple(
                            structs.replace(
                                unit, photograph=unit.photograph and self.title(unit.photograph)
                            )
                            for unit in moment.units
                        ),
                    )
                    for moment in layer.epochs
                ),
            )
            for layer in found.layers
        )
        return replace(found, layers=layers)
