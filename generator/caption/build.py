"""Which network and which images made the figures of a build."""

from __future__ import annotations

import math

from generator.caption.words import APOSTROPHE, SPACE, count_of, joined, percent
from generator.records.scans import Shortened

NETWORKS = {
    "zfnet": "ZFNet, the network of Zeiler and Fergus",
    "zfnet64": "zfnet64, the network of Zeiler and Fergus scaled down to 64-pixel images",
}


def network(
    name: str, trained_on: str | None, accuracy: float | None, accuracy_on: str | None, random: bool
) -> str:
    """Which network made the figures. ``accuracy`` is a fraction from 0 to 1.

    >>> network("zfnet64", "Tiny ImageNet", 0.46, "its 10,000 validation images", False)[:27]
    'The network is zfnet64, the'
    """
    called = NETWORKS.get(name, name)
    comma = "," if "," in called else ""
    if random:
        return (
            f"The network is {called}{comma} with random weights: it was never trained, so what"
            f" these figures show is the network{APOSTROPHE}s build, and nothing that it learned."
        )
    trained = f"{comma} trained on {trained_on}" if trained_on else ""
    doubt = "" if trained_on else " What it was trained on is not recorded."
    if accuracy is None:
        return f"The network is {called}{trained}. Its accuracy was not measured here.{doubt}"
    measured = f" of {accuracy_on}" if accuracy_on else ""
    return (
        f"The network is {called}{trained}."
        f" Its first guess is right for {percent(accuracy)}{measured}.{doubt}"
    )


def collection(title: str, count: int, photographs: int) -> str:
    """Which images the patches come from.

    >>> collection("22 bundled photographs, cut into tiles", 9474, 22)
    'The images are 22 bundled photographs, cut into tiles: 9,474 images in all.'
    """
    if photographs == count:
        return f"The images are {title}: {count_of(count, 'photograph')}."
    return f"The images are {title}: {count_of(count, 'image')} in all."


def shortcuts(found: Shortened) -> str:
    """What the scan did faster and less exactly, and what that changed, as it was measured."""
    ways = [f"ran in half precision ({found.numbers})"] if found.numbers else []
    if found.jpeg:
        where = "the GPU" if found.jpeg == "cuda" else "torchvision"
        ways.append(f"left plain JPEGs to {where}{APOSTROPHE}s decoder")
    images, of = found.images, found.of
    some = f"{images:,} of its {of:,} images were" if images < of else f"all {of:,} images were"
    same = f"{math.floor(found.same * 1000 + 1e-9) / 10:g}{SPACE}%"  # never rounded up to all
    apart = f"{found.apart * 100:.2g}{SPACE}%"
    units, one = f"units{APOSTROPHE}", f"unit{APOSTROPHE}s"
    return (
        f"The scan {joined(ways)}; {some} looked at again without, and {same} of the {units}"
        f" {found.k} strongest stayed the same, with no activation further off than {apart} of"
        f" its {one} strongest."
    )
