"""Which layers stand for a network in the lesson."""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import UnsupportedNetworkError
from generator.networks.trace import Traced

# Five layers for each family whose architecture names them better than the rule below.
SHOWN: dict[str, tuple[str, ...]] = {
    "zfnet": ("conv1", "conv2", "conv3", "conv4", "conv5"),
    "zfnet64": ("conv1", "conv2", "conv3", "conv4", "conv5"),
    "alexnet": ("features.0", "features.3", "features.6", "features.8", "features.10"),
    # The last fire module of each resolution, and one more in the middle, where there are two
    # resolutions less than layers in the walk.
    "squeezenet1_0": ("features.1", "features.5", "features.8", "features.10", "features.12"),
    "squeezenet1_1": ("features.1", "features.4", "features.7", "features.10", "features.12"),
    "googlenet": ("conv1", "conv3", "inception3b", "inception4e", "inception5b"),
}
# DenseNets rectify their last map by a function call, so that no module of it is rectified.
DENSENET = (
    "features.relu0",
    "features.transition1.relu",
    "features.transition2.relu",
    "features.transition3.relu",
    "features.norm5",
)


def shown_layers(family: str, traced: Iterable[Traced]) -> tuple[str, ...]:
    """The names of up to five layers.

    Those of the family, or else the last rectified map at each resolution, the deepest five
    where there are more.

    Raises UnsupportedNetworkError when the network has no rectified map.
    """
    if family in SHOWN:
        return SHOWN[family]
    if family.startswith("densenet"):
        return DENSENET
    last: dict[int, str] = {}
    seen: set[tuple[int, int, int, int]] = set()
    for output in traced:
        shape = (output.channels, output.height, output.width, output.field.size)
        # A container answers with the map of its last part: the part is the better name.
        inner = shape in seen and last.get(output.height, "").startswith(f"{output.name}.")
        if output.rectified and output.calls == 1 and output.height > 1 and not inner:
            last[output.height] = output.name
            seen.add(shape)
    if not last:
        raise UnsupportedNetworkError(f"{family} holds no convolution with a ReLU behind it")
    by_depth = sorted(last.items(), reverse=True)  # maps shrink on the way
    return tuple(name for _, name in by_depth)[-5:]
