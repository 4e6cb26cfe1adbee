"""Brings the catalogue of a language up to date with what the program, its pages and scripts say.

    python .github/scripts/translate.py de

A language without a catalogue gets a new one, ``generator/language/LANGUAGE.po``. What is left to
translate has an empty ``msgstr``; what nobody says any more is taken out.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from generator.caption.words import NUMBERS, ORDINALS, THINGS
from generator.images.stimuli import CONCEPTS
from generator.language.catalogue import po_file
from generator.measure.giveaways import GROUND, PLAIN
from generator.measure.imagenet import all_classes, groups
from generator.measure.names import WIDER
from generator.records.hues import NAMES as HUES
from generator.stages.layout import KINDS, WORDS
from generator.stages.table import STAGES

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {
    "say": None, "later": None, "say_count": (1, 2), "sayCount": (1, 2),
    "told": None, "told_count": (1, 2),
}  # fmt: skip
SAYING = (  # where sentences stand, and how they are found there
    ("generator/caption", "*.py", "python"),
    ("generator/pages", "*.py", "python"),
    ("generator/site", "*.py", "python"),
    ("docs/templates", "*.html", "jinja2"),
    ("docs/overrides", "*.html", "jinja2"),
    ("docs/assets/js", "*.js", "javascript"),
)
CARD = ROOT / "generator/networks/weights/zfnet64.json"
NORMS = ("batch-norm", "layer-norm")
DRAWN = (
    *("input", "three colours", "no parameters", "linear", "max of all", "mean of all"),
    *("this network", "random weights", "layer", "epochs of training"),
)
ENGINES = ("plain JavaScript", "WebGPU")


def sentences() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Every sentence with the file and the line where it stands."""
    for folder, names, method in SAYING:
        for path in sorted((ROOT / folder).rglob(names)):
            place = path.relative_to(ROOT).as_posix()
            with path.open("rb") as file:
                found = extract(method, file, KEYWORDS, options={"template_syntax": "es6"})
                for line, message, _, _ in found:
                    yield place, line, message


def words() -> Iterator[tuple[str, str]]:
    """Words by their kind: what things are called, alone, one of them, and several."""
    hues = dict.fromkeys(name for _, name in HUES)
    concepts = [*CONCEPTS, *(f"{hue} blob" for hue in hues)]
    for concept in concepts:
        yield from (("name", concept), ("one", concept), ("several", concept))
    for name in WIDER:
        yield from (("name", name.label), ("one", name.label), ("several", name.label))
    yield from (("colour", hue) for hue in hues)
    yield from (("number", number) for number in ("none", *NUMBERS))
    yield from (("ordinal", ordinal) for ordinal in ORDINALS)
    for row in ("top", "bottom"):
        yield from (("place", f"{row} {column}") for column in ("left", "middle", "right"))
    for label in taught():
        yield from (("name", label), ("several", label))
    yield from (("photograph", title) for title in photographs())
    yield from (("data", data) for data in taken_from())
    yield from OTHERS


OTHERS = (
    *(("part", kind) for kind in ("linear", "contrast", *KINDS[:1], *WORDS, *NORMS)),
    *(("plot", word) for word in DRAWN),
    *(("statistic", plain) for plain in (*PLAIN, GROUND)),
    *(("group", group) for group in sorted(groups(all_classes()[0]))),
    *(("stage", stage) for stage in ("load the network", *(stage.name for stage in STAGES))),
)


def taken_from() -> list[str]:
    """What the built-in network was measured on, and the images that come with the packages."""
    measured = json.loads(CARD.read_text("utf-8"))["measured_on"]
    return [measured, f"{len(photographs())} bundled photographs, cut into tiles"]


def taught() -> list[str]:
    """The classes of the network that comes with the project, by their first names."""
    classes = json.loads(CARD.read_text("utf-8"))["classes"]
    return [label.split(",")[0].strip() for label in classes]


def photographs() -> list[str]:
    """The titles of the photographs that come with the project's packages."""
    table = ROOT / "generator/images/bundled.csv"
    return [row["title"] for row in csv.DictReader(table.read_text("utf-8").splitlines())]


def gathered(language: str) -> Catalog:
    """All that there is to translate."""
    catalog = Catalog(language, project="visualizing-cnns", charset="utf-8")
    for place, line, message in sentences():
        catalog.add(message, locations=[(place, line)])
    for thing in THINGS:
        several = "es" if thing.endswith("ch") else "s"
        catalog.add((f"{{number}} {thing}", f"{{number}} {thing}{several}"))
    for engine in ENGINES:
        catalog.add(engine, locations=[("docs/assets/js/live/engine.js", 1)])
    for kind, word in words():
        catalog.add(word, context=kind)
    return catalog


def brought_up_to_date(language: str) -> Catalog:
    """The catalogue of a language with all that there is to translate, and nothing else."""
    new, path = gathered(language), po_file(language)
    if path.is_file():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
        for message in new:
            before = known.get(message.id, message.context) if message.id else None
            if before is not None:
                message.string = before.string
    return new


def written(catalog: Catalog) -> bytes:
    """A catalogue as its file; places without lines, so that a change elsewhere changes nothing."""
    for message in catalog:
        message.locations = sorted({(place, None) for place, _ in message.locations})
        message.flags.discard("fuzzy")
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    out = BytesIO()
    write_po(out, catalog, width=100, omit_header=False, include_lineno=False)
    return out.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:] or sys.exit(str(__doc__)):
        po_file(name).write_bytes(written(brought_up_to_date(name)))
