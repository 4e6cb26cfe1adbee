"""Preferred inputs as files: made one by one, and kept in an archive that ships with the weights.

Making them for every unit takes minutes, so those of the bundled network are made once, by
``python -m generator preferred``. The archive holds each picture as it is shown, and a card that
says which weights, which code and which settings made it. Where these are not the build's own,
the archive is not used.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from generator.errors import StoreError, UsageError
from generator.images.colours import colour_covariance
from generator.networks.identity import bundled_weights, shipped_pictures
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.records import Layer
from generator.store.keys import code_key, content_key
from generator.techniques.preferred import Fourier, Pixels, preferred

Pictures = npt.NDArray[np.uint8]

WAVES, PIXELS = Fourier(), Pixels()
METHODS: dict[str, Fourier | Pixels] = {"waves": WAVES, "pixels": PIXELS}
CODE = ("techniques/preferred.py", "images/colours.py")
COMPARED = 3  # units of a layer that are shown by both methods
CARD = "card.json"
QUALITY = 90  # of AVIF; the activations told are those of the pictures as decoded
BEFORE = (1980, 1, 1, 0, 0, 0)  # an archive of the same pictures is the same file


@dataclass(frozen=True)
class Shipped:
    """The pictures of an archive: bytes of AVIF by method, layer and channel."""

    archive: Path

    def read(self, method: str, layer: Layer, channels: Sequence[int]) -> list[bytes]:
        """Those of one layer; StoreError when the archive lacks one."""
        try:
            with ZipFile(self.archive) as archive:
                return [archive.read(_place(method, layer, channel)) for channel in channels]
        except (OSError, KeyError, BadZipFile) as error:
            raise StoreError(f"{self.archive}: {error}; {_remedy(self.archive)}") from error


def shipped(network: Network) -> Shipped | None:
    """What ships with the network, if this code would make the same pictures of these weights."""
    path = shipped_pictures(network.name)
    if path is None:
        return None
    try:
        with ZipFile(path) as archive:
            card = json.loads(archive.read(CARD))
    except (OSError, KeyError, ValueError, BadZipFile):
        return None
    own = archive_card(network)
    return Shipped(path) if card["key"] == own["key"] else None


def archive_card(network: Network) -> dict[str, Any]:
    """What the pictures of a network depend on; ``key`` changes with any of it."""
    parts = {
        "weights": network.provenance.sha256,
        "layers": [layer.name for layer in layers_of(network)],
        "code": code_key(*CODE),
        "settings": {name: asdict(settings) for name, settings in METHODS.items()},
        "quality": QUALITY,
    }
    return {"key": content_key(**parts), **parts}


def layers_of(network: Network) -> tuple[Layer, ...]:
    """The layers whose units get a picture: in the first, the filter is the preferred input."""
    return network.layers[1:]


def compared_units(channels: Sequence[int]) -> list[int]:
    """A few of the units, evenly spread, for the comparison of the methods."""
    return list(channels[:: max(1, -(-len(channels) // COMPARED))])


def make(
    network: Network, layer: Layer, channels: Sequence[int], method: str, bar: tqdm[Any]
) -> list[bytes]:
    """The preferred inputs of some units of a layer, made here and now, as AVIF."""
    made = preferred(network, layer, channels, METHODS[method], colour_covariance(), bar=bar)
    return [as_avif(pixels) for pixels in made]


def as_avif(pixels: Pictures) -> bytes:
    """(H, W, 3) as AVIF with full colour resolution."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "AVIF", quality=QUALITY, subsampling="4:4:4", speed=4)
    return buffer.getvalue()


def from_avif(picture: bytes) -> Pictures:
    """The inverse, but for what AVIF loses."""
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"))


def ship(model: str, out: Path | None, work: Path, device: str = "cpu") -> Path:
    """Make the archive of a bundled network anew; gives its place.

    Every picture is kept in ``work`` until all are there, so that a run that was stopped goes
    on. Raises UsageError for a network that ships without weights.
    """
    if bundled_weights(model) is None:
        raise UsageError(f"no weights ship with {model}; name a network whose weights do: zfnet64")
    network = load_network(model, None, device)
    card = archive_card(network)
    folder = work / card["key"]
    jobs = [
        (method, layer, channels)
        for layer in layers_of(network)
        for method, channels in (
            ("waves", range(layer.channels)),
            ("pixels", compared_units(range(layer.channels))),
        )
    ]
    total = sum(len(channels) for _, _, channels in jobs)
    with tqdm(total=total, desc="Climbing", unit="unit", disable=None) as bar:
        for method, layer, channels in jobs:
            _make_missing(network, layer, channels, method, folder, bar)
    path = out or bundled_weights(model).with_name(f"{model}-preferred.zip")  # type: ignore[union-attr]
    part = path.with_suffix(".part")
    with ZipFile(part, "w") as archive:
        archive.writestr(ZipInfo(CARD, BEFORE), json.dumps(card, indent=1) + "\n")
        for method, layer, channels in jobs:
            for channel in channels:
                place = _place(method, layer, channel)
                pixels = np.asarray(Image.open(_kept(folder, method, layer, channel)))
                archive.writestr(ZipInfo(place, BEFORE), as_avif(pixels))
    os.replace(part, path)
    return path


def _make_missing(
    network: Network,
    layer: Layer,
    channels: Sequence[int],
    method: str,
    folder: Path,
    bar: tqdm[Any],
    few: int = 16,
) -> None:
    missing = [
        channel for channel in channels if not _kept(folder, method, layer, channel).exists()
    ]
    bar.update(len(channels) - len(missing))
    colours = colour_covariance()
    for start in range(0, len(missing), few):
        part = missing[start : start + few]
        made = preferred(network, layer, part, METHODS[method], colours, bar=bar)
        for channel, pixels in zip(part, made, strict=True):
            path = _kept(folder, method, layer, channel)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path.with_suffix(".part"), "PNG")
            os.replace(path.with_suffix(".part"), path)


def _kept(folder: Path, method: str, layer: Layer, channel: int) -> Path:
    return folder / method / layer.name / f"{channel}.png"


def _place(method: str, layer: Layer, channel: int) -> str:
    return f"{method}/{layer.name}/{channel}.avif"


def _remedy(archive: Path) -> str:
    model = archive.name.removesuffix("-preferred.zip")
    return f"make it again with `python -m generator preferred --model {model}`"
