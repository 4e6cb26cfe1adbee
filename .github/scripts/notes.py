"""The few pages that are not built by MkDocs: what a reader finds where nothing is kept."""

from __future__ import annotations

from html import escape

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 18px/1.6 system-ui, sans-serif; max-width: 36em; margin: 15vh auto; padding: 0 1em; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{said}</p>
{way}
</main>
</body>
</html>
"""
WAY = '<p><a href="{href}">{link}</a></p>'


def gone(version: str, href: str, same: bool) -> str:
    """In place of a page of a version that was pruned.

    ``href`` leads to the same page of the newest version, or to its beginning. Nobody is sent
    there unasked: who followed a link to a figure should know that it may be another figure.
    """
    return PAGE.format(
        title=f"Version {escape(version)} of this lesson is no longer kept",
        said="Its figures were made by an older program. The newest version may show others.",
        way=WAY.format(
            href=escape(href, quote=True),
            link="This page in the newest version" if same else "The newest version of the lesson",
        ),
    )


def nothing_here(href: str) -> str:
    """The answer of the site's root to an address that leads nowhere; ``href`` may be empty."""
    return PAGE.format(
        title="There is no such page",
        said="The address may be mistyped, or the page has moved.",
        way=WAY.format(href=escape(href, quote=True), link="The lesson") if href else "",
    )
