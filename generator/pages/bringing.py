"""What people can bring, as tables for them, made from those that the program goes by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from generator.pages.page import Page
from generator.records import taken


class Bringing(Page):
    """What is taken of weights, networks, cards and images, and what is not."""

    def weights_files_table(self) -> Markup:
        """How a file may hold weights, and what is told of files that hold none."""
        rows = [(how, f"taken: {mark}") for how, mark in taken.WEIGHTS_FILES.items()]
        rows += [
            (Markup("begins with {}").format(_code(mark)), f"refused: it {words}")
            for mark, words in taken.NO_WEIGHTS.items()
        ]
        return _table(("file", "what happens"), rows)

    def nests_words(self) -> Markup:
        """The nests of trainers, by name."""
        return _joined(taken.NESTS)

    def wrappers_words(self) -> Markup:
        """Names of wrappers that are taken out of those of weights."""
        return _joined(taken.WRAPPERS)

    def counters_words(self) -> Markup:
        """What is counted beside weights, and passed over."""
        return _joined(taken.COUNTERS)

    def operations_table(self) -> Markup:
        """What a network may be made of, and what a projection does there."""
        rows = [(kind.words, kind.back) for kind in taken.OPERATIONS]
        return _table(("operation", "what comes back"), rows)

    def stopped_table(self) -> Markup:
        """Families of torchvision that are refused, with what stops them."""
        rows = [
            (_code(f"{family}…"), Markup(" or ").join(map(_code, names)))
            for family, names in taken.STOPPED.items()
        ]
        return _table(("network", "stopped by"), rows)

    def card_table(self) -> Markup:
        """What a card may say."""
        return _table(
            ("in the card", "what it is"),
            [(_code(name), words) for name, words in taken.CARD.items()],
        )

    def sizes_words(self) -> str:
        """The least and the largest input, in pixels."""
        least, most = taken.SIZES
        return f"{least} to {most}"

    def pictures_words(self) -> str:
        """The formats of pictures that are read."""
        return taken.PICTURES

    def images_table(self) -> Markup:
        """Files in a folder that are no pictures to be read, and what becomes of them."""
        rows = [
            ("hidden files and folders, whose names begin with a dot", "passed over"),
            (_listed(taken.LEFT_BEHIND), "passed over: programs leave them"),
            (_listed(taken.OTHER_PICTURES), "named, with the reason"),
            (_listed(taken.RAW_PICTURES), "named: a camera’s raw files; export JPEGs"),
        ]
        return _table(("in a folder", "what happens"), rows)

    def credits_columns(self) -> Markup:
        """What a table of credits says of each photograph."""
        return _table(
            ("column", "what it is"),
            [(_code(name), words) for name, words in taken.CREDIT_COLUMNS.items()],
        )

    def splits_words(self) -> Markup:
        """Names of folders that are taken for parts of a data set."""
        return Markup(", ").join(map(_code, taken.SPLITS))


def _joined(names: Sequence[str]) -> Markup:
    """Two or more names as code, with an "and" before the last."""
    return Markup("{} and {}").format(Markup(", ").join(map(_code, names[:-1])), _code(names[-1]))


def _listed(names: Iterable[str]) -> Markup:
    return Markup(", ").join(_code(name) for name in sorted(names))


def _code(text: str | bytes) -> Markup:
    """Text as code; bytes that are no characters are written out."""
    shown = text if isinstance(text, str) else ascii(text)[2:-1]
    return Markup(f"`{shown}`")  # noqa: S704  a word of our own tables


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    lines = [Markup("| {} |").format(Markup(" | ").join(row)) for row in (heads, *rows)]
    lines.insert(1, Markup("|") + Markup(" --- |") * len(heads))
    return Markup("\n").join(lines)
