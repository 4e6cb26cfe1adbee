"""The plain records that travel between the stages. They import nothing of ours."""

from __future__ import annotations

from generator.records.measured import (
    Against,
    Best,
    Cell,
    Claim,
    ClassStatistics,
    ColourTuning,
    Detail,
    Evidence,
    Giveaway,
    Hierarchy,
    Measured,
    MeasuredLayer,
    NameTests,
    OrientationTuning,
    Taught,
)
from generator.records.networks import Layer, Part, Provenance, ReceptiveField
from generator.records.pictures import Picture, Plot, Tile
from generator.records.scans import EXACT, MOST_K, Shortcuts, TopActivations, half_format

__all__ = [
    "EXACT",
    "MOST_K",
    "Against",
    "Best",
    "Cell",
    "Claim",
    "ClassStatistics",
    "ColourTuning",
    "Detail",
    "Evidence",
    "Giveaway",
    "Hierarchy",
    "Layer",
    "Measured",
    "MeasuredLayer",
    "NameTests",
    "OrientationTuning",
    "Part",
    "Picture",
    "Plot",
    "Provenance",
    "ReceptiveField",
    "Shortcuts",
    "Taught",
    "Tile",
    "TopActivations",
    "half_format",
]
