"""How plots stand in a page: as SVG whose ink and accent are the page's own, in light and dark.

Every colour is one of the page's style sheet, every font the page's; ids carry the plot's name,
so that several plots can stand in one page. One unit of a plot is one CSS pixel.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from generator.records import Plot

# Stand-ins, which no plot needs for themselves, and what a page has in their place.
INK, QUIET, LINE, ACCENT = "#000001", "#000002", "#000003", "#000004"
SERIES = tuple(f"#00001{number}" for number in range(1, 6))  # lines told apart by colour
PAGE = {
    INK: "currentColor",
    QUIET: "var(--lesson-quiet)",
    LINE: "var(--lesson-line)",
    ACCENT: "var(--lesson-accent)",
    **{stand_in: f"var(--lesson-series-{n})" for n, stand_in in enumerate(SERIES, start=1)},
}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "xtick.labelcolor": QUIET,
    "ytick.color": LINE,
    "ytick.labelcolor": QUIET,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
}


def figure_of(width: int, height: int) -> Figure:
    """An empty figure of so many CSS pixels."""
    return Figure(figsize=(width / 72, height / 72))  # matplotlib's SVG has 72 units an inch


def as_svg(figure: Figure, name: str, width: int, height: int) -> str:
    """The figure as an <svg> element of the page."""
    buffer = io.StringIO()
    salt: dict[Any, Any] = {"svg.hashsalt": name}  # the same ids every time
    with mpl.rc_context(salt):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>|<!--.*?-->", "", svg, flags=re.DOTALL)
    head = (
        f'<svg class="plot" xmlns="http://www.w3.org/2000/svg"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" stroke-linejoin="round">'
    )
    svg = re.sub(r"<svg\b[^>]*>", head, svg, count=1)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r' transform="rotate\(-0 [^)]*\)"|font-family: [^;]*; ', "", svg)
    svg = re.sub(r"font: (?:(\d+) )?([\d.]+)px [^;\"]*", _font, svg)
    for stand_in, colour in PAGE.items():
        svg = svg.replace(stand_in, colour)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    return re.sub(r"\s*\n\s*", "\n", svg).strip() + "\n"


def _font(match: re.Match[str]) -> str:
    weight = f"font-weight: {match[1]}; " if match[1] else ""
    return f"{weight}font-size: {match[2]}px"


def save(svg: str, folder: Path, name: str) -> Plot:
    """Write a plot as ``NAME.svg``."""
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    width, height = re.findall(r' (?:width|height)="(\d+)"', svg)[:2]
    return Plot(f"{name}.svg", int(width), int(height))
