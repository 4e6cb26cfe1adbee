"""The arrow runs one way: each room imports only what the house allows."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import generator

PACKAGE = Path(generator.__file__).parent
TESTS = Path(__file__).parent
GROUND = {"records", "errors"}
BELOW_DRAW = {*GROUND, "networks", "images", "scan", "techniques"}
BELOW_STAGES = {*BELOW_DRAW, "exhibit", "store", "measure", "draw", "processes", "allocation"}
# room: the rooms that it may import
ALLOWED: dict[str, set[str]] = {
    "records": set(),
    "errors": set(),
    "language": {"errors"},
    "allocation": set(),
    "processes": GROUND,
    "exhibit": GROUND,
    "networks": GROUND,
    "images": GROUND,
    "store": GROUND,
    "scan": {*GROUND, "networks", "images"},
    "techniques": {*GROUND, "networks", "images"},
    "measure": {*GROUND, "networks", "images", "scan"},
    "draw": BELOW_DRAW - {"scan"},
    "live": {*GROUND, "networks"},
    "stages": {*BELOW_STAGES, "live"},
    "caption": {*GROUND, "language"},
    "pages": {*GROUND, "exhibit", "caption", "language", "store"},
    "pipeline": {*BELOW_STAGES, "stages", "caption"},
    "site": {"errors", "language", "pages", "pipeline"},
    "train": {*GROUND, "networks", "images", "measure", "stages"},
    "bench": {*BELOW_STAGES, "live", "stages", "pages", "pipeline"} - {"measure", "draw"},
    "__main__": {
        *GROUND,
        *("exhibit", "processes", "allocation", "store", "stages", "pipeline", "train", "bench"),
    },
}
LOOSE = 8  # files that may lie outside of a room
# What a page must never wait for.
SLOW = {"torch", "torchvision", "scipy", "skimage", "sklearn", "matplotlib"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Full names of the modules of ours, and of others, that a file imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are written in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


FILES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.parent != PACKAGE or path.name != "__init__.py"
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_what_the_house_allows(path: Path) -> None:
    own = room(path)
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("generator.")}
    assert ours - {own, "__version__"} <= ALLOWED[own]


def test_every_room_has_its_rule() -> None:
    assert {room(path) for path in FILES} == set(ALLOWED)


def test_the_rules_hold_no_circle() -> None:
    done: set[str] = set()
    while len(done) < len(ALLOWED):
        ready = {name for name, below in ALLOWED.items() if name not in done and below <= done}
        assert ready, f"a circle among {sorted(set(ALLOWED) - done)}"
        done |= ready


def test_techniques_know_nothing_of_each_other() -> None:
    techniques = PACKAGE / "techniques"
    for path in techniques.rglob("*.py"):
        own = path.relative_to(techniques).parts[0].removesuffix(".py")
        names = {name for name in imported(path) if name.startswith("generator.techniques.")}
        assert {name.split(".")[2] for name in names} <= {own}, path.name


def below() -> dict[str, set[str]]:
    """For each file of the package, those of ours that it imports anywhere, even in a function."""
    modules = {
        ".".join(("generator", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): path
        for path in PACKAGE.rglob("*.py")
    }
    imports_of: dict[str, set[str]] = {}
    for name, path in modules.items():
        imports_of[name] = set()
        for imports in imported(path):
            # `from generator.draw import raster` names a module, `... import draw` a name in one.
            target = imports if imports in modules else imports.rpartition(".")[0]
            if target in modules and target not in {name, "generator"}:
                imports_of[name].add(target)
    return imports_of


def test_no_circle_among_files() -> None:
    left = below()
    while left:
        ready = {name for name, needed in left.items() if not needed & left.keys()}
        assert ready, f"a circle among {sorted(left)}"
        left = {name: needed for name, needed in left.items() if name not in ready}


def test_few_files_lie_outside_of_a_room() -> None:
    loose = [path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"]
    assert len(loose) <= LOOSE, loose


@pytest.mark.parametrize(
    ("name", "files"),
    [("mkdocs", {"from_disk", "gen_pages", "preview"}), ("mkdocs_gen_files", {"gen_pages"})],
)
def test_only_the_room_of_the_site_knows_mkdocs(name: str, files: set[str]) -> None:
    knowing = [
        path for path in FILES if name in {module.split(".")[0] for module in imported(path)}
    ]
    assert {path.stem for path in knowing} == files
    assert {room(path) for path in knowing} == {"site"}


def test_no_file_is_longer_than_one_sitting() -> None:
    longest = {path.name: len(path.read_text().splitlines()) for path in FILES}
    assert {name: lines for name, lines in longest.items() if lines > 400} == {}


# What each file of a kind has by the same name, to be called by it; no reader takes it from two.
INTERFACES = {
    "stages": {"make", "work", "check", "entry"},
    "bench": {"rows"},
}


def public(path: Path) -> set[str]:
    """The functions, classes and types that a file gives; constants are read with their file."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    interface = INTERFACES.get(room(path), set())
    return {name for name in names - interface if name[0] != "_" and not name.isupper()}


