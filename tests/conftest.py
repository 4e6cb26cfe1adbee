"""What several tests need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from copied_project import Project
from groups import (
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_xdist_make_scheduler,
)
from rehearsal import IN_A_BROWSER, SERVED, Forge

__all__ = [  # pytest looks for them here
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_xdist_make_scheduler",
]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The networks of the tests are so small that threads wait longer than they work."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # so do those of the programs that tests start


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real weights and photographs that are not part of the project; tests skip without them."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CNN_LESSON_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; name its folder in CNN_LESSON_DATA")
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """A lesson as the workflows publish it: dev, the same commit as 0.1, 0.2 with other figures,
    and dev with another page.
    """
    if not (shutil.which("git") and shutil.which("bash")):
        pytest.skip("the rehearsal needs git and bash")
    folder = tmp_path_factory.mktemp("rehearsal")
    project = Project.make(folder)
    forge = Forge(folder, project)
    forge.figures("refs/heads/main")
    forge.left_out = SERVED  # the first site stands for all
    forge.figures("refs/tags/v0.1.0")
    forge.left_out = IN_A_BROWSER  # and the first release for what is opened from a disk
    project.photographs(seed=2)
    project.release("0.2.0")
    forge.figures("refs/tags/v0.2.0")
    about = project.folder / "docs" / "about.md"
    text = about.read_text(encoding="utf-8")
    about.write_text(text + "\nA page for dev.\n", encoding="utf-8")
    project.commit("A page")
    forge.figures("refs/heads/main")
    yield forge
    forge.close()


TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints a line of what was tried, and how often, below the results of a run."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what its tests told."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["told"] = session.config.stash.get(TOLD, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What the tests of a worker told, when it is done."""
    told = getattr(node, "workeroutput", {}).get("told", [])
    node.config.stash.setdefault(TOLD, []).extend(told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The counts that the tests told."""
    told = terminalreporter.config.stash.get(TOLD, [])
    if told:
        terminalreporter.section("what was tried")
        for line in told:
            terminalreporter.line(line)
