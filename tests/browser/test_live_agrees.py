"""In Chromium, from a file to every answer: the pages' network is PyTorch's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from browser.agreeing import Told, compared, photographs, told_of
from browser.screens import Reader


def odd_files(folder: Path) -> list[str]:
    """Grey, see-through, turned by its camera, of one pixel, and panoramas either way."""
    random = np.random.default_rng(2)
    coarse = random.integers(0, 256, (9, 12, 4), dtype=np.uint8)
    photograph = Image.fromarray(coarse).resize((240, 180), Image.Resampling.BICUBIC)
    plain = photograph.convert("RGB")
    plain.convert("L").save(folder / "grey.png")
    photograph.save(folder / "alpha.png")
    plain.convert("P").save(folder / "palette.png")
    plain.crop((0, 0, 1, 1)).save(folder / "pixel.png")
    plain.resize((700, 40)).save(folder / "panorama.png")
    plain.resize((40, 500)).save(folder / "tower.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    plain.save(folder / "turned.jpg", quality=95, subsampling=0, exif=turned)
    plain.save(folder / "plain.jpg", quality=90)
    return [path.name for path in sorted(folder.iterdir())]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Told]]:
    """A folder with the network, the scripts, and files with what PyTorch says of each."""
    folder = tmp_path_factory.mktemp("agrees")
    names = [*odd_files(folder), *photographs(folder)]
    return folder, told_of(folder, names)


def test_every_layer_the_classes_and_projections_agree(
    told: tuple[Path, list[Told]], serve: Callable[[Path], str], reader: Reader, tell: Any
) -> None:
    folder, files = told
    page = reader(serve(folder))
    worst = max(compared(page, recorded) for recorded in files)
    tell(f"the network in Chromium: {len(files)} files, at most {worst:.1g} of a map apart")
