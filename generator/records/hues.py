"""What hues are called, in degrees of CIELAB."""

from __future__ import annotations

# Unique red, yellow, green and blue lie at 24, 90, 162 and 246 degrees (Fairchild, Color
# Appearance Models, section 2.4); a name begins half-way between its hue and the one before.
NAMES = (
    (0, "pink"), (5, "red"), (42, "orange"), (73, "yellow"), (115, "green"),
    (185, "cyan"), (225, "blue"), (280, "purple"), (325, "pink"),
)  # fmt: skip


def hue_name(hue: float) -> str:
    """The plain word for a hue in degrees of CIELAB.

    >>> hue_name(160), hue_name(-10)
    ('green', 'pink')
    """
    return [name for start, name in NAMES if start <= hue % 360][-1]
