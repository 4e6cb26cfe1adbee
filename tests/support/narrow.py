"""The command line with a narrow network and few drawings: a whole run in seconds.

python tests/support/narrow.py figures --weights none --images FOLDER --out STORE
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.measure import claims, orientation
from generator.networks import zfnet
from generator.stages import prebuilt
from generator.techniques import occlusion
from generator.techniques.preferred import Fourier, Pixels

SCRIPT = Path(__file__)
CHANNELS = 18


def narrow(put: Callable[[Any, str, Any], None], replace: Callable[[Any, Any, Any], None]) -> None:
    """Replace what takes long: ``put(object, name, value)``, ``replace(dict, key, value)``."""
    put(claims, "PER_CONCEPT", 4)
    few = orientation.Drift((0.7,), 2, (0.3,), (0.0,))
    put(orientation, "FINE", few)
    put(orientation, "COARSE", few)
    put(occlusion, "STEPS", 6)
    put(prebuilt, "METHODS", {"waves": Fourier(steps=2), "pixels": Pixels(steps=2)})
    convolutions = tuple(
        zfnet.Convolution(CHANNELS, conv.kernel, conv.stride, conv.padding)
        for conv in zfnet.ZFNET64.convolutions
    )
    settings = {**vars(zfnet.ZFNET64), "convolutions": convolutions, "hidden": (16,)}
    replace(zfnet.ARCHITECTURES, "zfnet64", zfnet.Architecture(**settings))


def make_photographs(folder: Path, count: int = 12) -> Path:
    """Blocks of colour in three classes, and one file that is broken."""
    random = np.random.default_rng(0)
    for number in range(count):
        place = folder / f"class {number % 3}"
        place.mkdir(parents=True, exist_ok=True)
        blocks = random.integers(0, 255, (9, 12, 3)).astype(np.uint8)
        Image.fromarray(blocks).resize((120, 90)).save(place / f"{number}.png")
    (folder / "class 1" / "broken.jpg").write_bytes(b"not an image")
    return folder


if __name__ == "__main__":
    from generator.__main__ import main

    narrow(setattr, dict.__setitem__)
    sys.exit(main())
