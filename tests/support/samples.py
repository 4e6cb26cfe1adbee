"""Records with plain values, for tests to which only a few fields matter."""

from __future__ import annotations

from typing import Any

from generator.records.course import FilterBank, ShiftedMaps
from generator.records.learned import (
    Comparisons,
    Forming,
    Methods,
    PixelAscent,
    PreferredInputs,
    Reach,
    WaveAscent,
    Wish,
)
from generator.records.measured import ColourNumbers, Evidence, Interval, OrientationNumbers
from generator.records.pictures import Picture, Plot

PICTURE, PLOT = Picture("a.webp", 64, 64), Plot("a.svg", 64, 64)


def orientation(**fields: Any) -> OrientationNumbers:
    """A unit that prefers no line."""
    plain = {"angle": 0.0, "single": True, "selectivity": 0.0, "peak": 0.0, "curve": ()}
    return OrientationNumbers(**{**plain, **fields})


def colour(**fields: Any) -> ColourNumbers:
    """A unit that prefers no colour."""
    plain = {"hue": 0.0, "share": 0.0, "compared": False, "on_off": 0.0, "opponent": 0.0}
    return ColourNumbers(**{**plain, "peak": 0.0, "curve": (), **fields})


def evidence(**fields: Any) -> Evidence:
    """What backs a claim without an interval and without pictures."""
    plain = {"kind": "orientation", "score": 0.5, "low": None, "high": None, "of": "angles"}
    plain |= {"count": None, "positives": None, "random": Interval(0.4, None, None)}
    return Evidence(**{**plain, "strip": None, "curve": None, **fields})


def shifted(**fields: Any) -> ShiftedMaps:
    """The map of one unit for places of the photograph."""
    plain = {"channel": 0, "stride": 1, "places": (), "whole": (), "follows": ()}
    return ShiftedMaps(**{**vars(PICTURE), "layer": 1, **plain, **fields})


def filters(**fields: Any) -> FilterBank:
    """The filters of a first layer, none of them told."""
    plain = dict.fromkeys(("count", "kernel", "stride", "padding", "tile", "gap", "columns"), 1)
    more = {"layer": "conv1", "photograph": "A cup", "box": (0, 0, 1, 1), "units": ()}
    return FilterBank(**{**vars(PICTURE), **plain, **more, **fields})


def forming(**fields: Any) -> Forming:
    """A network that was kept on its way, without pictures of its units."""
    plain = {"images": 600, "spread": 600, "lower_nearer": Comparisons(0, 0), "layers": ()}
    return Forming(**{"epochs": (), "similarity": (), **plain, "figure": PLOT, **fields})


def preferred(**fields: Any) -> PreferredInputs:
    """Preferred inputs of no unit."""
    every: dict[str, Any] = {"steps": 256, "rate": 0.05, "noise": 0.01, "seed": 0}
    waves = WaveAscent(**every, shift=0.125, scales=(0.8, 1.2), swing=0.11, fall=1.25, still=0.25)
    pixels = PixelAscent(**every, decay=0.003, blur=0.7, every=4, weak=0.1, idle=0.1)
    reach = Reach(0, 0, None, None)
    plain = {"shipped": True, "every": True, "moves": {}, "layers": {}, "all": reach}
    return PreferredInputs(
        **{**plain, "settings": Methods(waves, pixels), "compared": {}, **fields}
    )


def wish(multiple: float | None) -> Wish:
    """A preferred input that its unit answers with 1."""
    return Wish(activation=1.0, multiple=multiple, called=None, picture=PICTURE)
