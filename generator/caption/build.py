"""Which network and which images made the figures of a build."""

from __future__ import annotations

import math
from collections.abc import Sequence

from generator.caption.drawn import stored_words
from generator.caption.words import SPACE, count_of, joined, percent
from generator.language import figure, later, say
from generator.records.scans import Shortened

NETWORKS = {
    "zfnet": later("ZFNet, the network of Zeiler and Fergus"),
    "zfnet64": later("zfnet64, the network of Zeiler and Fergus scaled down to 64-pixel images"),
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
    "bundled": later("bundled photographs"),
    "imagenette": later("Imagenette"),
    "openimages": later("Open Images"),
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
    called = f"{title} ({name})" if title else say(NETWORKS[name]) if name in NETWORKS else name
    comma = "," if title or "," in called else ""
    if random:
        return say(
            "The network is {called}{comma} with random weights: it was never trained, so"
            " what these figures show is the network’s build, and nothing that it learned.",
            called=called,
            comma=comma,
        )
    trained = (
        say("{comma} trained on {trained_on}", comma=comma, trained_on=stored_words(trained_on))
        if trained_on
        else ""
    )
    doubt = "" if trained_on else say(" What it was trained on is not recorded.")
    if accuracy is None:
        return say(
            "The network is {called}{trained}. Its accuracy was not measured here.{doubt}",
            called=called,
            trained=trained,
            doubt=doubt,
        )
    measured = (
        say(" of {accuracy_on}", accuracy_on=stored_words(accuracy_on)) if accuracy_on else ""
    )
    return say(
        "The network is {called}{trained}. Its first guess is right for"
        " {accuracy}{measured}.{doubt}",
        called=called,
        trained=trained,
        accuracy=percent(accuracy),
        measured=measured,
        doubt=doubt,
    )


def made_by(name: str, title: str | None, random: bool, images: str, images_title: str) -> str:
    """The line under a figure: which network made it, and from which images.

    ``title`` is what the network's card calls it, ``images`` the collection's name.

    >>> made_by("alexnet", None, False, "imagenette", "Imagenette: ten classes")
    'AlexNet · Imagenette'
    """
    called = title or TITLES.get(name, name)
    untrained = say(", random weights") if random else ""
    shown = say(IMAGES[images]) if images in IMAGES else stored_words(images_title)
    return f"{called}{untrained} · {shown}"


CONSTANTS = {
    "card": later("as its card says"),
    "torchvision": later("as torchvision has it for these weights"),
    "timm": later("as timm has it for this network"),
}


def normalisation_words(
    mean: Sequence[float], std: Sequence[float], whose: str, random: bool
) -> str:
    """What is taken from the colours of an image, and by what they are divided, and who says so.

    >>> normalisation_words((0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "card", False)
    'mean 0.5, 0.5, 0.5 and standard deviation 0.25, 0.25, 0.25, as its card says'
    """
    middle, spread = (
        say(", ").join(figure(f"{value:.4g}") for value in values) for values in (mean, std)
    )
    told = say("mean {mean} and standard deviation {std}", mean=middle, std=spread)
    if whose in CONSTANTS:
        return f"{told}, {say(CONSTANTS[whose])}"
    if random:
        return told
    return say(
        "{told}, which were assumed, since nobody has said with which ones the network"
        " was trained: with others its figures may be pale or wrong",
        told=told,
    )


def collection(title: str, count: int, photographs: int) -> str:
    """Which images the patches come from.

    >>> collection("22 bundled photographs, cut into tiles", 9474, 22)
    'The images are 22 bundled photographs, cut into tiles: 9,474 images in all.'
    """
    title = stored_words(title)
    if photographs == count:
        return say(
            "The images are {title}: {count}.", title=title, count=count_of(count, "photograph")
        )
    return say(
        "The images are {title}: {count} in all.", title=title, count=count_of(count, "image")
    )


def shortcuts(effect: Shortened) -> str:
    """What the scan did faster and less exactly, and what that changed, as it was measured."""
    ways = (
        [say("ran in half precision ({numbers})", numbers=effect.numbers)] if effect.numbers else []
    )
    if effect.jpeg:
        where = say("the GPU") if effect.jpeg == "cuda" else "torchvision"
        ways.append(say("left plain JPEGs to {where}’s decoder", where=where))
    images, of = effect.images, effect.of
    some = (
        say("{images} of its {of} images were", images=figure(f"{images:,}"), of=figure(f"{of:,}"))
        if images < of
        else say("all {of} images were", of=figure(f"{of:,}"))
    )
    same = math.floor(effect.same * 1000 + 1e-9) / 10  # never rounded up to all
    return say(
        "The scan {ways}; {some} looked at again without, and {same} of the units’ {k}"
        " strongest stayed the same, with no activation further off than {apart} of its"
        " unit’s strongest.",
        ways=joined(ways),
        some=some,
        same=figure(f"{same:g}") + f"{SPACE}%",
        k=effect.k,
        apart=figure(f"{effect.apart * 100:.2g}") + f"{SPACE}%",
    )
