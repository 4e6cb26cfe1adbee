"""The page for teachers, walked: its own snippets, a network of their kind, sixty images."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from copied_project import FEW, ROOT, Project
from PIL import Image, ImageDraw
from safetensors.torch import save_file
from torchvision import models

PAGE = ROOT / "docs" / "maintainers" / "your-own-lesson.md"
CLASSES = ("checks", "dots", "stripes")


def snippets(language: str) -> list[str]:
    """The page's code blocks of a language, in order."""
    text = PAGE.read_text(encoding="utf-8")
    matches = re.findall(rf"^ *```{language}\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(snippet) for snippet in matches]  # in tabs they are set in


def draw(folder: Path) -> None:
    """Twenty photographs a class, of patterns in many sizes and colours."""
    random = np.random.default_rng(0)
    for number in range(60):
        kind = CLASSES[number % 3]
        ground = tuple(map(int, random.integers(90, 255, 3)))
        ink = tuple(map(int, random.integers(0, 90, 3)))
        step = int(random.integers(14, 40))
        picture = Image.new("RGB", (160, 120), ground)
        pen = ImageDraw.Draw(picture)
        for x in range(0, 160, step):
            for y in range(0, 120, step):
                box = (x, y, x + step, y + step)
                if kind == "dots":
                    pen.ellipse((x, y, x + step // 2, y + step // 2), fill=ink)
                elif (x // step + (y // step if kind == "checks" else 0)) % 2:
                    pen.rectangle(box, fill=ink)
        (folder / kind).mkdir(parents=True, exist_ok=True)
        picture.save(folder / kind / f"{number:02}.jpg")


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the teacher's files in it, and the page's exhibit added.

    What is drawn to measure with is cut down, the network looks at 64 pixels, and two early layers
    stand for five: the rest is the same work on other maps.
    """
    folder = Project.make(tmp_path_factory.mktemp("fork"), small=False).folder
    for name, few in FEW.items():
        if name.startswith("measure/"):
            with (folder / "generator" / name).open("a", encoding="utf-8") as file:
                file.write(few)
    draw(folder / "photographs")
    torch.manual_seed(0)
    network = models.resnet18(num_classes=3)
    (saving,) = snippets("python")
    here = Path.cwd()
    os.chdir(folder)
    try:
        exec(saving, {"network": network, "save_file": save_file})
    finally:
        os.chdir(here)
    (table,) = snippets("toml")
    with (folder / "generator" / "exhibits.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n{table}layers = ["relu", "layer1"]\nsize = 64\nk = 2\npreferred = "none"\n')
    return folder


def run(fork: Path, command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    kept = {
        name: os.environ[name]
        for name in ("HOME", "OMP_NUM_THREADS", "SYSTEMROOT")
        if name in os.environ
    }
    return subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=fork,
        env={**kept, "PATH": path, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_shows_the_commands_that_are_walked() -> None:
    shell = snippets("sh")
    assert shell[0] == "pip install -e .\nmkdocs serve\n"  # the README's, and .ci/run's
    assert shell[1] == "EXHIBIT=mine mkdocs serve\n"
    assert len(shell) == 3


def test_the_lesson_is_made_from_own_weights_and_images(fork: Path) -> None:
    figures, check, build = snippets("sh")[2].splitlines()
    made = run(fork, figures)
    assert made.returncode == 0, made.stderr
    assert "resnet18: 128 units of 2 layers over 60 images" in made.stderr
    checked = run(fork, check)
    assert checked.returncode == 0, checked.stderr
    built = run(fork, build)
    assert built.returncode == 0, built.stderr
    about = (fork / "site" / "about" / "index.html").read_text(encoding="utf-8")
    for word in ("resnet18", "mine.safetensors", "photographs", "mine"):
        assert word in about
    walked = run(fork, "python .github/scripts/check_site.py site")
    assert walked.returncode == 0, walked.stderr
    # `EXHIBIT=mine mkdocs serve` builds before it serves; it finds this store where it looks.
    cache = fork / ".cache" / "figures" / "mine"
    cache.parent.mkdir(parents=True)
    (fork / "store").rename(cache)
    served = run(fork, snippets("sh")[1].replace("serve", "build --strict"))
    assert served.returncode == 0, served.stderr


def test_a_word_that_is_misspelt_is_answered_with_the_nearest(fork: Path) -> None:
    done = run(fork, "EXHIBIT=mien mkdocs build")
    assert done.returncode != 0
    assert "did you mean 'mine'" in done.stderr
