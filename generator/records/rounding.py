"""How many digits of a number are written down."""

from __future__ import annotations

SHARED = 4  # digits that runs on two machines have in common; more is noise and bytes
EXACT = 6  # of what others compare with: more would only record noise of the last bit


def rounded(value: float, digits: int = SHARED) -> float:
    """A number to so many significant digits.

    >>> rounded(0.0123456789), rounded(1234.56789, EXACT)
    (0.01235, 1234.57)
    """
    return float(f"{value:.{digits}g}")
