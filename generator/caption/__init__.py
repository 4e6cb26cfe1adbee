"""Numbers into sentences. Pure text: what comes out is neither Markdown nor HTML.

Three rules hold for every sentence here. It says no more than its numbers do; it gives the
numbers; and where a name was looked for and not found, it says so and says what is there.
"""

from __future__ import annotations

from generator.caption.build import collection, network
from generator.caption.claims import (
    brief,
    cell,
    evidence,
    heading,
    missed,
    nominal_angle,
    title,
    verdict,
)
from generator.caption.pictures import listed, picture
from generator.caption.words import capital, number_of, percent, plural, position

__all__ = [
    "brief",
    "capital",
    "cell",
    "collection",
    "evidence",
    "heading",
    "listed",
    "missed",
    "network",
    "nominal_angle",
    "number_of",
    "percent",
    "picture",
    "plural",
    "position",
    "title",
    "verdict",
]
