"""Weights from strangers and settings that can't be: one line, status 2, nothing written."""

from __future__ import annotations

import json
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from fake_store import make_store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from narrow import make_photographs, narrow
from safetensors.torch import save_file
from torch import nn

from generator import __main__ as command
from generator.errors import GeneratorError, StoreError, UsageError, WeightsError, one_line
from generator.exhibit import DEFAULT, load_exhibit
from generator.networks import identity, sources, weights, zfnet
from generator.pages.manifest import load_manifest

EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
State = dict[str, torch.Tensor]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    monkeypatch.chdir(tmp_path)


def right() -> State:
    """A state dict that fits the narrow network."""
    return dict(zfnet.build(zfnet.ARCHITECTURES["zfnet64"], 3).state_dict())


class Code:
    """What a pickle that would run code looks like."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("was-run",)


def safetensors(state: State) -> bytes:
    path = Path("made.safetensors")
    save_file(state, path)
    content = path.read_bytes()
    path.unlink()
    return content


def changed(change: Callable[[State], object]) -> bytes:
    state = right()
    change(state)
    return safetensors(state)


def saved(value: object) -> bytes:
    path = Path("made.pt")
    torch.save(value, path)
    content = path.read_bytes()
    path.unlink()
    return content


def on_one_line(error: Exception) -> None:
    """What every refusal is."""
    assert one_line(str(error)) == str(error)


def header(tensors: object, data: bytes = b"") -> bytes:
    text = tensors if isinstance(tensors, bytes) else json.dumps(tensors).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(**more: object) -> dict[str, object]:
    return {"conv1.weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **more}}


WEIGHTS: dict[str, Callable[[], bytes]] = {
    "code.pt": lambda: pickle.dumps(Code()),
    "code-in-state.pt": lambda: saved({"conv1.weight": Code()}),
    "truncated.pt": lambda: saved(right())[:-900],
    "list.pt": lambda: saved([1, 2]),
    "sparse.pt": lambda: saved({"conv1.weight": torch.eye(3).to_sparse()}),
    "stretched.pt": lambda: saved({"conv1.weight": torch.zeros(1).half().expand(2**40)}),
    "complex.pt": lambda: saved({"conv1.weight": torch.zeros(3, dtype=torch.complex64)}),
    "empty.safetensors": lambda: b"",
    "truncated.safetensors": lambda: safetensors(right())[:-100],
    "header-cut.safetensors": lambda: safetensors(right())[:40],
    "header-huge.safetensors": lambda: b"\xff" * 8 + b"{}",
    "header-text.safetensors": lambda: header(b"not json"),
    "header-deep.safetensors": lambda: header(b"[" * 100_000),
    "header-list.safetensors": lambda: header([1]),
    "offsets-out.safetensors": lambda: header(entry(data_offsets=[0, 2**40]), bytes(8)),
    "offsets-back.safetensors": lambda: header(entry(data_offsets=[8, 0]), bytes(8)),
    "offsets-negative.safetensors": lambda: header(entry(data_offsets=[-8, 0]), bytes(8)),
    "shape-huge.safetensors": lambda: header(entry(shape=[2**62, 2**62]), bytes(8)),
    "type-unknown.safetensors": lambda: header(entry(dtype="F9000"), bytes(8)),
    "lacks.safetensors": lambda: changed(lambda state: state.pop("conv3.bias")),
    "shape.safetensors": lambda: changed(
        lambda state: state.update({"conv2.weight": torch.zeros(2, 2)})
    ),
    "nan.safetensors": lambda: changed(lambda state: state["conv2.bias"].fill_(float("nan"))),
    "infinite.safetensors": lambda: changed(lambda state: state["conv2.bias"].fill_(float("inf"))),
    "whole-numbers.safetensors": lambda: changed(
        lambda state: state.update({"conv2.bias": state["conv2.bias"].to(torch.int32)})
    ),
    "name.bin": lambda: b"anything",
}


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a wrong use ends with; nothing new lies in the folder."""
    before = sorted(Path().rglob("*"))
    try:
        status = command.main(["figures", *arguments])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    printed = capsys.readouterr()
    assert status == 2, printed.err
    assert printed.out == ""
    assert printed.err.count("\n") == 1, printed.err
    assert sorted(Path().rglob("*")) == before, "something was written"
    return printed.err


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_cannot_be_used(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_photographs(Path("photographs"), 3)
    Path(name).write_bytes(WEIGHTS[name]())
    message = refused(["--weights", name, "--images", "photographs", "--out", "a/store"], capsys)
    assert name in message
    assert not Path("was-run").exists()


def test_weights_that_are_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    make_photographs(Path("photographs"), 3)
    Path("folder.pt").mkdir()
    os.mkfifo("pipe.pt")
    for name in ("folder.pt", "pipe.pt", "/dev/zero", "gone.pt", ""):
        message = refused(
            ["--weights", name, "--images", "photographs", "--out", "a/store"], capsys
        )
        assert name in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--k", "0"], "k is 0"),
        (["--k", "1000000"], "from 1 to 1000"),
        (["--k", "-3"], "k is -3"),
        (["--layers", ""], "names no layer"),
        (["--layers", "conv1,conv1"], "names a layer twice"),
        (["--layers", "conv9"], "conv5"),
        (["--layers", "conv1 conv2"], "conv1 conv2"),
        (["--megapixels", "0"], "megapixels is 0"),
        (["--device", "meta"], "meta"),
        (["--device", "cuda:99"], "cuda:99"),
        (["--device", "\0"], "character"),
        (["--images", "~nobody-of-that-name/x"], "no such folder"),
        (["--images", "a\0b"], "character"),
        (["--images", "empty"], "holds no"),
        (["--images", "broken"], "no image could be decoded"),
        (["--exhibit", "../x"], "unknown exhibit"),
        (["--model", "flat"], "flat holds no convolution"),
        (["--model", "wide"], "an image of 64 by 64 pixels does not fit"),
    ],
)
def test_settings_that_cannot_be(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_photographs(Path("photographs"), 3)
    Path("empty").mkdir()
    Path("broken").mkdir()
    Path("broken", "a.png").write_bytes(b"broken")
    if arguments[0] == "--model":
        networks: dict[str, nn.Module] = {
            "flat": nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 2)),
            "wide": nn.Sequential(nn.Conv2d(3, 4, 70), nn.ReLU()),
        }
        made = networks[arguments[1]]
        monkeypatch.setitem(zfnet.ARCHITECTURES, arguments[1], zfnet.ARCHITECTURES["zfnet64"])
        monkeypatch.setattr(sources, "build_known", lambda *_, **__: made)
    rest = ["--weights", "none", "--images", "photographs", "--out", "a/store"]
    line = refused([*rest, *arguments], capsys)
    assert message in line


