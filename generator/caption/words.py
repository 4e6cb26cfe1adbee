"""Words and numbers for sentences: nouns, plurals, places, angles, shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from generator.language import english, figure, named, own_word, say, say_count

MINUS, SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")

THINGS = ("drawing", "filter", "image", "other", "patch", "photograph", "pixel", "place", "unit")

UNCOUNTED = {"stripes", "lettering"}  # concepts that need no "a"
PLURAL_FIRST = (
    "faces",
    "round",
    "closed",
    "wheels",
    "straight",
    "right",
    "parallel",
    "nets",
    "strokes",
    "patterns",
    "curves",
)  # how wider names begin

# Plurals that no rule gives, by the last word of a class; the rest of ImageNet's classes follow
# the rules of ``plural``.
PLURALS = {
    "bighorn": "bighorn",
    "bison": "bison",
    "broccoli": "broccoli",
    "cauliflower": "cauliflower",
    "corn": "corn",
    "doberman": "dobermans",
    "dough": "dough",
    "goose": "geese",
    "grouse": "grouse",
    "guacamole": "guacamole",
    "hay": "hay",
    "lakeside": "lakeside",
    "loaf": "loaves",
    "mantis": "mantises",
    "monarch": "monarchs",
    "mouse": "mice",
    "ox": "oxen",
    "potato": "potatoes",
    "seashore": "seashore",
    "wolf": "wolves",
}


def position(row: int, column: int, rows: int, columns: int) -> str:
    """Where a cell stands, in words; rows and columns count from 1.

    >>> position(1, 1, 3, 3), position(3, 2, 3, 3), position(2, 2, 4, 4)
    ('top left', 'bottom middle', 'second row, second column')
    """
    if row in (1, rows):
        middle = columns // 2 + 1 if columns % 2 else 0
        across = {middle: "middle", 1: "left", columns: "right"}.get(column)
        if across:
            return named("place", f"{'top' if row == 1 else 'bottom'} {across}")
    return say("{row} row, {column} column", row=ordinal(row), column=ordinal(column))


def ordinal(number: int) -> str:
    """1 is "first"; words up to nine."""
    if number <= len(ORDINALS):
        return named("ordinal", ORDINALS[number - 1])
    return say("{number}th", number=number)


def noun(label: str) -> str:
    """A label as it stands in a sentence.

    >>> noun("wheel"), noun("stripes"), noun("line -45"), noun("orange blob")
    ('a wheel', 'stripes', 'a line at −45°', 'an orange blob')
    """
    kind, _, angle = label.partition(" ")
    if kind == "line" and angle.lstrip("+-").isdigit():
        return say("a line at {angle}", angle=degrees(float(angle)))
    if not english():
        return own_word("one", label) or label
    if label in UNCOUNTED or label.split(" ", maxsplit=1)[0].rstrip(",") in PLURAL_FIRST:
        return label
    return f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label}"


def in_plural(label: str) -> str:
    """What a label names, in the plural.

    >>> [in_plural(label) for label in ("wheel", "dog face", "stripes", "green blob")]
    ['wheels', 'dog faces', 'stripes', 'green blobs']
    """
    if not english():
        return own_word("several", label) or label
    if label in UNCOUNTED or label.split(" ", maxsplit=1)[0].rstrip(",") in PLURAL_FIRST:
        return label
    return plural(label)


def either(wanted: str) -> str:
    """The concepts that a cell is named for: "a grid or a honeycomb"."""
    return say(" or ").join(noun(label) for label in wanted.split(" or "))


def none_of(wanted: str) -> str:
    """The concepts that were not found, after "no": "line at −45°", "grid or honeycomb"."""
    labels = wanted.split(" or ")
    if not english():
        return say(" or ").join(by_itself(label) for label in labels)
    return " or ".join(noun(label).removeprefix("an ").removeprefix("a ") for label in labels)


def by_itself(label: str) -> str:
    """A label by itself, as in a list or a heading: "dog face"."""
    kind, _, angle = label.partition(" ")
    if not english() and kind == "line" and angle.lstrip("+-").isdigit():
        return say("line at {angle}", angle=degrees(float(angle)))
    return named("name", label)


def class_by_itself(label: str) -> str:
    """A class, or a group of several, by itself: ``Yorkshire terrier``, ``dogs``."""
    if english():
        return label
    first = label.split(",", maxsplit=1)[0].strip()
    return own_word("name", first) or own_word("group", first) or label


def plural(label: str) -> str:
    """A class in the plural, by its first name.

    >>> plural("Yorkshire terrier"), plural("goldfish, Carassius auratus"), plural("bus")
    ('Yorkshire terriers', 'goldfish', 'buses')
    """
    first = label.split(",", maxsplit=1)[0].strip()
    if not english():
        return own_word("several", first) or named("group", first)
    last = first.split(" ")[-1]
    if last.lower() in PLURALS:
        return first[: -len(last)] + PLURALS[last.lower()]
    named_so = last.endswith("s") and not last.endswith(("ss", "us"))  # sandals, binoculars
    if named_so or last.endswith("fish"):
        return first
    if last.endswith(("s", "x", "z", "ch", "sh")):
        return first + "es"
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        return first[:-1] + "ies"
    return first[:-2] + "en" if last.endswith("man") else first + "s"


def slope(angle: float) -> str:
    """How a line at an angle runs. Image rows run down, so a negative angle falls.

    >>> slope(-43), slope(45), slope(2), slope(-88)
    ('falling to the right', 'rising to the right', 'nearly level', 'nearly upright')
    """
    if abs(angle) < 10:
        return say("nearly level")
    if abs(angle) > 80:
        return say("nearly upright")
    return say("falling to the right") if angle < 0 else say("rising to the right")


def running(angle: float) -> str:
    """Lines at an angle, in words. Image rows run down, so a negative angle falls.

    >>> running(-43), running(20), running(2)
    ('lines that fall to the right', 'lines that rise gently to the right', 'level lines')
    """
    if abs(angle) < 10:
        return say("level lines")
    if abs(angle) > 80:
        return say("upright lines")
    if abs(angle) < 30:
        falling, rising = (
            say("lines that fall gently to the right"),
            say("lines that rise gently to the right"),
        )
    elif abs(angle) > 60:
        falling, rising = (
            say("lines that fall steeply to the right"),
            say("lines that rise steeply to the right"),
        )
    else:
        falling, rising = say("lines that fall to the right"), say("lines that rise to the right")
    return falling if angle < 0 else rising


def degrees(angle: float) -> str:
    """An angle with its unit and its sign, as \N{MINUS SIGN}45°, +45°; 0° and 90° have none."""
    rounded = round(angle)
    if rounded % 90 == 0:
        return f"{abs(rounded)}°"
    return f"{MINUS if rounded < 0 else '+'}{abs(rounded)}°"


def percent(share: float) -> str:
    """A share from 0 to 1 in percent, with one decimal."""
    return figure(f"{share:.1%}").replace("%", f"{SPACE}%")


def whole(share: float) -> int:
    """A share from 0 to 1 out of 100. Cut off, not rounded: 0.798 does not reach a bar of 80."""
    return math.floor(share * 100 + 1e-9)


def tenths(share: float) -> str:
    """A share from 0 to 1 out of 100 with one decimal, cut off as ``whole`` does it."""
    return figure(f"{math.floor(share * 1000 + 1e-9) / 10:.1f}")


def percent_interval(low: float, high: float) -> str:
    """The ends of an interval out of 100, cut off below and raised above: never too narrow.

    >>> percent_interval(0.905, 0.961)
    '90 to 97'
    """
    return say("{low} to {high}", low=whole(low), high=math.ceil(high * 100 - 1e-9))


def hundredths(share: float) -> str:
    """A share with two decimals, cut off, so that it never looks better than it is."""
    return figure(f"{math.floor(share * 100 + 1e-9) / 100:.2f}")


def thousandths(share: float) -> str:
    """A share with three decimals, cut off; the first two are those of ``hundredths``."""
    return figure(f"{math.floor(share * 1000 + 1e-9) / 1000:.3f}")


def number_of(value: float) -> str:
    """An activation in three digits or so, never as a power of ten.

    >>> number_of(1073.4), number_of(0.00001234)
    ('1,073', '0.0000123')
    """
    if abs(value) >= 100:
        return figure(f"{value:,.0f}")
    return figure(format(Decimal(f"{value:.3g}"), "f"))


def count_of(number: int, thing: str) -> str:
    """A number with its noun: "nine patches", "1 photograph" as "one photograph"."""
    several = "es" if thing.endswith("ch") else "s"
    written = in_words(number)
    return say_count(f"{{number}} {thing}", f"{{number}} {thing}{several}", number, number=written)


def in_words(number: int) -> str:
    """A number as a word up to nine, and in digits from there on."""
    return named("number", NUMBERS[number]) if number < len(NUMBERS) else figure(f"{number:,}")


def joined(parts: Sequence[str]) -> str:
    """Words with commas and an "and" before the last."""
    if len(parts) < 2:
        return "".join(parts)
    return say("{most} and {last}", most=", ".join(parts[:-1]), last=parts[-1])


def capital(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]
