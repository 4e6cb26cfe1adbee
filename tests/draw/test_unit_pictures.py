from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from generator.draw import raster, unit_pictures
from generator.networks.loading import load_network
from generator.records import ReceptiveField, TopActivations
from generator.techniques.deconvnet import project


def test_a_window_holds_the_field_and_starts_at_a_multiple_of_the_stride() -> None:
    field = ReceptiveField(size=27, stride=4, offset=-13)
    # Unit 5 sees rows 7 to 33; the window starts at 4, the multiple of 4 before 7.
    assert field.window(5, 64) == (4, 34)
    assert field.window(0, 64) == (0, 14)  # the field begins before the image
    assert field.window(15, 64) == (44, 64)  # and here it ends behind it
    assert field.shown(15, 5, 64) == (7, 47, 34, 74)
    larger = ReceptiveField(size=83, stride=8, offset=-41)
    assert larger.window(0, 64) == (0, 64)
    assert larger.shown(0, 7, 64) == (0, 0, 64, 64)


@pytest.mark.parametrize("name", ["zfnet64", "alexnet", "squeezenet1_0", "googlenet"])
def test_a_unit_gives_the_same_on_the_part_that_it_sees_as_on_the_whole_image(name: str) -> None:
    network = load_network(name, "none")
    random = np.random.default_rng(0)
    images = torch.randn(3, 3, network.size, network.size, generator=torch.manual_seed(0))
    for layer in network.layers:
        places = np.array([[0, 0], [layer.height // 2, layer.width // 3], [layer.height - 1, 1]])
        channels = random.integers(0, layer.channels, 3)
        whole = project(network, layer, images, channels, places).numpy()
        top = TopActivations(
            values=np.ones((layer.channels, 1), dtype=np.float32),
            images=np.full((layer.channels, 1), -1, dtype=np.int64),
            positions=np.zeros((layer.channels, 1, 2), dtype=np.int64),
        )
        style = unit_pictures.layer_style(layer, network.size)
        for entry, channel in enumerate(channels):
            top.images[:] = -1
            top.images[channel, 0] = entry
            top.positions[channel, 0] = places[entry]
            (unit,) = unit_pictures.unit_tiles(network, layer, top, lambda index: images[index])
            row, column = places[entry].tolist()
            box = layer.field.shown(row, column, network.size)
            cut = raster.crop(raster.projection_pixels(whole[entry]), box)
            pixels = raster.crop(network.preprocess.display(images[entry]), box)
            assert unit.channel == channel
            white = raster.projection_reach(whole[entry])
            assert unit.white[0] == pytest.approx(white, rel=1e-3)
            assert unit.frame == cut.shape[0]
            # A rounding of the last bit may move a pixel by one of its 255 steps.
            difference = np.abs(
                unit.projections[0].astype(int) - raster.fit_tile(cut, style).astype(int)
            )
            assert difference.max() <= 1
            assert_allclose(unit.patches[0], raster.fit_tile(pixels, style))
