"""The scan against the bare forward pass, and end to end against the sum of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn

from generator.bench.rows import Row, Sizes, in_turn, ratio
from generator.images import BUNDLED, open_collection
from generator.images.batches import Batch, batches, network_input
from generator.images.collection import Collection, Item
from generator.networks import load
from generator.networks.network import Network
from generator.networks.recording import Finished, run
from generator.scan.activations import BATCH, look
from generator.scan.strongest import scan, strongest_images

K = 9


def rows(sizes: Sizes, names: tuple[str, ...] = ("alexnet", "squeezenet1_0")) -> Iterator[Row]:
    """Recording / bare forward for each network."""
    for name in names:
        network = load(name, "none")
        made, images = in_memory(network, sizes.batches)
        taken = in_turn(
            sizes.pairs,
            partial(record, network, made, images),
            partial(forward, network, made),
        )
        yield ratio(
            f"scan-{name}",
            f"scan / bare forward pass, {name} at {network.size} px, images in memory",
            taken,
            at_most=1.05,
            details={"images": len(images), "layers": len(network.layers), "k": K},
        )


def end_to_end(sizes: Sizes) -> Iterator[Row]:
    """From files on disk to the strongest images, against decoding plus forward passes.

    Once with the threads that so few files get, once with a worker process.
    """
    network = load(sizes.network, "none")
    with photographs(sizes) as collection:
        indices = range(len(collection))
        decoded = list(batches(collection, network.preprocess, indices, BATCH))

        def decode(workers: int) -> None:
            for _ in batches(collection, network.preprocess, indices, BATCH, workers):
                pass

        what = "files to strongest images / decoding alone + forward pass alone"
        for name, workers, way in (
            ("end-to-end", 0, ""),
            ("end-to-end-worker", 1, ", decoded by a worker process"),
        ):
            taken = in_turn(
                sizes.pairs,
                partial(scan, network, collection, K, workers=workers),
                partial(decode, workers),
                partial(forward, network, decoded),
            )
            yield ratio(
                name,
                f"{what}, {network.name}{way}",
                taken,
                lambda part: part[0] / (part[1] + part[2]),
                at_most=1.10,
                details={"images": len(collection), "workers": workers},
            )


def record(network: Network, made: list[Batch], images: Collection) -> None:
    """The scan of images in memory."""
    strongest_images(network.layers, images, look(network, made, BATCH), K)


def forward(network: Network, made: list[Batch]) -> None:
    """Forward passes as far as the last recorded layer, with nothing recorded."""
    with torch.inference_mode(), stopping(network.module, network.layers[-1].name):
        for batch in made:
            run(network.module, network_input(batch.pixels, network.preprocess, network.device))
    if network.device.type == "cuda":
        torch.cuda.synchronize(network.device)


@contextmanager
def stopping(module: nn.Module, name: str) -> Iterator[None]:
    """Inside, a forward pass ends behind the layer of that name."""

    def stop(*_: object) -> None:
        raise Finished

    handle = module.get_submodule(name).register_forward_hook(stop)
    try:
        yield
    finally:
        handle.remove()


def in_memory(network: Network, count: int) -> tuple[list[Batch], Collection]:
    """Batches of tiles of the bundled photographs, decoded, and the collection of them."""
    bundled = open_collection(BUNDLED)
    chosen = spread_out(bundled, count * BATCH)
    made = list(batches(chosen, network.preprocess, range(len(chosen)), BATCH))
    return made, chosen


def spread_out(collection: Collection, count: int) -> Collection:
    """So many of its images, from one end to the other; again from the start if there are fewer."""
    at = np.linspace(0, len(collection), count, endpoint=False).astype(int) % len(collection)
    items = tuple(collection.items[index] for index in at.tolist())
    return part_of(collection, items)


def part_of(collection: Collection, items: tuple[Item, ...]) -> Collection:
    """Some items of a collection, each a photograph of its own, as a collection."""
    opener: Callable[[Item], object] = collection.opener
    return Collection(
        name=collection.name,
        title=f"{len(items)} images of {collection.title}",
        sha256=f"{len(items)} of {collection.sha256}",
        items=items,
        opener=opener,  # type: ignore[arg-type]
        sources=collection.sources,
        jpeg=collection.jpeg,
    )


@contextmanager
def photographs(sizes: Sizes) -> Iterator[Collection]:
    """Files on disk: the first of a folder, or tiles of the bundled photographs as JPEGs."""
    if sizes.photographs is not None:
        yield spread_out(open_collection(str(sizes.photographs)), sizes.files)
        return
    with TemporaryDirectory() as place:
        write_tiles(Path(place), sizes.files, sizes.side)
        yield open_collection(place)


def write_tiles(folder: Path, count: int, side: int) -> None:
    """So many tiles of the bundled photographs as JPEGs of ``side`` by three quarters of it."""
    chosen = spread_out(open_collection(BUNDLED), count)
    for number in range(count):
        tile = chosen[number].resize((side, side * 3 // 4))
        tile.save(folder / f"{number:06}.jpg", quality=90)
