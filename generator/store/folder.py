"""The figure store: a folder of entries named by the content they were made from.

An entry is written in a folder beside its place and moved there in one step, so that it is
whole or absent. The manifest comes last: a store with a manifest is complete. Beside it lies
the list of all files with their SHA-256, by which a store that has travelled is checked. One
process at a time writes a store; a second one waits.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from generator.errors import StoreError, storable
from generator.records.draft import StoredDraft
from generator.records.manifest import BuildRecord, StoredManifest
from generator.records.schema import to_json
from generator.store.manifest import BUILD, DRAFT, MANIFEST, read_draft, read_manifest

if sys.platform != "win32":
    import fcntl

FILES = "files.json"
PART = ".part-"
ENTRY = re.compile(r"[a-z]+-[0-9a-f]{16}")  # a stage and its key


@dataclass(frozen=True)
class Fingerprint:
    """The size of a file in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class FileList:
    """Every file of a store by its path inside; ``sha256`` is that of the list itself."""

    format: int
    sha256: str
    files: Mapping[str, Fingerprint]


class Store:
    """One exhibit's figures in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def entry(self, name: str) -> Path | None:
        """The folder of a finished entry, or None."""
        path = self.root / name
        return path if path.is_dir() else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the store, after whoever writes it now; what dead processes left is swept.

        The lock is the kernel's, on the folder itself: it leaves no file, and ends with its
        process, however that ends. Where there is none (Windows, some network disks) two runs on
        one store are not kept apart. A store that stays empty is not left behind.

        Raises StoreError when the store can't be made.
        """
        made = [path for path in (self.root, *self.root.parents) if not path.exists()]
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = _lock(self.root)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            for path in self.root.glob(f"{PART}*"):
                if handle is not None or _ours(path):
                    _remove(path)
            yield
        finally:
            if handle is not None:
                os.close(handle)
            with suppress(OSError):
                for path in made:
                    path.rmdir()  # only where it is empty

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A folder to fill; it becomes the entry ``name`` when the block ends without an error.

        Raises StoreError when the store can't be written.
        """
        part = self.root / f"{PART}{os.getpid()}-{name}"
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            yield part
            final = self.root / name
            if not final.exists():  # or somebody else has made the same meanwhile
                os.replace(part, final)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def manifest(self) -> StoredManifest | None:
        """The manifest, or None when the store is not complete or not of this version."""
        try:
            return read_manifest(self.root)
        except StoreError:
            return None

    def draft(self) -> StoredDraft | None:
        """The draft, or None where the store holds none of this version."""
        try:
            return read_draft(self.root)
        except StoreError:
            return None

    def finish(
        self,
        made: StoredManifest | StoredDraft,
        build: BuildRecord,
        keep: Iterable[str],
        spare: Iterable[str] = (),
    ) -> None:
        """Write the records, the manifest or draft last, and drop the entries not needed.

        An older one goes first: the records of one build never stand beside another's.
        ``spare`` entries stay without being listed: a later run may need them.
        """
        kept = {*keep}
        last = DRAFT if isinstance(made, StoredDraft) else MANIFEST
        build_text, made_text = _text(build), _text(made)
        files = {
            **file_list(self.root, kept),
            BUILD: fingerprint(build_text.encode()),
            last: fingerprint(made_text.encode()),
        }
        for older in (MANIFEST, DRAFT):
            (self.root / older).unlink(missing_ok=True)
        self._write(BUILD, build_text)
        self._write(FILES, _text(sealed(files)))
        self._write(last, made_text)
        self.drop_all_but({*kept, *spare})

    def drop_all_but(self, kept: Container[str]) -> None:
        """Remove entries that no manifest needs, and what dead processes left."""
        for path in self.root.iterdir():
            if path.name not in kept and _ours(path):
                _remove(path)

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self.root}: can't be written ({error.strerror or error}); give --out another "
            "folder, or make room in this one"
        )

    def _write(self, name: str, text: str) -> None:
        part = self.root / f"{PART}{os.getpid()}-{name}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            part.write_bytes(text.encode())
            os.replace(part, self.root / name)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise self._unwritable(error) from error


def file_list(root: Path, entries: Iterable[str]) -> dict[str, Fingerprint]:
    """Path inside the store -> what the file is known by, for every file of these entries."""
    paths = [path for entry in entries for path in (root / entry).rglob("*") if path.is_file()]
    return {
        path.relative_to(root).as_posix(): fingerprint(path.read_bytes()) for path in sorted(paths)
    }


def fingerprint(content: bytes) -> Fingerprint:
    """What a file with this content is known by."""
    return Fingerprint(len(content), hashlib.sha256(content).hexdigest())


def sealed(files: Mapping[str, Fingerprint]) -> FileList:
    """The list of files with a SHA-256 of its own, so that it can't be cut short unseen."""
    listed = json.dumps({name: vars(file) for name, file in files.items()}, sort_keys=True).encode()
    return FileList(1, hashlib.sha256(listed).hexdigest(), files)


def _text(record: object) -> str:
    return storable(to_json(record, finite=True))


def _ours(path: Path) -> bool:
    """Only what a store makes is ever deleted: an old entry, or what a dead process left."""
    if path.name.startswith(PART):
        owner = path.name.removeprefix(PART).partition("-")[0]
        return owner.isdigit() and not _alive(int(owner))
    return path.is_dir() and ENTRY.fullmatch(path.name) is not None


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _lock(root: Path) -> int | None:
    """A handle that holds the folder's lock until it is closed; waits, and says so.

    None where the system or the disk knows no locks. Raises OSError.
    """
    if sys.platform == "win32":
        return None
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(
                f"{root}: another process is writing; waiting until it has ended", file=sys.stderr
            )
            fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    if not root.exists() or not os.path.samestat(os.fstat(handle), root.stat()):
        # Whoever was waited for took its empty folder away.
        os.close(handle)
        root.mkdir(parents=True, exist_ok=True)
        return _lock(root)
    return handle


def _alive(process: int) -> bool:
    if sys.platform == "win32":
        return True  # os.kill would send it Ctrl-C there; so what a dead process left stays
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
