"""Pictures for a fake store, saved, with the record of each: only sizes and places matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from generator.records.pictures import Picture, Plot

PLOT = """<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}"\
 height="{1}">
<path d="M 0 0 L {0} {1}" style="fill: none; stroke: currentColor"/>
</svg>
"""


def picture(folder: Path, name: str, image: Image.Image, **how: Any) -> Picture:
    """An image, saved below the store's ``folder`` under a name with its own folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **how)
    return Picture(name, image.width, image.height)


def plain(
    folder: Path,
    name: str,
    width: int,
    height: int | None = None,
    colour: tuple[int, int, int] = (90, 120, 90),
) -> Picture:
    """A picture of one colour; a square where nothing is said of its height."""
    return picture(folder, name, Image.new("RGB", (width, height or width), colour))


def plot(folder: Path, name: str, width: int, height: int) -> Plot:
    """A line from corner to corner."""
    path = folder / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PLOT.format(width, height))
    return Plot(f"{name}.svg", width, height)
