"""Forward passes over a collection: what every unit liked best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from generator.errors import ImagesError, UsageError
from generator.images.batches import Batch, batches, network_input
from generator.images.collection import Collection
from generator.images.on_device import check_decoder, decoded
from generator.networks.half import check_half, half_precision
from generator.networks.network import Network
from generator.networks.recording import record_maxima
from generator.networks.resampling import RADIUS
from generator.records import EXACT, MOST_K, Layer, Shortcuts, TopActivations
from generator.scan.topk import TopK

BATCH = 64  # images a pass; larger ones are no faster on a processor, and take more memory


@dataclass(frozen=True)
class Answers:
    """What every unit of all layers, one after the other, answers to some images.

    ``values`` (n, units) float32, the largest value of each rectified map, NaN for images that
    could not be read, which ``reasons`` names with why; ``places`` (n, units) int64, where in
    its map, counted flat, that value lies.
    """

    indices: Sequence[int]
    values: npt.NDArray[np.float32]
    places: npt.NDArray[np.integer]
    reasons: dict[int, str] = field(default_factory=dict)


def scan(
    network: Network,
    collection: Collection,
    k: int = 9,
    batch_size: int = BATCH,
    workers: int | None = None,
    shortcuts: Shortcuts = EXACT,
) -> tuple[TopActivations, ...]:
    """The ``k`` strongest images of every unit, one record a layer.

    Undecodable images take no part. Raises UsageError for a ``k`` out of range, ImagesError when
    no image can be decoded.
    """
    indices = range(len(collection))
    found = answers(network, collection, indices, batch_size, workers, shortcuts)
    return strongest_images(network.layers, collection, found, k)


def answers(
    network: Network,
    collection: Collection,
    indices: Sequence[int] | npt.NDArray[np.int64],
    batch_size: int = BATCH,
    workers: int | None = None,
    shortcuts: Shortcuts = EXACT,
) -> Iterator[Answers]:
    """What every unit answers to the images at ``indices``, a batch at a time, in their order.

    A unit's activation for an image is the largest value of its rectified map, as in the
    Toolbox of Yosinski and others (2015); the first place wins where two are equal. One
    forward pass a batch serves all layers. On a GPU the next pass is under way while one is
    fetched. ``shortcuts`` make it less exact; the answers are float32 all the same.

    Raises ImagesError when a layer gives values that are not finite.
    """
    device, preprocess = network.device, network.preprocess
    pinned, encoded = device.type == "cuda", shortcuts.device_jpeg
    made = batches(collection, preprocess, indices, batch_size, workers, pinned, encoded)
    if encoded:
        made = decoded(made, collection, preprocess, device)
    return look(network, made, batch_size, shortcuts.half)


def look(
    network: Network, made: Iterable[Batch], batch_size: int, half: bool = False
) -> Iterator[Answers]:
    """What every unit answers to the images of batches of up to ``batch_size`` images."""
    ahead: _Pass | None = None
    for batch in made:
        now: _Pass | None = None
        if batch.good:
            inputs = network_input(batch.pixels, network.preprocess, network.device)
            now = _Pass(network, batch, _full(inputs, batch_size), half)
        if ahead is not None:
            yield ahead.answers()
        if now is None:
            yield _unread(batch, sum(layer.channels for layer in network.layers))
        ahead = now
    if ahead is not None:
        yield ahead.answers()


def strongest_images(
    layers: tuple[Layer, ...],
    collection: Collection,
    found: Iterable[Answers],
    k: int,
    sources: npt.NDArray[np.int64] | None = None,
) -> tuple[TopActivations, ...]:
    """The ``k`` strongest images of every unit, from answers in the order of the collection.

    At most one entry an image, and no more of one photograph than the collection allows;
    ``sources`` (N,) says which images are of one, where the collection does not know.
    Raises UsageError for a ``k`` out of range, ImagesError when there is no answer at all.
    """
    check_k(k)
    counts = [layer.channels for layer in layers]
    # All units side by side: what an update costs hardly depends on how many there are.
    per_source = collection.per_source if sources is None else 1
    running = TopK(sum(counts), k, per_source, torch.device("cpu"))
    numbers = torch.from_numpy(collection.source_numbers if sources is None else sources)
    readable = 0
    with tqdm(total=len(collection), desc="Choosing", unit="image", disable=None) as bar:
        for part in found:
            readable += len(part.indices) - len(part.reasons)
            images = torch.as_tensor(part.indices)
            places = torch.from_numpy(part.places.astype(np.int64, copy=False))
            running.update(torch.from_numpy(part.values), places, images, numbers[images])
            bar.update(len(part.indices))
    if not readable:
        raise ImagesError(f"{collection.title}: no image could be decoded")
    widths = torch.tensor([layer.width for layer in layers])
    whole = running.result(widths.repeat_interleave(torch.tensor(counts))[:, None])
    ends = np.cumsum(counts)[:-1]
    parts = (np.split(array, ends) for array in (whole.values, whole.images, whole.positions))
    return tuple(TopActivations(*arrays) for arrays in zip(*parts, strict=True))


def check_k(k: int) -> None:
    """UsageError for a number of patches that can't be."""
    if not 1 <= k <= MOST_K:
        raise UsageError(f"k is {k}; give a number from 1 to {MOST_K}")


