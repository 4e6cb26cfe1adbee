"""How alike patches are: cases worked out by hand, the stage, and the words."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tiny

from generator.caption import likeness as words
from generator.records import Cell, TopActivations
from generator.records.learned import Likeness
from generator.scan.inputs import input_cache
from generator.stages import likeness as stage
from generator.techniques.likeness import correlation, likeness, patch

SLANT = np.array([[9.0, 1.0], [5.0, 5.0]])


def lab(lightness: np.ndarray, a: float = 0, b: float = 0) -> np.ndarray:
    """A patch of one hue."""
    return np.stack([lightness, np.full_like(lightness, a), np.full_like(lightness, b)], axis=-1)


def test_correlation_sees_light_and_shade_and_neither_brightness_nor_contrast() -> None:
    assert correlation(SLANT, 3 * SLANT + 20) == pytest.approx(1)
    assert correlation(SLANT, 50 - SLANT) == pytest.approx(-1)
    # Centred (4, -4, 0, 0) and (4, 0, -4, 0): 16 over the product of both sizes, 32.
    assert correlation(SLANT, SLANT.T) == pytest.approx(0.5)
    assert correlation(SLANT, np.ones((2, 2))) is None
    unknown = SLANT.copy()
    unknown[1] = np.nan  # beyond the border of the image
    assert correlation(SLANT, unknown) == pytest.approx(1)
    assert correlation(SLANT, np.full((2, 2), np.nan)) is None


def test_likeness_is_over_all_pairs() -> None:
    measured = likeness([lab(SLANT), lab(10 - SLANT, a=3, b=4), lab(SLANT, b=-6)])
    assert measured.colours == pytest.approx(np.hypot(3, 10))  # the second and the third
    assert measured.least == pytest.approx(-1)
    assert measured.light == pytest.approx((-1 + 1 - 1) / 3)
    flat = likeness([lab(np.ones((2, 2))), lab(np.ones((2, 2)))])
    assert (flat.colours, flat.light, flat.least) == (0, None, None)


def test_what_lies_beyond_the_image_is_not_known() -> None:
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    pixels[0, 3] = 255
    cut = patch(pixels, (2, -1, 5, 2))
    assert np.isnan(cut[0]).all()
    assert np.isnan(cut[:, 2]).all()
    np.testing.assert_allclose(cut[1, :2, 0], [0, 100], atol=1e-3)
    assert np.isfinite(cut[2, :2]).all()


def test_the_stage_compares_what_the_network_was_given(tmp_path: Path) -> None:
    network = tiny.network(tiny.chain(), ("conv1", "conv2"))
    collection = tiny.collection(5)
    top = [
        TopActivations(
            values=np.ones((layer.channels, 3), dtype=np.float32),
            images=np.array([[4, 0, 2], [3, -1, -1]] + [[-1] * 3] * (layer.channels - 2)),
            positions=np.full((layer.channels, 3, 2), 2),
        )
        for layer in network.layers
    ]
    cells = [Cell(1, 1 + channel, channel, None, None) for channel in range(3)]
    build = SimpleNamespace(
        network=network,
        top=top,
        measured=SimpleNamespace(layers=[SimpleNamespace(cells=cells)] * 2),
        inputs=input_cache(network, collection),
        layer=lambda index: network.layers[index - 1],
    )
    stage.make(tmp_path, build)  # type: ignore[arg-type]
    section = stage.entry(tmp_path, build)  # type: ignore[arg-type]
    assert set(section) == {1, 2}
    for layer in network.layers:
        (channel,) = units = section[layer.index]
        assert channel == 0  # one patch, or none, can't be compared
        box = layer.field.box(2, 2)
        given = [network.preprocess.pixels(collection[image]) for image in (4, 0, 2)]
        expected = likeness([patch(pixels, box) for pixels in given])
        assert units[0].colours == pytest.approx(expected.colours, rel=1e-2)
        assert units[0].light == pytest.approx(expected.light, abs=1e-2)


@pytest.mark.parametrize(
    ("colours", "light", "least", "said"),
    [
        (
            34.2,
            0.846,
            0.618,
            ["colours differ", "up to 34 apart", "dark in the same places", "0.61"],
        ),
        (4.9, 0.4, 0.1, ["colours hardly differ", "up to 4 apart", "Only in part"]),
        (12, 0.1, -0.301, ["Some are dark where others are light", "by less than −0.31"]),
    ],
)
def test_the_sentence_says_what_patches_share(
    colours: float, light: float, least: float, said: list[str]
) -> None:
    told = words.compared(Likeness(colours, light, least))
    for part in said:
        assert part in told
    assert words.compared(Likeness(12.0, None, None)).endswith("2.3 is just visible.")


def test_layers_are_compared_by_their_units() -> None:
    def layer(*values: float | None) -> dict[int, Likeness]:
        return {at: Likeness(0.0, value, None) for at, value in enumerate(values)}

    told = words.agreed(layer(0.6, 0.4, None), layer(0.1, 0.0))
    assert "by 0.50 in layer 1, on average, and by 0.05 in this layer" in told
    assert "is not their light and shade" in told
    assert "is not clearly less" in words.agreed(layer(0.5), layer(0.4))
    assert words.agreed(layer(None), layer(0.4)) == ""
    assert words.agreed({}, {}) == ""
