"""Where a network comes from by its name: built and filled, with what its maker says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn
from torchvision import models

from generator.errors import UsageError, unknown
from generator.networks.card import Card
from generator.networks.channels import take_colours
from generator.networks.fitting import Filled, fill_from
from generator.networks.identity import (
    RANDOM,
    WeightsFile,
    bundled_weights,
    file_sha256,
    weights_file,
)
from generator.networks.nearest import INCEPTIONS, build_known, known_networks
from generator.networks.network import Classes
from generator.networks.own import TIMM, Preset, build_own, build_timm, code_of, public_name
from generator.networks.preprocessing import Colour, Preprocessing
from generator.networks.trace import trace
from generator.networks.weights import download
from generator.networks.zfnet import ARCHITECTURES
from generator.records.networks import ASSUMED, Provenance
from generator.records.taken import IMAGENET, STOPPED

IMAGENET_MEAN: Colour = (0.485, 0.456, 0.406)
IMAGENET_STD: Colour = (0.229, 0.224, 0.225)
OFFERED = Preset(224, 256, IMAGENET_MEAN, IMAGENET_STD, "bilinear")  # where nobody says otherwise
GREY_MEAN, GREY_STD = (0.449,), (0.226,)  # ImageNet's in grey: the averages of its three
HIGHEST = 100  # pixels across an input that is not cut out of a larger picture


@dataclass(frozen=True)
class FilledNetwork:
    """A network, filled, and all that is said of it."""

    module: nn.Module
    preprocess: Preprocessing
    provenance: Provenance
    classes: Classes
    headless: bool


def source(
    name: str,
    weights: str | None,
    seed: int,
    card: Card,
    size: int | None = None,
    layers: tuple[str, ...] | None = None,
) -> FilledNetwork:
    """Build the network called ``name`` and fill it; see ``generator.networks.load``."""
    torch.manual_seed(seed)
    module, preset, whose = _built(name, weights)
    if name in known_networks() and name.startswith(tuple(STOPPED)):
        # It will be refused, so none of its weights need be read, or downloaded.
        side = int(getattr(module, "image_size", preset.size))
        trace(module.eval(), side, torch.device("cpu"), layers)
    published, file = None, None
    if weights == RANDOM:
        module = _shuffled(module, seed) if code_of(name) else module
        filled, provenance = Filled(), _random(seed)
    else:
        file = _file(name, weights)
        if file is None:
            filled, provenance = Filled(), _as_made(module, name)
        else:
            filled = fill_from(module, file, name)
            provenance, published = _provenance(name, weights, file)
    constants = whose if published or provenance.random or whose == "timm" else ASSUMED
    grey = take_colours(module) or filled.grey
    if card.mean and card.std:
        constants = "card"
    side = size or card.size or filled.size or preset.size
    preprocess = Preprocessing(
        size=side,
        resize=preset.resize if side == preset.size else _resize(side, preset),
        mean=_three(card.mean or (GREY_MEAN if grey else preset.mean)),
        std=_three(card.std or (GREY_STD if grey else preset.std)),
        interpolation=preset.interpolation,
        grey=grey,
    )
    notes = [*filled.notes]
    if file is None and not provenance.random:
        notes.append("no --weights were given, so its weights are those that its code puts in")
    if filled.size and not (size or card.size):
        notes.append(f"its images were taken to be {side} pixels across; --size says otherwise")
    if grey:
        notes.append("it takes one channel: photographs are made grey for it")
    provenance = replace(
        provenance,
        trained_on=card.trained_on or provenance.trained_on,
        accuracy=provenance.accuracy if card.top1 is None else card.top1,
        accuracy_on=card.measured_on or provenance.accuracy_on,
        constants=constants,
        title=card.title,
        notes=tuple(notes),
    )
    return FilledNetwork(
        module, preprocess, provenance, _classes(card, bool(published)), filled.headless
    )


def _built(name: str, weights: str | None) -> tuple[nn.Module, Preset, str]:
    """The network with random weights, how its images are prepared, and who says so."""
    code = code_of(name)
    if code is not None:
        return build_own(code), OFFERED, ASSUMED
    if name.startswith(TIMM):
        module, preset = build_timm(name.removeprefix(TIMM))
        return module, preset, "timm"
    if name.endswith(".py"):
        raise UsageError(f"{name}: say what in it makes the network, as --model {name}:CALLABLE")
    if name not in known_networks():
        raise unknown("network", name, known_networks())
    module = build_known(name, random=weights == RANDOM)
    if name in ARCHITECTURES:
        side = ARCHITECTURES[name].input_size
        plain = Preset(side, side, IMAGENET_MEAN, IMAGENET_STD, "bicubic")
        return module, replace(plain, resize=_resize(side, plain)), ASSUMED
    preset_of = next(iter(models.get_model_weights(name)), None)
    if preset_of is None:
        return module, OFFERED, ASSUMED
    transform = preset_of.transforms()
    # Torchvision changes the input of these two inside the network, from ImageNet's
    # normalisation to the one they were trained with; that at once is the same.
    own = (0.5, 0.5, 0.5) if name in INCEPTIONS else None
    return (
        module,
        Preset(
            size=transform.crop_size[0],
            resize=transform.resize_size[0],
            mean=own or tuple(transform.mean),
            std=own or tuple(transform.std),
            interpolation=transform.interpolation.value,
        ),
        "torchvision",
    )


def _resize(side: int, preset: Preset) -> int:
    """To how many pixels the shorter side of a photograph is scaled before ``side`` are cut out."""
    if side < HIGHEST:
        return side
    ratio = preset.resize / preset.size if preset.size >= HIGHEST else 256 / 224
    if preset.resize == preset.size:
        ratio = 256 / 224
    return round(side * ratio)


def _file(name: str, weights: str | None) -> WeightsFile | None:
    """The file of the weights, downloaded if need be; None where the code of one's own has them."""
    if weights is not None:
        return weights_file(weights)
    bundled = bundled_weights(name)
    if bundled is not None:
        return WeightsFile(bundled)
    if code_of(name) is not None:
        return None
    preset = None if _ours(name) else next(iter(models.get_model_weights(name)), None)
    if preset is None:
        whose = "ship with" if name in ARCHITECTURES else "are known for"
        raise UsageError(
            f"no weights {whose} {name}; give a file with --weights, or --weights none for "
            "random ones"
        )
    return WeightsFile(download(name, preset.url))


