"""A table of credits is read strictly; each mistake in it is one line that is true."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from generator.errors import GeneratorError, ImagesError
from generator.images import open_collection
from generator.images.credits import (
    COLUMNS,
    CREDITS,
    all_credited,
    read_credits,
    uncredited,
)
from generator.images.folder import open_folder
from generator.records.collections import Credit

HEAD = ",".join(COLUMNS)
CAT = 'cats/a.png,A cat,"Lund, Ada",CC BY 4.0,https://example.org/a'
DOG = "dogs/b.png,A dog,Bo Ek,CC0,https://example.org/b"


def photographs(root: Path, *names: str) -> Path:
    """A folder of pictures, each of another colour."""
    for number, name in enumerate(names or ("cats/a.png", "dogs/b.png")):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (number * 40, 80, 120)).save(path)
    return root


def table(root: Path, *lines: str) -> Path:
    path = root / CREDITS
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refusal(root: Path, *lines: str) -> str:
    """What is said of a table, without the folder that it lies in."""
    table(root, *lines)
    with pytest.raises(GeneratorError) as caught:
        open_folder(root)
    told = str(caught.value)
    assert "\n" not in told
    return told.replace(f"{root}{os.sep}", "")


def test_each_photograph_has_the_credit_of_its_line(tmp_path: Path) -> None:
    root = photographs(tmp_path, "cats/a.png", "dogs/b.png", "dogs/c.png")
    plain = open_folder(root)
    table(root, HEAD, DOG, "", CAT, ",,,,")
    collection = open_folder(root)
    assert collection.credits == {
        0: Credit("A cat", "Lund, Ada", "CC BY 4.0", "https://example.org/a", "cats/a.png"),
        1: Credit("A dog", "Bo Ek", "CC0", "https://example.org/b", "dogs/b.png"),
    }
    assert list(uncredited(collection)) == ["dogs/c.png"]
    assert collection.photograph(0) == "cats/a.png", "figures keep their names when a title changes"
    assert collection.sha256 == plain.sha256, "credits change no figure"
    assert collection.passed_over == plain.passed_over == (), "the table is no file out of place"


def test_columns_stand_in_any_order_and_a_mark_of_spreadsheets_is_passed_over(
    tmp_path: Path,
) -> None:
    root = photographs(tmp_path, "a.png")
    text = '\ufeffauthor,licence,address,title,file\r\n Å. Ek ,CC0,http://e.org,"Two\nlines",a.png'
    (root / CREDITS).write_bytes(text.encode())
    assert open_folder(root).credits[0] == Credit(
        "Two lines", "Å. Ek", "CC0", "http://e.org", "a.png"
    )


def test_names_match_however_their_accents_are_composed(tmp_path: Path) -> None:
    root = photographs(tmp_path, "caf\u00e9.png")
    table(root, HEAD, "cafe\u0301.png,Coffee,Bo Ek,CC0,https://e.org")
    assert open_folder(root).credits[0].photograph == "caf\u00e9.png"


def test_titles_that_several_photographs_bear_are_told_apart(tmp_path: Path) -> None:
    root = photographs(tmp_path, "a.png", "b.png", "c.png")
    by = "Bo Ek,CC0,https://e.org"
    table(root, HEAD, f"a.png,Untitled,{by}", f"b.png,Untitled,{by}", f"c.png,a.png,{by}")
    titles = [credit.title for credit in open_folder(root).credits.values()]
    assert titles == ["Untitled (a.png)", "Untitled (b.png)", "a.png (c.png)"]


def test_a_copy_that_takes_no_part_may_have_a_line(tmp_path: Path) -> None:
    root = photographs(tmp_path, "a.png")
    (root / "copy.png").write_bytes((root / "a.png").read_bytes())
    by = "Bo Ek,CC0,https://e.org"
    table(root, HEAD, f"a.png,One,{by}", f"copy.png,Two,{by}")
    assert [credit.title for credit in open_folder(root).credits.values()] == ["One"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([""], "credits.csv, line 1: has no column 'file'"),
        (["file,title,author,address", CAT], "credits.csv, line 1: has no column 'licence'"),
        (
            [HEAD.replace("licence", "license"), CAT],
            "unknown column in credits.csv, line 1: 'license'; did you mean 'licence'?",
        ),
        ([f"{HEAD},file", CAT], "credits.csv, line 1: has the column 'file' twice"),
        ([HEAD.replace(",", ";")], "credits.csv, line 1: has no commas between its fields"),
        (
            [HEAD, CAT, "cats/b.png,A dog,Bo Ek,CC0,https://e.org"],
            "unknown file in credits.csv, line 3: 'cats/b.png'; did you mean",
        ),
        (
            [HEAD, "../a.png,A dog,Bo Ek,CC0,https://e.org"],
            "unknown file in credits.csv, line 2: '../a.png'",
        ),
        (
            [HEAD, CAT, DOG, CAT],
            "credits.csv, line 4: names 'cats/a.png', which line 2 has named",
        ),
        ([HEAD, CAT, DOG.replace("Bo Ek", " ")], "credits.csv, line 3: author is empty"),
        (
            [HEAD, "", "dogs/b.png,A dog,Bo, Ek,CC0,https://e.org"],
            "credits.csv, line 3: has 6 fields, and line 1 has 5",
        ),
        ([HEAD, "dogs/b.png,A dog"], "credits.csv, line 2: has 2 fields"),
        (
            [HEAD, DOG.replace("https", "javascript")],
            "credits.csv, line 2: the address 'javascript://example.org/b' is not one of the web",
        ),
        ([HEAD, DOG.replace("/b", "/b b").replace("dogs/b b", "dogs/b")], "line 2: the address"),
        ([HEAD, '"A\nB",x,x,x,https://e.org', DOG + '"x"y,'], "credits.csv, line 4: has 6 fields"),
        (
            [HEAD, DOG, 'cats/a.png,"A cat" x,B,CC0,https://e.org'],
            "credits.csv, line 3: is not CSV",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(
    tmp_path: Path, lines: list[str], told: str
) -> None:
    root = photographs(tmp_path)
    (tmp_path.parent / "a.png").touch()
    assert told in refusal(root, *lines)


def test_a_table_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    root = photographs(tmp_path)
    (root / CREDITS).write_bytes(
        f"{HEAD}\n{CAT}\n".encode() + "dogs/b.png,Hündin".encode("latin-1")
    )
    with pytest.raises(ImagesError, match=r"credits\.csv, line 3: is not UTF-8"):
        open_folder(root)


def test_a_table_that_is_empty_or_no_file_is_refused(tmp_path: Path) -> None:
    root = photographs(tmp_path)
    (root / CREDITS).touch()
    with pytest.raises(ImagesError, match=r"line 1: is empty; begin with file,title"):
        read_credits(root / CREDITS)
    (root / CREDITS).unlink()
    (root / CREDITS).mkdir()
    with pytest.raises(ImagesError, match=r"credits\.csv: can't be read"):
        open_folder(root)


def test_where_credits_are_required_each_photograph_needs_one(tmp_path: Path) -> None:
    root = photographs(tmp_path / "in", "a.png", "b.png", "c.png")
    with pytest.raises(ImagesError, match=r"none of the 3 photographs has a credit, .*: a\.png;"):
        all_credited(open_folder(root))
    by = "Bo Ek,CC0,https://e.org"
    table(root, HEAD, f"a.png,A,{by}", f"c.png,C,{by}")
    with pytest.raises(ImagesError, match=r"1 of 3 photographs has no credit, .*: b\.png; give"):
        all_credited(open_folder(root))
    table(root, HEAD, *(f"{name}.png,{name},{by}" for name in "abc"))
    all_credited(open_folder(root), ["a.png", "b"])
    own = photographs(tmp_path / "own", "mine.png") / "mine.png"
    with pytest.raises(ImagesError, match=r"1 of 3 .*mine\.png"):
        all_credited(open_folder(root), [str(own)])
    all_credited(open_collection("bundled"))
