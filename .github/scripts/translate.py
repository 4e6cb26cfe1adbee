"""Brings the catalogue of a language up to date with what the program, its pages and scripts say.

    python .github/scripts/translate.py de

A language without a catalogue gets a new one, ``generator/language/LANGUAGE.po``. What is left to
translate has an empty ``msgstr``; what nobody says any more is taken out.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from generator.caption.words import NUMBERS, ORDINALS, THINGS
from generator.images.stimuli import CONCEPTS
from generator.images.stimuli.statistics import PLAIN
from generator.language.catalogue import po_file
from generator.measure.giveaways import GROUND
from generator.measure.imagenet import all_classes, groups
from generator.measure.names import WIDER
from generator.records.hues import NAMES as HUES
from generator.stages.layout import KINDS, WORDS
from generator.stages.table import STAGES

ROOT = Path(__file__).resolve().parents[2]
SAY, COUNT = ("say", "later"), ("say_count",)
SAYING = (  # where sentences stand
    *("generator/caption", "generator/pages", "generator/site"),
    *("docs/templates", "docs/overrides", "docs/assets/js"),
)
CARD = ROOT / "generator/networks/weights/zfnet64.json"
NORMS = ("batch-norm", "layer-norm")
DRAWN = (
    *("input", "three colours", "no parameters", "linear", "max of all", "mean of all"),
    *("this network", "random weights", "layer", "epochs of training"),
)
ENGINES = ("plain JavaScript", "WebGPU")


Sentence = str | tuple[str, str]  # one for 1, and one for all other numbers


def in_python(text: str) -> Iterator[Sentence]:
    """The sentences of a file of ours, those inside others, too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
            if node.func.id in SAY and texts:
                yield str(texts[0])
            elif node.func.id in COUNT and len(texts) == 2:
                yield str(texts[0]), str(texts[1])


def in_template(text: str) -> Iterator[Sentence]:
    """The sentences of a template."""
    keywords = [*SAY, *COUNT]
    for _, name, found, _ in babel_extract(BytesIO(text.encode()), keywords, [], {}):
        texts = found if isinstance(found, tuple) else (found,)
        yield (str(texts[0]), str(texts[1])) if name in COUNT else str(texts[0])


def in_script(text: str) -> Iterator[Sentence]:
    """The sentences of a script, those inside others, too."""
    for alone, one, many in SCRIPTED.findall(text):
        yield (str(json.loads(one)), str(json.loads(many))) if many else str(json.loads(alone))


LITERAL = r'("(?:[^"\\]|\\.)*")'
SCRIPTED = re.compile(rf"\bsay(?:\(\s*{LITERAL}|Count\(\s*{LITERAL},\s*{LITERAL})")
READERS = {".py": in_python, ".html": in_template, ".js": in_script}


def sentences() -> Iterator[tuple[str, Sentence]]:
    """Every sentence with the file where it stands."""
    for folder in SAYING:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in READERS:
                for sentence in READERS[path.suffix](path.read_text("utf-8")):
                    yield path.relative_to(ROOT).as_posix(), sentence


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
    yield from (("credit", said) for row in bundled() for said in (row["author"], row["licence"]))
    yield from OTHERS


OTHERS = (
    *(("part", kind) for kind in ("linear", "contrast", *KINDS[:1], *WORDS, *NORMS)),
    *(("plot", word) for word in DRAWN),
    *(("statistic", plain) for plain in (*PLAIN, GROUND)),
    *(("group", group) for group in sorted(groups(all_classes()[0]))),
    *(("stage", stage) for stage in ("load the network", *(stage.name for stage in STAGES))),
)


def taught() -> list[str]:
    """The classes of the network that comes with the project, by their first names."""
    classes = json.loads(CARD.read_text("utf-8"))["classes"]
    return [label.split(",")[0].strip() for label in classes]


def photographs() -> list[str]:
    """The titles of the photographs that come with the project's packages."""
    return [row["title"] for row in bundled()]


def bundled() -> list[dict[str, str]]:
    """The table of these photographs."""
    table = ROOT / "generator/images/bundled.csv"
    return list(csv.DictReader(table.read_text("utf-8").splitlines()))


def gathered(language: str) -> Catalog:
    """All that there is to translate."""
    catalog = Catalog(language, project="visualizing-cnns", charset="utf-8")
    for place, sentence in sentences():
        catalog.add(sentence, locations=[(place, 1)])
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


HEADER = """\
# What the lesson says in another language. .github/scripts/translate.py keeps it up to date.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals};\\n"

"""


def written(catalog: Catalog) -> bytes:
    """A catalogue as its file; places without lines, so that a change elsewhere changes nothing."""
    for message in catalog:
        places = sorted({place for place, _ in message.locations})
        message.locations = [(place, 0) for place in places]
        message.flags -= {"fuzzy", "python-format", "python-brace-format"}
    out = BytesIO()
    write_po(out, catalog, width=100, omit_header=True, include_lineno=False)
    header = HEADER.format(language=catalog.locale_identifier, plurals=catalog.plural_forms)
    return header.encode() + out.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:] or sys.exit(str(__doc__)):
        po_file(name).write_bytes(written(brought_up_to_date(name)))
