"""Records into the draft: what a first look has seen, before anything was measured."""

from __future__ import annotations

from generator.exhibit import Exhibit
from generator.records.draft import DraftLayer, DraftUnit, StoredDraft
from generator.stages.build import Build
from generator.stages.manifest import (
    collection_entry,
    network_entry,
    settings_entry,
    unit_top,
    versions,
)
from generator.stages.read import read_drawn
from generator.store.manifest import FORMAT


def make_draft(exhibit: Exhibit, key: str, build: Build) -> StoredDraft:
    """The draft of an exhibit whose scan and first look are made."""
    network, collection = build.network, build.collection
    drawn = read_drawn(build.folders["look"])
    return StoredDraft(
        format=FORMAT,
        key=key,
        exhibit=exhibit.name,
        network=network_entry(network),
        collection=collection_entry(build),
        versions=versions(),
        device=exhibit.device,
        settings=settings_entry(build),
        layers=tuple(
            DraftLayer(
                **vars(layer),
                dead=int((top.images < 0).all(axis=1).sum()),
                units=tuple(
                    DraftUnit(channel, unit_top(network, collection, layer, top, channel), own)
                    for channel, own in sorted(drawn.get(layer.index, {}).items())
                ),
            )
            for layer, top in zip(network.layers, build.top, strict=True)
        ),
    )
