"""What a save under ``mkdocs serve`` need not do again: HTML that stays, figures that lie there.

MkDocs converts every page and copies every file at each save. A page whose Markdown is what it
was is the same HTML, as long as the files that it may link to are the same, too.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import Hashable, Mapping
from functools import cache, partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

# What rendering leaves in a page, besides the links to anchors of other pages.
RESULTS = ("content", "toc", "_title_from_render", "present_anchor_ids")
Links = Mapping[str, dict[str, str]]

_written: dict[str, tuple[str, Path]] = {}
_numbers = count()
_rendered: dict[str, tuple[Hashable, Mapping[str, Any], Links]] = {}


class Source(File):
    """The Markdown of a page, which is rendered anew only where that gives something else."""

    _page: Page | None = None

    @property
    def page(self) -> Page | None:
        """The page that MkDocs made of it."""
        return self._page

    @page.setter
    def page(self, page: Page | None) -> None:
        self._page = page
        if page is not None:
            page.render = partial(render_markdown, page)  # type: ignore[method-assign]


class Linked(File):
    """A file that a preview shows where it lies, without a copy."""

    def copy_file(self, dirty: bool = False) -> None:
        """Into the site, as a link where the system makes one."""
        assert self.abs_src_path is not None
        place = Path(self.abs_dest_path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)  # or a copy would be written through it into the store
        try:
            place.hardlink_to(self.abs_src_path)
        except OSError:  # the preview lies on another disk
            super().copy_file(dirty)


def on_disk(uri: str, content: str) -> Path:
    """A file with this content that stays until the process ends; written where it is new."""
    written, path = _written.get(uri, (None, None))
    if path is None or written != content:
        if path is not None:
            path.unlink()
        path = Path(_folder().name, str(next(_numbers)))
        path.write_text(content, encoding="utf-8")
        _written[uri] = content, path
    return path


def forget() -> None:
    """Drop all that was kept, as when this code is read afresh."""
    _written.clear()
    _rendered.clear()
    _folder().cleanup()
    _folder.cache_clear()


@cache
def _folder() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="preview-")
    atexit.register(folder.cleanup)
    return folder


def render_markdown(page: Page, config: MkDocsConfig, files: Files) -> None:
    """A page's Markdown into HTML as MkDocs does it, or did it the last time."""
    settings = repr((config.markdown_extensions, config.mdx_configs, config.validation))
    basis = page.markdown, settings, config.use_directory_urls, frozenset(files.src_uris)
    known = _rendered.get(page.file.src_uri)
    if known is not None and known[0] == basis:
        _, results, links = known
        vars(page).update(results)
        page.links_to_anchors = {
            file: anchors
            for uri, anchors in links.items()
            if (file := files.get_file_from_path(uri)) is not None
        }
        return
    heard = CountHandler(level=logging.INFO)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(heard)
    try:
        Page.render(page, config, files)
    finally:
        logger.removeHandler(heard)
    if not heard.get_counts():  # what is wrong with a page is to be said at every save
        links = {file.src_uri: anchors for file, anchors in (page.links_to_anchors or {}).items()}
        results = {name: getattr(page, name) for name in RESULTS}
        _rendered[page.file.src_uri] = basis, results, links
