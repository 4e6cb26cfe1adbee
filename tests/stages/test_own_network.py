"""Networks of one's own from options to pages, by the paths that people have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from narrow import make_photographs, narrow
from on_disk import manifest_of
from tiny import fixed

from generator import pages, pipeline
from generator.__main__ import main
from generator.exhibit import load_exhibit
from generator.networks.zfnet import ARCHITECTURES, build

DOCS = Path(pipeline.__file__).parents[1] / "docs"
CODE = """
from torch import nn


def small():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.ReLU6(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3),
    )
"""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home folder whose name holds a space and a letter that is not ASCII; few drawings."""
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    folder = tmp_path / "Anna Müller"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))  # Windows'
    monkeypatch.chdir(tmp_path)
    make_photographs(folder / "fotos é", 6)
    return folder


def test_a_module_of_ones_own_from_options_to_pages(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "my nets.py").write_text(CODE, encoding="utf-8")
    names: dict[str, object] = {}
    exec(CODE, names)
    small = names["small"]
    assert callable(small)
    torch.save({"net": {f"module.{k}": v for k, v in fixed(small()).state_dict().items()}},
               home / "run 1.pth.tar")  # fmt: skip
    card = {"title": "Three blocks", "classes": ["class 0", "class 1", "class 2"], "mean": [0.5],
            "std": [0.25], "size": 24}  # fmt: skip
    (home / "über.json").write_text(json.dumps(card), encoding="utf-8")
    words = ["figures", "--model", "~/my nets.py:small", "--weights", "~/run 1.pth.tar"]
    words += ["--card", "~/über.json", "--images", "~/fotos é", "--out", "~/my store"]
    words += ["--layers", "4"]
    assert main([*words, "--preferred", "none", "--k", "4"]) == 0
    message = capsys.readouterr().err
    assert "my nets.py:small: 'module.' was taken off the names of the weights\n" in message
    assert "my nets.py:small: it takes one channel: photographs are made grey for it\n" in message
    assert "assumed" not in message
    network = manifest_of(home / "my store")["network"]
    assert (network["name"], network["title"]) == ("my nets.py:small", "Three blocks")
    assert (network["input_size"], network["mean"]) == (24, [0.5, 0.5, 0.5])
    photographs = manifest_of(home / "my store")["occlusion"]["photographs"]
    assert all(photograph["by_folder"] for photograph in photographs)
    made = pages.render(home / "my store", DOCS)
    about = str(made["about.md"])
    assert "as its card says" in about
    assert "The network is Three blocks (my nets.py:small)." in about
    assert str(home) not in (home / "my store" / "manifest.json").read_text(encoding="utf-8")
    # The second time nothing is made again; with another card the network is another.
    assert main([*words, "--preferred", "none", "--k", "4"]) == 0
    assert capsys.readouterr().err == ""


def test_without_a_last_layer_what_rests_on_answers_is_left_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = fixed(build(ARCHITECTURES["zfnet64"], 3)).state_dict()
    weights = home / "headless.bin"
    torch.save({key: tensor for key, tensor in state.items() if "fc7" not in key}, weights)
    words = ["figures", "--weights", "~/headless.bin", "--images", "~/fotos é", "--k", "4"]
    words += ["--layers", "conv2", "--preferred", "none", "--out", "store"]
    assert main(words) == 0
    message = capsys.readouterr().err
    assert "the file holds no last layers that fit 'fc6', 'fc7'" in message
    assert "were assumed, and a card can say otherwise" in message
    manifest = manifest_of(Path("store"))
    assert manifest["occlusion"] is None
    assert manifest["invariance"] is None
    made = pages.render(Path("store"), DOCS)
    assert "came without the last layers" in str(made["paper-figures.md"])
    assert "which were assumed, since nobody has said" in str(made["about.md"])
    assert "the file holds no last layers" in str(made["about.md"])


def test_paths_in_an_exhibit_mean_what_they_mean_in_a_shell(home: Path) -> None:
    Path("exhibits.toml").write_text(
        "[mine]\nmodel = '~/my nets.py:small'\nweights = '~/run 1.pth#ema'\ncard = '~/a.json'\n"
        "images = '~/fotos é'\nphotographs = ['~/fotos é/class 0/0.png', 'class 1/1.png']\n"
        "[windows]\nmodel = 'resnet18'\nweights = 'C:\\Users\\Anna Müller\\run.pth'\n"
        "images = 'D:\\fotos é'\n",
        encoding="utf-8",
    )
    mine = load_exhibit("mine", Path("exhibits.toml"))
    assert mine.model == f"{home}/my nets.py:small"
    assert mine.weights == f"{home}/run 1.pth#ema"
    assert mine.card == f"{home}/a.json"
    assert mine.images == f"{home}/fotos é"
    assert mine.photographs == (f"{home}/fotos é/class 0/0.png", "class 1/1.png")
    windows = load_exhibit("windows", Path("exhibits.toml"))
    assert windows.weights == r"C:\Users\Anna Müller\run.pth"
    assert windows.images == r"D:\fotos é"


def test_every_path_of_the_command_line_may_begin_at_home(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["check", "~/nothing"],
        ["figures", "--images", "~/nothing"],
        ["figures", "--images", "~/fotos é", "--weights", "~/nothing"],
        ["figures", "--images", "~/fotos é", "--card", "~/nothing"],
        ["figures", "--images", "~/fotos é", "--model", "~/nothing.py:x"],
        ["train", "--data", "~/nothing", "--out", "~/run"],
    ):
        assert main(words) == 2
        assert f"{home}/nothing" in capsys.readouterr().err
