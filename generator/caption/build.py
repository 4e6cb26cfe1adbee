"""Which network and which images made the figures of a build."""

from __future__ import annotations

import math
from collections.abc import Sequence

from generator.caption.words import APOSTROPHE, SPACE, count_of, joined, percent
from generator.records.scans import Shortened

NETWORKS = {
    "zfnet": "ZFNet, the network of Zeiler and Fergus",
    "zfnet64": "zfnet64, the network of Zeiler and Fergus scaled down to 64-pixel images",
}

# As their papers call networks that have another name in torchvision.
TITLES = {
    "alexnet": "AlexNet",
    "squeezenet1_0": "SqueezeNet",
    "squeezenet1_1": "SqueezeNet",
    "vgg11": "VGG-11",
    "vgg16": "VGG-16",
    "zfnet": "ZFNet",
}
IMAGES = {
    "bundled": "bundled photographs",
    "imagenette": "Imagenette",
    "openimages": "Open Images",
}


def network(
    name: str,
    trained_on: str | None,
    accuracy: float | None,
    accuracy_on: str | None,
    random: bool,
    title: str | None = None,
) -> str:
    """Which network made the figures. ``accuracy`` is a fraction from 0 to 1.

    ``title`` is what its card calls it.

    >>> network("zfnet64", "Tiny ImageNet", 0.46, "its 10,000 validation images", False)[:27]
    'The network is zfnet64, the'
    """
    if name not in NETWORKS:
        title = title or TITLES.get(name)
    called = f"{title} ({name})" if title else NETWORKS.get(name, name)
    comma = "," if title or "," in called else ""
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


def made_by(name: str, title: str | None, random: bool, images: str, images_title: str) -> str:
    """The line under a figure: which network made it, and from which images.

    ``title`` is what the network's card calls it, ``images`` the collection's name.

    >>> made_by("alexnet", None, False, "imagenette", "Imagenette: ten classes")
    'AlexNet · Imagenette'
    """
    called = title or TITLES.get(name, name)
    untrained = ", random weights" if random else ""
    return f"{called}{untrained} · {IMAGES.get(images, images_title)}"


CONSTANTS = {
    "card": "as its card says",
    "torchvision": "as torchvision has it for these weights",
    "timm": "as timm has it for this network",
}


def normalisation_words(
    mean: Sequence[float], std: Sequence[float], whose: str, random: bool
) -> str:
    """What is taken from the colours of an image, and by what they are divided, and who says so.

    >>> normalisation_words((0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "card", False)
    'mean 0.5, 0.5, 0.5 and standard deviation 0.25, 0.25, 0.25, as its card says'
    """
    numbers = [", ".join(f"{value:.4g}" for value in values) for values in (mean, std)]
    told = f"mean {numbers[0]} and standard deviation {numbers[1]}"
    if whose in CONSTANTS:
        return f"{told}, {CONSTANTS[whose]}"
    if random:
        return told
    return (
        f"{told}, which were assumed, since nobody has said with which ones the network was "
        "trained: with others its figures may be pale or wrong"
    )


def collection(title: str, count: int, photographs: int) -> str:
    """Which images the patches come from.

    >>> collection("22 bundled photographs, cut into tiles", 9474, 22)
    'The images are 22 bundled photographs, cut into tiles: 9,474 images in all.'
    """
    if photographs == count:
        return f"The images are {title}: {count_of(count, 'photograph')}."
    return f"The images are {title}: {count_of(count, 'image')} in all."


def shortcuts(effect: Shortened) -> str:
    """What the scan did faster and less exactly, and what that changed, as it was measured."""
    ways = [f"ran in half precision ({effect.numbers})"] if effect.numbers else []
    if effect.jpeg:
        where = "the GPU" if effect.jpeg == "cuda" else "torchvision"
        ways.append(f"left plain JPEGs to {where}{APOSTROPHE}s decoder")
    images, of = effect.images, effect.of
    some = f"{images:,} of its {of:,} images were" if images < of else f"all {of:,} images were"
    same = f"{math.floor(effect.same * 1000 + 1e-9) / 10:g}{SPACE}%"  # never rounded up to all
    apart = f"{effect.apart * 100:.2g}{SPACE}%"
    units, unit = f"units{APOSTROPHE}", f"unit{APOSTROPHE}s"
    return (
        f"The scan {joined(ways)}; {some} looked at again without, and {same} of the {units}"
        f" {effect.k} strongest stayed the same, with no activation further off than {apart} of"
        f" its {unit} strongest."
    )
