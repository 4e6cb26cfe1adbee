"""Small networks with fixed weights in several makes, and collections that lie in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection as Container
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from generator.errors import ImagesError
from generator.exhibit import Exhibit
from generator.images.collection import Collection, Item
from generator.networks.network import Network
from generator.networks.preprocessing import Preprocessing
from generator.networks.trace import trace
from generator.records import Layer, Provenance

SIZE = 32
POOLS: dict[str, nn.Module] = {
    "max": nn.MaxPool2d(2),
    "overlapping": nn.MaxPool2d(3, 2, padding=1),
    "rounding up": nn.MaxPool2d(3, 2, ceil_mode=True),
    "average": nn.AvgPool2d(2),
    "overlapping average": nn.AvgPool2d(3, 2, padding=1),
}


def fixed(module: nn.Module, seed: int = 0) -> nn.Module:
    """The module with weights, biases and running statistics that are the same every time."""
    random = torch.Generator().manual_seed(seed)

    def normal(like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=random, dtype=torch.float64)

    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, nn.Conv2d | nn.Linear):
                fan_in = part.weight[0].numel()
                part.weight.copy_(normal(part.weight) * (2 / fan_in) ** 0.5)
                if part.bias is not None:
                    part.bias.copy_(normal(part.bias) * 0.2)
            elif isinstance(part, nn.BatchNorm2d):
                assert part.running_mean is not None
                assert part.running_var is not None
                part.weight.copy_(normal(part.weight))  # of either sign
                part.bias.copy_(normal(part.bias) * 0.2)
                part.running_mean.copy_(normal(part.running_mean) * 0.3)
                part.running_var.copy_(normal(part.running_var).abs() + 0.4)
    return module.requires_grad_(False).eval()


def chain(pool: str = "max", norm: bool = False, contrast: bool = False) -> nn.Sequential:
    """Three convolutions in a row: (N, 3, 32, 32) to (N, 5, 8, 8)."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    parts["conv1"] = nn.Conv2d(3, 4, 5, stride=2, padding=2)  # (N, 4, 16, 16)
    if norm:
        parts["norm1"] = nn.BatchNorm2d(4)
    parts["relu1"] = nn.ReLU()
    parts["pool1"] = POOLS[pool]  # (N, 4, 8, 8)
    if contrast:
        parts["contrast1"] = nn.LocalResponseNorm(3, alpha=2.0, beta=0.75, k=1.0)
    parts["conv2"] = nn.Conv2d(4, 6, 3, padding=1)
    if norm:
        parts["norm2"] = nn.BatchNorm2d(6)
    parts["relu2"] = nn.ReLU()
    parts["conv3"] = nn.Conv2d(6, 5, 3, padding=1)
    parts["relu3"] = nn.ReLU()
    made = nn.Sequential(parts)
    fixed(made)
    return made


