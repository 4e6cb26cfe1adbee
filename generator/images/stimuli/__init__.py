"""Drawn stimuli: pictures of known concepts, alike in everything but their shape.

What a unit prefers is measured by what it answers to pictures whose content is known. These are
drawn so that nothing plain tells the concepts apart: size, place, colours and background follow one
law for all, and mean colour, contrast and edge energy are set to targets that the concept has no
part in (`scene.py`). What remains is the shape.

Angles are in degrees and image rows run downwards: -45 falls to the right, 45 rises to the right,
0 is level, 90 upright.
"""

from generator.images.stimuli.drawing import (
    CONCEPTS,
    DISTRACTORS,
    FILLING,
    ORIENTED,
    Drawing,
    contact_sheet,
    draw,
    draw_many,
    forget_drawings,
)
from generator.images.stimuli.statistics import PLAIN, ground_grain, simple_statistics

__all__ = [
    "CONCEPTS",
    "DISTRACTORS",
    "FILLING",
    "ORIENTED",
    "PLAIN",
    "Drawing",
    "contact_sheet",
    "draw",
    "draw_many",
    "forget_drawings",
    "ground_grain",
    "simple_statistics",
]
