"""Preferred inputs and features forming in a small store: no network anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fake_pictures import plain, plot

from generator.records.learned import (
    Ascent,
    BothWays,
    Columns,
    Comparisons,
    Forming,
    FormingLayer,
    FormingMoment,
    FormingUnit,
    Likeness,
    Methods,
    Moves,
    PixelAscent,
    PreferredInputs,
    Reach,
    WaveAscent,
    Wish,
)
from generator.records.pictures import Picture
from generator.records.units import Called, LayerEntry

SIDE = 35
EPOCHS = (0, 1, 2)
LIKENESS = {
    1: {0: Likeness(colours=38.27, light=0.912, least=0.843)},
    5: {0: Likeness(colours=61.3, light=0.118, least=-0.407)},
}


def wish(folder: Path, layer: str, channel: int, hostile: str) -> Wish:
    """A unit's preferred input and what is told of it."""
    called = Called(label=f"{hostile}, and more", probability=0.935)
    return Wish(
        activation=12.5,
        multiple=None if channel % 7 == 6 else 3.98,
        called=called if layer == "conv5" and channel in (2, 3) else None,
        picture=_preferred(folder, f"{layer}/{channel}", (channel * 13 % 256, 90, 160)),
    )


def _preferred(folder: Path, name: str, colour: tuple[int, int, int]) -> Picture:
    return plain(folder, f"preferred-1/{name}.avif", SIDE, SIDE, colour)


def preferred(folder: Path) -> PreferredInputs:
    every = Ascent(steps=256, rate=0.05, noise=0.01, seed=0)
    reach = Reach(units=16, reached=15, least=0.996, median=3.98)
    large = Moves(side=224, shift=8, least=0.9429, largest=1.057)

    def both(channel: int, multiple: float) -> BothWays:
        return BothWays(
            waves=wish(folder, "conv2", channel, ""),
            pixels=Wish(
                activation=12.5,
                multiple=multiple,
                called=None,
                picture=_preferred(folder, f"conv2/{channel}-pixels", (120, 110, 100)),
            ),
        )

    return PreferredInputs(
        shipped=True,
        every=True,
        settings=Methods(
            WaveAscent(
                **vars(every),
                shift=0.125,
                scales=(0.8, 1.2),
                swing=0.11,
                fall=1.25,
                still=0.25,
            ),
            PixelAscent(**vars(every), decay=0.003, blur=0.7, every=4, weak=0.1, idle=0.1),
        ),
        moves={
            2: Moves(side=SIDE, shift=4, least=0.814, largest=1.2),
            3: large,
            4: large,
            5: large,
        },
        layers=dict.fromkeys(range(2, 6), reach),
        all=Reach(units=64, reached=60, least=0.996, median=3.98),
        compared={2: {0: both(0, 2.2), 3: both(3, 4.5)}},
    )


def forming(folder: Path, layers: Sequence[LayerEntry], hostile: str) -> Forming:
    def moment(layer: LayerEntry, epoch: int) -> FormingMoment:
        place = {"image": 3, "row": 1, "column": 2}
        units = (
            FormingUnit(
                channel=channel, value=1.5 + epoch, name=hostile, photograph=hostile, **place
            )
            for channel in (0, 1)
        )
        silent = FormingUnit(channel=2, value=0.0, image=-1, row=0, column=0)
        size = (layer.tile.size, 3 * layer.tile.size + 2 * layer.tile.gap)
        pictures = (
            plain(
                folder, f"forming-1/{layer.index}-{epoch}-{kind}.webp", *size, (90, 40 * epoch, 90)
            )
            for kind in ("projections", "patches")
        )
        return FormingMoment((*units, silent), Columns(*pictures))

    return Forming(
        epochs=EPOCHS,
        images=600,
        spread=520,
        similarity=tuple((0.9 - index / 10, 0.95 - index / 10, 1.0) for index in range(5)),
        lower_nearer=Comparisons(held=10, of=10),
        layers=tuple(
            FormingLayer(layer.index, (0, 1, 2), tuple(moment(layer, epoch) for epoch in EPOCHS))
            for layer in layers
        ),
        figure=plot(folder, "forming-1/settling", 340, 230),
    )