def test_with_strict_images_one_refused_file_ends_the_build(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_photographs(Path("photographs"), 3)
    words = ["figures", "--weights", "none", "--images", "photographs", "--out", "store"]
    words += ["--layers", "conv1", "--k", "1"]
    assert command.main([*words, "--strict-images"]) == 2
    first = capsys.readouterr().err
    assert first.count("\n") == 1
    assert "1 of the files are refused, the first: class 1/broken.jpg: is not a JPEG" in first
    assert not Path("store", "manifest.json").exists()
    assert command.main(words) == 0
    assert "1 file took no part" in capsys.readouterr().err
    assert command.main([*words, "--strict-images"]) == 2, "also when all figures are there"
    assert capsys.readouterr().err == first
    Path("photographs", "class 1", "broken.jpg").unlink()
    assert command.main([*words, "--strict-images"]) == 0


def test_where_credits_are_required_a_photograph_without_one_ends_the_build(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_photographs(Path("photographs"), 3)
    words = ["--weights", "none", "--images", "photographs", "--require-credits"]
    assert "none of the 4 photographs has a credit" in refused(words, capsys)
    table = Path("photographs", "credits.csv")
    table.write_text("file,title,author,licence,address\nclass 0/0.png,T,A,CC0,https://e.org\n")
    line = refused(words, capsys)
    assert "3 of 4 photographs have no credit, the first: class 1/1.png; give each a line" in line
    table.write_text("file,title\n")
    assert "photographs/credits.csv, line 1: has no column 'author'" in refused(words, capsys)


def test_a_cache_that_holds_nonsense_or_is_closed_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    place = identity.ledger_path()
    place.parent.mkdir(parents=True)
    for nonsense in ("[]", "3", "{", "[" * 100_000, '{"a": 3}', ""):
        place.write_text(nonsense)
        assert identity.recorded_download("a") is None
        weights._record("a", "file", "00")
        assert identity.recorded_download("a") == {"file": "file", "sha256": "00"}
    place.unlink()
    place.mkdir()
    weights._record("a", "file", "00")
    assert identity.recorded_download("a") is None
    assert [path.name for path in place.parent.iterdir()] == [place.name]


# Anything at all: only errors of ours

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@EXAMPLES
@given(
    start=st.integers(0, 400),
    damage=st.binary(min_size=0, max_size=12),
    cut=st.integers(0, 300),
)
def test_any_damage_to_safetensors(start: int, damage: bytes, cut: int) -> None:
    content = safetensors({"a": torch.zeros(3, 4), "b": torch.ones(2)})
    content = content[:start] + damage + content[start + len(damage) :]
    Path("fuzz.safetensors").write_bytes(content[: len(content) - cut])
    _weights_or_refusal()


@EXAMPLES
@given(said=JSON, data=st.binary(max_size=16))
def test_any_header_of_safetensors(said: Any, data: bytes) -> None:
    Path("fuzz.safetensors").write_bytes(header({"a": said}, data))
    _weights_or_refusal()


def _weights_or_refusal() -> None:
    try:
        state = weights.read_weights(Path("fuzz.safetensors"))
    except WeightsError as error:
        on_one_line(error)
    else:
        assert all(isinstance(tensor, torch.Tensor) for tensor in state.values())


@EXAMPLES
@given(text=st.text(max_size=200) | st.sampled_from(["a = " + "[" * 50_000, "[embedded]\n" * 2]))
def test_any_exhibits(text: str) -> None:
    Path("exhibits.toml").write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(UsageError):
        load_exhibit(DEFAULT, Path("exhibits.toml"))


@EXAMPLES
@given(
    values=st.dictionaries(
        st.sampled_from(["model", "images", "weights", "layers", "k", "device", "megapixels"]),
        st.text(max_size=9) | st.integers() | st.booleans() | st.lists(st.text(max_size=3)),
    )
)
def test_any_values_in_an_exhibit(values: dict[str, Any]) -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    Path("exhibits.toml").write_text("\n".join(["[embedded]", *lines]), encoding="utf-8")
    try:
        exhibit = load_exhibit(DEFAULT, Path("exhibits.toml"))
    except UsageError as error:
        on_one_line(error)
    else:
        assert 1 <= exhibit.k <= 1000
        assert "\0" not in exhibit.images


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store"))


@EXAMPLES
@given(data=st.data())
def test_any_change_to_a_manifest(data: st.DataObject, store: Path) -> None:
    manifest = json.loads((store / "manifest.json").read_text())
    at: Any = manifest
    for _ in range(data.draw(st.integers(0, 6))):
        keys = list(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else []
        inner = [key for key in keys if isinstance(at[key], dict | list) and at[key]]
        if not inner:
            break
        at = at[data.draw(st.sampled_from(inner))]
    key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
    if data.draw(st.booleans()):
        del at[key]
    else:
        at[key] = data.draw(JSON)
    Path("manifest.json").write_text(json.dumps(manifest))
    Path("build.json").write_text((store / "build.json").read_text())
    try:
        load_manifest(Path())
    except StoreError as error:
        on_one_line(error)


@EXAMPLES
@given(content=st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b"null", b"[]"]))
def test_any_file_as_a_manifest(content: bytes) -> None:
    Path("manifest.json").write_bytes(content)
    with pytest.raises(StoreError):
        load_manifest(Path())


FLAGS = ["figures", "train", "check", "--k", "--exhibit", "--model", "--images", "--layers"]
FLAGS += ["--weights", "--device", "--out", "--megapixels", "--strict-images", "--help", "--", "-"]


@EXAMPLES
@given(words=st.lists(st.sampled_from(FLAGS) | st.text(max_size=6), max_size=6))
def test_any_command_line(words: list[str]) -> None:
    def made(*_: object, **__: object) -> None:
        raise GeneratorError("stopped before anything is made")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "make_figures", made)
        try:
            status = command.main(words)
        except SystemExit as stopped:
            status = int(stopped.code or 0)
    assert status in (0, 2)
