"""Small networks built as well-known ones are: between them they use all that pages can run."""

from __future__ import annotations

from collections.abc import Callable

import tiny
import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.networks.network import Network


class Alex(nn.Module):
    """As AlexNet: steps of four, groups, contrast, pools that overlap, an adaptive pool at last."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 11, stride=4, padding=2)
        self.relu1 = nn.ReLU()
        self.contrast = nn.LocalResponseNorm(5, alpha=5e-2, beta=0.75, k=2.0)
        self.pool1 = nn.MaxPool2d(3, 2)
        self.conv2 = nn.Conv2d(8, 12, 5, padding=2, groups=2)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.even = nn.AdaptiveAvgPool2d((3, 2))
        self.top = nn.Linear(12 * 3 * 2, 7)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.pool1(self.contrast(self.relu1(self.conv1(image))))
        maps = self.even(self.pool2(self.relu2(self.conv2(maps))))
        answer: Tensor = self.top(functional.dropout(maps.flatten(1), 0.5, self.training))
        return answer


class Vgg(nn.Module):
    """As VGG with batch normalisation: 3 by 3 throughout, pools that do not overlap."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 9, 3, padding=1), nn.BatchNorm2d(9), nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(9, 14, 3, padding=1), nn.BatchNorm2d(14), nn.ReLU(inplace=True),
            nn.Conv2d(14, 14, 3, padding=1), nn.BatchNorm2d(14), nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        )  # fmt: skip
        self.classifier = nn.Sequential(nn.Linear(14 * 144, 20), nn.ReLU(), nn.Linear(20, 6))

    def forward(self, image: Tensor) -> Tensor:
        maps = self.features(image)
        answer: Tensor = self.classifier(maps.reshape(maps.shape[0], -1))
        return answer


class Residual(nn.Module):
    """As ResNet: shortcuts, one with a convolution, a mean of each whole map at last."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 7, stride=2, padding=3, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(3, 2, padding=1)
        self.one = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.block1 = nn.ReLU()
        self.two = nn.Conv2d(8, 12, 3, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(12)
        self.wide = nn.Conv2d(12, 12, 3, padding=2, dilation=2, bias=False)
        self.short = nn.Conv2d(8, 12, 1, stride=2, bias=False)
        self.norm3 = nn.BatchNorm2d(12)
        self.block2 = nn.ReLU()
        self.top = nn.Linear(12, 5)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.pool(self.relu(self.norm(self.stem(image))))
        inner = self.norm1(self.one(maps))
        inner += maps
        maps = self.block1(inner)
        inner = self.wide(functional.relu(self.norm2(self.two(maps))))
        maps = self.block2(inner + self.norm3(self.short(maps)))
        answer: Tensor = self.top(maps.mean((2, 3)))
        return answer


class Squeeze(nn.Module):
    """As SqueezeNet: branches joined, no linear layer; and an average-pool over the border."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 7, stride=2)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.squeeze = nn.Conv2d(8, 4, 1)
        self.narrow = nn.Conv2d(4, 6, 1)
        self.wide = nn.Conv2d(4, 6, 3, padding=1)
        self.fire = nn.Identity()
        self.even = nn.AvgPool2d(3, 2, padding=1, ceil_mode=True)
        self.last = nn.Conv2d(12, 6, 1)
        self.relu = nn.ReLU()
        self.whole = nn.AdaptiveAvgPool2d(1)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.pool(functional.relu(self.first(image)))
        maps = functional.relu(self.squeeze(maps))
        both = [functional.relu(self.narrow(maps)), functional.relu(self.wide(maps))]
        maps = self.even(self.fire(torch.cat(both, 1)))
        answer: Tensor = self.whole(self.relu(self.last(maps))).flatten(1)
        return answer


class Mobile(nn.Module):
    """As MobileNetV2: a filter a channel, rectifiers that are capped, called in three ways."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.relu = nn.ReLU6(inplace=True)
        self.depth = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.block1 = nn.Hardtanh(0, 0.5)
        self.point = nn.Conv2d(8, 8, 1)
        self.block2 = nn.Identity()
        self.top = nn.Linear(8, 5)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.relu(self.norm(self.stem(image)))
        inner = self.block1(self.norm1(self.depth(maps)))
        maps = self.block2(functional.hardtanh_(maps + self.point(inner), 0.0, 2.0))
        answer: Tensor = self.top(functional.adaptive_avg_pool2d(maps, 1).flatten(1))
        return answer


MADE: dict[str, tuple[Callable[[], nn.Module], tuple[str, ...]]] = {
    "AlexNet": (Alex, ("conv1", "relu1", "relu2")),
    "VGG": (Vgg, ("features.2", "features.6", "features.9")),
    "ResNet": (Residual, ("relu", "one", "block1", "block2")),
    "SqueezeNet": (Squeeze, ("pool", "fire", "relu")),
    "MobileNetV2": (Mobile, ("relu", "depth", "block1", "block2")),
}


def made(name: str) -> Network:
    make, layers = MADE[name]
    return tiny.network(tiny.fixed(make()), layers, 50 if name != "VGG" else 48)
