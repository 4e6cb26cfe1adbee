"""What the network is built of, with its true sizes, after the paper's figure 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generator.draw.plots.architecture import tall, wide
from generator.draw.plots.page import save
from generator.networks.architecture import architecture
from generator.networks.network import Network
from generator.networks.operations import modules_at_work
from generator.records import Part
from generator.records.remade import Layout, LayoutBox, LayoutPlots
from generator.stages.build import Build
from generator.store.stage_files import read, write

LAYOUT = "layout.json"
MOST = 24  # boxes that a reader can follow; VGG with 16 layers keeps all of its own
WORDS = {
    "max-pool": "max-pool",
    "average-pool": "mean",
    "adaptive-max-pool": "max of all",
    "adaptive-average-pool": "mean of all",
}
KINDS = ("convolution", "linear", *WORDS)  # what gets a box


def make(folder: Path, build: Build) -> None:
    """Two drawings of the same, and ``layout.json`` with what is in each box."""
    network = build.network
    parts = architecture(network)
    drawn = blocks(parts, network.size, outputs(network))
    record = Layout(
        boxes=tuple(drawn),
        parameters=sum(part.weights + part.biases for part in parts),
        grouped=len(drawn) - 1 < sum(part.kind in KINDS for part in parts),
        figures=LayoutPlots(
            wide=save(wide(drawn), folder, "wide"), tall=save(tall(drawn), folder, "tall")
        ),
    )
    write(folder / LAYOUT, record)


def entry(folder: Path, build: Build) -> Layout:  # noqa: ARG001
    """The boxes with their sizes, how many parameters there are, and the drawings."""
    return read(folder / LAYOUT, Layout)


def outputs(network: Network) -> dict[str, tuple[int, ...]]:
    """What each module hands on, by its name: (C, H, W) or (features,)."""
    sizes: dict[str, tuple[int, ...]] = {}

    def left(name: str, output: Any) -> None:
        if isinstance(output, Tensor):
            sizes[name] = tuple(output.shape[1:])

    image = torch.zeros(1, 3, network.size, network.size, device=network.device)
    with modules_at_work(network.module, left), torch.inference_mode():
        network.module(image)
    return sizes


def blocks(
    parts: Sequence[Part], size: int, handed_on: Mapping[str, tuple[int, ...]]
) -> list[LayoutBox]:
    """A box for each convolution, pool and linear layer, after one for the input.

    Where these are too many, those of one module share a box, as few to a box as will do;
    ``handed_on`` says what a module's output is like. Normalisations and the like change no size
    and get none.
    """
    drawn = [part for part in parts if part.kind in KINDS]
    groups = [(part.name, [part]) for part in drawn]
    depth = max((part.name.count(".") for part in drawn), default=0)
    while len(groups) > MOST and depth > 0:
        groups = _grouped(drawn, depth)
        depth -= 1
    first = LayoutBox("input", "input", ("three colours", _size((3, size, size))), (3, size, size))
    return [first, *(_block(name, group, handed_on) for name, group in groups)]


def _grouped(parts: Sequence[Part], depth: int) -> list[tuple[str, list[Part]]]:
    """Neighbours whose modules share the first ``depth`` names; a part alone keeps its own."""
    groups: list[tuple[str, list[Part]]] = []
    for part in parts:
        name = ".".join(part.name.split(".")[:depth])
        if groups and name == groups[-1][0]:
            groups[-1][1].append(part)
        else:
            groups.append((name, [part]))
    return groups


def _block(name: str, group: Sequence[Part], handed_on: Mapping[str, tuple[int, ...]]) -> LayoutBox:
    count = sum(part.weights + part.biases for part in group)
    told = f"{_thousands(count)} parameters" if count else "no parameters"
    if len(group) == 1:
        (part,) = group
        lines = (*_does(part), _size(part.output), told)
        return LayoutBox(part.name or part.kind.rpartition("-")[2], part.kind, lines, part.output)
    convolutions = sum(part.kind == "convolution" for part in group)
    several = "s" if convolutions > 1 else ""
    does = f"{convolutions} convolution{several}" if convolutions else f"{len(group)} operations"
    size = handed_on.get(name, group[-1].output)
    kind = "convolution" if convolutions else group[-1].kind
    return LayoutBox(name, kind, (does, _size(size), told), size)


def _does(part: Part) -> tuple[str, ...]:
    word = WORDS.get(part.kind, part.kind)
    if max(part.output[1:], default=1) > 1:
        word = word.removesuffix(" of all")  # a pool to a size of its own
    if part.kernel is None or part.stride is None:
        return (word,)
    window = f"{part.kernel[0]}×{part.kernel[1]}"
    words = window if part.kind == "convolution" else f"{word} {window}"
    return (words, f"stride {part.stride[0]}") if part.stride[0] > 1 else (words,)


def _size(size: tuple[int, ...]) -> str:
    return " × ".join(map(str, size)) if len(size) > 1 else f"{size[0]:,} numbers"


def _thousands(count: int) -> str:
    if count < 1000:
        return str(count)
    return f"{count / 1e6:.1f} M" if count >= 999_500 else f"{count / 1e3:.0f} k"
