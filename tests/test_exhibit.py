from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import UsageError
from generator.exhibit import Exhibit, load_exhibit, with_options
from generator.records import Shortcuts


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
        ("[a]\nmodel = 3\nimages = 'y'", "model is 3; it takes a str"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nk = true", "k is True"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nlayers = [1]", "layers takes a list of names"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nphotograph = ['z']", "did you mean 'photographs'"),
        (
            "[a]\nmodel = 'x'\nimages = 'y'\nphotographs = 'z'",
            "photographs is 'z'; it takes a list",
        ),
        ("[a]\nmodel = 'x'\nimages = 'y'\nphotographs = [3]", "photographs takes a list of names"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nsquare = '3'", "square is '3'; it takes a int"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nprecision = 'hal'", "precision.* did you mean 'half'"),
        ("[a]\nmodel = 'x'\nimages = 'y'\ndecode = 'devise'", "decode.* did you mean 'device'"),
        ("[a]\nmodel = 'x'\nimages = 'y'\nprecision = 16", "precision is 16; it takes a str"),
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