class Functional(nn.Module):
    """``chain()`` with every rectifier called as a function, each in another way."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 5, stride=2, padding=2)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1)
        self.conv3 = nn.Conv2d(6, 5, 3, padding=1)
        self.out = nn.Identity()
        fixed(self)

    def forward(self, image: Tensor) -> Tensor:
        maps = functional.max_pool2d(functional.relu(self.conv1(image), inplace=True), 2)
        maps = self.conv2(maps)
        maps.relu_()  # the result is not looked at: the map itself is changed
        answer: Tensor = self.out(torch.relu(self.conv3(maps)))
        return answer


class Branching(nn.Module):
    """Branches that are joined, a shortcut that is added: (N, 3, 32, 32) to (N, 6, 6, 6)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.narrow = nn.Conv2d(4, 3, 1)
        self.wide = nn.Conv2d(4, 3, 5, padding=2)
        self.pool = nn.MaxPool2d(3, 1, padding=1)
        self.pooled = nn.Conv2d(4, 2, 1)
        self.joined = nn.Identity()
        self.first = nn.Conv2d(8, 5, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(5)
        self.second = nn.Conv2d(5, 8, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(8)
        self.added = nn.ReLU()
        self.shrink = nn.AvgPool2d(2)
        self.last = nn.Conv2d(8, 6, 3)
        self.top = nn.ReLU()
        fixed(self)

    def forward(self, image: Tensor) -> Tensor:
        stem = functional.relu(self.stem(image))  # (N, 4, 16, 16)
        branches = (self.narrow(stem), self.wide(stem), self.pooled(self.pool(stem)))
        joined = self.joined(torch.cat([functional.relu(branch) for branch in branches], 1))
        inner = self.norm2(self.second(functional.relu(self.norm1(self.first(joined)))))
        inner += joined
        answer: Tensor = self.top(self.last(self.shrink(self.added(inner))))
        return answer


class Padded(nn.Module):
    """A chain that pads as TensorFlow's "SAME" does, by the size of each map, mostly at its end.

    (N, 3, S, S) to (N, 5, S / 8, S / 8), rounded up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, stride=2)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(3, 2)
        self.conv2 = nn.Conv2d(4, 6, 5, stride=2)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(6, 5, 3, padding=1)
        self.relu3 = nn.ReLU()
        fixed(self)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.relu1(self.conv1(same(image, 3, 2)))
        maps = self.pool1(same(maps, 3, 2, -float("inf")))
        maps = self.relu2(self.conv2(same(maps, 5, 2)))
        answer: Tensor = self.relu3(self.conv3(maps))
        return answer


def same(maps: Tensor, kernel: int, stride: int, value: float = 0) -> Tensor:
    """Padded so that a window fits at every ``stride``, the odd place at the end."""
    edges: list[int] = []
    for length in maps.shape[:1:-1]:  # across, then down
        missing = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        edges += [missing // 2, missing - missing // 2]
    return functional.pad(maps, edges, value=value)


def network(
    module: nn.Module, layers: Sequence[str], size: int = SIZE, name: str = "tiny"
) -> Network:
    """A module as the rest of the program sees networks."""
    by_name = {part.name: part for part in trace(module, size, torch.device("cpu"), layers)}
    shown = [by_name[layer] for layer in layers]
    return Network(
        name=name,
        module=module,
        layers=tuple(
            Layer(part.name, index, part.channels, part.height, part.width, part.field)
            for index, part in enumerate(shown, start=1)
        ),
        preprocess=Preprocessing(size, size, (0.45, 0.5, 0.4), (0.25, 0.2, 0.3)),
        provenance=Provenance(source="tiny", sha256="tiny"),
        device=torch.device("cpu"),
        whole=any(part.padded for part in shown),
    )


def inputs(
    count: int, size: int = SIZE, seed: int = 0, dtype: torch.dtype = torch.float64
) -> Tensor:
    """Noise as network input: (count, 3, size, size)."""
    random = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, size, size, generator=random, dtype=torch.float64).to(dtype)


def collection(
    count: int,
    size: int = SIZE,
    seed: int = 0,
    broken: Container[int] = (),
    sources: Sequence[int] | None = None,
    per_source: int | None = None,
) -> Collection:
    """Random pictures; those whose numbers are in ``broken`` can't be decoded."""
    random = np.random.default_rng(seed)
    pixels: npt.NDArray[np.uint8] = random.integers(0, 256, (count, size, size, 3), dtype=np.uint8)

    def opener(item: Item) -> Image.Image:
        number = int(item.name)
        if number in broken:
            raise ImagesError(f"{item.name}: is torn")
        return Image.fromarray(pixels[number])

    numbers = range(count) if sources is None else sources
    items = tuple(Item(str(n), -1, source) for n, source in zip(range(count), numbers, strict=True))
    return Collection(
        name="noise",
        title="noise in memory",
        sha256=f"noise {seed}",
        items=items,
        opener=opener,
        sources=len(set(numbers)),
        per_source=per_source,
    )


def exhibit(**settings: Any) -> Exhibit:
    """Settings for networks and images that are given, not named."""
    return Exhibit("tiny", "tiny", "noise", **settings)


def hooks(module: nn.Module) -> int:
    """How many hooks hang on a network."""
    return sum(
        len(part._forward_hooks) + len(part._forward_pre_hooks) + len(part._backward_hooks)
        for part in module.modules()
    )


def classifier(size: int = SIZE) -> Network:
    """``chain()`` with a linear layer of seven classes behind it."""
    parts: OrderedDict[str, nn.Module] = OrderedDict(chain().named_children())
    parts["flatten"] = nn.Flatten()
    parts["classes"] = nn.Linear(5 * (size // 4) ** 2, 7)
    return network(fixed(nn.Sequential(parts)), ["conv1", "conv3"], size)
