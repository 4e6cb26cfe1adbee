"""A copy of this project in a repository of its own, small enough to publish in a test.

Its one exhibit is small and its drawings are few; the remote is a bare repository in a temporary
folder; Open Images come from a server of the test's own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from openimages import Shelf

    from generator.images.openimages import Origin

ROOT = Path(__file__).parents[2]
COPIED = (
    *("generator", "docs", "tests", ".github"),
    *("mkdocs.yml", "offline.yml", "pyproject.toml", "README.md"),
)
MADE = ("store", "site", "site-offline", "zip")  # by the steps of the workflows
# What makes a store quick to make, at the end of the files that say how much there is of it.
FEW = {
    "networks/zfnet.py": """
_few = tuple(Convolution(18, c.kernel, c.stride, c.padding) for c in ZFNET64.convolutions)
ARCHITECTURES["zfnet64"] = Architecture(
    **{**vars(ZFNET64), "convolutions": _few, "hidden": (16,)}
)
""",
    "measure/claims.py": "\nPER_CONCEPT = 4\n",
    "measure/orientation.py": "\nFINE = COARSE = Drift((0.7,), 2, (0.3,), (0.0,))\n",
}
EXHIBIT = """
[small]
model = "zfnet64"
weights = "none"
images = "openimages"
classes = ["Dog", "Bicycle"]
per_class = 3
require_credits = true
layers = ["conv1"]
preferred = "none"
k = 2
square = 32
stride = 32
"""


# Where the copy looks for Open Images: at a server of the test's own.
ELSEWHERE = """
from pathlib import PosixPath, WindowsPath
_elsewhere = {origin!r}
Origin = lambda: _elsewhere
"""


def git(folder: Path, *arguments: str) -> str:
    """What git says."""
    who = [option for part in ("name", "email") for option in ("-c", f"user.{part}=Teacher")]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Project:
    """A copy of this project in a repository of its own, with a bare remote.

    ``shelf`` is what its Open Images are chosen from, ``origin`` where they are served.
    """

    folder: Path
    remote: Path
    shelf: Shelf | None = None
    origin: Origin | None = None
    closing: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def make(cls, folder: Path, small: bool = True) -> Project:
        """Version 0.1.0 of a small lesson, or of the lesson as it is, committed and pushed."""
        own, remote = folder / "own", folder / "remote.git"
        own.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, own / name, ignore=ignored)
            else:
                shutil.copy(source, own / name)
        project = cls(own, remote)
        added = {}
        if small:
            project.serve(folder)
            found = ELSEWHERE.format(origin=project.origin)
            added = {**FEW, "exhibits.toml": EXHIBIT, "images/openimages/__init__.py": found}
        for name, text in added.items():
            with (own / "generator" / name).open("a", encoding="utf-8") as file:
                file.write(text)
        (own / ".gitignore").write_text("__pycache__/\n" + "".join(f"/{made}/\n" for made in MADE))
        git(folder, "init", "--quiet", "--bare", str(remote))
        git(own, "init", "--quiet", "--initial-branch=main")
        git(own, "remote", "add", "origin", str(remote))
        if small:
            project.photographs(seed=1)
        project.release("0.1.0")
        return project

    def release(self, version: str) -> None:
        """Set the version, with its entry in the changelog, and push and tag it."""
        package = self.folder / "generator" / "__init__.py"
        text = package.read_text(encoding="utf-8")
        package.write_text(re.sub(r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"', text))
        (self.folder / "CHANGELOG.md").write_text(f"# Changes\n\n## [{version}]\n\nFigures.\n")
        self.commit(f"Version {version}")
        git(self.folder, "tag", f"v{version}")
        git(self.folder, "push", "--quiet", "origin", "main", f"v{version}")

    def commit(self, message: str) -> None:
        """Commit everything."""
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", message)

    def serve(self, folder: Path) -> None:
        """Put Open Images on a server of the test's own."""
        # Here, since the tests that try a site are collected without a generator beside them.
        from openimages import Shelf, served  # noqa: PLC0415

        from generator.images.openimages import LOCK  # noqa: PLC0415

        self.shelf = Shelf()
        where = self.closing.enter_context(served(self.shelf, folder))
        self.origin = replace(where, lock=self.folder / LOCK)

    def photographs(self, seed: int) -> None:
        """Other photographs, and their lock, as a maintainer makes it."""
        from generator.images.openimages import Choice, open_openimages  # noqa: PLC0415

        assert self.shelf and self.origin  # noqa: PT018
        random = np.random.default_rng(seed)
        self.shelf.clear()
        for number in range(12):
            blocks = random.integers(0, 255, (9, 12, 3)).astype(np.uint8)
            picture = Image.fromarray(blocks).resize((120, 90))
            labels = (("Dog",), ("Bicycle",), ())[number % 3]
            self.shelf.image(100 * seed + number, *labels, picture=picture)
        self.shelf.finish()
        shutil.rmtree(self.origin.folder, ignore_errors=True)
        choice = Choice(classes=("Dog", "Bicycle"), per_class=3)
        open_openimages(choice, update=True, origin=self.origin)

    def pages(self) -> str:
        """The commit of the branch that is served; empty before the first."""
        listed = git(self.folder, "ls-remote", str(self.remote), "refs/heads/gh-pages")
        return listed.split()[0] if listed else ""

    def export(self, folder: Path) -> Path:
        """What is served, as files."""
        git(self.remote, "clone", "--quiet", "--branch", "gh-pages", str(self.remote), str(folder))
        shutil.rmtree(folder / ".git")
        return folder
