"""Memory that is no longer needed goes back to the system at once.

The C library of most Linux systems keeps what was freed for later, and the more of it the
larger the pieces were. A network frees large maps all the time, between small things that stay;
so gaps pile up, and a scan of many images seems to need more memory than one of few. Pieces of
some size are therefore asked to come straight from the system.
"""

from __future__ import annotations

import ctypes
import sys

MMAP_THRESHOLD = -3  # what glibc calls it in malloc.h
LARGE = 4 * 1024 * 1024  # bytes; getting a smaller piece from the system would cost more than it is


def return_large_pieces() -> bool:
    """For the rest of the process; whether the C library knows of such a thing."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE))
    except (OSError, AttributeError):  # another C library
        return False
