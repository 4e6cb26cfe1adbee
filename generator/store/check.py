"""Is a figure store what was made? Its files against the hashes that were written with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generator.errors import StoreError
from generator.records.schema import from_json
from generator.store.folder import FILES, FileList, Fingerprint, fingerprint, sealed
from generator.store.manifest import DRAFT, MANIFEST, draft_only

REMEDY = "fetch the store again, or make it with `python -m generator figures`"


def check_hashes(store: Path) -> int:
    """Compare every file of a store with size and SHA-256 in ``files.json``; their number.

    Files that the list does not know are an error inside the store's entries; whatever else
    lies in the folder is left alone. Raises StoreError naming the first file that is missing,
    changed, not listed, or a link.
    """
    listed = _listed(store)
    for name, recorded in listed.items():
        path = store / name
        if path.is_symlink() or not path.resolve().is_relative_to(store.resolve()):
            raise StoreError(f"{path}: is a link or lies outside of the store; {REMEDY}")
        try:
            digest = fingerprint(path.read_bytes())
        except OSError as error:
            raise StoreError(f"{path}: can't be read ({error.strerror}); {REMEDY}") from error
        if digest != recorded:
            raise StoreError(
                f"{path}: has changed since it was made (SHA-256 {digest.sha256}, "
                f"{digest.size} bytes; listed as {recorded.sha256}, {recorded.size} bytes); "
                f"{REMEDY}"
            )
    for entry in sorted({Path(name).parts[0] for name in listed if "/" in name}):
        for path in sorted((store / entry).rglob("*")):
            inside = path.relative_to(store).as_posix()
            if inside not in listed and (path.is_symlink() or not path.is_dir()):
                raise StoreError(f"{path}: is not in the list of files; {REMEDY}")
    return len(listed)


def _listed(store: Path) -> Mapping[str, Fingerprint]:
    path = store / FILES
    try:
        record = from_json(path.read_bytes(), FileList)
        if DRAFT in record.files:
            raise StoreError(draft_only(store))
        whole = record == sealed(record.files) and MANIFEST in record.files
    except FileNotFoundError as error:
        raise StoreError(
            f"{path}: not found; is {store} a figure store? One made by an older version has no "
            "such list: make the figures again with `python -m generator figures`"
        ) from error
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: can't be read ({error!r}); {REMEDY}") from error
    if not whole:
        raise StoreError(f"{path}: is not as it was written; {REMEDY}")
    return record.files
