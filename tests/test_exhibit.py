from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator import __main__ as command_line
from generator.errors import UsageError
from generator.exhibit import Exhibit, load_exhibit, settings, with_options
from generator.networks.chosen import ChosenWeights
from generator.records import Shortcuts
from generator.stages.table import STAGES, stage_keys


def write(folder: Path, text: str) -> Path:
    path = folder / "exhibits.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_exhibits_load() -> None:
    assert load_exhibit("embedded") == Exhibit("embedded", "zfnet64", "bundled")
    assert load_exhibit("imagenet").model == "alexnet"


def test_an_unknown_exhibit_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'embedded'"):
        load_exhibit("embeded")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nmodell = 'x'\nimages = 'y'", "did you mean 'model'"),
        ("[a]\nmodel = 'x'", "images is missing"),
        ("[a]\nmodel = 3\nimages = 'y'", "model is 3; give text"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nk = true", "k is True; give a whole number"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nlayers = [1]", "layers is .*; give a list of names"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nphotograph = ['z']", "did you mean 'photographs'"),
        (
            "[a]\nmodel = 'x'\nimages = 'y'\nphotographs = 'z'",
            "photographs is 'z'; give a list of names",
        ),
        (
            "[a]\nmodel = 'x'\nimages = 'y'\nphotographs = [3]",
            "photographs is .*; give a list of names",
        ),
        ("[a]\nmodel = 'x'\nimages = 'y'\nsquare = '3'", "square is '3'; give a whole number"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nprecision = 'hal'", "precision.* did you mean 'half'"),
        ("[a]\nmodel = 'x'\nimages = 'y'\ndecode = 'devise'", "decode.* did you mean 'device'"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nprecision = 16", "precision is 16; give text"),
        ("a = 3", "is not a table"),
        ("[a", "can't be read"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_it(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        load_exhibit("a", write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_another_model_drops_the_weights_and_layers_of_the_first(tmp_path: Path) -> None:
    text = "[a]\nmodel = 'vgg11'\nimages = 'y'\nweights = 'w.pt'\nlayers = ['features.0']"
    exhibit = load_exhibit("a", write(tmp_path, text))
    assert with_options(exhibit, k=4).weights == "w.pt"
    changed = with_options(exhibit, model="alexnet", device=None)
    assert (changed.model, changed.weights, changed.layers) == ("alexnet", None, None)
    assert with_options(exhibit, model="alexnet", weights="none").weights == "none"


def test_a_scan_is_exact_unless_it_is_asked_for_shortcuts(tmp_path: Path) -> None:
    text = "[a]\nmodel = 'x'\nimages = 'y'\nprecision = 'half'\n[b]\nmodel = 'x'\nimages = 'y'"
    path = write(tmp_path, text)
    assert not load_exhibit("b", path).shortcuts
    assert load_exhibit("a", path).shortcuts == Shortcuts(half=True)
    both = with_options(load_exhibit("a", path), decode="device")
    assert both.shortcuts == Shortcuts(half=True, device_jpeg=True)
    with pytest.raises(UsageError, match="value of decode in the options: 'gpu'"):
        with_options(both, decode="gpu")


def test_every_setting_is_an_option_and_a_key_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "str": ("other", "'other'", "other"),
        "int": ("7", "7", 7),
        "bool": (None, "true", True),
        "tuple": ("other", "['other']", ("other",)),
    }
    asked: list[Exhibit] = []
    monkeypatch.setattr(command_line, "make_figures", lambda exhibit, *_: asked.append(exhibit))
    for name, field in settings().items():
        option, text, wanted = values[field.kind.__name__]
        if field.kind is int and field.setting.least:
            wanted = field.setting.least
            option = text = str(wanted)
        if field.setting.choices:
            option = str(wanted := field.setting.choices[-1])
            text = repr(wanted)
        words = ["figures", field.option, *([option] if option else [])]
        assert command_line.main(words) == 0
        assert getattr(asked.pop(), name) == wanted
        first = "".join(f"{key} = 'x'\n" for key in ("model", "images") if key != name)
        path = write(tmp_path, f"[a]\n{first}{name} = {text}")
        assert getattr(load_exhibit("a", path), name) == wanted


# What is told by its content, not by what it is called: weights, card, images, photographs.
CHANGED: dict[str, Any] = {
    "model": "zfnet",
    "layers": ("conv2",),
    "k": 7,
    "megapixels": 7,
    "square": 7,
}
CHANGED |= {
    "stride": 7,
    "device": "cuda",
    "strict_images": True,
    "require_credits": True,
    "classes": ("Dog",),
    "per_class": 7,
    "boxes": True,
    "preferred": "all",
}
CHANGED |= {"precision": "half", "decode": "device", "live": 7, "follow_links": True}
CHANGED |= {"size": 96, "draft": True}


@pytest.mark.parametrize("name", CHANGED)
def test_a_setting_changes_the_keys_of_what_builds_on_its_part(name: str) -> None:
    first = load_exhibit("embedded")
    assert set(CHANGED) == settings().keys() - {"weights", "card", "images", "photographs"}
    before, after = (
        stage_keys(exhibit, ChosenWeights("weights"), "images")
        for exhibit in (first, replace(first, **{name: CHANGED[name]}))
    )
    resting: set[str | None] = {settings()[name].setting.part}
    for stage in STAGES:
        if resting.intersection(stage.after):
            resting.add(stage.name)
    assert {stage for stage in before if before[stage] != after[stage]} == before.keys() & resting
