"""What code a stage depends on: worked out from imports, beside what is seen to run."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from narrow import make_photographs, narrow

from generator import pipeline
from generator.exhibit import Exhibit
from generator.networks.chosen import ChosenWeights
from generator.stages.table import STAGES, stage_keys
from generator.store import imports
from generator.store.imports import LEFT_OUT, files_behind
from generator.store.keys import PACKAGE


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package in which a file imports others in every way."""
    return write(
        tmp_path / "house",
        {
            "__init__.py": "",
            "stage.py": (
                "from typing import TYPE_CHECKING\n"
                "from house import passed, whole\n"
                "from house.front import through\n"
                "from house.room.used import function\n"
                "from house.room.noted import Noted\n"
                "from house.room.field import Kept\n"
                "from house.errors import Wrong\n"
                "if TYPE_CHECKING:\n    from house.checked import Checked\n"
                "class Record:\n    kept: Kept\n"
                "def make(noted: Noted) -> Checked:\n"
                "    from house.lazy import late\n"
                "    own: Noted = late(function(whole, passed.one, through))\n"
                "    raise Wrong\n"
            ),
            "passed/__init__.py": "from house.passed.deep import one\n",
            "passed/deep.py": "one = 1\n",
            "front/__init__.py": (
                "from house.front.behind import through\nfrom house.front.aside import other\n"
            ),
            "front/behind.py": "through = 1\n",
            "front/aside.py": "other = 2\n",
            "whole.py": "TABLE = 'table.tsv'\nOTHER = 'absent.tsv'\n",
            "table.tsv": "1\t2\n",
            "room/__init__.py": "from house.unused import nothing\n",
            "room/used.py": "import torch\nfrom house.room.below import x\ndef function(*y): x\n",
            "room/below.py": "from house.stage import make\nx = make\n",
            "room/noted.py": "class Noted: ...\n",
            "room/field.py": "class Kept: ...\n",
            "checked.py": "class Checked: ...\n",
            "lazy.py": "def late(x): ...\n",
            "errors.py": "class Wrong(Exception): ...\n",
            "unused.py": "nothing = None\n",
        },
    )


def test_what_is_used_counts_and_what_only_annotates_does_not(house: Path) -> None:
    assert files_behind("stage.py", root=house) == (
        "front/behind.py",
        "lazy.py",
        "passed/__init__.py",
        "passed/deep.py",
        "room/below.py",
        "room/field.py",
        "room/used.py",
        "stage.py",
        "table.tsv",
        "whole.py",
    )


def test_what_is_left_out_is_there_and_has_a_reason() -> None:
    for place, reason in LEFT_OUT.items():
        assert (PACKAGE / place).is_file(), place
        assert len(reason.split()) > 5


def test_keys_are_worked_out_without_importing_what_they_stand_for() -> None:
    assert "networks/loading.py" in files_behind("networks/loading.py")
    assert "measure/imagenet.tsv" in files_behind("stages/measure.py")
    assert not [name for name in files_behind("stages/figures.py") if name.startswith("measure/")]


# Code for what a small exhibit of drawings on a processor does not have.
NOT_SEEN = {
    "records/ablation.py": "records have no code of their own",
    "records/course.py": "records have no code of their own",
    "records/taken.py": "tables have no code of their own",
    "records/learned.py": "records have no code of their own",
    "records/live.py": "records have no code of their own",
    "records/remade.py": "records have no code of their own",
    "records/units.py": "records have no code of their own",
    "records/collections.py": "records have no code of their own",
    "records/measured.py": "records have no code of their own",
    "images/jpeg.py": "JPEGs that a GPU decodes",
    "images/on_device.py": "a GPU that decodes",
    "images/bundled.py": "the photographs that come with the project",
    "images/imagenette.py": "a download",
    "images/datasets.py": "a download",
    "images/openimages/choosing.py": "a download",
    "images/openimages/facts.py": "a download",
    "images/openimages/fetching.py": "a download",
    "images/openimages/locking.py": "a download",
    "images/credits.py": "runs as the folder is opened, before any stage",
    "images/listing.py": "runs as the folder is opened, before any stage",
    "networks/half.py": "half precision",
    "scan/shortcuts.py": "half precision",
    "networks/card.py": "runs as the weights are chosen, before any stage",
    "networks/chosen.py": "runs before any stage",
    "networks/families.py": "networks of torchvision",
    "networks/weights.py": "weights from a file",
    "networks/checkpoint.py": "weights from a file",
    "networks/nests.py": "weights from a file",
    "networks/heads.py": "weights from a file",
    "networks/keys.py": "weights from a file",
    "networks/fitting.py": "weights from a file",
    "networks/nearest.py": "weights of another network",
    "networks/channels.py": "weights for another number of colours",
    "networks/small_images.py": "weights of a network for small images",
    "networks/own.py": "a network of the user's own",
    "networks/resampling.py": "networks of torchvision",
    "networks/snapshots.py": "a network that was seen in training",
    "techniques/forming.py": "a network that was seen in training",
    "draw/plots/forming.py": "a network that was seen in training",
    "measure/classes.py": "the weights that come with the project",
}


