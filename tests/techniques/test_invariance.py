"""Shifted, enlarged and turned photographs: cases by hand, and a plain loop over images."""

from __future__ import annotations

import numpy as np
import pytest
import tiny
import torch
from torch import Tensor, nn

from generator.errors import UnsupportedNetworkError
from generator.techniques import invariance as technique
from generator.techniques.invariance import Change, changed, changes, invariance, top_features


def test_a_shift_by_whole_pixels_moves_rows_and_fills_with_zero() -> None:
    image = tiny.inputs(1, dtype=torch.float32)[0]
    down = changed(image, "translation", 5)
    torch.testing.assert_close(down[:, 5:], image[:, :-5], atol=1e-4, rtol=1e-4)
    assert float(down[:, :5].abs().max()) < 1e-4
    up = changed(image, "translation", -3)
    torch.testing.assert_close(up[:, :-3], image[:, 3:], atol=1e-4, rtol=1e-4)
    assert float(up[:, -3:].abs().max()) < 1e-4


def test_a_quarter_turn_goes_against_the_clock() -> None:
    image = tiny.inputs(1, dtype=torch.float32)[0]
    for turns in range(4):
        torch.testing.assert_close(
            changed(image, "rotation", 90 * turns),
            torch.rot90(image, turns, (1, 2)),
            atol=1e-3,
            rtol=1e-3,
        )


def test_an_enlargement_keeps_the_centre() -> None:
    """Twice as large: each pixel of the middle becomes two by two, smoothly."""
    ramp = torch.arange(32.0).expand(3, 32, 32).contiguous()
    large = changed(ramp, "scale", 2)
    # A pixel's centre at x + 0.5 stands for the place 16 + (x + 0.5 - 16) / 2 of the original.
    places = 16 + (torch.arange(32.0) + 0.5 - 16) / 2 - 0.5
    torch.testing.assert_close(large[0, 7], places, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(changed(ramp, "scale", 1), ramp, atol=1e-4, rtol=1e-4)


def test_the_changes_go_as_far_as_the_paper_does() -> None:
    shift, scale, turn = changes(224)
    assert (shift.values[0], shift.values[-1]) == (-60, 60)
    assert (scale.values[0], scale.values[-1]) == (1, 1.8)
    assert (turn.values[0], turn.values[-1]) == (0, 350)
    for size in (32, 64, 224, 299):
        assert 0 in changes(size)[0].values
        assert all(value.is_integer() for value in changes(size)[0].values)


def test_it_is_what_a_plain_loop_over_images_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(technique, "PIXELS_A_BATCH", 2 * tiny.SIZE**2)  # two images a batch
    network = tiny.classifier()
    images = list(tiny.inputs(2, dtype=torch.float32))
    among = (Change("translation", (-4.0, 0.0, 7.0)), Change("rotation", (0.0, 30.0, 180.0)))
    curves = invariance(network, network.layers[0], images, [2, 5], among)
    module = network.module
    assert isinstance(module, nn.Sequential)

    def plain(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        with torch.no_grad():
            first = torch.relu(module[0](image[None]))
            top = module[:-1](image[None])  # all but the linear layer
            return first.flatten(), top.flatten(), torch.softmax(module(image[None])[0], 0)

    for moved in curves:
        for number, (image, label) in enumerate(zip(images, (2, 5), strict=True)):
            own = plain(image)
            for at, value in enumerate(moved.change.values):
                copy = plain(changed(image, moved.change.kind, value))
                truth = [
                    float(torch.dist(copy[part], own[part]) / torch.linalg.norm(own[part]))
                    for part in (0, 1)
                ]
                assert moved.first[number, at] == pytest.approx(truth[0], rel=1e-4, abs=1e-5)
                assert moved.last[number, at] == pytest.approx(truth[1], rel=1e-4, abs=1e-5)
                assert moved.probability[number, at] == pytest.approx(
                    float(copy[2][label]), rel=1e-4
                )
        still = moved.first[:, moved.change.values.index(0.0)]
        np.testing.assert_allclose(still, 0, atol=1e-5)
    assert tiny.hooks(network.module) == 0


def test_the_top_features_are_what_the_last_part_is_given() -> None:
    assert top_features(tiny.classifier()) == "classes"
    assert top_features(tiny.network(tiny.chain(), ["conv1"])) == "conv3"
    empty = tiny.network(nn.Sequential(nn.ReLU()), ["0"])
    with pytest.raises(UnsupportedNetworkError, match="no convolution"):
        top_features(empty)
