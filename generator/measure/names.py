"""What a unit may be called by drawings, and what it has to tell the named thing from.

A name is a drawn concept, or a plain wider one that several concepts share: *faces* for the faces
of people, dogs and birds. Each has **rivals**: drawings that share most of what makes up the thing,
so that a unit may answer to the part that they share. A unit that takes a person's face for a dog's
is no dog-face unit, however well it tells dogs' faces from stripes. The reason of each rival
stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.images.stimuli import CONCEPTS, DISTRACTORS, FILLING

SHAPES = tuple(concept for concept in CONCEPTS if concept not in DISTRACTORS)


@dataclass(frozen=True)
class Name:
    """A name with the concepts that it stands for, its ``members``.

    ``rivals`` are other concepts, each with the reason why a unit could take it for this.
    """

    label: str
    members: tuple[str, ...]
    rivals: tuple[tuple[str, str], ...]

    @property
    def wide(self) -> bool:
        """Whether it stands for several concepts."""
        return len(self.members) > 1

    @property
    def fills(self) -> bool:
        """Whether all that it stands for are textures, which fill a picture."""
        return all(member in FILLING for member in self.members)


def _one(label: str, **rivals: str) -> Name:
    return Name(
        label, (label,), tuple((rival.replace("_", " "), why) for rival, why in rivals.items())
    )


def _wide(label: str, members: tuple[str, ...], **rivals: str) -> Name:
    return Name(label, members, _one(label, **rivals).rivals)


NAMED = (
    _one(
        "line",
        stripes="many lines side by side",
        cross="two lines in one place",
        rectangle="its sides are lines",
    ),
    _one("blob", circle="also round and closed", pebbles="also spots, with sharp edges"),
    _one("stripes", line="one line alone", grid="stripes in two directions"),
    _one(
        "circle",
        hooks="a short arc is a piece of a circle",
        wheel="its rim is a circle",
        blob="also round and closed",
        rectangle="also a closed outline",
    ),
    _one(
        "rectangle",
        cross="its corners are right angles too",
        line="its sides are lines",
        circle="also a closed outline",
    ),
    _one("cross", rectangle="right angles too", grid="full of crossings", line="half of a cross"),
    _one(
        "grid",
        stripes="half of a grid",
        cross="one crossing of a grid",
        honeycomb="also cells side by side",
    ),
    _one("honeycomb", grid="also cells side by side", stripes="also fills the picture with lines"),
    _one(
        "wheel",
        circle="the rim alone",
        grid="also lines that cross",
        bicycle="has two wheels",
    ),
    _one(
        "face",
        dog_face="also eyes and a mouth in an oval",
        bird_face="also a head with an eye",
        circle="the oval alone",
        wheel="parts in a ring",
    ),
    _one("dog face", face="also eyes, nose and mouth", bird_face="also a head with an eye"),
    _one("bird face", face="also a head with eyes", dog_face="also a head with eyes"),
    _one(
        "bicycle",
        wheel="half of what a bicycle is",
        circle="the rims alone",
        lettering="also thin strokes in many directions",
    ),
    _one("lettering", scribble="strokes that mean nothing", hooks="short strokes, strewn about"),
)  # in the order of SHAPES

WIDER = (
    _wide(
        "faces of people and dogs",
        ("face", "dog face"),
        bird_face="also a head with an eye",
        circle="the oval alone",
        wheel="parts in a ring",
    ),
    _wide(
        "faces of dogs and birds",
        ("dog face", "bird face"),
        face="also a head with eyes",
        pebbles="dark spots side by side, as eyes are",
    ),
    _wide(
        "faces of people and birds",
        ("face", "bird face"),
        dog_face="also a head with eyes",
        circle="round outlines, as heads and eyes have",
    ),
    _wide(
        "round outlines, empty or with spokes",
        ("circle", "wheel"),
        rectangle="also a closed outline",
        blob="also round and closed",
        hooks="a short arc is a piece of a circle",
    ),
    _wide(
        "closed outlines, round or square",
        ("circle", "rectangle"),
        line="one side of an outline",
        cross="lines that close nothing",
        hooks="short arcs that close nothing",
    ),
    _wide(
        "wheels, alone or on bicycles",
        ("wheel", "bicycle"),
        circle="the rim alone",
        lettering="also thin strokes in many directions",
    ),
    _wide(
        "straight bars, alone or crossed",
        ("line", "cross"),
        rectangle="sides that meet at corners",
        lettering="made of short bars",
    ),
    _wide(
        "right angles, at corners or crossings",
        ("rectangle", "cross"),
        line="one side alone",
        circle="an outline without corners",
    ),
    _wide(
        "parallel lines, crossed or not",
        ("stripes", "grid"),
        honeycomb="lines in three directions",
        line="one line alone",
    ),
    _wide(
        "nets, of squares or of hexagons",
        ("grid", "honeycomb"),
        stripes="lines that enclose nothing",
        wheel="also lines that cross",
    ),
    _wide(
        "strokes, of letters or scribbled",
        ("lettering", "scribble"),
        line="one stroke alone",
        bicycle="also thin strokes in many directions",
    ),
    _wide(
        "faces of people, dogs and birds",
        ("face", "dog face", "bird face"),
        circle="round outlines, as heads and eyes have",
        wheel="parts in a ring",
        pebbles="dark spots side by side, as eyes are",
    ),
    _wide(
        "patterns of lines that repeat",
        ("stripes", "grid", "honeycomb"),
        line="one line alone",
        lettering="strokes that do not repeat",
    ),
    _wide(
        "curves, closed or open",
        ("circle", "wheel", "hooks"),
        line="a stroke that does not bend",
        rectangle="an outline without curves",
        cross="strokes that do not bend",
    ),
)  # narrow ones first

NAMES = (*NAMED, *WIDER)
WIDE_LABELS = frozenset(name.label for name in WIDER)


def wider(concept: str) -> tuple[Name, ...]:
    """The wider names that a concept falls under, the narrowest first."""
    return tuple(name for name in WIDER if concept in name.members)
