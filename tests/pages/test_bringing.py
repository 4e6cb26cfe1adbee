"""The page for users: each entry of the program's own tables is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fake_store import make_store

from generator import pages, pipeline
from generator.__main__ import main
from generator.records import taken

DOCS = Path(pipeline.__file__).parents[1] / "docs"
PAGE = "what-you-can-bring.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(pages.render(make_store(tmp_path_factory.mktemp("store")), DOCS)[PAGE])


def test_the_page_has_every_entry_of_the_tables(page: str) -> None:
    for kind in taken.OPERATIONS:
        assert f"| {kind.words} | {kind.back} |" in page
    for family, stops in taken.STOPPED.items():
        assert f"| `{family}…` | " + " or ".join(f"`{name}`" for name in stops) in page
    for how, mark in taken.WEIGHTS_FILES.items():
        assert f"| {how} | taken: {mark} |" in page
    for words in taken.NO_WEIGHTS.values():
        assert f"refused: it {words} |" in page
    for name, words in taken.CARD.items():
        assert f"| `{name}` | {words} |" in page
    names: list[str] = [*taken.NESTS, *taken.WRAPPERS, *taken.COUNTERS, *taken.SPLITS]
    names += [*taken.OTHER_PICTURES, *taken.RAW_PICTURES, *taken.LEFT_BEHIND]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert taken.PICTURES in page
    assert "{{" not in page


SETTING = re.compile(r"`[A-Z_]+=\S+( \w[^`]*)?`")  # of a variable, as in a shell of Linux
ONE_SHELL = re.compile(r"&&|^ *[A-Z_]+=\S+ +\w|\bsource |\\$|\bexport ", re.MULTILINE)


def test_what_only_one_kind_of_shell_understands_stands_beside_the_others_forms() -> None:
    """A block outside of tabs is understood by PowerShell and cmd, too, or says how it differs."""
    told = 0
    for path in (DOCS.parent / "README.md", *DOCS.glob("*.md"), *DOCS.glob("maintainers/*.md")):
        text = path.read_text(encoding="utf-8")
        for block in re.finditer(r"^( {0,3})```sh\n(.*?)^ *```\n(.*?\n.*?)\n", text, re.S | re.M):
            if ONE_SHELL.search(block[2]) and "#!/bin/bash" not in block[2]:
                assert "PowerShell" in block[3], f"{path.name}: {block[2]}"
                told += 1
    assert told >= 4, "of the README"


def test_a_variable_is_set_in_the_words_of_each_shell() -> None:
    told = 0
    for path in (DOCS.parent / "README.md", *DOCS.glob("*.md"), *DOCS.glob("maintainers/*.md")):
        text = path.read_text(encoding="utf-8")
        for line in filter(SETTING.search, text.splitlines()):
            assert "in PowerShell `$env:" in line, f"{path.name}: {line}"
            assert "in cmd `set " in line, f"{path.name}: {line}"
            told += 1
    assert told >= 3


def test_each_way_to_call_the_program_is_given_for_each_shell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same commands in all, and the first one is understood as far as its files."""
    for name in (PAGE, "maintainers/your-own-lesson.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        shells = {
            shell: re.findall(rf"^    ```{shell}\n(.*?)^    ```", text, re.DOTALL | re.MULTILINE)
            for shell in ("sh", "powershell", "bat")
        }
        assert len({len(blocks) for blocks in shells.values()}) == 1
        assert shells["sh"]
        for blocks in zip(*shells.values(), strict=True):
            words = [re.findall(r"(generator \w+|mkdocs \w+|--[a-z]+)", block) for block in blocks]
            assert words[0] == words[1] == words[2]
    line = (DOCS / PAGE).read_text(encoding="utf-8").partition("python -m generator ")[2]
    assert main(line.splitlines()[0].split()) == 2
    assert "photos: no such folder" in capsys.readouterr().err
