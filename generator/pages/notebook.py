"""A page as a Jupyter notebook: its prose as Markdown cells, its Python as code cells.

Folded parts whose title begins with "One way" hold the solution of the reader's task; they come
last. Two remarks in the page are meant for the notebook: where ``<!-- your turn -->`` stands it
gets an empty cell, and what stands between ``<!-- page only -->`` and ``<!-- /page only -->`` is
left out. The format is nbformat 4.5.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

TAB = re.compile(r'^=== "(.+)"$')
FOLDED = re.compile(r'^\?\?\?\+? \w+ "(.+)"$')
FENCE = "```"
TAG = re.compile(r"<[^>]+>")
CARD = re.compile(r'<span class="card".*?</span>', re.S)
APART = re.compile(r"<!-- page only -->.*?<!-- /page only -->", re.S)
TURN = "<!-- your turn -->"
INNER = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")  # a page of the site: leads nowhere
SOLUTION = "One way"
EMPTY = "# Your turn\n"


@dataclass(frozen=True)
class Piece:
    """A stretch of a page: prose or code, and the titles of the tabs and folds around it."""

    code: bool
    text: str
    inside: tuple[str, ...]


def notebook(page: str) -> str:
    """The notebook's JSON for a page of Markdown as MkDocs gets it.

    Links to pages of the site become plain text.
    """
    first: list[Piece] = []
    last: list[Piece] = []
    for piece in pieces(APART.sub("", page)):
        hidden = any(title.startswith(SOLUTION) for title in piece.inside)
        (last if hidden else first).append(piece)
    cells = [*_cells(first), *_cells([Piece(False, "## Solution", ()), *last])]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    made = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def pieces(page: str) -> Iterator[Piece]:
    """The page as prose and code, in order; what is indented belongs to a tab or a fold."""
    inside: list[str] = []
    lines: list[str] = []
    code = False

    def done(was_code: bool) -> Iterator[Piece]:
        text = "\n".join(lines).strip("\n")
        lines.clear()
        if text.strip():
            yield Piece(was_code, text, tuple(inside))

    for raw in page.split("\n"):
        if code:
            line = raw[4 * len(inside) :]
            if line == FENCE:
                yield from done(True)
                code = False
            else:
                lines.append(line)
            continue
        indent = (len(raw) - len(raw.lstrip(" "))) // 4
        if raw.strip() and indent < len(inside):
            yield from done(False)
            del inside[indent:]
        line = raw[4 * len(inside) :]
        title = TAB.match(line) or FOLDED.match(line)
        if line == TURN:
            yield from done(False)
            yield Piece(True, EMPTY, tuple(inside))
        elif title:
            yield from done(False)
            inside.append(title[1])
        elif line.startswith(f"{FENCE}python"):
            yield from done(False)
            code = True
        else:
            lines.append(line)
    yield from done(code)


def _cells(pieces: list[Piece]) -> Iterator[dict[str, object]]:
    told: tuple[str, ...] = ()
    for piece in pieces:
        # A title is said once, where its part begins.
        new = [title for title in piece.inside if title not in told]
        told = piece.inside
        text = piece.text if piece.code else _prose(piece.text)
        headings = "".join(f"**{title}**\n\n" for title in new if not title.startswith(SOLUTION))
        if piece.code:
            if headings:
                yield _markdown(headings.strip())
            yield {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": text,
            }
        elif headings or text.strip():
            yield _markdown(headings + text)


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _prose(text: str) -> str:
    whole = TAG.sub("", CARD.sub("", text))
    return re.sub(r"\n{3,}", "\n\n", INNER.sub(r"\1", whole)).strip()