def changed_by(places: Iterable[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """For each file of the package the stages that are made anew when it is touched."""
    touched = ""

    def code(*code_places: str) -> str:
        return "touched" if touched in code_places else "as it was"

    def keys() -> dict[str, str]:
        exhibit = Exhibit("a", "zfnet64", "images", weights="none")
        return stage_keys(exhibit, ChosenWeights("weights"), "images")

    changed: dict[str, set[str]] = {}
    with monkeypatch.context() as patched:
        patched.setattr(imports, "code_key", code)
        before = keys()
        for touched in places:
            changed[touched] = {name for name, key in keys().items() if key != before[name]}
    return changed


@contextmanager
def traced(ran: set[str]) -> Iterator[None]:
    """Inside, the files of the package are noted whose functions are called, in any thread."""
    start, outer = f"{PACKAGE}/", sys.getprofile()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(start) and code.co_name != "<module>":
            ran.add(code.co_filename.removeprefix(start))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(outer)
        threading.setprofile(outer)


def watched(ran: set[str], function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        with traced(ran):
            return function(*arguments)

    return run


def test_a_touched_file_makes_the_stages_anew_that_run_it_and_no_other_file_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    # No drawing is kept, or a stage would take those that another drew.
    monkeypatch.setattr("generator.images.stimuli.drawing._KEPT", 0)
    ran: dict[str, set[str]] = {stage.name: set() for stage in STAGES}
    for stage in STAGES:
        module = import_module(f"generator.stages.{stage.name}")
        functions = ["make", *["work"] * stage.shared, *["entry"] * stage.section]
        for name in functions:
            monkeypatch.setattr(module, name, watched(ran[stage.name], getattr(module, name)))
    photographs = make_photographs(tmp_path / "photographs")
    # Three of its classes are those of the photographs, so that what is asked of classes runs too.
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"classes": [f"class {number}" for number in range(200)]}))
    exhibit = Exhibit("small", "zfnet64", str(photographs), weights="none", k=3, card=str(card))
    pipeline.make_figures(exhibit, tmp_path / "store", workers=0)

    everything = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".tsv", ".toml"}]
    changed = changed_by((path.relative_to(PACKAGE).as_posix() for path in everything), monkeypatch)
    for name, files in ran.items():
        assert f"stages/{name}.py" in files
        for file in files - LEFT_OUT.keys():
            assert name in changed[file], f"the key of {name} leaves out {file}"
    for file in changed.keys() - set().union(*ran.values()) - NOT_SEEN.keys():
        if file.endswith(".py") and not file.endswith("__init__.py"):
            assert not changed[file], f"{file} is run by no stage"
    assert changed["measure/imagenet.tsv"] >= {"measure", "subjects", "preferred"}


def test_a_stage_has_the_functions_that_its_row_says() -> None:
    for stage in STAGES:
        module = import_module(f"generator.stages.{stage.name}")
        has = {name for name in ("make", "work", "check", "entry") if hasattr(module, name)}
        stated = {
            "work": stage.shared,
            "check": stage.checked,
            "entry": stage.section,
            "make": True,
        }
        assert has == {name for name, there in stated.items() if there}, stage.name


def test_the_main_path_lists_every_stage_in_order_by_what_its_file_says() -> None:
    modules = [import_module(f"generator.stages.{stage.name}") for stage in STAGES]
    modules.append(import_module("generator.stages.manifest"))
    lines = [
        f"    {module.__name__.rpartition('.')[2]:<12}  {(module.__doc__ or '').splitlines()[0]}"
        for module in modules
    ]
    assert "\n\n" + "\n".join(lines) + "\n\n" in (pipeline.__doc__ or "")
