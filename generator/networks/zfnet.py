"""The network of Zeiler and Fergus, and the same network scaled to 64-pixel inputs.

Source: M. D. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional
Networks*, ECCV 2014 (arXiv 1311.2901), section 3 and figure 3.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class Convolution:
    """One convolution: output channels, square kernel, stride and padding in pixels."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 1


@dataclass(frozen=True)
class Architecture:
    """The numbers that tell two networks of this family apart."""

    input_size: int
    convolutions: tuple[Convolution, ...]
    pool_padding: int
    pool_ceil: bool  # round the size of a pooled map up
    contrast: bool  # normalise contrast across maps after the first two pools
    hidden: tuple[int, ...]  # widths of the fully connected layers before the last
    dropout: float
    pooled: tuple[int, ...] = (1, 2, 5)  # convolutions that a 3x3 max-pool of stride 2 follows


# Figure 3 of the paper. The paper gives map sizes of 110, 55, 26, 13, 13, 13, 6, which need
# a padding of 1 in the first convolution and pools that round up.
ZFNET = Architecture(
    input_size=224,
    convolutions=(
        Convolution(96, kernel=7, stride=2, padding=1),
        Convolution(256, kernel=5, stride=2, padding=0),
        Convolution(384, kernel=3),
        Convolution(384, kernel=3),
        Convolution(256, kernel=3),
    ),
    pool_padding=0,
    pool_ceil=True,
    contrast=True,
    hidden=(4096, 4096),
    dropout=0.5,
)

# Small enough to train on a GPU in minutes, on two processor cores in a day, and to ship.
ZFNET64 = Architecture(
    input_size=64,
    convolutions=(
        Convolution(64, kernel=7, stride=2, padding=3),
        Convolution(128, kernel=5, padding=2),
        Convolution(192, kernel=3),
        Convolution(192, kernel=3),
        Convolution(128, kernel=3),
    ),
    pool_padding=1,
    pool_ceil=False,
    contrast=False,
    hidden=(512,),
    dropout=0.2,
)

ARCHITECTURES = {"zfnet": ZFNET, "zfnet64": ZFNET64}


def build(architecture: Architecture, classes: int, batch_norm: bool = False) -> nn.Sequential:
    """The network as one flat sequence: ``conv1``, ``relu1``, ``pool1``, ... ``fc7``.

    Input (N, 3, S, S) float32 with S ``architecture.input_size``; output (N, classes) logits.
    ``batch_norm`` adds a batch normalisation after each convolution for training;
    ``fold_batch_norm`` takes them out again.
    """
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    channels, size = 3, architecture.input_size
    for number, conv in enumerate(architecture.convolutions, start=1):
        modules[f"conv{number}"] = nn.Conv2d(
            channels, conv.channels, conv.kernel, conv.stride, conv.padding
        )
        if batch_norm:
            modules[f"norm{number}"] = nn.BatchNorm2d(conv.channels)
        modules[f"relu{number}"] = nn.ReLU()
        channels = conv.channels
        size = (size + 2 * conv.padding - conv.kernel) // conv.stride + 1
        if number in architecture.pooled:
            padding, ceil = architecture.pool_padding, architecture.pool_ceil
            modules[f"pool{number}"] = nn.MaxPool2d(3, 2, padding, ceil_mode=ceil)
            size = (
                -(-(size + 2 * padding - 3) // 2) + 1 if ceil else (size + 2 * padding - 3) // 2 + 1
            )
            if architecture.contrast and number <= 2:
                # Section 3.1 names no constants; these are AlexNet's (Krizhevsky and others
                # 2012, section 3.3). PyTorch divides alpha by the window, hence 5e-4.
                modules[f"contrast{number}"] = nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0)
    modules["flatten"] = nn.Flatten()
    width = channels * size * size
    last = len(architecture.convolutions)
    for number, hidden in enumerate(architecture.hidden, start=last + 1):
        modules[f"drop{number}"] = nn.Dropout(architecture.dropout)
        modules[f"fc{number}"] = nn.Linear(width, hidden)
        modules[f"relu{number}"] = nn.ReLU()
        width, last = hidden, number
    modules[f"drop{last + 1}"] = nn.Dropout(architecture.dropout)
    modules[f"fc{last + 1}"] = nn.Linear(width, classes)
    return nn.Sequential(modules)


def fold_batch_norm(trained: nn.Sequential) -> dict[str, Tensor]:
    """The weights of the same network without batch normalisation, as a state dict.

    In evaluation a batch normalisation is a multiplication and an addition per channel,
    which the convolution before it can do by itself (Jacob and others, CVPR 2018,
    section 3.2). Tensors are float32, detached, on the CPU.
    """
    modules = dict(trained.named_children())
    folded: dict[str, Tensor] = {}
    for name, module in modules.items():
        if isinstance(module, nn.Linear):
            folded[f"{name}.weight"] = module.weight
            folded[f"{name}.bias"] = module.bias
        elif isinstance(module, nn.Conv2d):
            assert module.bias is not None
            norm = modules.get(name.replace("conv", "norm"))
            if isinstance(norm, nn.BatchNorm2d):
                assert norm.running_mean is not None
                assert norm.running_var is not None
                gain = norm.weight / (norm.running_var + norm.eps).sqrt()
                folded[f"{name}.weight"] = module.weight * gain[:, None, None, None]
                folded[f"{name}.bias"] = (module.bias - norm.running_mean) * gain + norm.bias
            else:
                folded[f"{name}.weight"] = module.weight
                folded[f"{name}.bias"] = module.bias
    return {
        name: tensor.detach().float().cpu().contiguous().clone() for name, tensor in folded.items()
    }
