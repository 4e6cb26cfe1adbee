"""What is asked of a GPU, by stand-ins where there is none, and what one finds where there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from narrow import make_photographs, narrow
from on_disk import manifest_of
from tiny import chain, collection, network

from generator.__main__ import main
from generator.images import batches, on_device
from generator.images.batches import Batch, network_input
from generator.networks import loading, preprocessing
from generator.scan import activations
from generator.stages.recompute import NEAR, Sample, recheck

CPU, SECOND = torch.device("cpu"), torch.device("cuda:1")
on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU")


@pytest.mark.parametrize(
    ("name", "chosen"), [("cpu", []), ("cuda", []), ("cuda:0", [0]), ("cuda:1", [1])]
)
def test_a_gpu_becomes_the_current_one(
    name: str, chosen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[int | None] = []
    monkeypatch.setattr(torch, "zeros", lambda *_, **__: torch.ones(1))
    monkeypatch.setattr(torch.cuda, "set_device", lambda place: became.append(place.index))
    assert loading.usable_device(name) == torch.device(name)
    assert became == chosen


def test_answers_wait_for_the_gpu_that_found_them(monkeypatch: pytest.MonkeyPatch) -> None:
    net, steps = network(chain(), ["conv1"]), list[Any]()

    def current_stream(device: torch.device | None = None) -> SimpleNamespace:
        def record_event() -> SimpleNamespace:
            steps.append(device)
            return SimpleNamespace(synchronize=lambda: steps.append("waited"))

        return SimpleNamespace(record_event=record_event)

    def sent(values: torch.Tensor) -> torch.Tensor:
        steps.append("sent")
        return values

    monkeypatch.setattr(torch.cuda, "current_stream", current_stream)
    monkeypatch.setattr(activations, "_sent", sent)
    maxima = [(torch.ones(1, 4), torch.zeros(1, 4, dtype=torch.int64))]
    monkeypatch.setattr(activations, "record_maxima", lambda *_: maxima)
    inputs: Any = SimpleNamespace(is_cuda=True, device=SECOND)
    batch = Batch([0], [0], {}, torch.zeros(1, 2, 2, 3, dtype=torch.uint8))
    going = activations._Pass(net, batch, inputs, half=False)
    assert steps == ["sent", "sent", SECOND], "behind what is sent, on its stream"
    assert np.array_equal(going.activations().values, np.ones((1, 4)))
    assert steps[3:] == ["waited"]


@pytest.mark.parametrize(
    ("device", "expected"), [(SECOND, [SECOND, "decoded"]), (CPU, ["decoded"])]
)
def test_a_gpu_decodes_into_memory_that_nothing_reads_any_more(
    device: torch.device, expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[Any]()

    def current_stream(device: torch.device) -> SimpleNamespace:
        return SimpleNamespace(synchronize=lambda: steps.append(device))

    def decode_jpeg(files: list[torch.Tensor], **_: Any) -> list[torch.Tensor]:
        steps.append("decoded")
        return files

    monkeypatch.setattr(torch.cuda, "current_stream", current_stream)
    monkeypatch.setattr("torchvision.io.decode_jpeg", decode_jpeg)
    on_device._decode([torch.zeros(1)], device)
    assert steps == expected


@pytest.mark.parametrize("workers", [0, 1])
def test_every_batch_for_a_gpu_is_pinned(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned: list[list[int]] = []

    def pin(batch: Batch) -> Batch:
        pinned.append(batch.good)
        return batch

    monkeypatch.setattr(batches, "_pinned", pin)
    images, preprocess = collection(5), network(chain(), ["conv1"]).preprocess
    for feeds_gpu, expected in ((False, []), (True, [[0, 1], [2, 3], [4]])):
        made = list(batches.batches(images, preprocess, range(5), 2, workers, feeds_gpu))
        assert [batch.good for batch in made] == [[0, 1], [2, 3], [4]]
        assert pinned == expected


def test_the_colours_that_normalise_are_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    make = torch.tensor

    def tensor(values: object, **more: Any) -> torch.Tensor:
        sent.append(values)
        return make(values, **more)

    preprocess = network(chain(), ["conv1"]).preprocess
    preprocessing.constants.cache_clear()
    pixels = torch.rand(2, 3, 4, 4)
    monkeypatch.setattr(torch, "tensor", tensor)
    with torch.inference_mode():
        first = preprocess.normalise(pixels)
    assert sent == [preprocess.mean, preprocess.std]
    again = preprocess.normalise(pixels.requires_grad_())
    # Inference mode, in which they were made, does not forbid it.
    (gradient,) = torch.autograd.grad(again.sum(), pixels)
    assert torch.equal(first, again)
    assert gradient.shape == pixels.shape
    assert sent == [preprocess.mean, preprocess.std]


@on_gpu
def test_a_pass_waits_for_nothing() -> None:
    device = torch.device("cuda", 0)
    net = network(chain(), ["conv1", "relu3"])
    net = replace(net, module=net.module.to(device), device=device)
    pixels = torch.zeros(4, 32, 32, 3, dtype=torch.uint8).pin_memory()
    batch = Batch(range(4), [0, 1, 2, 3], {}, pixels)
    list(activations.look(net, [batch], 4))
    torch.cuda.set_sync_debug_mode("error")
    try:
        given = network_input(pixels, net.preprocess, device)
        activations._Pass(net, batch, given, half=False)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_network_convolves_in_the_same_way_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    loading.load_network("squeezenet1_1", "none")
    assert torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.benchmark


def strongest(manifest: dict[str, Any]) -> dict[tuple[int, int], dict[tuple[int, ...], float]]:
    """The patches of every unit of a store, each with its activation."""
    return {
        (number, unit["channel"]): {
            (top["image"], top["row"], top["column"]): top["value"] for top in unit["top"]
        }
        for number, layer in enumerate(manifest["layers"])
        for unit in layer["units"]
    }


def compared(own: dict[str, Any], other: dict[str, Any]) -> tuple[float, float]:
    """Of two manifests the share of patches that are the same, and how far activations are apart.

    Activations are compared in their order, as a share of the unit's strongest.
    """
    first, second = strongest(own), strongest(other)
    assert first.keys() == second.keys()
    assert all(len(first[unit]) == len(second[unit]) for unit in first)
    same = sum(len(first[unit].keys() & second[unit].keys()) for unit in first)
    apart = max(
        abs(a - b) / max(first[unit].values())
        for unit in first
        for a, b in zip(first[unit].values(), second[unit].values(), strict=True)
    )
    return same / sum(map(len, first.values())), apart


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=on_gpu)])
def test_a_store_is_the_same_wherever_it_is_made(
    device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    photographs = make_photographs(tmp_path / "photographs", 40)
    made: list[dict[str, Any]] = []
    for name in ("cpu", device):
        store = tmp_path / f"{len(made)}"
        words = ["figures", "--weights", "none", "--layers", "conv1,conv2", "--preferred", "none"]
        words += ["--images", str(photographs), "--out", str(store), "--device", name]
        assert main(words) == 0
        made.append(manifest_of(store))
        again = recheck(store, images=str(photographs))  # on the processor
        assert isinstance(again, Sample)
        assert again.activations > 0
    share, apart = compared(*made)
    assert share >= 0.99
    assert apart <= NEAR
    top = made[1]["layers"][0]["units"][0]["top"][0]
    top["row"], top["value"] = top["row"] + 1, top["value"] * 1.5
    changed, off = compared(*made)
    assert changed < share, "the comparison sees a patch that is another"
    assert off == pytest.approx(0.5, abs=0.01)
