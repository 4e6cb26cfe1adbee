"""Whose a photograph is, in words."""

from __future__ import annotations


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
    return f"by {author} ({licence})"
