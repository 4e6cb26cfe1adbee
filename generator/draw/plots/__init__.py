"""Plots as SVG for the inside of a page: ink and accent are the page's own, in light and dark."""

from __future__ import annotations

from generator.draw.plots.curves import (
    angle_curve,
    depth_curves,
    depth_map,
    draw_depths,
    draw_tunings,
    hue_curve,
)
from generator.draw.plots.page import PAGE

__all__ = [
    "PAGE",
    "angle_curve",
    "depth_curves",
    "depth_map",
    "draw_depths",
    "draw_tunings",
    "hue_curve",
]
