"""Forward passes over a collection: what every unit answers to each image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from generator.errors import ImagesError, UsageError
from generator.images.batches import Batch, batches, network_input
from generator.images.collection import Collection
from generator.images.on_device import check_decoder, decoded
from generator.networks.half import check_half, half_precision
from generator.networks.network import Network
from generator.networks.recording import record_maxima
from generator.networks.resampling import RADIUS
from generator.records import EXACT, Layer, Shortcuts

BATCH = 64  # images a pass; larger ones are no faster on a processor, and take more memory


@dataclass(frozen=True)
class Activations:
    """The strongest activation of every unit of all layers, side by side, for some images.

    ``values`` (n, units) float32, the largest value of each rectified map, NaN for images that
    could not be read, which ``reasons`` names with why; ``places`` (n, units) int64, where in
    its map, counted flat, that value lies.
    """

    indices: Sequence[int]
    values: npt.NDArray[np.float32]
    places: npt.NDArray[np.integer]
    reasons: dict[int, str] = field(default_factory=dict)


def activations(
    network: Network,
    collection: Collection,
    indices: Sequence[int] | npt.NDArray[np.int64],
    batch_size: int = BATCH,
    workers: int | None = None,
    shortcuts: Shortcuts = EXACT,
) -> Iterator[Activations]:
    """Every unit's strongest activation for the images at ``indices``, a batch at a time, in order.

    A unit's activation for an image is the largest value of its rectified map, as in the
    Toolbox of Yosinski and others (2015); the first place wins where two are equal. One
    forward pass a batch serves all layers. On a GPU the next pass is under way while one is
    fetched. ``shortcuts`` make it less exact; the activations are float32 all the same.

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
) -> Iterator[Activations]:
    """What every unit answers to the images of batches of up to ``batch_size`` images."""
    ahead: _Pass | None = None
    for batch in made:
        now: _Pass | None = None
        if batch.good:
            inputs = network_input(batch.pixels, network.preprocess, network.device)
            now = _Pass(network, batch, _full(inputs, batch_size), half)
        if ahead is not None:
            yield ahead.activations()
        if now is None:
            yield _unread(batch, sum(layer.channels for layer in network.layers))
        ahead = now
    if ahead is not None:
        yield ahead.activations()


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
    strongest = record_maxima(network, inputs, layers)
    for layer, (values, _) in zip(layers, strongest, strict=True):
        if not bool(values.isfinite().all()):
            raise ImagesError(f"layer {layer.name} gives values that are not finite")
    return [(values.float().clamp(min=0), places) for values, places in strongest]


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
            strongest = record_maxima(network, inputs)
        self._values = _sent(torch.cat([values for values, _ in strongest], dim=1).float())
        self._places = _sent(torch.cat([places for _, places in strongest], dim=1))
        # On the stream of the inputs' own GPU, which need not be the first one.
        self._done = (
            torch.cuda.current_stream(inputs.device).record_event() if inputs.is_cuda else None
        )

    def activations(self) -> Activations:
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
            return Activations(batch.indices, values, places)
        rows = np.flatnonzero(np.isin(batch.indices, batch.good))
        result = _unread(batch, values.shape[1])
        result.values[rows], result.places[rows] = values, places
        return result


def _sent(values: Tensor) -> Tensor:
    """Into memory of the processor, without waiting for a GPU."""
    if not values.is_cuda:
        return values.cpu()
    return torch.empty(values.shape, dtype=values.dtype, pin_memory=True).copy_(
        values, non_blocking=True
    )


def _unread(batch: Batch, units: int) -> Activations:
    shape = len(batch.indices), units
    values = np.full(shape, np.nan, dtype=np.float32)
    return Activations(batch.indices, values, np.zeros(shape, dtype=np.int64), batch.reasons)
