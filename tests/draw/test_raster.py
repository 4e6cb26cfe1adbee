from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.draw import raster
from generator.records import Picture, Tile


def test_projection_pixels_put_zero_at_mid_grey_and_the_farthest_value_at_an_end() -> None:
    projection = np.zeros((3, 1, 4), dtype=np.float32)
    projection[0, 0] = [0.0, 2.0, -4.0, 1.0]
    red = raster.projection_pixels(projection)[0, :, 0]
    # reach = max(2 * 2, -2 * -4) = 8, so x / 8 + 0.5: 0.5, 0.75, 0, 0.625
    assert red.tolist() == [128, 191, 0, 159]
    assert (
        raster.projection_pixels(np.zeros((3, 2, 2), dtype=np.float32)).tolist()
        == [[[128] * 3] * 2] * 2
    )


def test_one_extreme_value_leaves_the_rest_of_a_projection_to_be_seen() -> None:
    random = np.random.default_rng(0)
    projection = random.normal(size=(3, 20, 20)).astype(np.float32).clip(-2, 2)
    plain = raster.projection_pixels(projection)
    projection[0, 3, 4] = 90
    made = raster.projection_pixels(projection)
    assert made[3, 4, 0] == 255
    assert made.std() > 0.9 * plain.std()
    clipped = ((made == 0) | (made == 255)).mean()
    assert clipped < raster.CLIPPED + 0.05  # the noise itself was cut at 2
    wider = np.pad(projection, ((0, 0), (7, 5), (2, 9)))  # a field in the midst of an image
    assert (raster.projection_pixels(wider)[7:27, 2:22] == made).all()


def test_what_is_cut_off_is_counted_among_the_pixels_that_are_drawn() -> None:
    projection = np.zeros((3, 40, 40), dtype=np.float32)
    projection[:, 10:30, 10:30] = 1
    projection[1, 20, 20] = 50
    reach = raster.projection_reach(projection)
    assert reach == 1
    assert raster.clipped_share(projection, reach) == pytest.approx(1 / 400)
    nothing = np.zeros((3, 2, 2), dtype=np.float32)
    assert (raster.projection_reach(nothing), raster.clipped_share(nothing, 0.0)) == (0, 0)


def test_crop_pads_with_grey_beyond_the_border() -> None:
    pixels = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    cut = raster.crop(pixels, (-1, 1, 2, 4))
    assert cut.shape == (3, 3, 3)
    assert (cut[:, 0] == raster.GREY).all()
    assert (cut[2] == raster.GREY).all()
    assert (cut[:2, 1:] == pixels[1:, :2]).all()
    assert (raster.crop(pixels, (5, 5, 7, 7)) == raster.GREY).all()


@pytest.mark.parametrize(
    ("size", "tile", "crisp"), [(7, 42, True), (11, 44, True), (27, 27, False), (163, 112, False)]
)
def test_tiles_are_enlarged_by_whole_factors_or_scaled_down(
    size: int, tile: int, crisp: bool
) -> None:
    style = raster.tile_style(size)
    assert (style.size, style.crisp) == (tile, crisp)
    pixels = np.random.default_rng(0).integers(0, 255, (size, size, 3)).astype(np.uint8)
    fitted = raster.fit_tile(pixels, style)
    assert fitted.shape == (tile, tile, 3)
    if crisp:
        factor = tile // size
        assert (fitted[::factor, ::factor] == pixels).all()
        assert (fitted[factor - 1 :: factor, factor - 1 :: factor] == pixels).all()


def test_grid_places_tiles_row_by_row_with_transparent_gaps() -> None:
    style = Tile(size=4, gap=2, crisp=False)
    tiles = [np.full((4, 4, 3), number, dtype=np.uint8) for number in range(5)]
    sheet = np.asarray(raster.tile_grid(tiles, style))
    assert sheet.shape == (16, 16, 4)
    assert (sheet[6:10, 0:4, 0] == 3).all()
    assert (sheet[6:10, 6:10, 0] == 4).all()
    assert (sheet[:, 4:6, 3] == 0).all()
    assert (sheet[6:10, 12:16, 3] == 0).all()  # no sixth tile


def test_projections_are_saved_without_loss_and_photographs_with_full_colour(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(0)
    noise = Image.fromarray(random.integers(0, 255, (30, 30, 3)).astype(np.uint8)).convert("RGBA")
    assert raster.save_lossless(noise, tmp_path, "a") == Picture("a.webp", 30, 30)
    with Image.open(tmp_path / "a.webp") as back:
        assert (np.asarray(back.convert("RGB")) == np.asarray(noise.convert("RGB"))).all()
    # One-pixel columns of two colours of the same brightness: 4:2:0 would blend them to grey.
    stripes = np.zeros((32, 32, 3), dtype=np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = (200, 60, 60), (60, 130, 60)
    assert raster.save_photograph(Image.fromarray(stripes), tmp_path, "b") == Picture(
        "b.avif", 32, 32
    )
    with Image.open(tmp_path / "b.avif") as back:
        kept = np.asarray(back.convert("RGB")).astype(int)
    redness = kept[:, :, 0] - kept[:, :, 1]
    assert redness[:, ::2].mean() > 100
    assert redness[:, 1::2].mean() < -30
