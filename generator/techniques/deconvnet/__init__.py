"""Projection of a unit's activation back to pixels (Zeiler and Fergus, ECCV 2014, section 2.1)."""

from generator.techniques.deconvnet.crops import projected
from generator.techniques.deconvnet.projection import Recorded, project

__all__ = ["Recorded", "project", "projected"]
