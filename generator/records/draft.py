"""What a draft says: a first look at a network, of which nothing was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.records.manifest import CollectionEntry, NetworkEntry, SettingsEntry
from generator.records.networks import Layer
from generator.records.units import Top, UnitPictures


@dataclass(frozen=True)
class DraftUnit:
    """One of the few units that a draft draws, with its strongest images."""

    channel: int
    top: tuple[Top, ...]
    figures: UnitPictures


@dataclass(frozen=True)
class DraftLayer(Layer):
    """A layer with the ``units`` drawn of it; ``dead`` of its channels never fire."""

    dead: int
    units: tuple[DraftUnit, ...]


@dataclass(frozen=True, kw_only=True)
class StoredDraft:
    """All that a draft knows; ``key`` changes with whatever it depends on."""

    format: int
    key: str
    exhibit: str
    network: NetworkEntry
    collection: CollectionEntry
    versions: Mapping[str, str]
    device: str
    settings: SettingsEntry
    layers: tuple[DraftLayer, ...]
