"""Data into pages: names of files and classes are text, never Markdown or HTML."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from generator.errors import one_line
from generator.language import say, say_count

# What means something to Markdown or to HTML: anywhere, or where a line could begin with it.
MEANING = re.compile(r"""[\\`*_{}\[\]<>#!|~^&"']|^[-+=]|(?<=^\d)\.(?=\s)""")
SPACES = re.compile(r"[ \t\r\n\f\v]+")  # all but no-break spaces, which stand where they should


def plain(value: Any) -> Any:
    """Text as itself in Markdown, in HTML and in a quoted attribute; the rest as it is.

    >>> print(plain("<b>1 * 2</b>"))
    &#60;b&#62;1 &#42; 2&#60;/b&#62;
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = one_line(SPACES.sub(" ", value).strip())
    return Markup(MEANING.sub(lambda sign: f"&#{ord(sign.group())};", text))  # noqa: S704


def sentence(text: str, /, **values: Any) -> Markup:
    """A sentence of a template in the language that is spoken.

    It may hold HTML; what is filled in is text.

    >>> print(sentence("Unit <b>{name}</b>", name="<i>"))
    Unit <b>&#60;i&#62;</b>
    """
    made = Markup(say(text))  # noqa: S704  ours, or a translator's
    return made.format(**{name: plain(value) for name, value in values.items()})


def counted_sentence(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """A sentence of a template whose words depend on a number."""
    shown = {name: plain(value) for name, value in values.items()}
    # Filled in as Markup has it: what ``say_count`` is given stays as it is.
    kept = {name: f"{{{name}}}" for name in values}
    return Markup(say_count(one, many, number, **kept)).format(**shown)  # noqa: S704
