"""Features forming: likeness worked out by hand, and the stage against a plain loop."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import samples
import tiny
import torch
from PIL import Image
from safetensors.torch import save_file

from generator.caption import forming as words
from generator.errors import WeightsError
from generator.networks import load
from generator.networks.chosen import ChosenWeights
from generator.networks.identity import file_sha256, snapshots
from generator.networks.network import Network
from generator.networks.recording import record_maps
from generator.networks.snapshots import at_epoch
from generator.records import Cell, TopActivations
from generator.records.learned import Comparisons
from generator.records.pictures import pictures
from generator.records.schema import to_json
from generator.scan.inputs import input_cache
from generator.stages import forming
from generator.techniques.forming import agreement, linear_cka, strongest_of_units

LAYERS = ("conv1", "conv2", "conv3")


def test_likeness_of_a_case_worked_out_by_hand() -> None:
    # Centred: x = (-1, 0, 1); a = (-1, -1, 2); b = (1, -2, 1).
    x = np.array([[1.0], [2.0], [3.0]])
    a = np.array([[0.0], [0.0], [3.0]])
    both = np.array([[0.0, 4.0], [0.0, 1.0], [3.0, 4.0]])
    # One column each: the squared correlation, (x.a)^2 / (x.x * a.a) = 9 / (2 * 6).
    assert linear_cka(x, a) == pytest.approx(0.75)
    # x.a = 3 and x.b = 0 above; |Y'Y| = sqrt(6^2 + 6^2 + 2 * 3^2) below.
    assert linear_cka(x, both) == pytest.approx(9 / (2 * np.sqrt(90)))
    assert linear_cka(both, x) == pytest.approx(linear_cka(x, both))
    assert linear_cka(x, np.zeros((3, 2))) == 0


def test_likeness_sees_neither_turns_nor_sizes_nor_unreadable_images() -> None:
    random = np.random.default_rng(0)
    answers, other = random.normal(size=(40, 6)), random.normal(size=(40, 3))
    turn, _ = np.linalg.qr(random.normal(size=(6, 6)))
    assert linear_cka(answers, 7 * answers @ turn + 2) == pytest.approx(1)
    alike = linear_cka(answers, other)
    assert 0 < alike < 1
    centre = np.eye(40) - 1 / 40  # the same by the similarity of images, Kornblith's equation 1
    k, m = centre @ answers @ answers.T @ centre, centre @ other @ other.T @ centre
    expected = np.trace(k @ m) / np.sqrt(np.trace(k @ k) * np.trace(m @ m))
    assert alike == pytest.approx(expected)
    torn = np.vstack([answers, np.full((1, 6), np.nan)])
    assert linear_cka(torn, np.vstack([other, np.ones((1, 3))])) == pytest.approx(alike)


def test_the_strongest_image_is_the_first_of_equal_ones_and_none_where_nothing_fires() -> None:
    maxima = np.array([[1, 0, np.nan], [3, 0, 2], [3, 0, 1]])
    strongest = strongest_of_units(maxima, np.arange(9).reshape(3, 3), np.array([10, 20, 30]))
    assert strongest.images.tolist() == [20, -1, 20]
    assert strongest.values.tolist() == [3, 0, 2]
    assert strongest.places.tolist() == [3, 0, 5]


def test_agreement_counts_every_pair_of_layers_after_every_epoch() -> None:
    curves = [{0: 0.1, 1: 0.9, 2: 1.0}, {0: 0.2, 1: 0.5, 2: 1.0}, {0: 0.3, 1: 0.6, 2: 1.0}]
    assert agreement(curves, [1]) == (2, 3)
    assert agreement(curves, [0, 1]) == (2, 6)


@pytest.mark.parametrize(
    ("held", "said"),
    [(3, "Lower layers settle first:"), (2, "not all of them in order"), (1, "do not settle")],
)
def test_the_sentence_follows_from_the_numbers(held: int, said: str) -> None:
    found = samples.forming(
        epochs=(0, 1, 2),
        similarity=((0.81, 0.92, 1.0), (0.5, 0.7, 1.0), (0.4, 0.6, 1.0)),
        lower_nearer=Comparisons(held, 3),
    )
    told = words.settled(found)
    assert said in told[0]
    assert "layer 1 has reached 92 after 1 epoch and layer 3 has reached 60" in told[1]
    assert "a head start: before training it is 81 and 40" in told[1]


def test_it_is_said_among_which_images_patches_were_sought() -> None:
    assert words.sought(500, 500, 500) == "It is the strongest of all 500 images, at each moment."
    some = words.sought(588, 521, 7552)
    assert "At the last moment it is the strongest of all 7,552 images" in some
    assert "the strongest of 588: 521 that are evenly spread" in some
    even = words.sought(600, 600, 7552)
    assert even.endswith("600: these are evenly spread over the collection.")


@pytest.fixture
def build(tmp_path: Path) -> Any:
    """A tiny network with two snapshots on its way, as a stage is given it."""
    network = tiny.network(tiny.chain(), LAYERS)
    for epoch in (0, 2, 7):
        module = tiny.chain()
        tiny.fixed(module, seed=epoch + 3)
        state = network.module.state_dict() if epoch == 7 else module.state_dict()
        save_file(dict(state), tmp_path / f"tiny-epoch{epoch}.safetensors")
    collection = tiny.collection(23, broken=(4,))
    cells = [
        [
            Cell(1, number + 1, channel, "ring" if number == 2 else None, None)
            for number, channel in enumerate((3, 0, 2))
        ]
        for _ in LAYERS
    ]
    maxima, places = [], []
    for shown in network.layers:
        maxima.append(np.full((23, shown.channels), np.nan, dtype=np.float32))
        places.append(np.zeros((23, shown.channels), dtype=np.int64))
    for index in range(23):
        if index != 4:
            inputs = network.preprocess(collection[index])[None]
            for number, maps_of_layer in enumerate(record_maps(network, inputs)):
                values, flat = maps_of_layer[0].flatten(1).max(dim=1)
                maxima[number][index] = values.clamp(min=0)
                places[number][index] = flat
    top = [
        ranked(values, flat, layer.width)
        for values, flat, layer in zip(maxima, places, network.layers, strict=True)
    ]
    return SimpleNamespace(
        network=network,
        collection=collection,
        workers=2,
        weights=ChosenWeights(
            "tiny",
            snapshots={epoch: tmp_path / f"tiny-epoch{epoch}.safetensors" for epoch in (0, 2, 7)},
        ),
        maxima=[values.astype(np.float16) for values in maxima],
        top=top,
        measured=SimpleNamespace(layers=[SimpleNamespace(cells=cell) for cell in cells]),
        inputs=input_cache(network, collection),
    )


def ranked(values: np.ndarray, flat: np.ndarray, width: int) -> TopActivations:
    """The five strongest images of every unit, by a full sort."""
    known = np.nan_to_num(values, nan=0)
    order = np.argsort(-known, axis=0, kind="stable")[:5]
    best, at = (np.take_along_axis(array, order, axis=0).T for array in (known, flat))
    positions = np.stack([at // width, at % width], axis=2)
    return TopActivations(best, np.where(best > 0, order.T, -1), positions)


def test_the_last_epoch_shows_the_strongest_patch_of_the_whole_collection(
    build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forming, "IMAGES", 4)
    monkeypatch.setattr(forming, "STRONGEST", 1)
    folder = tmp_path / "forming-1"
    folder.mkdir()
    forming.make(folder, build)
    section = forming.entry(folder, build)
    assert section is not None
    assert section.spread == 2
    assert section.spread < section.images < 23
    for layer, top in zip(section.layers, build.top, strict=True):
        for unit in layer.epochs[-1].units:
            assert unit.image == top.images[unit.channel, 0]
            assert unit.value == pytest.approx(top.values[unit.channel, 0], rel=1e-5)
            place = unit.row, unit.column
            assert unit.image < 0 or place == tuple(top.positions[unit.channel, 0])


def test_the_stage_agrees_with_a_plain_loop(build: Any, tmp_path: Path) -> None:
    folder = tmp_path / "forming-1"
    folder.mkdir()
    forming.make(folder, build)
    section = forming.entry(folder, build)
    assert section is not None
    assert section.epochs == (0, 2, 7)
    assert section.images == section.spread == 22, "one of 23 can't be read"
    readable = [index for index in range(23) if index != 4]
    answers: dict[int, list[list[np.ndarray]]] = {}
    for epoch in (0, 2, 7):
        network = at_epoch(build.network, build.weights.snapshots[epoch])
        rows = [
            [
                one[0].flatten(1).max(dim=1).values.clamp(min=0).numpy()
                for one in record_maps(network, build.inputs(index)[None])
            ]
            for index in readable
        ]
        answers[epoch] = rows
    for number, layer in enumerate(section.layers):
        assert layer.channels == (2, 3, 0)  # the named cell first
        final = np.stack([row[number] for row in answers[7]])
        for at, epoch in enumerate((0, 2, 7)):
            own = np.stack([row[number] for row in answers[epoch]])
            expected = linear_cka(own, final)
            assert section.similarity[number][at] == pytest.approx(expected, abs=2e-3)
            for unit in layer.epochs[at].units:
                values = own[:, unit.channel]
                if values.max() > 0:
                    assert unit.value == pytest.approx(values.max(), rel=2e-3)
                    assert values[readable.index(unit.image)] == pytest.approx(
                        values.max(), rel=2e-3
                    )
                    assert unit.photograph == str(unit.image)
                else:
                    assert unit.image == -1
            for picture in pictures(layer.epochs[at]):
                with Image.open(tmp_path / picture.file) as image:
                    assert image.size == (picture.width, picture.height)
    assert section.similarity[0][-1] == pytest.approx(1)
    text = to_json(section)
    assert str(tmp_path) not in text


def test_a_network_without_snapshots_has_no_such_section(build: Any, tmp_path: Path) -> None:
    build.weights = ChosenWeights("tiny")
    forming.make(tmp_path, build)
    assert forming.entry(tmp_path, build) is None


def test_a_snapshot_of_another_network_is_refused(tmp_path: Path) -> None:
    network = tiny.network(tiny.chain(), LAYERS)
    strange = tmp_path / "other.safetensors"
    save_file({"conv9.weight": torch.zeros(1)}, strange)
    with pytest.raises(WeightsError, match=r"conv9\.weight"):
        at_epoch(network, strange)
    save_file({"conv1.weight": torch.zeros(1)}, strange)
    with pytest.raises(WeightsError, match="shape"):
        at_epoch(network, strange)


@pytest.mark.parametrize("count", [1, 2, 599, 600, 601, 9474])
def test_the_sample_is_spread_evenly(count: int) -> None:
    numbers, even = forming.watched_images(count, np.array([-1, -1]))
    assert even.all()
    assert len(numbers) == min(count, forming.IMAGES)
    assert numbers[0] == 0
    assert numbers[-1] == count - 1
    steps = np.diff(numbers)
    assert len(steps) == 0 or steps.max() - steps.min() <= 1


def test_wanted_images_take_the_place_of_others() -> None:
    wanted = np.array([7, -1, 7, 5000, 41])
    numbers, even = forming.watched_images(7552, wanted)
    assert {7, 41, 5000} <= {*numbers.tolist()}
    assert len(numbers) == forming.IMAGES
    assert even.sum() == forming.IMAGES - 3
    alone, _ = forming.watched_images(7552, np.arange(500))
    assert forming.IMAGES // 2 + 400 < len(alone) <= forming.IMAGES // 2 + 500


def test_the_last_snapshot_that_ships_is_the_network_itself() -> None:
    network = load("zfnet64")
    along = snapshots("zfnet64", None)
    assert list(along) == sorted(along)
    assert along.keys() >= {0, 1, 2, 5}
    last = at_epoch(network, along[max(along)])
    first = at_epoch(network, along[0])
    for name, tensor in network.module.state_dict().items():
        assert torch.equal(last.module.state_dict()[name], tensor)
    assert not torch.equal(_weight(first), _weight(network))


def _weight(network: Network) -> torch.Tensor:
    weight: torch.Tensor = network.module.state_dict()["conv5.weight"]
    return weight


def test_snapshots_lie_beside_weights_that_were_trained_elsewhere(tmp_path: Path) -> None:
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(b"any")
    assert snapshots("zfnet64", str(weights)) == {}
    card = {"sha256": file_sha256(weights), "snapshots": [0, 3, 9]}
    (tmp_path / "mine.json").write_text(json.dumps(card))
    for epoch in (0, 9):
        (tmp_path / f"mine-epoch{epoch}.safetensors").write_bytes(b"any")
    files = snapshots("zfnet64", str(weights))
    assert files == {epoch: tmp_path / f"mine-epoch{epoch}.safetensors" for epoch in (0, 9)}
    (tmp_path / "mine.json").write_text(json.dumps({**card, "sha256": "of others"}))
    assert snapshots("zfnet64", str(weights)) == {}
    assert snapshots("zfnet64", "none") == {}
    assert snapshots("alexnet", None) == {}
