"""Builds a network by name, fills it with weights, and finds its layers."""

from __future__ import annotations

import torch
from torch import nn

from generator.errors import UsageError
from generator.networks.card import Card
from generator.networks.families import shown_layers
from generator.networks.identity import card_for
from generator.networks.network import Network
from generator.networks.sources import source
from generator.networks.trace import Traced, trace
from generator.records import Layer
from generator.records.networks import ASSUMED

RANDOM_SEED = 0
# What networks raise for an image of a size that they don't take.
UNFIT = (RuntimeError, ValueError, TypeError, IndexError, AssertionError)
SIZES = (224, 28, 32, 64, 96, 128, 160, 227, 256, 299)  # of inputs, as networks commonly have them


def load_network(
    name: str,
    weights: str | None = None,
    device: str = "cpu",
    layers: tuple[str, ...] | None = None,
    seed: int = RANDOM_SEED,
    card: Card | None = None,
    size: int | None = None,
) -> Network:
    """As ``generator.networks.load``, with the card of the weights where it has been read.

    Without ``card`` that beside the weights is read; random weights of ``seed`` have none.
    """
    place = usable_device(device)
    # Ten bits of the fraction are not what the processor computes with.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    # Of several ways to convolve, one that adds up in the same order every time.
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    read = card_for(name, weights) if card is None else card
    origin = source(name, weights, seed, read, size, layers)
    module, preprocess = origin.module, origin.preprocess
    for part in module.modules():
        if isinstance(getattr(part, "inplace", None), bool):
            setattr(part, "inplace", False)  # noqa: B010  mypy takes it for a tensor; a recorded map must not change under our hands
    module.requires_grad_(False).eval()
    # Channels last is the order in which convolutions of a few channels run fastest.
    module.to(device=place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    says = _says(module, preprocess.size, place)
    traced = trace(module, preprocess.size, place, layers)
    names = layers or shown_layers(name, traced)
    return Network(
        name=name,
        module=module,
        layers=_layers(names, traced),
        preprocess=preprocess,
        provenance=origin.provenance,
        device=place,
        classes=origin.classes,
        answers=says and not origin.headless,
        whole=any(output.padded for output in traced if output.name in names),
    )


def loading_notes(network: Network) -> tuple[str, ...]:
    """What was done to make the weights fit, and what had to be assumed, a sentence each."""
    notes = list(network.provenance.notes)
    if network.provenance.constants == ASSUMED and not network.provenance.random:
        notes.append(
            "nobody has said how its images were normalised; ImageNet's mean and standard "
            "deviation were assumed, and a card can say otherwise (--card)"
        )
    classes = network.classes
    if network.answers and not (network.provenance.random or classes.imagenet or classes.names):
        notes.append(
            "nobody has said what its classes are called, so they go by their numbers; a card "
            "can name them (--card)"
        )
    return tuple(notes)


def _says(module: nn.Module, size: int, place: torch.device) -> bool:
    """Whether the network ends in a number for each class; UsageError for a size it can't take."""
    try:
        with torch.inference_mode():
            output = module(torch.zeros(1, 3, size, size, device=place))
    except UNFIT as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        fitting = [other for other in SIZES if other != size and _fits(module, other, place)]
        hint = f"; --size {fitting[0]} does" if fitting else "; give another with --size"
        raise UsageError(
            f"an image of {size} by {size} pixels does not fit through the network ({reason}){hint}"
        ) from error
    if not isinstance(output, torch.Tensor) or output.dim() < 2 or not output.is_floating_point():
        return False
    return output.shape[1] > 1 and output[0, 0].numel() == 1


def _fits(module: nn.Module, size: int, place: torch.device) -> bool:
    try:
        with torch.inference_mode():
            module(torch.zeros(1, 3, size, size, device=place))
    except UNFIT:
        return False
    return True


def usable_device(device: str) -> torch.device:
    """The device of that name; UsageError when this machine has none.

    A GPU becomes the current one, so that nothing of this process is kept on the first.
    """
    try:
        place = torch.device(device)
        torch.zeros(1, device=place).item()  # the device called meta has no numbers
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"device {device!r} can't be used here ({reason}); try cpu") from error
    if place.type == "cuda" and place.index is not None:
        torch.cuda.set_device(place)
    return place


def _layers(names: tuple[str, ...], traced: tuple[Traced, ...]) -> tuple[Layer, ...]:
    known = {output.name: output for output in traced}
    layers: list[Layer] = []
    for index, name in enumerate(names, start=1):
        if name not in known:
            raise UsageError(f"layer {name!r} makes no map of the image; name a layer before it")
        output = known[name]
        if output.calls > 1:
            raise UsageError(
                f"layer {name!r} is used {output.calls} times in one pass, so that its units are "
                "not one thing; name the block around it"
            )
        layers.append(
            Layer(name, index, output.channels, output.height, output.width, output.field)
        )
    if not layers:
        raise UsageError("no layers to show; name some with --layers")
    return tuple(layers)
