"""How memory for large maps is taken from the system, and given back.

**Taken in large pages.** A map of a hundred megabytes is tens of thousands of pages of 4 kB, and
to get them one by one takes as long as a pass through SqueezeNet needs for its arithmetic. torch
asks for pages of 2 MB where its environment says so; Linux gives them where its owner lets it.

**Given back at once.** The C library of most Linux systems keeps what was freed for later, and the
more of it the larger the pieces were. A network frees large maps all the time, between small things
that stay; so gaps pile up, and a scan of many images seems to need more memory than one of few.
Pieces of some size are therefore asked to come straight from the system.
"""

from __future__ import annotations

import ctypes
import os
import sys

LARGE_PAGES = "THP_MEM_ALLOC_ENABLE"  # torch reads it when it makes its first tensor
# What glibc calls them in malloc.h
TRIM_THRESHOLD, MMAP_THRESHOLD, MMAP_MAX = -1, -3, -4
LARGE = 4 * 1024 * 1024  # bytes; getting a smaller piece from the system would cost more than it is


def use_large_pages() -> None:
    """For the rest of the process and those that it starts, unless the environment says otherwise.

    Has to come before the first tensor. Without effect on other systems than Linux.
    """
    os.environ.setdefault(LARGE_PAGES, "1")


def return_large_pieces() -> bool:
    """For the rest of the process; whether the C library knows of such a thing."""
    return _told((MMAP_THRESHOLD, LARGE))


def keep_memory() -> bool:
    """What was freed stays, in pages of the usual size: steady, for a benchmark.

    How soon the system has pages at hand, large ones above all, differs from second to second,
    and by far more than what a benchmark is after. Not for a long scan: gaps pile up.
    """
    os.environ[LARGE_PAGES] = "0"
    return _told((MMAP_MAX, 0), (TRIM_THRESHOLD, -1))


def _told(*settings: tuple[int, int]) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    return all(mallopt(*setting) for setting in settings)
