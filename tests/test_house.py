"""The arrow runs one way: each room imports only what the house allows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import generator

PACKAGE = Path(generator.__file__).parent
PLAIN = {"records", "errors"}
STAGES = {
    *("networks", "images", "topk", "scan", "techniques", "measure", "draw", "figures"),
    *("evidence", "heat", "plots", "prebuilt", "spread", "sheets", "store"),
    *("shards", "second_look", "processes", "allocation"),
}
# room: the rooms that it may import
ALLOWED: dict[str, set[str]] = {
    "records": set(),
    "errors": set(),
    "config": PLAIN,
    "networks": PLAIN,
    "images": PLAIN,
    "topk": {"records"},
    "scan": PLAIN | {"networks", "images", "topk"},
    "techniques": PLAIN | {"networks", "images"},
    "measure": PLAIN | {"networks", "images", "scan"},
    "train": PLAIN | {"networks", "images", "measure"},
    "caption": PLAIN,
    "draw": {"records"},
    "store": PLAIN,
    "heat": {"draw"},
    "figures": PLAIN | {"networks", "images", "techniques", "draw"},
    "evidence": PLAIN | {"images", "draw"},
    "plots": {"records"},
    "allocation": set(),
    "shards": PLAIN | {"networks", "images", "scan"},
    "second_look": PLAIN | {"networks", "images", "scan"},
    "processes": PLAIN,
    "prebuilt": PLAIN | {"networks", "images", "techniques", "store"},
    "spread": {"records", "draw"},
    "sheets": {"records", "draw"},
    "stages": PLAIN | STAGES | {"config"},
    "manifest": PLAIN | STAGES | {"config", "stages"},
    "pipeline": PLAIN | STAGES | {"config", "stages", "manifest", "caption"},
    "check": PLAIN | {"store"},
    "pages": PLAIN | {"caption", "store"},
    "recompute": PLAIN | {"networks", "images", "figures", "draw", "store"},
    "fresh": set(),
    "preview": set(),
    "gen_pages": {"errors", "fresh", "pages", "pipeline", "preview"},
    "bench": PLAIN
    | {"allocation", "networks", "images", "scan", "figures", "techniques", "stages", "processes"}
    | {"pages", "pipeline", "manifest"},
    "__main__": PLAIN
    | {
        "allocation",
        "bench",
        "check",
        "config",
        "pipeline",
        "prebuilt",
        "processes",
        "recompute",
        "train",
    },
}
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
    for path in (PACKAGE / "techniques").glob("*.py"):
        names = {name for name in imported(path) if name.startswith("generator.techniques.")}
        assert not names, path.name


@pytest.mark.parametrize(
    ("name", "rooms"), [("mkdocs", {"gen_pages", "preview"}), ("mkdocs_gen_files", {"gen_pages"})]
)
def test_only_the_mkdocs_entry_knows_mkdocs(name: str, rooms: set[str]) -> None:
    assert {
        room(path) for path in FILES if name in {one.split(".")[0] for one in imported(path)}
    } == rooms


def test_no_file_is_longer_than_one_sitting() -> None:
    longest = {path.name: len(path.read_text().splitlines()) for path in FILES}
    assert {name: lines for name, lines in longest.items() if lines > 400} == {}


def test_no_room_is_called_by_what_it_is_not() -> None:
    vague = {"utils", "misc", "helpers", "common", "util", "helper"}
    assert not [path for path in FILES if vague & {part.removesuffix(".py") for part in path.parts}]


def test_pages_and_words_import_nothing_slow() -> None:
    for path in FILES:
        if room(path) in {"pages", "caption", "check", "config", "store", "records", "errors"}:
            assert not {name.split(".")[0] for name in imported(path)} & SLOW, path.name
