"""Whether the code of this package on disk is still the code that runs.

A long-lived process such as ``mkdocs serve`` keeps what it has imported, so that a save costs
little, and asks here before every build whether that is still what the files say.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
SourceStamp = tuple[int, int]  # when a file was last written (ns), and its size


def source_stamps() -> dict[Path, SourceStamp]:
    """Every source file of the package with its stamp."""
    seen: dict[Path, SourceStamp] = {}
    for path in PACKAGE.rglob("*.py"):
        try:
            status = path.stat()
        except FileNotFoundError:  # gone between listing and looking
            continue
        seen[path] = (status.st_mtime_ns, status.st_size)
    return seen


READ = source_stamps()  # as the package was when it was first imported


def changed_sources() -> list[str]:
    """Files that were written, added or removed since: their paths below the package."""
    now = source_stamps()
    differing = {path for path, _ in now.items() ^ READ.items()}
    return sorted(path.relative_to(PACKAGE).as_posix() for path in differing)
