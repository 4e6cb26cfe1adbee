"""Module scripts become one plain script, or the line that can't is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.site.joined import plain_script

SCRIPTS = Path(__file__).parents[2] / "docs" / "assets" / "js"


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_a_module_is_a_function_that_gives_what_it_exports(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    folder = written(
        tmp_path,
        page='import { one, two } from "./parts/some.js";\n'
        'const late = await import("./late.js");\n',
        late='import * as all from "./parts/some.js";\nexport class Late {}\n',
    )
    (folder / "parts" / "some.js").write_text(
        "export const one = 1;\nexport async function two() {}\nconst own = import.meta.url;\n"
        '/** @typedef {import("./other.js").Other} Other */\n',
        encoding="utf-8",
    )
    script = plain_script(folder, ["page.js", "late.js"])
    assert 'const { one, two } = $use("parts/some.js");\nconst late = $use("late.js");' in script
    assert 'const all = $use("parts/some.js");\nclass Late {}\n\nreturn { Late };' in script
    assert "\nconst one = 1;\nasync function two() {}\n" in script
    assert 'const own = new URL("parts/some.js", $base).href;' in script
    assert "return { one, two };" in script
    assert 'of ["page.js", "late.js"]' in script
    assert script.count("const one = 1;") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('import one from "./late.js";', '`import one from "./late.js";`'),
        ('import { one as two } from "./late.js";', "one as two"),
        ('import { one } from "three";', "three"),
        ("export default 1;", "`export default 1;`"),
        ("export { one };", "`export { one };`"),
        ("export let one = 1;", "`export let one = 1;`"),
        ("const later = await import(name);", "`await import(name);`"),
        ("const here = import.meta.dirname;", "import.meta.dirname"),
    ],
)
def test_a_form_that_cannot_be_joined_is_named(line: str, said: str, tmp_path: Path) -> None:
    folder = written(tmp_path, page=f"const before = 1;\n{line}\n", late="export const one = 1;\n")
    with pytest.raises(GeneratorError, match=re.escape(said)) as caught:
        plain_script(folder, ["page.js"])
    assert "page.js" in str(caught.value)
    assert "what can be: " in str(caught.value)


def test_a_module_that_is_not_there_is_named_with_who_wants_it(tmp_path: Path) -> None:
    folder = written(tmp_path, page='import { one } from "./gone.js";\n')
    with pytest.raises(GeneratorError, match=r"gone\.js: this script, which page\.js imports,"):
        plain_script(folder, ["page.js"])


def test_a_circle_is_named(tmp_path: Path) -> None:
    folder = written(
        tmp_path, one='import { a } from "./two.js";\n', two='import { b } from "./one.js";\n'
    )
    with pytest.raises(GeneratorError, match=r"one\.js: imports itself by way of one\.js and two"):
        plain_script(folder, ["one.js"])


def test_every_script_of_the_pages_can_be_joined() -> None:
    for path in sorted(SCRIPTS.rglob("*.js")):
        name = path.relative_to(SCRIPTS).as_posix()
        assert f'"{name}": () => {{' in plain_script(SCRIPTS, [name])
