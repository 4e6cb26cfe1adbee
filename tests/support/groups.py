"""Which tests run together, in which order, and which only when they are asked for.

Tests of one group share what takes long to make, such as a built site, so they run in one of the
two workers of `pytest -n 2`, one by one. The groups that pytest-xdist knows by itself fall apart
under pytest 9.2, which no longer lets it add to a test's name.

The groups that take longest bear the marker `long`. Where no file is named, they run with `-m long`
alone.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

# Whole sites, in a browser or published, and builds that are killed, repeated and shared. They are
# long, and what the workers begin with: otherwise one of them would be left with the last of them
# when the other has nothing more to do.
LONGEST = (
    "the default site",
    "the published sites",
    "tests/test_processes.py",
    "tests/publishing/test_own_lesson.py",
    "tests/test_pipeline.py",
    "tests/test_crashes.py",
    "tests/site/test_serving.py",
    "tests/test_same_again.py",
)
OWN_SITES = ("test_hostile_names.py", "test_instant.py")  # built for these files alone


def group(test: str) -> str:
    """The group of a test, given its name as pytest tells it; most files are one of their own."""
    path = PurePosixPath(test.partition("::")[0])
    if path.name in ("test_publishing.py", "test_release_zip.py", "test_versions.py"):
        return "the published sites"
    if path.parent.name == "browser" and path.name not in OWN_SITES:
        return "the default site"
    return str(path)


def rank(test: str) -> int:
    """When a test has its turn: 0 for those of the first group of LONGEST."""
    name = group(test)
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_configure(config: pytest.Config) -> None:
    """Leave out what is long, unless a marker is asked for or files are named."""
    config.addinivalue_line("markers", "long: takes long; left out where no file is named")
    if not config.option.markexpr and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.option.markexpr = "not long"


@pytest.hookimpl(tryfirst=True)  # before markers are looked at
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With workers (`pytest -n 2`) what takes longest comes first; alone, last of all come the
    tests in a browser: the others tell sooner what is wrong.
    """
    for item in items:
        if group(item.nodeid) in LONGEST:
            item.add_marker(pytest.mark.long)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank(item.nodeid))
    else:
        items.sort(key=lambda item: item.path.parent.name == "browser")


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Hands out whole groups, in the order in which the tests were collected.

    Another way that the command line asks for (`--dist`) is taken instead.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415

    class Groups(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    if config.option.dist != "load":
        return None
    config.option.loadscopereorder = False
    return Groups(config, log)
