"""Where each class stands on the page of the classes."""

from __future__ import annotations

import re
from collections.abc import Iterable

PAGE = "classes.md"


def anchors(names: Iterable[str]) -> tuple[str, ...]:
    """A fragment for each name, in order; names that would share one get a number.

    >>> anchors(["Yorkshire terrier", "pay-phone", "Pay phone", "?"])
    ('yorkshire-terrier', 'pay-phone', 'pay-phone-2', 'class')
    """
    found: dict[str, None] = {}
    for name in names:
        plain = re.sub(r"\W+", "-", name.casefold()).strip("-") or "class"
        number, anchor = 1, plain
        while anchor in found:
            number += 1
            anchor = f"{plain}-{number}"
        found[anchor] = None
    return tuple(found)
