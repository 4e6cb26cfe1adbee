"""Whose the photographs are: a table of credits, read strictly, and which of them have none.

A folder's table is the file ``credits.csv`` in it; the photographs that come with the project
have theirs in ``bundled.csv``. One line is one photograph, and every field says something.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from generator.errors import ImagesError, unknown
from generator.images.collection import Collection, Item
from generator.images.decode import open_regular
from generator.images.naming import find
from generator.records.collections import Credit
from generator.records.taken import CREDIT_COLUMNS

CREDITS = "credits.csv"
COLUMNS = tuple(CREDIT_COLUMNS)
NAMED = 5000  # names among which the nearest to a misspelt one is sought


@dataclass(frozen=True)
class CreditRow:
    """A line of a table: its number, the file that it names, and what it says of that."""

    line: int
    file: str
    credit: Credit


def read_credits(path: Path) -> list[CreditRow]:
    """The lines of a table of credits, in order.

    Raises GeneratorError, naming the file and the line, where that is not UTF-8 or not CSV, has
    other columns than ``COLUMNS``, a field that is empty, an address that is not one of the web,
    or a file twice.
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    rows: list[CreditRow] = []
    first: dict[str, int] = {}
    columns: list[str] = []
    line = 1  # where a row begins; one may go on over several lines
    try:
        for fields in reader:
            begun, line = line, reader.line_num + 1
            where = f"{path}, line {begun}"
            told = [" ".join(field.split()) for field in fields]
            if not columns:
                columns = _columns(told, where)
                continue
            if not any(told):
                continue  # an empty line, as programs leave one at the end
            if len(told) != len(columns):
                raise ImagesError(
                    f"{where}: has {len(told)} fields, and line 1 has {len(columns)}; put quotes "
                    "around a field that holds a comma"
                )
            row = _row(dict(zip(columns, told, strict=True)), where, begun)
            before = first.setdefault(row.file, len(rows))
            if before < len(rows):
                raise ImagesError(
                    f"{where}: names {row.file!r}, which line {rows[before].line} has named; "
                    "leave one of them out"
                )
            rows.append(row)
    except csv.Error as error:
        raise ImagesError(f"{path}, line {line}: is not CSV ({error})") from error
    if not columns:
        raise ImagesError(f"{path}, line 1: is empty; begin with {','.join(COLUMNS)}")
    return rows


def folder_credits(root: Path, items: Sequence[Item]) -> dict[int, Credit]:
    """What a folder's ``credits.csv`` says, by the number of the photograph; nothing without one.

    A file that is there but takes no part, such as a copy, may have a line. A title that several
    photographs bear is told apart by the file. Raises GeneratorError as ``read_credits`` does,
    and for a file that is not in the folder.
    """
    path = root / CREDITS
    if not path.exists() and not path.is_symlink():
        return {}
    places = {_normal(item.name): item.source for item in items}
    found: dict[int, Credit] = {}
    for row in read_credits(path):
        source = places.get(_normal(row.file))
        if source is not None:
            found[source] = replace(row.credit, photograph=items[source].name)
        elif not _is_there(root, row.file):
            raise unknown(f"file in {path}, line {row.line}:", row.file, islice(places, NAMED))
    return with_own_titles(found, places)


def with_own_titles(found: Mapping[int, Credit], places: Mapping[str, int]) -> dict[int, Credit]:
    """Credits with titles that no two photographs share, nor one with another's file.

    ``found`` are by the number of the photograph, ``places`` gives that for each file.
    """
    counts = Counter(credit.title for credit in found.values())
    told: dict[int, Credit] = {}
    for source, credit in found.items():
        shared = counts[credit.title] > 1 or places.get(credit.title, source) != source
        title = f"{credit.title} ({credit.photograph})" if shared else credit.title
        told[source] = replace(credit, title=title)
    return told


def uncredited(collection: Collection) -> Iterator[str]:
    """The names of the photographs that have no credit, in their order."""
    known = set(collection.credits)
    for item in collection.items:
        if item.source not in known:
            known.add(item.source)
            yield item.name


def all_credited(collection: Collection, photographs: Sequence[str] = ()) -> None:
    """ImagesError where a photograph has no credit, naming the first.

    ``photographs`` are those that an exhibit names: a file that is not of the collection has
    none.
    """
    names = [name for name in photographs if isinstance(find(collection, name), Path)]
    names += uncredited(collection)
    if names:
        raise ImagesError(
            f"{without_credit(len(names), collection.sources)}, the first: {names[0]}; give each a "
            f"line in {CREDITS} in the folder of photographs ({','.join(COLUMNS)}), or leave out "
            "--require-credits"
        )


def without_credit(count: int, photographs: int) -> str:
    """How many photographs have no credit, as the beginning of a sentence.

    >>> without_credit(1, 20), without_credit(20, 20)
    ('1 of 20 photographs has no credit', 'none of the 20 photographs has a credit')
    """
    if count >= photographs:
        return f"none of the {photographs:,} photographs has a credit"
    return f"{count:,} of {photographs:,} photographs {'has' if count == 1 else 'have'} no credit"


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            content = file.read()
    except (OSError, ImagesError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImagesError(f"{path}: can't be read ({reason})") from error
    try:
        return content.decode("utf-8-sig")  # spreadsheets begin with a mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImagesError(f"{path}, line {line}: is not UTF-8; save it as CSV in UTF-8") from error


def _columns(names: list[str], where: str) -> list[str]:
    """The columns of the first line, each of them once and no other."""
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        raise ImagesError(f"{where}: has no commas between its fields; save it as CSV with commas")
    for name in names:
        if name not in COLUMNS:
            raise unknown(f"column in {where}:", name, COLUMNS)
        if names.count(name) > 1:
            raise ImagesError(f"{where}: has the column {name!r} twice; leave one of them out")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ImagesError(f"{where}: has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}")
    return names


def _row(told: Mapping[str, str], where: str, line: int) -> CreditRow:
    for name in COLUMNS:
        if not told[name]:
            raise ImagesError(f"{where}: {name} is empty; each line says all five")
    if not is_web_address(told["address"]):
        raise ImagesError(
            f"{where}: the address {told['address']!r} is not one of the web; begin it with "
            "https:// or http://"
        )
    own = {name: told[name] for name in COLUMNS[1:]}
    return CreditRow(line, told["file"], Credit(**own))


def is_web_address(text: str) -> bool:
    """Whether a page may link there: nothing but http and https, with a host, in one word.

    >>> is_web_address("https://example.org/1"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    whole = text.isprintable() and not any(character.isspace() for character in text)
    return whole and parts.scheme in ("http", "https") and bool(parts.netloc)


def _normal(name: str) -> str:
    """A file's name however its accents are composed: macOS writes them apart."""
    return unicodedata.normalize("NFC", name)


def _is_there(root: Path, file: str) -> bool:
    """Whether a file that takes no part is in the folder all the same."""
    place = PurePosixPath(file)
    inside = not place.is_absolute() and ".." not in place.parts
    try:
        return inside and (root / place).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
