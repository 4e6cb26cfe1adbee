"""What code a file of the package runs: the files that it imports, and those that these import.

Read from the source, so that nothing is imported and a warm build stays quick. What is imported
for annotations alone is never run and does not count; nor does a folder's ``__init__.py`` that is
only passed on the way to a file in it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from generator.store.keys import PACKAGE, code_key

# Files whose change is no reason to make a figure again, whoever imports them.
LEFT_OUT = {
    "errors.py": "how a refusal is put in words; a stage that ends with one writes nothing",
    "exhibit.py": "each setting is part of the key of the input that it belongs to",
    "processes.py": "who does a share of the work; what comes of it is the same",
    "allocation.py": "how memory is asked for; what lies in it is the same",
    "images/refused.py": "what is told of refused images; why each was is written in the stage",
    "store/imports.py": "how keys are made; another way gives other keys",
    "store/keys.py": "how keys are made; another way gives other keys",
}
DATA = re.compile(r"[\w-]+\.\w+")  # the name of a file, as it stands in the code that reads it


def code_behind(*places: str) -> str:
    """Sixteen hexadecimal digits that change with any of the ``files_behind`` these."""
    return code_key(*files_behind(*places))


def files_behind(*places: str, root: Path = PACKAGE) -> tuple[str, ...]:
    """These files of the package in ``root`` and all that they run, as paths in it, sorted.

    A data file that lies beside the code that names it is among them.
    """
    behind: set[str] = set()
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place not in behind and place not in LEFT_OUT:
            behind.add(place)
            waiting += _named_in(root, place)
    return tuple(sorted(behind))


@cache
def _named_in(root: Path, place: str) -> tuple[str, ...]:
    """The files that one file names: modules that it uses, and data beside it."""
    path = root / place
    if path.suffix != ".py":
        return ()
    modules: dict[str, list[str]] = {}
    used: set[str] = set()
    named: set[str] = set()
    for node in _running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name
                modules.setdefault(bound, []).append(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            named |= {file for alias in node.names if (file := _file(root, alias.name))}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            beside = path.parent / node.value
            if DATA.fullmatch(node.value) and beside.suffix != ".py" and beside.is_file():
                named.add(beside.relative_to(root).as_posix())
    # A folder that is imported as a whole hands on all that its own file imports.
    counted = modules if path.name == "__init__.py" else modules.keys() & used
    for name in counted:
        named |= {file for module in modules[name] if (file := _file(root, module))}
    return tuple(sorted(named - {place}))


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree that are run: all but what only a type checker reads.

    The annotations of a dataclass's fields count, since they say how a record is read back.
    """
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, in_function = waiting.pop()
        yield node
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in node._fields:
            if name == "returns" or (name == "annotation" and (in_function or function)):
                continue
            if name == "body" and isinstance(node, ast.If) and _type_checking(node.test):
                continue
            value = getattr(node, name, None)
            parts = value if isinstance(value, list) else (value,)
            waiting += [(at, in_function or function) for at in parts if isinstance(at, ast.AST)]


def _type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


@cache
def _handed_on(root: Path, init: str) -> dict[str, str]:
    """What a folder's own file imports for others, by name: the modules that it is from."""
    tree = ast.parse((root / init).read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _file(root: Path, module: str) -> str | None:
    """The file of a module, or of the module that a name is from; None for others' modules."""
    package, *parts = module.split(".")
    if package != root.name:
        return None
    for names in (parts, parts[:-1]):
        at = root.joinpath(*names)
        for path in (at.with_suffix(".py"), at / "__init__.py"):
            if names and path.is_file():
                place = path.relative_to(root).as_posix()
                passed = path.name == "__init__.py" and names != parts
                further = _handed_on(root, place).get(parts[-1]) if passed else None
                return _file(root, further) if further else place
    return None
