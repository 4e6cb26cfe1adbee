"""What is said of files that took no part."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from generator.errors import ImagesError, one_line
from generator.records.collections import Refusal

KINDS = 4  # reasons that are told one by one; a folder from the web has thousands of files
DETAIL = re.compile(r"\d+|\(.*\)|'.*'")  # what makes two files' reasons differ


def refused(
    files: Sequence[Refusal],
    passed_over: Sequence[Refusal] = (),
    page: str = "About this build",
) -> list[str]:
    """A few lines for the terminal: how many files were refused, and the commonest reasons.

    The last line is of those ``passed_over``. ``page`` is the title of the one that names each.
    """
    lines = _refused(files, page)
    if passed_over:
        first, more = passed_over[0], len(passed_over) - 1
        lines.append(
            f"Passed over: {one_line(first.name)}, which {one_line(first.reason)}"
            f"{f', and {more:,} more' if more else ''}; *{page}* names each"
        )
    return lines


def _refused(files: Sequence[Refusal], page: str) -> list[str]:
    if not files:
        return []
    kinds = Counter(DETAIL.sub("", file.reason) for file in files)
    many = "1 file" if len(files) == 1 else f"{len(files):,} files"
    lines = [f"{many} took no part; *{page}* names each. The reasons:"]
    for kind, count in kinds.most_common(KINDS):
        first = next(file for file in files if DETAIL.sub("", file.reason) == kind)
        lines.append(f"  {count:,} as {one_line(first.name)}: {one_line(first.reason)}")
    rest = sum(count for _, count in kinds.most_common()[KINDS:])
    return [*lines, f"  {rest:,} for other reasons"] if rest else lines


def none_refused(files: Sequence[Refusal]) -> None:
    """ImagesError naming the first refused file, where there is one."""
    if files:
        first = files[0]
        raise ImagesError(
            f"{len(files):,} of the files are refused, the first: {first.name}: "
            f"{first.reason}; remove or mend them, or leave out --strict-images"
        )
