"""What a network's outputs stand for: the names of its classes, as far as they are known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from generator.measure.imagenet import all_classes
from generator.networks.identity import BUNDLED
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

    The bundled network's card names its classes. A trained network of 1,000 classes is taken for
    one of ImageNet's, with its classes in their usual order, by WordNet id.
    """
    folders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    card = BUNDLED / f"{network.name}.json"
    if network.provenance.source == "bundled" and card.exists():
        said = json.loads(card.read_text(encoding="utf-8"))
        folders, names = tuple(said["class_names"]), tuple(said["classes"])
    elif not network.provenance.random:
        folders, names = all_classes()
    if len(names) != count:
        return Outputs(tuple(f"class {number}" for number in range(count)), {}, known=False)
    numbers = {name: number for number, name in enumerate(names)}
    return Outputs(names, numbers | {folder: at for at, folder in enumerate(folders)}, known=True)