def test_no_two_public_things_have_one_name() -> None:
    counts = Counter(name for path in FILES for name in public(path))
    assert {name for name, count in counts.items() if count > 1} == set()


UNTYPED = re.compile(r"(?:dict|Mapping)\[str, Any\]")
FEW = 40  # places where JSON comes in or goes out, and calls that PyTorch hands on


def test_records_travel_with_their_types() -> None:
    places = sum(
        bool(UNTYPED.search(line))
        for path in FILES
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    assert places <= FEW, "write a record in generator/records/ and read it by its schema"


def test_no_docstring_needs_the_one_before_it() -> None:
    leaning = [
        (path.name, node.lineno)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and (ast.get_docstring(node) or "").startswith(("The same ", "The same, "))
    ]
    assert leaning == []


def test_no_room_is_called_by_what_it_is_not() -> None:
    vague = {"utils", "misc", "helpers", "common", "util", "helper"}
    assert not [path for path in FILES if vague & {part.removesuffix(".py") for part in path.parts}]


def test_pages_and_words_import_nothing_slow() -> None:
    for path in FILES:
        if room(path) in {"pages", "caption", "exhibit", "store", "records", "errors"}:
            assert not {name.split(".")[0] for name in imported(path)} & SLOW, path.name


def test_the_tests_lie_in_the_rooms_of_the_code() -> None:
    rooms = {path.name for path in TESTS.iterdir() if any(path.glob("*.py"))}
    besides = {"support", "publishing", "browser"}  # helpers, workflows, the site that was built
    assert rooms - besides <= set(ALLOWED)
    assert besides <= rooms


MAINTAINERS = PACKAGE.parent / "docs" / "maintainers" / "adding-a-technique.md"
NAMED = re.compile(r"`((?:generator|docs|tests)/[\w/.-]+\.\w+)`")


def test_the_page_on_techniques_names_files_that_are_there() -> None:
    named = NAMED.findall(MAINTAINERS.read_text(encoding="utf-8"))
    assert len(named) >= 10
    assert [place for place in named if not (PACKAGE.parent / place).is_file()] == []


def test_the_page_on_techniques_shows_the_row_as_it_is() -> None:
    row = next(line for line in MAINTAINERS.read_text().splitlines() if line.startswith("Stage("))
    assert row in (PACKAGE / "stages" / "table.py").read_text(encoding="utf-8")


ASSETS = PACKAGE.parent / "docs" / "assets"
REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS_ALONE = re.compile(r"(?:^|[}\n,])\s*(\.[\w-]+)\s*(?=[,{])")


def test_a_class_is_styled_by_itself_in_one_sheet() -> None:
    """Every page has all sheets, so that one would change what another means."""
    by_class: dict[str, set[str]] = {}
    for sheet in sorted(ASSETS.glob("*.css")):
        for name in CLASS_ALONE.findall(REMARK.sub("", sheet.read_text(encoding="utf-8"))):
            by_class.setdefault(name, set()).add(sheet.name)
    assert len(by_class) > 50
    assert {name: sheets for name, sheets in by_class.items() if len(sheets) > 1} == {}


WORD = re.compile(r"`([a-zA-Z_]+)`")
DEFINED = re.compile(r"^\s*(?:def|class) (\w+)", re.MULTILINE)


def test_the_page_on_techniques_names_functions_of_the_files_beside_them() -> None:
    seen = 0
    for section in MAINTAINERS.read_text(encoding="utf-8").split("\n## "):
        words = set(WORD.findall(section))
        files = [PACKAGE.parent / place for place in NAMED.findall(section)]
        code = [file.read_text(encoding="utf-8") for file in files if file.suffix == ".py"]
        assert words - {name for text in code for name in DEFINED.findall(text)} == set()
        seen += len(words)
    assert seen >= 10
