"""Whose a photograph is, in words."""

from __future__ import annotations

import re

from generator.language import named, say

CREATIVE_COMMONS = re.compile(r"CC (BY(?:-(?:NC|ND|SA))*) (\d\.\d)")


def credited(title: str, author: str, licence: str) -> str:
    """A photograph with its author and its licence.

    >>> credited("Chelsea the cat", "Stefan van der Walt", "CC0")
    'Chelsea the cat, by Stefan van der Walt (CC0)'
    """
    return f"{title}, {author_and_terms(author, licence)}"


def author_and_terms(author: str, licence: str) -> str:
    """What is said beside a title.

    >>> author_and_terms("NASA", "public domain")
    'by NASA (public domain)'
    """
    return say(
        "by {author} ({licence})", author=named("credit", author), licence=named("credit", licence)
    )


def terms_address(licence: str) -> str:
    """Where the text of a licence of Creative Commons is, which such credits have to name.

    Empty for all others.

    >>> terms_address("CC BY-SA 4.0"), terms_address("CC0"), terms_address("public domain")
    ('https://creativecommons.org/licenses/by-sa/4.0/', \
'https://creativecommons.org/publicdomain/zero/1.0/', '')
    """
    if licence == "CC0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    known = CREATIVE_COMMONS.fullmatch(licence)
    return f"https://creativecommons.org/licenses/{known[1].lower()}/{known[2]}/" if known else ""
