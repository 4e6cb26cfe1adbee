"""A square over a photograph: against a plain loop over images, and against a case by hand."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import tiny
import torch
from torch import Tensor, nn

from generator.errors import UsageError
from generator.networks.network import Network
from generator.techniques import occlusion
from generator.techniques.occlusion import Occluder, occlude, occluder, spans


def plain_loop(
    network: Network, image: Tensor, occluder: Occluder, label: int
) -> dict[str, np.ndarray]:
    """Every place on its own: one image, one pass a place, maps by hand-written hooks."""
    caught: list[Tensor] = []
    handle = network.module.get_submodule("conv3").register_forward_hook(
        lambda _, __, output: caught.append(output)
    )
    with torch.no_grad():
        network.module(image[None])
        maps = torch.relu(caught.pop()[0])
        channel = int(np.unravel_index(int(maps.argmax()), maps.shape)[0])
        size, steps = image.shape[1], -(-image.shape[1] // occluder.stride)
        tables = {name: np.zeros((steps, steps)) for name in ("activity", "probability", "best")}
        for row in range(steps):
            for column in range(steps):
                covered = image.clone()
                for y in range(size):
                    for x in range(size):
                        # The centre of the cell, and from it half a square in each direction.
                        down = y - (
                            row * occluder.stride + (occluder.stride - occluder.square) // 2
                        )
                        across = x - (
                            column * occluder.stride + (occluder.stride - occluder.square) // 2
                        )
                        if 0 <= down < occluder.square and 0 <= across < occluder.square:
                            covered[:, y, x] = 0
                likely = torch.softmax(network.module(covered[None])[0], 0)
                tables["activity"][row, column] = float(torch.relu(caught.pop()[0, channel]).sum())
                tables["probability"][row, column] = float(likely[label])
                tables["best"][row, column] = int(likely.argmax())
    handle.remove()
    return {**tables, "channel": np.array(channel)}


@pytest.mark.parametrize(("square", "stride"), [(8, 4), (9, 5), (7, 7)])
def test_it_is_what_a_plain_loop_over_images_gives(
    square: int, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occlusion, "PIXELS_A_BATCH", 3 * 5 * tiny.SIZE**2)  # five images a batch
    network = tiny.classifier()
    image = tiny.inputs(1, dtype=torch.float32)[0]
    occluder = Occluder(square, stride)
    occluded = occlude(network, network.layers[-1], image, occluder, label=3)
    truth = plain_loop(network, image, occluder, 3)
    assert occluded.channel == truth["channel"]
    np.testing.assert_allclose(occluded.activity, truth["activity"], rtol=1e-4)
    np.testing.assert_allclose(occluded.probability, truth["probability"], rtol=1e-4)
    np.testing.assert_array_equal(occluded.best, truth["best"])
    assert len(np.unique(occluded.probability)) > 3, "covering has to change something"
    assert tiny.hooks(network.module) == 0


def test_without_a_label_the_first_guess_is_watched() -> None:
    network = tiny.classifier()
    image = tiny.inputs(1, dtype=torch.float32)[0]
    occluded = occlude(network, network.layers[-1], image, Occluder(16, 8))
    with torch.no_grad():
        likely = torch.softmax(network.module(image[None])[0], 0)
    assert occluded.label == occluded.plain_best == int(likely.argmax())
    assert occluded.plain_probability == pytest.approx(float(likely.max()), rel=1e-5)


def test_a_network_that_looks_at_one_corner_only_needs_that_corner() -> None:
    """By hand: class 0 is as likely as the mean of the first eight rows and columns is bright."""
    eye = nn.Conv2d(3, 1, 8, stride=8)
    nn.init.constant_(eye.weight, 1 / 8)
    nn.init.zeros_(eye.bias)  # type: ignore[arg-type]
    head = nn.Linear(16, 2)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    with torch.no_grad():
        head.weight[0, 0] = 1  # the map's first place
    module = nn.Sequential(OrderedDict(eye=eye, relu=nn.ReLU(), flat=nn.Flatten(), head=head))
    network = tiny.network(module.requires_grad_(False).eval(), ["eye"])
    image = torch.zeros(3, 32, 32)
    image[:, :8, :8] = 1  # activation 3 * 64 / 8 = 24
    occluded = occlude(network, network.layers[0], image, Occluder(8, 8))
    assert (occluded.channel, occluded.row, occluded.column, occluded.label) == (0, 0, 0, 0)
    assert occluded.plain_activity == pytest.approx(24)
    assert occluded.activity[0, 0] == 0
    assert occluded.probability[0, 0] == pytest.approx(0.5)
    assert (np.delete(occluded.activity.ravel(), 0) == 24).all()
    assert (np.delete(occluded.probability.ravel(), 0) > 0.999).all()


def test_every_pixel_is_covered_and_the_square_stays_in_the_picture() -> None:
    for size, covering in ((64, occluder(64)), (224, occluder(224)), (30, Occluder(7, 4))):
        covered = np.zeros(size, dtype=bool)
        for start, end in spans(size, covering):
            assert 0 <= start < end <= size
            covered[start:end] = True
        assert covered.all()
    assert occluder(64) == Occluder(16, 3)
    assert occluder(224) == Occluder(56, 10)


@pytest.mark.parametrize(
    ("square", "stride", "message"),
    [(0, None, "square is 0"), (64, None, "1 to 63"), (8, 9, "stride is 9"), (None, 0, "stride")],
)
def test_a_square_that_does_not_fit_is_refused(
    square: int | None, stride: int | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        occluder(64, square, stride)
