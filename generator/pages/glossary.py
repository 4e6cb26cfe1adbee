"""The terms of the lesson, read from the one page that explains them: docs/glossary.md.

Each term is a heading with an anchor, and the paragraph below it is what its card says:

    ## Stride { #stride }

    How far a window moves from one place to the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.errors import GeneratorError
from generator.language import say
from generator.pages.prose import prose
from generator.pages.sources import Sources

PAGE = "glossary.md"
ENTRY = re.compile(
    r"^## (?P<name>[^{\n]+?) *\{ *#(?P<anchor>[a-z-]+) *\}\n\n(?P<text>.+?)(?:\n\n|\n?\Z)",
    re.M | re.S,
)
MARKUP = re.compile(r"\*\*|\*|`|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Term:
    """A term, its anchor on the page of the glossary, and what it means, as plain text.

    ``name`` is in small letters, ``title`` as its heading has it.
    """

    name: str
    anchor: str
    text: str
    title: str


def terms(sources: Sources) -> Mapping[str, Term]:
    """All terms by their names in lower case, in the language that is spoken.

    Raises GeneratorError for a heading without an anchor or a meaning.
    """
    page = prose(sources.docs, PAGE)
    source = sources.text(page)
    entries = [
        Term(entry["name"].lower(), entry["anchor"], _text(entry["text"]), entry["name"])
        for entry in ENTRY.finditer(source)
    ]
    headings = re.findall(r"^## (.+)$", source, re.M)
    if len(entries) != len(headings) - headings.count(say("Sources")):
        raise GeneratorError(
            f"docs/{page}: each term needs an anchor and a paragraph, as in"
            " `## Stride { #stride }`"
        )
    return {term.name: term for term in entries}


def _text(markdown: str) -> str:
    return " ".join(MARKUP.sub(lambda mark: mark.group(1) or "", markdown).split())
