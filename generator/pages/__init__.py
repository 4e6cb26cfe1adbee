"""A figure store into pages: the Markdown of ``docs/`` with figures and sentences filled in.

No torch, and nothing but the store: what a page says was written down when it was measured.
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import TemplateError

from generator import caption
from generator.caption.drawn import stored_words
from generator.caption.words import in_words
from generator.errors import GeneratorError, StoreError
from generator.language import ENGLISH, figure, named, say, speaking, spoken
from generator.language.catalogue import FOLDER as CATALOGUES
from generator.pages import learned
from generator.pages.asking import Asking
from generator.pages.atlas import Atlas
from generator.pages.benchmark import Benchmark
from generator.pages.bringing import Bringing
from generator.pages.class_anchors import PAGE as CLASSES
from generator.pages.course import Course
from generator.pages.feeding import Feeding
from generator.pages.figures import Words
from generator.pages.kinds import Kinds
from generator.pages.knowing import Knowing
from generator.pages.live import Live, script_files
from generator.pages.live import published as live_files
from generator.pages.manifest import Manifest, load_manifest
from generator.pages.notebook import notebook
from generator.pages.page import Page, registered
from generator.pages.plainly import Plainly
from generator.pages.prose import LANGUAGES, OF_CLASSES, prose, untranslated
from generator.pages.remade import Remade
from generator.pages.removing import Removing
from generator.pages.saying import SAID, said_script
from generator.pages.settings import Settings
from generator.pages.sources import Sources, file_stamps
from generator.pages.unit_data import data_files, unit_files
from generator.records.pictures import Plot, pictures

__all__ = ["Manifest", "load_manifest", "navigation", "read_by_scripts", "render", "untranslated"]

TEMPLATES = "templates"
APART = (TEMPLATES, "overrides", LANGUAGES)  # folders of docs/ that hold no pages
LAYER, NUMBERS = f"{TEMPLATES}/layer.md", f"{TEMPLATES}/numbers.md"
KINDS: tuple[type[Page], ...] = (
    *(Words, Feeding, Plainly, Knowing, Atlas, Remade, learned.Learned),
    *(Course, Asking, Benchmark, Settings, Bringing, Live, Removing, Kinds),
)
PRACTICE = "tensorflow-convolution-layer.md"
NOTEBOOK = "convolution-layer.ipynb"  # the practice page, to take away


def render(
    store: Path,
    docs: Path,
    directory_urls: bool = True,
    from_disk: bool = False,
    language: str = ENGLISH,
) -> dict[str, str | Path]:
    """The pages and figures of a site: address of the source -> Markdown, or a file to publish.

    Every page of ``docs`` is a Jinja template; ``templates/layer.md`` makes one page a layer,
    ``layers/<index>.md``, and ``templates/numbers.md`` one of its numbers;
    ``templates/classes.md`` is left out where no class could be asked about. Every unit has its
    numbers as JSON, too. Names from the store are escaped wherever a template sets them. Pages of a
    site that opens ``from_disk`` promise nothing that only a server can keep. In another
    ``language`` the pages that have prose in it are in that language, and the others in English.

    Raises StoreError for a store that can't be read, GeneratorError for a broken template.
    """
    with speaking(language):
        return _render(store, docs, directory_urls, from_disk)


def _render(
    store: Path, docs: Path, directory_urls: bool, from_disk: bool
) -> dict[str, str | Path]:
    manifest = load_manifest(store)
    sources = _sources(docs, file_stamps(docs / TEMPLATES))
    told = spoken(), file_stamps(CATALOGUES, "*.po")
    basis = store.resolve(), file_stamps(store, "*.json"), directory_urls, from_disk, told

    def page(template: str, uri: str, **more: Any) -> str:
        own = prose(docs, template)
        make = partial(
            _page, manifest, sources, own, uri, directory_urls, from_disk=from_disk, **more
        )
        with speaking(ENGLISH if own == template else spoken()):
            return sources.kept(uri, basis, make)

    pages: dict[str, str | Path] = {}
    for template in sorted(sources.list_templates(extensions=["md"])):
        if PurePosixPath(template).parts[0] not in APART:
            pages[template] = page(template, template)
    for index in manifest.layers:
        for template, uri in (
            (LAYER, f"layers/{index}.md"),
            (NUMBERS, f"layers/{index}/numbers.md"),
        ):
            pages[uri] = page(template, uri, index=index)
    if manifest.ablation:
        pages[CLASSES] = page(OF_CLASSES, CLASSES)
    if PRACTICE in pages:
        pages[NOTEBOOK] = notebook(str(pages[PRACTICE]))
    if script := said_script():
        pages[SAID] = script
    data = sources.kept("units", basis, partial(data_files, manifest, directory_urls))
    return pages | data | _figures(manifest, store)


def read_by_scripts(manifest: Manifest) -> list[str]:
    """The addresses of all files that the scripts of the pages read."""
    return [*unit_files(manifest), *chain(*script_files(manifest).values())]


def navigation(manifest: Manifest) -> list[dict[str, str]]:
    """The layer pages and the way to find units, for MkDocs' ``nav``; how many there are varies."""
    layers = [
        {say("Layer {index}", index=index): f"layers/{index}.md"} for index in manifest.layers
    ]
    classes = [{say("Find a class"): CLASSES}] if manifest.ablation else []
    return [*layers, {say("Find a unit"): "units.md"}, *classes]


@lru_cache(maxsize=1)
def _sources(docs: Path, templates: object) -> Sources:
    del templates  # where one has changed, nothing is kept: they name each other
    return sources_of(docs)


def sources_of(docs: Path) -> Sources:
    """The templates of ``docs``, with all that they may use."""
    sources = Sources(docs)
    sources.filters |= {
        "bar": caption.bar,
        "brief": caption.brief,
        "in_words": in_words,
        "missed": caption.missed,
        "percent": caption.percent,
        "result": caption.result,
        "thousands": lambda number: figure(f"{number:,}"),
        "stored": stored_words,
        "word": lambda word, kind: named(kind, word),
        "rounded": lambda number, digits: figure(f"{number:.{digits}f}"),
        "digits": lambda number, count: figure(f"{number:.{count}g}"),
    }
    return sources


def _page(
    manifest: Manifest,
    sources: Sources,
    template: str,
    uri: str,
    directory_urls: bool,
    **more: Any,
) -> str:
    page = manifest, sources, uri, directory_urls
    words = registered([kind(*page) for kind in KINDS])
    try:
        return sources.get_template(template).render(**vars(manifest), **words, **more)
    except TemplateError as error:
        where = f"line {error.lineno}: " if hasattr(error, "lineno") else ""
        raise GeneratorError(f"docs/{template}: {where}{error}") from error


def _figures(manifest: Manifest, store: Path) -> dict[str, Path]:
    """The figure files, by their address in the site, which is their path in the store."""
    shown = [picture for picture in pictures(manifest) if not isinstance(picture, Plot)]
    files = {picture.file: store / picture.file for picture in shown}
    files |= {name: store / name for name in live_files(manifest.live)}
    inside = store.resolve()
    for name, path in files.items():
        if not path.is_file() or not path.resolve().is_relative_to(inside):
            raise StoreError(f"{store}: the manifest names {name!r}, which is not in the store")
    return files
