"""A draft into pages: what a few units of each layer answer to, and that nothing was tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator import caption
from generator.errors import StoreError
from generator.pages.links import relative
from generator.pages.page import Image
from generator.pages.sources import Sources
from generator.pages.titles import titled_draft
from generator.records import Picture
from generator.records.draft import DraftLayer, DraftUnit, StoredDraft
from generator.records.pictures import pictures
from generator.store.manifest import DRAFT, MANIFEST, read_draft

FRONT, LAYER = "templates/draft.md", "templates/draft-layer.md"


def draft_pages(store: Path, docs: Path, directory_urls: bool = True) -> dict[str, str | Path]:
    """The pages and figures of a draft, as ``render`` gives those of full figures.

    Raises StoreError for a store that holds no draft, or not the figures that it names.
    """
    draft = titled_draft(read_draft(store))
    sources = Sources(docs)
    made: dict[str, str | Path] = {
        "index.md": sources.get_template(FRONT).render(**_front(draft)),
    }
    for layer in draft.layers:
        uri = f"layers/{layer.index}.md"
        units = [
            (unit, caption.number_of(unit.top[0].value), _images(uri, layer, unit, directory_urls))
            for unit in layer.units
        ]
        made[uri] = sources.get_template(LAYER).render(
            layer=layer, units=units, network=draft.network
        )
    inside = store.resolve()
    for picture in pictures(draft):
        path = store / picture.file
        if not path.is_file() or not path.resolve().is_relative_to(inside):
            raise StoreError(f"{store}: the draft names {picture.file!r}, which is not in it")
        made[picture.file] = path
    return made


def holds_draft(store: Path) -> bool:
    """Whether a store holds a draft and no full figures."""
    return (store / DRAFT).is_file() and not (store / MANIFEST).is_file()


def draft_navigation(store: Path) -> list[dict[str, Any]]:
    """The pages of a draft for MkDocs' ``nav``."""
    layers = [
        {f"Layer {layer.index}": f"layers/{layer.index}.md"} for layer in read_draft(store).layers
    ]
    return [{"A first look": "index.md"}, {"Layers": layers}]


def _front(draft: StoredDraft) -> dict[str, Any]:
    said, images = draft.network, draft.collection
    network = caption.network(
        *(said.name, said.trained_on, said.accuracy, said.accuracy_on, said.random, said.title)
    )
    colours = "not recorded"
    if said.mean and said.std:
        colours = caption.normalisation_words(said.mean, said.std, said.constants, said.random)
    collection = caption.collection(images.title, images.count, images.photographs)
    return {
        **vars(draft),
        "network_sentence": network,
        "constants_words": colours,
        "collection_sentence": collection,
    }


def _images(
    uri: str, layer: DraftLayer, unit: DraftUnit, directory_urls: bool
) -> tuple[Image, Image]:
    """A unit's patches, and these projected."""

    def image(kind: str, one: Picture) -> Image:
        sources = [top.photograph for top in unit.top]
        words = caption.picture(kind, layer.index, unit.channel, unit.top[0].value, sources)
        return Image(relative(uri, one.file, directory_urls), one.width, one.height, words)

    return image("patches", unit.figures.patches), image("projections", unit.figures.projections)
