"""What the fake store says of the network's parts, its maps and the quiz."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fake_pictures import plain

from generator.records import Part
from generator.records.course import (
    FeatureMaps,
    Filter,
    FilterBank,
    LayerMaps,
    PatchOption,
    PatchQuestion,
    Photograph,
    Shifted,
    ShiftedMaps,
    StrongUnit,
)

KERNEL, SIDE = 7, 14


def part(
    name: str,
    kind: str,
    window: tuple[int, int, int] | None,
    taken: tuple[int, ...],
    given: tuple[int, ...],
    counts: tuple[int, int] = (0, 0),
) -> Part:
    """One operation; ``window`` is kernel, stride and padding."""
    kernel, stride, padding = ((side, side) for side in window) if window else (None,) * 3
    return Part(
        name=name,
        kind=kind,
        kernel=kernel,
        stride=stride,
        padding=padding,
        dilation=(1, 1) if window else None,
        groups=1,
        ceil_mode=False,
        input=taken,
        output=given,
        weights=counts[0],
        biases=counts[1],
    )


def parts() -> tuple[Part, ...]:
    """A network of five convolutions, worked out by hand."""
    return (
        part("conv1", "convolution", (7, 2, 3), (3, 64, 64), (64, 32, 32), (9408, 64)),
        part("pool1", "max-pool", (3, 2, 1), (64, 32, 32), (64, 16, 16)),
        part("conv2", "convolution", (5, 1, 2), (64, 16, 16), (128, 16, 16), (204800, 128)),
        part("pool2", "max-pool", (3, 2, 1), (128, 16, 16), (128, 8, 8)),
        part("conv3", "convolution", (3, 1, 1), (128, 8, 8), (192, 8, 8), (221184, 192)),
        part("conv4", "convolution", (3, 1, 1), (192, 8, 8), (192, 8, 8), (331776, 192)),
        part("conv5", "convolution", (3, 1, 1), (192, 8, 8), (128, 8, 8), (221184, 128)),
        part("pool5", "max-pool", (3, 2, 1), (128, 8, 8), (128, 4, 4)),
        part("fc6", "linear", None, (2048,), (512,), (1048576, 512)),
        part("fc7", "linear", None, (512,), (200,), (102400, 200)),
    )


def featuremaps(folder: Path, photograph: str, layers: int) -> FeatureMaps:
    """Plain pictures of the sizes that the stage would write, and numbers of the same form."""

    def picture(name: str, width: int, height: int) -> dict[str, Any]:
        return vars(plain(folder, f"featuremaps-1/{name}", width, height, (150, 80, 40)))

    shifts = (0, 8, 16)
    weights = tuple(
        tuple(
            tuple((row - column + colour) / 20 for column in range(KERNEL)) for row in range(KERNEL)
        )
        for colour in range(3)
    )
    maps = (
        LayerMaps(
            layer=index,
            units=(StrongUnit(channel=1, strongest=2.5, share=0.9),),
            **picture(f"layer-{index}.webp", 96, 96),
        )
        for index in range(1, layers + 1)
    )
    moved = (
        ShiftedMaps(
            layer=index,
            channel=1,
            stride=stride,
            places=tuple(shift // stride for shift in shifts),
            whole=(True, stride < 16, True),
            follows=(1.0, 0.75, 0.97),
            **picture(f"moved-{index}.webp", 3 * 96, 96),
        )
        for index, stride in ((1, 2), (5, 16))
    )
    filters = FilterBank(
        layer="conv1",
        count=64,
        kernel=KERNEL,
        stride=2,
        padding=3,
        tile=42,
        gap=2,
        columns=8,
        **picture("filters.webp", 350, 350),
        photograph=photograph,
        box=(10, 10, 10 + SIDE, 10 + SIDE),
        pixels=tuple(
            tuple(((17 * row + 5 * column) % 256, 80, 9 * column) for column in range(SIDE))
            for row in range(SIDE)
        ),
        mean=(0.45, 0.5, 0.4),
        std=(0.25, 0.2, 0.3),
        units=tuple(Filter(channel, weights, bias=0.5) for channel in (0, 1, 2)),
    )
    return FeatureMaps(
        photograph=Photograph(name=photograph, image=0, **picture("photograph.webp", 64, 64)),
        layers=tuple(maps),
        moved=Shifted(shifts=shifts, layers=tuple(moved), **picture("moved.webp", 3 * 64, 64)),
        filters=filters,
    )


def quiz(layers: int) -> tuple[PatchQuestion, ...]:
    """A question a layer: the second option is right."""
    options = (
        PatchOption(channel=3, slot=0, value=0.1, right=False),
        PatchOption(channel=2, slot=4, value=5.2, right=True),
        PatchOption(channel=4, slot=0, value=0.0, right=False),
        PatchOption(channel=1, slot=0, value=0.25, right=False),
    )
    return tuple(PatchQuestion(index, 2, (0, 1, 2), options) for index in range(1, layers + 1))
