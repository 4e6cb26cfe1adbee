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


def plain_loop(network: Network, image: Tensor, one: Occluder, label: int) -> dict[str, np.ndarray]:
    """Every place on its own: one image, one pass a place, maps by hand-written hooks."""
    caught: list[Tensor] = []
    handle = network.module.get_submodule("conv3").register_forward_hook(
        lambda _, __, output: caught.append(output)
    )
    with torch.no_grad():
        network.module(image[None])
        maps = torch.relu(caught.pop()[0])
        channel = int(np.unravel_index(int(maps.argmax()), maps.shape)[0])
        size, steps = image.shape[1], -(-image.shape[1] // one.stride)
        found = {name: np.zeros((steps, steps)) for name in ("activity", "probability", "best")}
        for row in range(steps):
            for column in range(steps):
                covered = image.clone()
                for y in range(size):
                    for x in range(size):
                        # The centre of the cell, and from it half a square in each direction.
                        down = y - (row * one.stride + (one.stride - one.square) // 2)
                        across = x - (column * one.stride + (one.stride - one.square) // 2)
                        if 0 <= down < one.square and 0 <= across < one.square:
                            covered[:, y, x] = 0
                said = torch.softmax(network.module(covered[None])[0], 0)
                found["activity"][row, column] = float(torch.relu(caught.pop()[0, channel]).sum())
                found["probability"][row, column] = float(said[label])
                found["best"][row, column] = int(said.argmax())
    handle.remove()
    return {**found, "channel": np.array(channel)}


@pytest.mark.parametrize(("square", "stride"), [(8, 4), (9, 5), (7, 7)])
def test_it_is_what_a_plain_loop_over_images_gives(
    square: int, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occlusion, "PIXELS_A_BATCH", 3 * 5 * tiny.SIZE**2)  # five images a batch
    network = tiny.classifier()
    image = tiny.inputs(1, dtype=torch.float32)[0]
    one = Occluder(square, stride)
    found = occlude(network, network.layers[-1], image, one, label=3)
    truth = plain_loop(network, image, one, 3)
    assert found.channel == truth["channel"]
    np.testing.assert_allclose(found.activity, truth["activity"], rtol=1e-4)
    np.testing.assert_allclose(found.probability, truth["probability"], rtol=1e-4)
    np.testing.assert_array_equal(found.best, truth["best"])
    assert len(np.unique(found.probability)) > 3, "covering has to change something"
    assert tiny.hooks(network.module) == 0


def test_without_a_label_the_first_guess_is_watched() -> None:
    network = tiny.classifier()
    image = tiny.inputs(1, dtype=torch.float32)[0]
    found = occlude(network, network.layers[-1], image, Occluder(16, 8))
    with torch.no_grad():
        said = torch.softmax(network.module(image[None])[0], 0)
    assert found.label == found.plain_best == int(said.argmax())
    assert found.plain_probability == pytest.approx(float(said.max()), rel=1e-5)


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
    found = occlude(network, network.layers[0], image, Occluder(8, 8))
    assert (found.channel, found.row, found.column, found.label) == (0, 0, 0, 0)
    assert found.plain_activity == pytest.approx(24)
    assert found.activity[0, 0] == 0
    assert found.probability[0, 0] == pytest.approx(0.5)
    assert (np.delete(found.activity.ravel(), 0) == 24).all()
    assert (np.delete(found.probability.ravel(), 0) > 0.999).all()


def test_every_pixel_is_covered_and_the_square_stays_in_the_picture() -> None:
    for size, one in ((64, occluder(64)), (224, occluder(224)), (30, Occluder(7, 4))):
        covered = np.zeros(size, dtype=bool)
        for start, end in spans(size, one):
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
