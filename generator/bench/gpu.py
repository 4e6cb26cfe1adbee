"""What only a GPU can answer: images a second end to end, and all projections."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from generator.bench.projecting import Entries, K, from_crops
from generator.bench.rows import Row, Sizes, seconds, spread
from generator.bench.scanning import in_memory, photographs, spread_out
from generator.errors import UsageError
from generator.images.batches import batches, suitable_workers
from generator.images.collection import Collection
from generator.networks import load
from generator.networks.network import Network
from generator.records import EXACT, Shortcuts
from generator.scan.activations import BATCH, check_shortcuts, look
from generator.scan.inputs import input_cache
from generator.scan.strongest import scan, strongest_images

# Images a second by each option, under the name of its row.
WAYS = {
    "gpu-images": EXACT,
    "gpu-images-half": Shortcuts(half=True),
    "gpu-images-jpeg": Shortcuts(device_jpeg=True),
    "gpu-images-both": Shortcuts(half=True, device_jpeg=True),
}


def rows(sizes: Sizes) -> Iterator[Row]:
    """The rows that need a GPU; empty without one."""
    whole = f"images a second, files to strongest images, {sizes.gpu_images:,} images"
    titles = {
        "gpu-images": whole,
        "gpu-images-half": f"{whole}, --precision half",
        "gpu-images-jpeg": f"{whole}, --decode device",
        "gpu-images-both": f"{whole}, both",
        "gpu-share": "the first of these as a share of decoding alone",
        "gpu-projections": f"seconds for all projections of {sizes.network}",
    }
    units = dict.fromkeys(titles, "images/s") | {"gpu-share": "times", "gpu-projections": "s"}
    if not torch.cuda.is_available():
        for name, title in titles.items():
            yield Row(name, title, unit=units[name], reason="this machine has no GPU")
        return
    measured = timed(sizes)
    for name, title in titles.items():
        if measured[name]:
            yield Row(name, title, spread(measured[name]), unit=units[name])
        else:
            yield Row(name, title, unit=units[name], reason="this GPU, or torch on it, can't")


def timed(sizes: Sizes, device: str = "cuda") -> dict[str, list[float]]:
    """Each row's values, one for every pair; the files are repeated until there are enough.

    No values where the device, or torchvision on it, can't do what the row is about.
    """
    network = load(sizes.network, "none", device)
    taken: dict[str, list[float]] = {name: [] for name in (*WAYS, "gpu-share")}
    with photographs(sizes) as few:
        collection = spread_out(few, sizes.gpu_images)
        indices = range(len(collection))
        # As many on both sides of the share, or one would be fed better than the other.
        workers = suitable_workers(len(indices), network.device.type == "cuda")

        def decode() -> None:
            for _ in batches(collection, network.preprocess, indices, BATCH, workers):
                pass

        ways = {name: way for name, way in WAYS.items() if _possible(network, collection, way)}
        for _ in range(sizes.pairs):
            for name, way in ways.items():
                whole = seconds(
                    partial(scan, network, collection, K, workers=workers, shortcuts=way)
                )
                taken[name].append(len(collection) / whole)
                if not way:
                    taken["gpu-share"].append(seconds(decode) / whole)
    made, images = in_memory(network, 1)
    top = strongest_images(network.layers, images, look(network, made, BATCH), K)
    inputs = input_cache(network, images)

    def everything() -> None:
        for layer, record in zip(network.layers, top, strict=True):
            channels, slots = np.nonzero(record.images >= 0)
            chosen = record.images[channels, slots], record.positions[channels, slots]
            from_crops(network, Entries(layer, channels, *chosen), inputs)
        if network.device.type == "cuda":
            torch.cuda.synchronize(network.device)

    everything()
    taken["gpu-projections"] = [seconds(everything) for _ in range(sizes.pairs)]
    return taken


def _possible(network: Network, collection: Collection, way: Shortcuts) -> bool:
    try:
        check_shortcuts(network, collection, way)
    except UsageError:
        return False
    return True
