"""One plain line for each named cell of a layer's figure: where it is, and what one sees there."""

from __future__ import annotations

from collections.abc import Sequence

from generator.caption.words import capital, either, noun, plural, position
from generator.language import figure, later, say
from generator.records import Cell, Taught

# What a label looks like, where its own words do not say it.
SEEN = {
    "line -45": later("a line that falls to the right"),
    "line +45": later("a line that rises to the right"),
}
FAMILY = {
    "face": later("people"),
    "dog face": later("dogs"),
    "bird face": later("birds"),
    "wheel": later("things on wheels"),
    "bicycle": later("bicycles, scooters or carts"),
}


def where(cell: Cell, rows: int, columns: int) -> str:
    """Where a cell lies in its figure: "Top left"."""
    return capital(position(cell.row, cell.column, rows, columns))


def plain_line(cell: Cell) -> str:
    """What one sees in a named cell, in one plain sentence without a number.

    >>> from generator.records import Claim
    >>> plain_line(Cell(1, 1, 29, "line -45", Claim("orientation", "line -45", 2.0, 1.3, True)))
    'a line that falls to the right.'
    >>> plain_line(Cell(1, 2, 6, "stripes", Claim("concept", "stripes", 0.61, 0.67, False)))
    'here we looked for stripes; no unit knows them well, and this one comes closest.'
    >>> bird = Claim("concept", "bird face", 0.9, 0.7, True)
    >>> plain_line(Cell(1, 2, 7, "bird face", bird, taught=Taught("same", "goose")))
    'a bird face; among photographs, too, it likes geese.'
    >>> goose = Claim("class", "goose", 2.7, 1.6, True)
    >>> plain_line(Cell(1, 2, 7, "bird face", goose)).split("; ")[1]
    'no unit passed the test with drawings, but this one likes photographs of geese.'
    """
    assert cell.wanted is not None
    claim = cell.claim
    if claim is None:
        return say(
            "a place for {wanted}, which this build did not test.", wanted=either(cell.wanted)
        )
    if cell.earned:
        seen = say(SEEN[claim.label]) if claim.label in SEEN else noun(claim.label)
        return f"{seen}{among_photographs(cell.taught, cell.wanted)}."
    sought = say(SEEN[cell.wanted]) if cell.wanted in SEEN else either(cell.wanted)
    if claim.held:
        return say(
            "here we looked for {sought}; no unit passed the test with drawings, but this one likes"
            " photographs of {label}.",
            sought=sought,
            label=plural(claim.label),
        )
    if cell.wanted == "stripes":
        closest = say("no unit knows them well, and this one comes closest")
    else:
        closest = say("no unit knows it well, and this one comes closest")
    return say("here we looked for {sought}; {closest}.", sought=sought, closest=closest)


FEW = 500  # photographs: so few are of no more than a few kinds of things


def little_to_show(photographs: int) -> bool:
    """Whether a collection lacks most of what units of the last layers look for."""
    return photographs <= FEW


def where_to_look(cells: Sequence[Cell], photographs: int) -> str:
    """That names by drawings are best seen in drawings; empty where photographs bear them out.

    ``cells`` are those of a figure, whose patches come from so many ``photographs``. A name is
    borne out where classes of photographs were tested and are of its family.
    """
    named = [
        cell.taught is not None and cell.taught.verdict == "same"
        for cell in cells
        if cell.claim and cell.claim.held and cell.claim.kind == "concept"
    ]
    if all(named):
        return ""
    advice = say("What a name means is plainest in the drawings under it.")
    if not little_to_show(photographs):
        return advice
    told = say(
        "The {photographs} photographs of this build cannot show all that units look for.",
        photographs=figure(f"{photographs:,}"),
    )
    return f"{told} {advice}"


def among_photographs(taught: Taught | None, wanted: str) -> str:
    """What photographs say to a name, as the end of a sentence; empty where they say nothing.

    >>> among_photographs(Taught("other", "black widow"), "dog face")
    ', but among photographs it likes black widows best'
    >>> among_photographs(Taught("untaught"), "face")
    ', though the network was taught no class of people'
    """
    if taught is None:
        return ""
    if taught.verdict == "same":
        return say("; among photographs, too, it likes {label}", label=plural(taught.label))
    if taught.verdict == "other":
        return say(", but among photographs it likes {label} best", label=plural(taught.label))
    return say(", though the network was taught no class of {family}", family=say(FAMILY[wanted]))
