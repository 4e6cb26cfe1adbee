"""What is asked of a GPU, by stand-ins where there is none, and what one finds where there is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from tiny import chain, collection, network

from generator import scan
from generator.images import batches
from generator.images.batches import Batch
from generator.networks import loading, preprocessing

SECOND = torch.device("cuda:1")


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

    def sent(found: torch.Tensor) -> torch.Tensor:
        steps.append("sent")
        return found

    monkeypatch.setattr(torch.cuda, "current_stream", current_stream)
    monkeypatch.setattr(scan, "_sent", sent)
    found = [(torch.ones(1, 4), torch.zeros(1, 4, dtype=torch.int64))]
    monkeypatch.setattr(scan, "record_maxima", lambda *_: found)
    inputs: Any = SimpleNamespace(is_cuda=True, device=SECOND)
    batch = Batch([0], [0], {}, torch.zeros(1, 2, 2, 3, dtype=torch.uint8))
    going = scan._Pass(net, batch, inputs, half=False)
    assert steps == ["sent", "sent", SECOND], "behind what is sent, on its stream"
    assert np.array_equal(going.answers().values, np.ones((1, 4)))
    assert steps[3:] == ["waited"]


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
    monkeypatch.setattr(preprocessing.torch, "tensor", tensor)
    with torch.inference_mode():
        first = preprocess.normalise(pixels)
    assert sent == [preprocess.mean, preprocess.std]
    again = preprocess.normalise(pixels.requires_grad_())
    again.sum().backward()  # which inference mode, where they were made, does not forbid
    assert torch.equal(first, again)
    assert pixels.grad is not None
    assert sent == [preprocess.mean, preprocess.std]
