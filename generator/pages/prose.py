"""The prose of a page in the language that is spoken: ``docs/languages/de/`` lies over ``docs/``.

A page that has no prose there is in English throughout, its sentences and numbers too.
"""

from __future__ import annotations

from pathlib import Path

from generator.language import ENGLISH, spoken
from generator.pages.class_anchors import PAGE as CLASSES

LANGUAGES = "languages"
OF_CLASSES = "templates/classes.md"  # what the page of the classes is made from


def prose(docs: Path, name: str) -> str:
    """The file of ``docs`` that a page is made from, in the language that is spoken if it is there.

    ``name`` is that of the English one, as ``templates/layer.md``.
    """
    own = f"{LANGUAGES}/{spoken()}/{name}"
    return own if spoken() != ENGLISH and (docs / own).is_file() else name


def untranslated(docs: Path, language: str, names: list[str]) -> list[str]:
    """Those of the pages that are in English in a build of another language."""
    if language == ENGLISH:
        return []
    own = docs / LANGUAGES / language
    made_from = {CLASSES: OF_CLASSES}
    return [name for name in names if not (own / made_from.get(name, name)).is_file()]
