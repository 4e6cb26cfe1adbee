"""Units at several epochs of training, and how near each layer is to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from generator.draw import raster, unit_pictures
from generator.draw.plots.forming import settling_curves
from generator.draw.plots.page import save
from generator.images.batches import batches, network_input
from generator.networks.network import Network
from generator.networks.snapshots import at_epoch
from generator.records import Layer, TopActivations
from generator.records.learned import (
    Columns,
    Comparisons,
    Forming,
    FormingLayer,
    FormingMoment,
    FormingUnit,
)
from generator.records.rounding import EXACT, rounded
from generator.scan.activations import maxima
from generator.stages.build import Build
from generator.store.stage_files import read_or_none, write
from generator.techniques.forming import (
    LayerActivations,
    Strongest,
    agreement,
    settling,
    strongest_of_units,
)

FORMING = "forming.json"
IMAGES = 600  # of the collection: each takes a pass at every epoch
STRONGEST = 3  # of each unit shown, so that an epoch near the end finds what the end finds
UNITS = 6  # of each layer: the paper shows as many
BATCH = 64
Places = npt.NDArray[np.integer]


def make(folder: Path, build: Build) -> None:
    """Two pictures for each layer and epoch, a plot, and ``forming.json``; or only a null there.

    The last epoch is the network itself: its strongest patches are those that the scan found in
    the whole collection. Likeness is measured over the images that are evenly spread alone.
    """
    *early, last = [*build.weights.snapshots] or [0]
    if not early:
        write(folder / FORMING, None)
        return
    wanted = [
        build.top[layer.index - 1].images[shown_units(build, layer), :STRONGEST].ravel()
        for layer in build.network.layers
    ]
    # Of those that could be read: what the words count has been seen.
    readable = np.flatnonzero(np.isfinite(build.maxima[0][:, 0]))
    at = np.concatenate(wanted)
    numbers, spread = watched_images(len(readable), np.searchsorted(readable, at[at >= 0]))
    images = readable[numbers]
    networks = {epoch: at_epoch(build.network, build.weights.snapshots[epoch]) for epoch in early}
    answers, places = _answers(build, networks, images)
    final = [np.asarray(maxima[images[spread]], dtype=np.float32) for maxima in build.maxima]
    during = {epoch: [maxima[spread] for maxima in layers] for epoch, layers in answers.items()}
    curves = settling({**during, last: final}, final)
    lower, of = agreement(curves, [epoch for epoch in early if epoch > 0])
    best = {
        epoch: [
            strongest_of_units(values, flat, images)
            for values, flat in zip(answers[epoch], places[epoch], strict=True)
        ]
        for epoch in networks
    }
    networks[last] = build.network
    best[last] = [
        scanned(top, layer) for top, layer in zip(build.top, build.network.layers, strict=True)
    ]
    record = Forming(
        epochs=tuple(networks),
        images=len(images),
        spread=int(spread.sum()),
        similarity=tuple(tuple(map(rounded, curve.values())) for curve in curves),
        lower_nearer=Comparisons(lower, of),
        layers=tuple(
            _layer(folder, build, layer, networks, {e: layers[at] for e, layers in best.items()})
            for at, layer in enumerate(build.network.layers)
        ),
        figure=save(settling_curves(curves), folder, "settling"),
    )
    write(folder / FORMING, record)


def entry(folder: Path, build: Build) -> Forming | None:  # noqa: ARG001
    """As written; None where no snapshots of training are kept."""
    return read_or_none(folder / FORMING, Forming)


def watched_images(
    count: int, wanted: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Numbers of images of a collection of ``count``, and which of them are evenly spread over it.

    The others are those ``wanted`` (-1 for none). Both together are ``IMAGES`` at the most, unless
    more than half as many are wanted.
    """
    wanted = np.unique(wanted[wanted >= 0])
    spread = np.linspace(0, count - 1, min(count, max(IMAGES - len(wanted), IMAGES // 2)))
    even = np.unique(spread.round().astype(np.int64))
    images = np.union1d(even, wanted)
    return images, np.isin(images, even)


def scanned(top: TopActivations, layer: Layer) -> Strongest:
    """Each unit's strongest image of the whole collection, as the scan found it."""
    fired = top.images[:, 0] >= 0
    return Strongest(
        values=np.where(fired, top.values[:, 0], 0),
        images=top.images[:, 0],
        places=np.where(fired, top.positions[:, 0] @ [layer.width, 1], 0),
    )


def shown_units(build: Build, layer: Layer) -> list[int]:
    """Those that the layer's figure in the lesson names, then others that stand in it."""
    cells = build.measured.layers[layer.index - 1].cells
    ordered = sorted(cells, key=lambda cell: cell.wanted is None)
    return [cell.channel for cell in ordered][:UNITS]


def _answers(
    build: Build, networks: Mapping[int, Network], images: npt.NDArray[np.int64]
) -> tuple[dict[int, list[LayerActivations]], dict[int, list[Places]]]:
    """For each epoch and layer (N, C): strongest activations and their flat places.

    NaN for images that could not be read. Each image is decoded once for all epochs.
    """
    network = build.network
    shapes = [(len(images), layer.channels) for layer in network.layers]
    answers: dict[int, list[LayerActivations]] = {
        epoch: [np.full(shape, np.nan, dtype=np.float32) for shape in shapes] for epoch in networks
    }
    places: dict[int, list[Places]] = {
        epoch: [np.zeros(shape, dtype=np.int64) for shape in shapes] for epoch in networks
    }
    rows = {image: row for row, image in enumerate(images.tolist())}
    with tqdm(total=len(images), desc="Looking back", unit="image", disable=None) as bar:
        for batch in batches(
            build.collection, network.preprocess, list(rows), BATCH, build.workers
        ):
            bar.update(len(batch.indices))
            if not batch.good:
                continue
            at = [rows[image] for image in batch.good]
            inputs = network_input(batch.pixels, network.preprocess, network.device)
            for epoch, snapshot in networks.items():
                for index, (values, flat) in enumerate(maxima(snapshot, inputs)):
                    answers[epoch][index][at] = values.cpu().numpy()
                    places[epoch][index][at] = flat.cpu().numpy()
    return answers, places


def _layer(
    folder: Path,
    build: Build,
    layer: Layer,
    networks: Mapping[int, Network],
    best: Mapping[int, Strongest],
) -> FormingLayer:
    """One layer: at each epoch its units' strongest images, and two columns of tiles."""
    units = shown_units(build, layer)
    return FormingLayer(
        index=layer.index,
        channels=tuple(units),
        epochs=tuple(
            FormingMoment(
                units=tuple(_unit(build, layer, best[epoch], channel) for channel in units),
                figures=_columns(folder, build, layer, units, epoch, network, best[epoch]),
            )
            for epoch, network in networks.items()
        ),
    )


def _unit(build: Build, layer: Layer, strongest: Strongest, channel: int) -> FormingUnit:
    row, column = divmod(int(strongest.places[channel]), layer.width)
    image, collection = int(strongest.images[channel]), build.collection
    return FormingUnit(
        channel=channel,
        value=rounded(float(strongest.values[channel]), EXACT),
        image=image,
        row=row,
        column=column,
        name=collection.items[image].name if image >= 0 else None,
        photograph=collection.photograph(image) if image >= 0 else None,
    )


def _columns(
    folder: Path,
    build: Build,
    layer: Layer,
    units: Sequence[int],
    epoch: int,
    network: Network,
    strongest: Strongest,
) -> Columns:
    """Projections and patches one below the other; mid grey for a unit that did not fire."""
    style = unit_pictures.layer_style(layer, network.size)
    shown = np.isin(np.arange(layer.channels), units)
    top = TopActivations(
        values=strongest.values[:, None],
        images=np.where(shown, strongest.images, -1)[:, None],
        positions=np.stack(
            [strongest.places // layer.width, strongest.places % layer.width], axis=1
        )[:, None],
    )
    made = unit_pictures.unit_tiles(network, layer, top, build.inputs)
    drawn = {unit.channel: (unit.projections[0], unit.patches[0]) for unit in made}
    nothing = np.full((style.size, style.size, 3), raster.GREY, dtype=np.uint8)
    pairs = [drawn.get(channel, (nothing, nothing)) for channel in units]
    projections, patches = (
        raster.tile_grid([pair[side] for pair in pairs], style, columns=1) for side in (0, 1)
    )
    name = f"{layer.index}-{epoch}"
    return Columns(
        projections=raster.save_lossless(projections, folder, f"{name}-projections"),
        patches=raster.save_tiles(patches, style, folder, f"{name}-patches"),
    )
