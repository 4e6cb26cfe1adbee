"""English that stands where another language is spoken."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# Words that hold an English sentence together, and the commonest nouns of the lesson. None of
# them is a German word, but "was" and "also", which are left out, would be.
GLUE = re.compile(
    r"\b(the|of|and|which|with|that|this|these|from|is|are|were|by|for|its|it|not|than|to|at|as|on|"
    r"found|answers?|answered|strongest|least|most|units?|layers?|patch|patches|pairs|weights|lines|"
    r"colours?|pictures?|photographs?|drawings?|steps?|stride|padding|rows?|columns?|nothing|none|"
    r"others?|shown?|share|every|each|all|no|yes|without|recognised|random|switched|taken)\b"
)
# What may be English: titles of papers, code, addresses, and what says that it is.
APART = (
    re.compile(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', re.S),
    re.compile(r"```.*?```|`[^`\n]*`|<code[^>]*>.*?</code>", re.S),
    re.compile(r"\]\([^)]*\)|\{ *#[\w-]+ *\}|https?://\S+"),
    re.compile(r"^- .*$", re.M),  # a source
    re.compile(r"\*{1,2}[A-Z][^*\n]{8,}\*{1,2}"),  # a title
)
ATTRIBUTES = re.compile(r'\b(?:alt|aria-label|title|placeholder|data-title|data-when)="([^"]*)"')
SPACES = re.compile(r"[ \t\n]+")
TAG = re.compile(r"<[^>]*>", re.S)


def english_in(page: str, names: Iterable[str] = ()) -> list[str]:
    """The pieces of a page, of Markdown or of HTML, that hold an English word outside ``names``."""
    known = sorted(names, key=len, reverse=True)
    for name in known:
        for written in (name, html.escape(name), html.escape(name, quote=False)):
            page = page.replace(written, " ")
    for part in APART:
        page = part.sub(" ", page)
    pieces = [*ATTRIBUTES.findall(page), *TAG.sub("\n", page).split("\n")]
    plain = (SPACES.sub(" ", html.unescape(html.unescape(piece))).strip() for piece in pieces)
    apart = re.compile("|".join(map(re.escape, known)) or "(?!)")
    return sorted({piece for piece in plain if GLUE.search(apart.sub("", piece))})
