"""The card beside weights from strangers: one line and status 2, or numbers that can be used."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from narrow import make_photographs, narrow
from safetensors.torch import save_file
from test_hostile_settings import EXAMPLES, JSON, on_one_line, refused, right

from generator.errors import WeightsError
from generator.networks import identity
from generator.networks.card import Card
from generator.networks.loading import load_network
from generator.records.taken import CARD

NUMBERS = st.lists(st.floats() | st.integers(), min_size=3, max_size=3)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    monkeypatch.chdir(tmp_path)


def weights_with(card: object) -> Path:
    """``mine.safetensors`` and beside it their card, or any text."""
    path = Path("mine.safetensors")
    if not path.exists():
        save_file(right(), path)
    if isinstance(card, dict):
        card = json.dumps({"sha256": identity.file_sha256(path), **card})
    path.with_suffix(".json").write_text(str(card))
    return path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("snapshots", ["/../../x"]),
        ("snapshots", 5),
        ("snapshots", [-1]),
        ("snapshots", [True]),
        ("snapshots", [10**400]),
        ("mean", "abc"),
        ("mean", [0.5, 0.5]),
        ("mean", [123.7, 116.3, 103.5]),
        ("std", [0, 0, 0]),
        ("std", [1e-45, 1, 1]),
        ("std", [float("nan"), 1, 1]),
        ("std", [1, float("inf"), 1]),
        ("std", [[1], 1, 1]),
        ("top1", "<script>"),
        ("top1", True),
        ("top1", 47.25),
        ("trained_on", ["photographs"]),
        ("measured_on", {}),
    ],
)
def test_a_card_that_cannot_be_ends_with_one_line(
    name: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    make_photographs(Path("photographs"), 3)
    weights = weights_with({name: value})
    words = ["--weights", str(weights), "--images", "photographs", "--out", "a/store"]
    message = refused(words, capsys)
    assert f"mine.json: '{name}' is not {CARD[name]}" in message


def test_what_is_no_card_of_these_weights_is_left_alone() -> None:
    deep = '{"sha256": ' + "[" * 100_000
    for text in (deep, "[" * 100_000, "null", "[]", "", '{"sha256": 5, "snapshots": 5}'):
        assert identity.card_of(weights_with(text)) == Card()
    beside = weights_with("").with_suffix(".json")
    beside.unlink()
    beside.mkdir()
    assert identity.card_of(Path("mine.safetensors")) == Card()


def test_only_what_is_used_of_a_card_is_kept() -> None:
    used = Card(mean=(0, 0.5, 1), std=(1, 1, 1), snapshots=(0, 3))
    weights = weights_with({**asdict(used), "recipe": {"epochs": 3}})
    assert identity.card_of(weights) == used
    preprocess = load_network("zfnet64", str(weights)).preprocess
    assert (preprocess.mean, preprocess.std) == ((0, 0.5, 1), (1, 1, 1))


@EXAMPLES
@given(
    card=st.dictionaries(st.sampled_from([*CARD, "classes"]), JSON | NUMBERS, max_size=3),
)
def test_any_card(card: dict[str, Any]) -> None:
    weights = weights_with(card)
    try:
        kept = identity.card_of(weights)
        along = identity.snapshots("zfnet64", str(weights))
    except WeightsError as error:
        on_one_line(error)
    else:
        own = {field.name for field in fields(Card)} & card.keys()
        assert replace(kept, **{name: getattr(Card(), name) for name in own}) == Card()
        assert along == {}
