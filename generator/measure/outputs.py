"""What a network's outputs stand for: the names of its classes, as far as they are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from generator.measure.imagenet import all_classes
from generator.networks.network import Network


@dataclass(frozen=True)
class Outputs:
    """``names`` by the number of an output; ``numbers`` of an output by folder or by name.

    ``known`` is False where nobody has said what the outputs mean; names are then numbers.
    """

    names: tuple[str, ...]
    numbers: Mapping[str, int]
    known: bool


def outputs_of(network: Network, count: int) -> Outputs:
    """The classes of a network with ``count`` outputs.

    A card names them, as the bundled network's does, or says that they are ImageNet's; those of
    torchvision's published weights are. Nothing is guessed from their number. Two classes of one
    name stay two: each gets its number, or its folder's name, behind it.
    """
    classes = network.classes
    folders, names = all_classes() if classes.imagenet else (classes.folders, classes.names)
    if len(names) != count:
        return Outputs(tuple(f"class {number}" for number in range(count)), {}, known=False)
    folders = folders if len(folders) == count else ()
    twice = {name for name, times in Counter(names).items() if times > 1}
    told = tuple(
        f"{name} ({folders[number] if folders else number})" if name in twice else name
        for number, name in enumerate(names)
    )
    numbers = {name: number for number, name in enumerate(told)}
    return Outputs(told, numbers | {folder: at for at, folder in enumerate(folders)}, known=True)
