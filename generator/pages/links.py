"""Addresses inside the site, always relative, so that a site works at any path or version."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

MARKDOWN = ".md"


def address(source: str, directory_urls: bool = True) -> str:
    """Where MkDocs puts a source file, from the site's root.

    >>> address("layers/3.md"), address("index.md"), address("assets/a.css")
    ('layers/3/', '', 'assets/a.css')
    """
    if not source.endswith(MARKDOWN):
        return source
    stem = source.removesuffix(MARKDOWN)
    if not directory_urls:
        return f"{stem}.html"
    if posixpath.basename(stem) == "index":
        return source.removesuffix("index.md")
    return f"{stem}/"


def relative(page: str, target: str, directory_urls: bool = True) -> str:
    """The link from the page of one source file to another file, "#fragment" and all.

    >>> relative("layers/3.md", "figures/a b.webp")
    '../../figures/a%20b.webp'
    >>> relative("index.md", "layers/3.md#unit-7")
    'layers/3/#unit-7'
    """
    source, mark, fragment = target.partition("#")
    there = address(source, directory_urls)
    here = posixpath.dirname(address(page, directory_urls))
    path = posixpath.relpath(there or ".", here or ".")
    if there.endswith("/") or not there:
        path += "/"
    return quote(path) + mark + fragment