def check_shortcuts(network: Network, collection: Collection, shortcuts: Shortcuts) -> None:
    """UsageError for what this network, its device or the collection can't take."""
    if shortcuts.half:
        check_half(network)
    if shortcuts.device_jpeg:
        check_decoder(collection, network.device)
        asked = network.preprocess.interpolation
        if asked not in RADIUS:
            raise UsageError(
                f"{network.name} wants its images scaled by {asked}, which only the processor "
                "does; leave out --decode device"
            )


def maxima(
    network: Network, inputs: Tensor, layers: tuple[Layer, ...] | None = None
) -> list[tuple[Tensor, Tensor]]:
    """Per layer the largest rectified activation of each map and its place.

    ``inputs`` (N, 3, H, W). Gives values (N, C) float32 and flat places (N, C) int64.
    Raises ImagesError when a map holds a value that is not a number, or is infinite.
    """
    layers = layers or network.layers
    found = record_maxima(network, inputs, layers)
    for layer, (values, _) in zip(layers, found, strict=True):
        if not bool(values.isfinite().all()):
            raise ImagesError(f"layer {layer.name} gives values that are not finite")
    return [(values.float().clamp(min=0), places) for values, places in found]


def _full(inputs: Tensor, batch_size: int) -> Tensor:
    """Black images at the end until the batch is full.

    The last bits of an answer may depend on how many images there are, never on which. So an
    answer stays the same whatever else is looked at along with its image.
    """
    missing = batch_size - len(inputs)
    return functional.pad(inputs, (0, 0, 0, 0, 0, 0, 0, missing)) if missing else inputs


class _Pass:
    """A forward pass of a batch; what it finds is on its way from the network's device."""

    def __init__(self, network: Network, batch: Batch, inputs: Tensor, half: bool) -> None:
        self._layers, self._batch, self._half = network.layers, batch, half
        with half_precision(network.device) if half else nullcontext():
            found = record_maxima(network, inputs)
        self._values = _sent(torch.cat([values for values, _ in found], dim=1).float())
        self._places = _sent(torch.cat([places for _, places in found], dim=1))
        # On the stream of the inputs' own GPU, which need not be the first one.
        self._done = (
            torch.cuda.current_stream(inputs.device).record_event() if inputs.is_cuda else None
        )

    def answers(self) -> Answers:
        """What was found, once it is here; ImagesError for values that are not finite."""
        if self._done is not None:
            self._done.synchronize()
        batch, count = self._batch, len(self._batch.good)
        values, places = self._values[:count].numpy(), self._places[:count].numpy()
        finite = np.isfinite(values).all(axis=0)
        if not finite.all():
            ends = np.cumsum([layer.channels for layer in self._layers])
            wrong = int(np.searchsorted(ends, np.flatnonzero(~finite)[0], side="right"))
            name, remedy = self._layers[wrong].name, ""
            if self._half:
                remedy = " in half precision; leave out --precision half"
            raise ImagesError(f"layer {name} gives values that are not finite{remedy}")
        values = values.clip(min=0)
        if count == len(batch.indices):
            return Answers(batch.indices, values, places)
        rows = np.flatnonzero(np.isin(batch.indices, batch.good))
        result = _unread(batch, values.shape[1])
        result.values[rows], result.places[rows] = values, places
        return result


def _sent(found: Tensor) -> Tensor:
    """Into memory of the processor, without waiting for a GPU."""
    if not found.is_cuda:
        return found.cpu()
    return torch.empty(found.shape, dtype=found.dtype, pin_memory=True).copy_(
        found, non_blocking=True
    )


def _unread(batch: Batch, units: int) -> Answers:
    shape = len(batch.indices), units
    values = np.full(shape, np.nan, dtype=np.float32)
    return Answers(batch.indices, values, np.zeros(shape, dtype=np.int64), batch.reasons)
