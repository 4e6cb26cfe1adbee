"""What only a GPU can answer: images a second end to end, and all projections."""

from __future__ import annotations

import numpy as np
import torch

from generator.bench.projecting import Entries, K, from_crops
from generator.bench.rows import Sizes, seconds
from generator.bench.scanning import in_memory, photographs, spread_out
from generator.figures import input_cache
from generator.images.batches import batches
from generator.networks import load
from generator.scan import BATCH, look, scan, strongest_images


def measure(sizes: Sizes, device: str = "cuda") -> dict[str, list[float]]:
    """Each row's values, one for every pair; the files are repeated until there are enough."""
    network = load(sizes.network, "none", device)
    found: dict[str, list[float]] = {"gpu-images": [], "gpu-share": [], "gpu-projections": []}
    with photographs(sizes) as few:
        collection = spread_out(few, sizes.gpu_images)
        indices = range(len(collection))

        def decode() -> None:
            for _ in batches(collection, network.preprocess, indices, BATCH, pinned=False):
                pass

        for _ in range(sizes.pairs):
            whole, alone = seconds(lambda: scan(network, collection, K)), seconds(decode)
            found["gpu-images"].append(len(collection) / whole)
            found["gpu-share"].append(alone / whole)
    made, images = in_memory(network, 1)
    top = strongest_images(network.layers, images, look(network, made, BATCH), K)
    inputs = input_cache(network, images)

    def everything() -> None:
        for layer, record in zip(network.layers, top, strict=True):
            channels, slots = np.nonzero(record.images >= 0)
            chosen = record.images[channels, slots], record.positions[channels, slots]
            from_crops(network, Entries(layer, channels, *chosen), inputs)
        if network.device.type == "cuda":
            torch.cuda.synchronize()

    everything()
    found["gpu-projections"] = [seconds(everything) for _ in range(sizes.pairs)]
    return found
