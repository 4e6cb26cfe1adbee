"""The records beside a store's entries, read back: what it holds, and how it was made.

Somebody else may have written them, so whatever is not as it has to be is one clear error.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from generator.errors import StoreError, storable
from generator.records.draft import StoredDraft
from generator.records.manifest import BuildRecord, StoredManifest
from generator.records.schema import from_json

MANIFEST, BUILD = "manifest.json", "build.json"
DRAFT = "draft.json"  # in place of a manifest: who wants full figures can't take it for one
FORMAT = 2  # of the manifest; goes up when its readers could not read one that was made before
MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `(.+)`)?")
REMEDY = "make the figures again with `python -m generator figures`"
R = TypeVar("R")


def read_manifest(store: Path) -> StoredManifest:
    """The manifest of a store; whoever asks again gets the same record.

    Raises StoreError naming the file, and the place in it, where the store holds none, or one
    that this version can't read.
    """
    path = store / MANIFEST
    if not path.exists() and (store / DRAFT).exists():
        raise StoreError(draft_only(store))
    manifest = _read(path, StoredManifest)
    if manifest.format != FORMAT:
        raise _other_format(path, manifest.format)
    return manifest


def read_draft(store: Path) -> StoredDraft:
    """The draft that a store holds in place of a manifest. Raises StoreError."""
    path = store / DRAFT
    draft = _read(path, StoredDraft)
    if draft.format != FORMAT:
        raise _other_format(path, draft.format)
    return draft


def draft_only(store: Path) -> str:
    """Why a store with a draft does not do for whoever needs full figures."""
    return (
        f"{store}: holds a draft, of which nothing was measured or tested; run "
        "`python -m generator figures` with the same options but without --draft"
    )


def read_build(store: Path) -> BuildRecord:
    """How a store was made. Raises StoreError."""
    return _read(store / BUILD, BuildRecord)


def _read(path: Path, kind: type[R]) -> R:
    try:
        status, wanted = path.stat(), cast("Any", kind)
        return cast("R", _parsed(path.resolve(), status.st_mtime_ns, status.st_size, wanted))
    except FileNotFoundError:
        raise StoreError(f"{path}: not found; is {path.parent} a figure store?") from None
    except (OSError, RecursionError) as error:
        raise StoreError(f"{path}: can't be read: {error}") from error
    except ValueError as error:
        raise _wrong(path, error) from error


@lru_cache(maxsize=4)
def _parsed(path: Path, modified: int, size: int, kind: Any) -> Any:
    del modified, size
    content = path.read_bytes()
    if rb"\ud" in content.lower():  # somebody else's store; ours are written without
        content = storable(json.dumps(json.loads(content), ensure_ascii=False)).encode()
    return from_json(content, kind)


def _wrong(path: Path, error: ValueError) -> StoreError:
    """Why a record could not be read: another format, or the place where it is not as it was."""
    try:
        number = (
            json.loads(path.read_bytes())["format"] if path.name in (MANIFEST, DRAFT) else FORMAT
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        number = FORMAT
    if number != FORMAT:
        return _other_format(path, number)
    if missing := MISSING.match(str(error)):
        where = f" (in {missing[2]})" if missing[2] else ""
        return StoreError(
            f"{path}: holds no {missing[1]!r}, so an older version made it{where}; {REMEDY}"
        )
    return StoreError(f"{path}: is not as it was written: {error}; {REMEDY}")


def _other_format(path: Path, number: object) -> StoreError:
    return StoreError(
        f"{path}: format {number!r}, but this version reads format {FORMAT}; {REMEDY}"
    )
