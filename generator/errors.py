"""Everything that can go wrong for a reason a person can mend."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

HALVES = re.compile(r"[\ud800-\udfff]")  # no characters; Python holds such bytes as them
# Marks after which text runs the other way, whatever it holds.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    r"""Text that stays text on one line, whatever a file is called.

    What would steer a terminal or a page is written out: line breaks and other control
    characters, marks that turn the direction of writing, bytes of a name that are not UTF-8.

    >>> print(one_line("a\nb\x1b[2J\udcff\u202egnp"))
    a\x0ab\x1b[2J\xff\u202egnp
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_written_out, text))


def storable(json_text: str) -> str:
    r"""JSON that UTF-8 can hold: a byte of a name that is not UTF-8 becomes text, as ``\xff``."""
    return HALVES.sub(lambda match: one_line(match.group()).replace("\\", "\\\\"), json_text)


def _written_out(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in TURNING:
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return character


class GeneratorError(Exception):
    """One clear line: what is wrong, with which file or value, and what to do about it."""

    def __str__(self) -> str:
        return one_line(super().__str__())


class UsageError(GeneratorError):
    """An option, a name or a path that can't be used as given."""


class WeightsError(GeneratorError):
    """Weights that are missing, damaged, or made for another network."""


class UnsupportedNetworkError(GeneratorError):
    """A network that holds something for which the projection is not defined."""


class ImagesError(GeneratorError):
    """A collection that holds no image that can be used."""


class StoreError(GeneratorError):
    """A figure store that can't be read or written."""


class ProcessError(GeneratorError):
    """Another process of the same run failed, or was lost."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that nobody has heard of, with the nearest known one.

    >>> str(unknown("exhibit", "embeded", ["embedded", "imagenet"]))
    "unknown exhibit 'embeded'; did you mean 'embedded'? Known: embedded, imagenet."
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    shown = names if len(names) <= 12 else [*names[:12], f"and {len(names) - 12} more"]
    return UsageError(f"unknown {kind} {name!r}{hint} Known: {', '.join(shown)}.")
