"""The expressions of GitHub's workflows, as far as ours use them, worked out as GitHub does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

WHOLE = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
TOKEN = re.compile(r"'[^']*'|[\w.-]+|\|\||&&|==|!=|[!(),]|\S")
STATUS = re.compile(r"\b(success|cancelled)\(\)")


def filled(text: str, known: Mapping[str, Any]) -> str:
    """A text with its ``${{ ... }}`` worked out."""
    return WHOLE.sub(lambda match: _text(_value(match[1], known)), text)


def holds(condition: str, known: Mapping[str, Any], before: Iterable[str] = ()) -> bool:
    """Does a job or step with this ``if`` run?

    ``before`` tells how all jobs ended that it waits for, those that they waited for included.
    A condition that names no status function has ``success() &&`` in front of it, and that is
    false as soon as *any* of them was skipped, however far up.
    """
    well = all(ended == "success" for ended in before)
    status = {"success": lambda: well, "cancelled": lambda: False}
    holding = _true(_value(WHOLE.sub(r"\1", condition), known, status)) if condition else True
    return holding and (well or bool(STATUS.search(condition)))


def _value(
    expression: str,
    known: Mapping[str, Any],
    status: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """A reader of one expression, from the weakest operator to the strongest."""
    tokens = TOKEN.findall(expression)
    functions: dict[str, Callable[..., Any]] = {
        "contains": lambda whole, part: part in whole,
        "fromJSON": json.loads,
        **(status or {}),
    }

    def either() -> Any:
        value = both()
        while _next(tokens, "||"):
            other = both()
            value = value if _true(value) else other
        return value

    def both() -> Any:
        value = equal()
        while _next(tokens, "&&"):
            other = equal()
            value = other if _true(value) else value
        return value

    def equal() -> Any:
        value = single()
        for sign in ("==", "!="):
            if _next(tokens, sign):
                return (_text(value) == _text(single())) == (sign == "==")
        return value

    def single() -> Any:
        if _next(tokens, "!"):
            return not _true(single())
        if _next(tokens, "("):
            value = either()
            assert _next(tokens, ")"), expression
            return value
        word = tokens.pop(0)
        if word.startswith("'"):
            return word.strip("'")
        assert re.fullmatch(r"[\w.-]+", word), f"the rehearsal can't work out {expression!r}"
        if not _next(tokens, "("):
            return _named(word, known)
        given = []
        while not _next(tokens, ")"):
            given.append(either())
            _next(tokens, ",")
        return functions[word](*given)

    value = either()
    assert not tokens, f"the rehearsal can't work out {expression!r}"
    return value


def _next(tokens: list[str], wanted: str) -> bool:
    """Is this the next token? If so, it is taken away."""
    if tokens[:1] != [wanted]:
        return False
    del tokens[0]
    return True


def _named(name: str, known: Mapping[str, Any]) -> Any:
    value: Any = known
    for part in name.split("."):
        value = value.get(part, "") if isinstance(value, Mapping) else ""
    return value


def _true(value: Any) -> bool:
    return value not in ("", 0, None)  # as there, the word 'false' is true


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
