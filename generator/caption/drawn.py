"""Words that stand in a plot, or in its boxes: drawn in English when the figures were made.

The store holds no other language. A page that is in one finds these words by what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.caption.words import by_itself
from generator.language import english, figure, later, own_word, say

PATTERNS = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"layer (?P<layer>\d+)", later("layer {layer}")),
        (r"stride (?P<stride>\d+)", later("stride {stride}")),
        (r"max-pool (?P<size>.+)", later("max-pool {size}")),
        (r"mean (?P<size>\d.*)", later("mean {size}")),
        (r"(?P<count>[\d.]+(?:\s[kM])?) parameters", later("{count} parameters")),
        (r"(?P<count>[\d.]+) numbers", later("{count} numbers")),
        (r"(?P<count>\d+) operations", later("{count} operations")),
        (r"(?P<count>\d+) convolutions?", later("{count} convolutions")),
    )
)
STORED = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (
            r"the (?P<count>[\d,]+) validation images of (?P<data>.+)",
            later("the {count} validation images of {data}"),
        ),
        (
            r"(?P<count>[\d,]+) bundled photographs, cut into tiles",
            later("{count} bundled photographs, cut into tiles"),
        ),
    )
)
NUMBER = re.compile(r"[−+]?\d*\.\d+(?:×|\s%)?")


def drawn_word(text: str) -> str:
    """A word of a plot in the language that is spoken; what it has no word for stays.

    >>> drawn_word("stride 2")
    'stride 2'
    """
    if english():
        return text
    if known := _matched(PATTERNS, text):
        return known
    if NUMBER.fullmatch(text):
        return figure(text)
    return own_word("plot", text) or own_word("colour", text) or by_itself(text)


def stored_words(text: str) -> str:
    """What a network's card or a collection says of itself; what is not known stays.

    >>> stored_words("the 10,000 validation images of Tiny ImageNet")
    'the 10,000 validation images of Tiny ImageNet'
    """
    return text if english() else _matched(STORED, text) or text


def _matched(patterns: Sequence[tuple[re.Pattern[str], str]], text: str) -> str:
    for pattern, sentence in patterns:
        if found := pattern.fullmatch(text):
            return say(sentence, **{name: figure(one) for name, one in found.groupdict().items()})
    return ""
