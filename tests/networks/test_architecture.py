"""A network's parts: against tables worked out by hand, published counts, and the size rule."""

from __future__ import annotations

import pytest
import tiny
import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.networks import load
from generator.networks.architecture import architecture, parts
from generator.records import Part

CPU = torch.device("cpu")


def size_rule(part: Part, axis: int) -> int:
    """The output's length by the formula that the lesson teaches."""
    assert part.kernel is not None
    assert part.stride is not None
    assert part.padding is not None
    assert part.dilation is not None
    reach = part.dilation[axis] * (part.kernel[axis] - 1) + 1
    room = part.input[1 + axis] + 2 * part.padding[axis] - reach
    steps = -(-room // part.stride[axis]) if part.ceil_mode else room // part.stride[axis]
    # A window that would start in the padding at the far side is left out (PyTorch's rule).
    if part.ceil_mode and steps * part.stride[axis] >= part.input[1 + axis] + part.padding[axis]:
        steps -= 1
    return steps + 1


def test_the_network_of_zeiler_and_fergus_as_its_paper_has_it() -> None:
    network = load("zfnet", "none")
    rows = architecture(network)
    told = [
        (part.name, part.kind, part.kernel, part.stride, part.padding, part.ceil_mode, part.output)
        for part in rows
        if part.kind in ("convolution", "max-pool")
    ]
    assert told == [
        ("conv1", "convolution", (7, 7), (2, 2), (1, 1), False, (96, 110, 110)),
        ("pool1", "max-pool", (3, 3), (2, 2), (0, 0), True, (96, 55, 55)),
        ("conv2", "convolution", (5, 5), (2, 2), (0, 0), False, (256, 26, 26)),
        ("pool2", "max-pool", (3, 3), (2, 2), (0, 0), True, (256, 13, 13)),
        ("conv3", "convolution", (3, 3), (1, 1), (1, 1), False, (384, 13, 13)),
        ("conv4", "convolution", (3, 3), (1, 1), (1, 1), False, (384, 13, 13)),
        ("conv5", "convolution", (3, 3), (1, 1), (1, 1), False, (256, 13, 13)),
        ("pool5", "max-pool", (3, 3), (2, 2), (0, 0), True, (256, 6, 6)),
    ]
    counts = {part.name: (part.weights, part.biases) for part in rows if part.weights}
    assert counts["conv1"] == (96 * 3 * 7 * 7, 96)
    assert counts["fc6"] == (4096 * 6 * 6 * 256, 4096)
    assert [part.kind for part in rows][1:3] == ["max-pool", "contrast"]
    assert rows[-1].input == (4096,)
    assert rows[-1].output == (1000,)


@pytest.mark.parametrize(
    ("name", "published"),
    # The counts that torchvision's documentation gives for these networks.
    [("alexnet", 61_100_840), ("squeezenet1_0", 1_248_424), ("resnet18", 11_689_512),
     ("densenet121", 7_978_856), ("mobilenet_v3_small", 2_542_856)],
)  # fmt: skip
def test_parameters_add_up_to_the_published_number(name: str, published: int) -> None:
    from torchvision import models  # noqa: PLC0415

    rows = parts(models.get_model(name).eval(), 224, CPU)
    assert sum(part.weights + part.biases for part in rows) == published
    for part in rows:
        if part.kernel is not None:
            assert part.output[1:] == (size_rule(part, 0), size_rule(part, 1)), part


class Functions(nn.Module):
    """Everything called as a function, weights used twice, and a mean for a pool."""

    def __init__(self) -> None:
        super().__init__()
        self.twice = nn.Conv2d(3, 3, 3, padding="same", bias=False)
        self.wide = nn.Conv2d(3, 6, (1, 5), stride=(1, 2), groups=3)

    def forward(self, image: Tensor) -> Tensor:
        maps = self.twice(self.twice(image))
        maps = functional.max_pool2d(maps, 3, 2, 1, 1, True)
        maps = functional.avg_pool2d(self.wide(maps), 2, ceil_mode=True)
        return maps.mean([2, 3])


def test_parts_without_a_module_are_found_and_shared_weights_count_once() -> None:
    rows = parts(Functions(), 32, CPU)
    assert [(part.name, part.kind) for part in rows] == [
        ("twice", "convolution"),
        ("twice", "convolution"),
        ("", "max-pool"),
        ("wide", "convolution"),
        ("", "average-pool"),
        ("", "adaptive-average-pool"),
    ]
    assert [part.weights for part in rows] == [81, 0, 0, 30, 0, 0]
    assert [part.biases for part in rows] == [0, 0, 0, 6, 0, 0]
    assert [part.padding for part in rows[:2]] == [(1, 1), (1, 1)]
    assert rows[2].ceil_mode
    assert rows[2].output == (3, 17, 17)
    assert rows[3].kernel == (1, 5)
    assert rows[3].groups == 3
    assert rows[3].output == (6, 17, 7)
    assert rows[4].ceil_mode
    assert rows[4].output == (6, 9, 4)
    assert rows[5].kernel is None
    assert rows[5].output == (6,)


def test_normalisations_have_a_gain_and_a_shift() -> None:
    rows = parts(tiny.chain(norm=True, contrast=True), 32, CPU)
    assert [part.kind for part in rows] == [
        *("convolution", "batch-norm", "max-pool", "contrast"),
        *("convolution", "batch-norm", "convolution"),
    ]
    assert (rows[1].weights, rows[1].biases) == (4, 4)


def test_no_hook_is_left_behind() -> None:
    module = tiny.chain()
    parts(module, 32, CPU)
    assert tiny.hooks(module) == 0
    with pytest.raises(RuntimeError):
        parts(module, 1, CPU)  # too small for its pool
    assert tiny.hooks(module) == 0
