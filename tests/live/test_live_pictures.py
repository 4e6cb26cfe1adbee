"""The pages' way from a picture to the network's input is the generator's, pixel for pixel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import live_engine
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from generator.live.packed import pack
from generator.live.program import Program
from generator.networks.preprocessing import Preprocessing

Pixels = npt.NDArray[np.uint8]

CUT = """
import { readFileSync, writeFileSync } from "node:fs";
const [scripts, folder] = process.argv.slice(2);
const { cut, normalise } = await import(`${scripts}/preprocess.js`);
const { shaped } = await import(`${scripts}/shape.js`);
const out = [];
const cases = JSON.parse(readFileSync(`${folder}/cases.json`));
for (const { how, width, height, shape, file } of cases) {
  const picture = { width, height, pixels: Uint8Array.from(readFileSync(`${folder}/${file}`)) };
  const made = shape ? shaped(how, picture, shape) : cut(how, picture);
  out.push({ pixels: [...made.pixels], input: [...normalise(how, made)] });
}
writeFileSync(`${folder}/out.json`, JSON.stringify(out));
"""

SIZES = (
    (64, 64),
    (1, 1),
    (1, 90),
    (300, 2),
    (77, 64),
    (200, 150),
    (150, 233),
    (600, 41),
    (40, 700),
)
HOW = (
    Preprocessing(32, 32, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3), "bicubic"),
    Preprocessing(28, 32, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3), "bilinear"),
    Preprocessing(64, 64, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3), "bicubic"),
)


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def cut(
    folder: Path, cases: Sequence[tuple[Preprocessing, Pixels, dict[str, float] | None]]
) -> list[tuple[Pixels, npt.NDArray[np.float64]]]:
    """What the pages make of each picture: (S, S, 3) pixels and the input (3, S, S)."""
    listed = []
    for number, (how, pixels, shape) in enumerate(cases):
        (folder / str(number)).write_bytes(pixels.tobytes())
        settings = pack(Program((), (3, 1, 1), (), 0), how).listed["preprocess"]
        height, width, _ = pixels.shape
        job = {
            "how": settings,
            "width": width,
            "height": height,
            "shape": shape,
            "file": str(number),
        }
        listed.append(job)
    (folder / "cases.json").write_text(json.dumps(listed))
    live_engine.run_script(CUT, folder, live_engine.SCRIPTS.as_uri(), str(folder))
    pictures = []
    for (how, _, _), job in zip(cases, json.loads((folder / "out.json").read_text()), strict=True):
        pixels = np.array(job["pixels"], np.uint8).reshape(how.size, how.size, 3)
        pictures.append((pixels, np.array(job["input"]).reshape(3, how.size, how.size)))
    return pictures


def test_every_pixel_is_the_generators(tmp_path: Path) -> None:
    """Also for pictures of one pixel, of one row, and panoramas either way."""
    cases = [(how, noise(*size), None) for how in HOW for size in SIZES]
    random = np.random.default_rng(1)
    for number in range(60):
        width, height = random.integers(1, 500, 2).tolist()
        cases.append((HOW[number % len(HOW)], noise(width, height, number), None))
    for (how, pixels, _), (own, inputs) in zip(cases, cut(tmp_path, cases), strict=True):
        image = Image.fromarray(pixels)
        where = f"{image.size} to {how.size}"
        np.testing.assert_array_equal(own, how.pixels(image), where)
        np.testing.assert_allclose(inputs, how(image).numpy(), rtol=0, atol=1e-6, err_msg=where)


STILL = {"x": 0.0, "y": 0.0, "turn": 0.0, "scale": 1.0}


@pytest.mark.parametrize(
    ("change", "turned"),
    [
        ({"turn": 90.0}, lambda pixels: np.rot90(pixels, -1)),
        ({"turn": 180.0}, lambda pixels: np.rot90(pixels, 2)),
        ({"x": 0.25}, lambda pixels: np.roll(pixels, 16, axis=1)),
        ({"y": -0.5}, lambda pixels: np.roll(pixels, -32, axis=0)),
    ],
    ids=["quarter turn", "half turn", "to the right", "up"],
)
def test_a_picture_is_turned_clockwise_and_moved_as_said(
    change: dict[str, float], turned: object, tmp_path: Path
) -> None:
    """By whole pixels nothing has to be mixed; what comes in from beyond is the network's zero."""
    assert callable(turned)
    how = Preprocessing(64, 64, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3), "bicubic")
    smooth = np.array(Image.fromarray(noise(4, 4)).resize((256, 256), Image.Resampling.BICUBIC))
    ((own, _), (plain, _)) = cut(tmp_path, [(how, smooth, STILL | change), (how, smooth, STILL)])
    wanted = turned(plain).astype(int)
    inside = np.ones((64, 64), bool)
    if "x" in change:
        inside[:, :18] = False
    if "y" in change:
        inside[30:] = False
    assert abs(own.astype(int) - wanted)[inside].max() <= 2  # rows and columns are rounded in turn
    if "x" in change:
        np.testing.assert_array_equal(own[:, :14], np.broadcast_to((128, 102, 77), (64, 14, 3)))


def test_twice_the_size_shows_the_middle(tmp_path: Path) -> None:
    how = Preprocessing(64, 64, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3), "bicubic")
    smooth = np.array(Image.fromarray(noise(4, 4)).resize((256, 256), Image.Resampling.BICUBIC))
    middle = np.ascontiguousarray(smooth[64:192, 64:192])
    ((own, _), (part, _)) = cut(
        tmp_path, [(how, smooth, STILL | {"scale": 2.0}), (how, middle, None)]
    )
    assert abs(own.astype(int) - part.astype(int))[2:-2, 2:-2].max() <= 2
