"""The files of ``docs/`` that pages are made from, and the pages that still are what they say.

A process that builds again and again, such as ``mkdocs serve``, makes a page anew only where
something has changed that it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from generator.pages.text import counted_sentence, plain, sentence

FileStamp = tuple[int, int] | None  # when a file was last written (ns), and its size
Made = TypeVar("Made")


def file_stamps(folder: Path, names: str = "*") -> tuple[tuple[Path, FileStamp], ...]:
    """The files in a folder whose names are so, with what differs once one is written anew."""
    return tuple((path, _stamp(path)) for path in sorted(folder.glob(names)))


def _stamp(path: Path) -> FileStamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


class Sources(Environment):
    """Jinja over ``docs``, which notes what it reads."""

    def __init__(self, docs: Path) -> None:
        super().__init__(
            loader=FileSystemLoader(docs),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=plain,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.globals["say"], self.globals["say_count"] = sentence, counted_sentence
        self.docs = docs
        self._read: dict[str, FileStamp] = {}
        self._kept: dict[str, tuple[Hashable, Mapping[str, FileStamp], Any]] = {}

    def get_template(self, name: str | Template, *more: Any, **settings: Any) -> Template:
        """As Jinja has it, which comes here for every template that another one names, too."""
        self._note(str(name))
        return super().get_template(name, *more, **settings)

    def text(self, name: str) -> str:
        """A file as it is. Raises jinja2.TemplateNotFound."""
        self._note(name)
        assert self.loader is not None
        return self.loader.get_source(self, name)[0]

    def kept(self, name: str, basis: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, or gave: it is asked again where ``basis`` or a file differs."""
        known = self._kept.get(name)
        if known is not None:
            before, read, made = known
            same = all(stamp == _stamp(self.docs / file) for file, stamp in read.items())
            if before == basis and same:
                return made  # type: ignore[no-any-return]
        self._read = {}
        result = make()
        self._kept[name] = basis, self._read, result
        return result

    def _note(self, name: str) -> None:
        # As it was before it is read: a save in between is then seen the next time.
        if name not in self._read:
            self._read[name] = _stamp(self.docs / name)
