"""The practice page: its code runs in both libraries, and so does the notebook made from it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from fake_store import make_store

from generator import pages
from generator.pages import NOTEBOOK, PRACTICE
from generator.pages.notebook import Piece, notebook, pieces

DOCS = Path(__file__).parents[2] / "docs"
needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None,
    reason='TensorFlow is not installed; pip install -e ".[practice]"',
)
# Side and depth of the four maps of the reader's task, and how each library says them.
MAPS = ((110, 96), (55, 96), (26, 256), (13, 256))
SIZES = {
    "TensorFlow (Keras)": [f"(1, {n}, {n}, {k})" for n, k in MAPS],
    "PyTorch": [f"(1, {k}, {n}, {n})" for n, k in MAPS],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    rendered = pages.render(make_store(tmp_path_factory.mktemp("store"), units=6), DOCS)
    return {name: str(rendered[name]) for name in (PRACTICE, NOTEBOOK)}


def run(code: str) -> str:
    """What a program prints; a process of its own, as a reader would run it."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def code_of(page: str, library: str) -> list[str]:
    return [piece.text for piece in pieces(page) if piece.code and library in piece.inside]


@pytest.mark.parametrize(
    ("library", "shape"),
    [
        pytest.param("TensorFlow (Keras)", "(1, 7, 7, 20)", marks=needs_tensorflow),
        ("PyTorch", "[1, 20, 7, 7]"),
    ],
)
def test_the_code_of_the_page_runs(library: str, shape: str, made: dict[str, str]) -> None:
    layer, task = code_of(made[PRACTICE], library)
    printed = run(layer)
    assert shape in printed
    assert "3860" in printed
    printed = run(task)
    for told in (*SIZES[library], "14208", "614656"):
        assert told in printed


SAME = """
import numpy as np
{pytorch}
{keras}
picture = np.random.default_rng(1).random((2, 224, 224, 3), dtype=np.float32)
convolutions = [part for part in first_two if isinstance(part, nn.Conv2d)]
values = []
for part in convolutions:
    values += [part.weight.detach().numpy().transpose(2, 3, 1, 0), part.bias.detach().numpy()]
zfnet.set_weights(values)
ours, theirs = torch.from_numpy(picture.transpose(0, 3, 1, 2)), picture
steps = iter(zfnet.layers[1:])  # the padding is a layer of its own
theirs = zfnet.layers[0](theirs)
for part in first_two:
    ours = part(ours)
    if isinstance(part, nn.Conv2d):
        continue  # in Keras the rectifier belongs to the convolution
    theirs = next(steps)(theirs)
    apart = np.abs(ours.detach().numpy().transpose(0, 2, 3, 1) - np.asarray(theirs)).max()
    assert apart < 1e-4, (part, apart)
print("same", tuple(ours.shape))
"""


@needs_tensorflow
def test_both_libraries_give_the_same_numbers_for_the_task(made: dict[str, str]) -> None:
    """Convolutions and pools of the two solutions on the page, with the same weights."""
    _, keras = code_of(made[PRACTICE], "TensorFlow (Keras)")
    _, pytorch = code_of(made[PRACTICE], "PyTorch")
    assert run(SAME.format(pytorch=pytorch, keras=keras)).endswith("same (2, 256, 13, 13)\n")


def test_the_notebook_is_one(made: dict[str, str]) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbformat.validate(nbformat.reads(made[NOTEBOOK], as_version=4))
    cells = json.loads(made[NOTEBOOK])["cells"]
    kinds = [cell["cell_type"] for cell in cells]
    assert kinds.count("code") == 6  # twice two libraries, the comparison, the reader's turn
    prose = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    assert "<span" not in prose
    assert "<div" not in prose
    assert "](#" not in prose
    assert ".md" not in prose
    assert prose.index("## Your task") < prose.index("## Solution")
    # No code is lost or changed on the way from the page.
    told = [piece.text for piece in pieces(made[PRACTICE]) if piece.code]
    assert sorted(cell["source"] for cell in cells if cell["cell_type"] == "code") == sorted(told)


@needs_tensorflow
def test_the_notebook_runs_from_top_to_bottom(made: dict[str, str]) -> None:
    cells = json.loads(made[NOTEBOOK])["cells"]
    code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    printed = run("\n".join(code) + "\nprint(difference < 1e-4)")
    for size in SIZES["TensorFlow (Keras)"] + SIZES["PyTorch"]:
        assert size in printed
    assert printed.endswith("True\n")


PAGE = """# Title

A [word](other.md#here) and a [paper](https://doi.org/1).

=== "One"

    ```python
    if True:
        print(1)
    ```

=== "Two"

    Words.

??? success "One way to do it"

    === "One"

        ```python
        print(2)
        ```

Behind.

```text
no code
```
"""


def test_a_page_falls_into_its_pieces() -> None:
    cells = list(pieces(PAGE))
    assert cells[1] == Piece(True, "if True:\n    print(1)", ("One",))
    assert cells[2] == Piece(False, "Words.", ("Two",))
    assert cells[3] == Piece(True, "print(2)", ("One way to do it", "One"))
    assert cells[4].text == "Behind.\n\n```text\nno code\n```"
    sources = [cell["source"] for cell in json.loads(notebook(PAGE))["cells"]]
    assert sources == [
        "# Title\n\nA word and a [paper](https://doi.org/1).",
        "**One**",
        "if True:\n    print(1)",
        "**Two**\n\nWords.",
        "Behind.\n\n```text\nno code\n```",
        "## Solution",
        "**One**",
        "print(2)",
    ]