def _ours(name: str) -> bool:
    return name in ARCHITECTURES or name.startswith(TIMM)


def _provenance(name: str, weights: str | None, file: WeightsFile) -> tuple[Provenance, str | None]:
    """Whose the weights are, and torchvision's name of them where they are its published ones.

    Torchvision's files are known by the digits of their SHA-256 that their names end in.
    """
    digest = file_sha256(file.path)
    if weights is None and _ours(name):
        return Provenance(source="bundled", sha256=digest), None
    if not _ours(name) and code_of(name) is None:
        for preset in models.get_model_weights(name):
            digits = Path(preset.url).stem.rpartition("-")[2]
            if weights is not None and not digest.startswith(digits):
                continue
            metrics = preset.meta.get("_metrics", {}).get("ImageNet-1K", {})
            accuracy = metrics.get("acc@1")
            return (
                Provenance(
                    source=f"torchvision {preset.name}",
                    sha256=digest,
                    trained_on="ImageNet",
                    accuracy=accuracy / 100 if accuracy else None,
                    accuracy_on="the ImageNet validation set, as torchvision states"
                    if accuracy
                    else None,
                ),
                preset.name,
            )
    return Provenance(source=file.path.name, sha256=digest), None


def _random(seed: int) -> Provenance:
    return Provenance(source=f"random weights, seed {seed}", sha256=RANDOM, random=True)


def _as_made(module: nn.Module, name: str) -> Provenance:
    """Of weights that code of one's own has put in; known by their numbers."""
    digest = hashlib.sha256()
    for key, tensor in module.state_dict().items():
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return Provenance(source=f"as {public_name(name)} makes them", sha256=digest.hexdigest())


def _shuffled(module: nn.Module, seed: int) -> nn.Module:
    """A network of one's own with random weights, whatever its code put in."""
    torch.manual_seed(seed)
    for part in module.modules():
        reset = getattr(part, "reset_parameters", None)
        if callable(reset):
            reset()
    return module


def _three(values: Sequence[float]) -> Colour:
    """Constants of three colours, also where one stands for all."""
    numbers = [float(value) for value in values]
    red, green, blue = numbers * 3 if len(numbers) == 1 else numbers
    return red, green, blue


def _classes(card: Card, published: bool) -> Classes:
    if card.classes == IMAGENET or (published and card.classes is None):
        return Classes(imagenet=True)
    return Classes(tuple(card.classes or ()), tuple(card.class_names or ()))
