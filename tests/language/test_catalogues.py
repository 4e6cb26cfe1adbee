"""The catalogues: nothing is left to translate, and a translation says what its sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from translate import brought_up_to_date, in_python, in_script, in_template, written

from generator.caption.words import (
    class_by_itself,
    count_of,
    in_plural,
    joined,
    noun,
    percent,
    plural,
)
from generator.errors import UsageError
from generator.language import figure, named, own_word, say, say_count, speaking, spoken
from generator.language.catalogue import catalogue, languages, po_file

PLACEHOLDER = re.compile(r"\{\w+\}")
BEGINS = (" ", ",", ";", ".")  # how the rest of a sentence may begin


def messages(language: str) -> Iterator[Message]:
    with po_file(language).open("rb") as file:
        yield from (message for message in read_po(file, locale=language) if message.id)


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_has_all_that_is_said_and_no_more(language: str) -> None:
    now = written(brought_up_to_date(language)).decode()
    assert now == po_file(language).read_text("utf-8"), (
        f"run `python .github/scripts/translate.py {language}` and translate what is new"
    )


@pytest.mark.parametrize("language", languages())
def test_nothing_is_left_to_translate(language: str) -> None:
    assert [one.id for one in messages(language) if not all(forms(one.string))] == []


@pytest.mark.parametrize("language", languages())
def test_a_translation_fills_in_what_its_sentence_fills_in(language: str) -> None:
    for message in messages(language):
        asked, many = set(PLACEHOLDER.findall(forms(message.id)[-1])), len(forms(message.string))
        for number, told in enumerate(forms(message.string)):
            filled = set(PLACEHOLDER.findall(told))
            assert filled <= asked, message.id
            # The form for one thing may say "a unit" in place of "{number} unit".
            assert filled == asked or (many > 1 and number == 0), message.id
            assert told.count("{") == len(PLACEHOLDER.findall(told)), message.id


@pytest.mark.parametrize("language", languages())
def test_what_continues_a_sentence_still_does(language: str) -> None:
    for message in messages(language):
        for text, told in zip(forms(message.id)[-1:], forms(message.string)[-1:], strict=True):
            assert told.startswith(BEGINS) or not text.startswith(" "), message.id
            assert told.endswith(" ") == text.endswith(" "), message.id
            assert told.endswith(".") or not text.endswith("."), message.id


@pytest.mark.parametrize("language", languages())
def test_html_in_a_translation_is_that_of_its_sentence(language: str) -> None:
    tags = re.compile(r"<[^>]*>")
    for message in messages(language):
        expected = sorted(tags.findall(forms(message.id)[-1]))
        assert all(sorted(tags.findall(told)) == expected for told in forms(message.string))


def test_sentences_inside_others_are_found() -> None:
    assert list(in_python('say("a {b}", b=say_count("c", "cs", 2, d=later("e")))')) == [
        "a {b}",
        ("c", "cs"),
        "e",
    ]
    assert list(in_script('say("a", { b: sayCount("c \\"x\\"", "cs", 2) })')) == [
        "a",
        ('c "x"', "cs"),
    ]
    assert list(in_template('{{ say("a", b=say("c")) }}{% if x %}{{ say("d") }}{% endif %}'))


def test_english_needs_no_catalogue() -> None:
    assert spoken() == "en"
    assert say("Layer {index}", index=3) == "Layer 3"
    assert say_count("{number} unit", "{number} units", 1, number="one") == "one unit"
    assert (figure("1,234.5"), named("name", "wheel"), own_word("name", "wheel")) == (
        "1,234.5",
        "wheel",
        None,
    )


def test_german() -> None:
    with speaking("de"):
        assert say("Layer {index}", index=3) == "Schicht 3"
        assert (figure("1,234.5"), percent(0.4896)) == ("1.234,5", "49,0\N{NO-BREAK SPACE}%")
        assert (count_of(1, "patch"), count_of(9, "patch")) == (
            "ein Ausschnitt",
            "neun Ausschnitte",
        )
        assert count_of(1200, "image") == "1.200 Bilder"
        assert joined(["a", "b", "c"]) == "a, b und c"
        assert (noun("wheel"), in_plural("dog face")) == ("ein Rad", "Hundegesichter")
        assert noun("line -45") == "eine Linie bei −45°"
        assert plural("goldfish, Carassius auratus") == "Goldfische"
        assert (class_by_itself("goldfish, Carassius auratus"), class_by_itself("dogs")) == (
            "Goldfisch",
            "Hunde",
        )
        assert plural("dogs") == "Hunde"  # where a collection has too few images of each
        # The names of other classes are anyone's: they stay, without English grammar.
        assert (noun("lighter"), plural("lighter, light")) == ("lighter", "lighter")
    assert spoken() == "en"


def test_a_language_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), speaking("de"):
        _ = 1 / 0
    assert spoken() == "en"


def test_a_language_without_a_catalogue() -> None:
    with (
        pytest.raises(UsageError, match=r"unknown language of the lesson 'dk'.*de"),
        speaking("dk"),
    ):
        pass


def test_scripts_are_handed_all_that_they_say() -> None:
    handed = catalogue("de").scripts()
    scripts = Path(__file__).parents[2] / "docs" / "assets" / "js"
    said = {
        sentence if isinstance(sentence, str) else sentence[0]
        for path in scripts.rglob("*.js")
        for sentence in in_script(path.read_text("utf-8"))
    }
    assert len(said) > 200
    assert said <= handed.keys()
