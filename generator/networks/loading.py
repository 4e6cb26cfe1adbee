"""Builds a network by name, fills it with weights, and finds its layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import models

from generator.errors import UsageError, unknown
from generator.networks.families import shown_layers
from generator.networks.identity import RANDOM, bundled_weights, card_of, file_sha256
from generator.networks.network import Network
from generator.networks.preprocessing import Preprocessing
from generator.networks.trace import Traced, trace
from generator.networks.weights import download, fill, read_weights
from generator.networks.zfnet import ARCHITECTURES, build
from generator.records import Layer, Provenance

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Torchvision changes the input of these two inside the network, from ImageNet's normalisation
# to the one they were trained with; giving them that at once is the same, and easier to follow.
INCEPTIONS = ("googlenet", "inception_v3")
RANDOM_SEED = 0


def load_network(
    name: str,
    weights: str | None = None,
    device: str = "cpu",
    layers: tuple[str, ...] | None = None,
    seed: int = RANDOM_SEED,
) -> Network:
    """See ``generator.networks.load``."""
    place = usable_device(device)
    # Ten bits of the fraction are not what the processor computes with.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    # Of several ways to convolve, one that adds up in the same order every time.
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    if name in ARCHITECTURES:
        module, preprocess, provenance = _ours(name, weights, seed)
    elif name in models.list_models(module=models):
        module, preprocess, provenance = _torchvision(name, weights, seed)
    else:
        raise unknown("network", name, [*ARCHITECTURES, *models.list_models(module=models)])
    for part in module.modules():
        if isinstance(getattr(part, "inplace", None), bool):
            setattr(part, "inplace", False)  # noqa: B010  mypy takes it for a tensor; a recorded map must not change under our hands
    module.requires_grad_(False).eval()
    # Channels last is the order in which convolutions of a few channels run fastest.
    module.to(device=place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    size = preprocess.size
    traced = trace(module, size, place, layers)
    names = layers or shown_layers(name, traced)
    return Network(
        name=name,
        module=module,
        layers=_layers(names, traced),
        preprocess=preprocess,
        provenance=provenance,
        device=place,
    )


def _ours(name: str, weights: str | None, seed: int) -> tuple[nn.Module, Preprocessing, Provenance]:
    architecture = ARCHITECTURES[name]
    card: dict[str, Any] = {}
    path = bundled_weights(name) if weights is None else Path(weights)
    if weights is None and path is None:
        raise UsageError(
            f"no weights ship with {name}; give a file with --weights, or --weights none for "
            "random ones"
        )
    if path is not None and weights != RANDOM:
        card = card_of(path)  # also beside weights that were trained elsewhere
    torch.manual_seed(seed)
    if weights == RANDOM:
        module: nn.Module = build(architecture, 200 if name == "zfnet64" else 1000)
        provenance = _random(seed)
    else:
        assert path is not None
        state = read_weights(path)
        module = build(architecture, 1)
        module = build(architecture, _classes(module, state) or 1)
        fill(module, state, str(path))
        provenance = Provenance(
            source="bundled" if path == bundled_weights(name) else path.name,
            sha256=file_sha256(path),
            trained_on=card.get("trained_on"),
            accuracy=card.get("top1"),
            accuracy_on=card.get("measured_on"),
        )
    mean, std = tuple(card.get("mean", IMAGENET_MEAN)), tuple(card.get("std", IMAGENET_STD))
    size = architecture.input_size
    resize = size if size < 100 else round(size * 256 / 224)
    return module, Preprocessing(size, resize, mean, std, "bicubic"), provenance


def _torchvision(
    name: str, weights: str | None, seed: int
) -> tuple[nn.Module, Preprocessing, Provenance]:
    choices = models.get_model_weights(name)
    preset = next(iter(choices), None)
    transform = preset.transforms() if preset else None
    mean, std = IMAGENET_MEAN, IMAGENET_STD
    if name in INCEPTIONS:
        mean = std = (0.5, 0.5, 0.5)
    preprocess = Preprocessing(
        size=transform.crop_size[0] if transform else 224,
        resize=transform.resize_size[0] if transform else 256,
        mean=mean,
        std=std,
        interpolation=transform.interpolation.value if transform else "bilinear",
    )
    torch.manual_seed(seed)
    if weights == RANDOM:
        return _torchvision_module(name, None), preprocess, _random(seed)
    if weights is None:
        if preset is None:
            raise UsageError(f"torchvision has no weights for {name}; give a file with --weights")
        path = download(name, preset.url)
        metrics = preset.meta.get("_metrics", {}).get("ImageNet-1K", {})
        accuracy = metrics.get("acc@1")
        provenance = Provenance(
            source=f"torchvision {preset.name}",
            sha256=file_sha256(path),
            trained_on="ImageNet",
            accuracy=accuracy / 100 if accuracy else None,
            accuracy_on="the ImageNet validation set, as torchvision states" if accuracy else None,
        )
    else:
        path = Path(weights)
        provenance = Provenance(source=path.name, sha256="")
    state = read_weights(path)
    module = _torchvision_module(name, state)
    fill(module, state, str(path))
    if not provenance.sha256:
        provenance = Provenance(source=path.name, sha256=file_sha256(path))
    return module, preprocess, provenance


def _torchvision_module(name: str, state: dict[str, Tensor] | None) -> nn.Module:
    """The network with as many classes, and as many auxiliary classifiers, as the weights."""
    builder = models.get_model_builder(name)
    settings: dict[str, Any] = {}
    if name in INCEPTIONS:
        auxiliary = state is not None and any(key.lower().startswith("aux") for key in state)
        settings = {"init_weights": state is None, "aux_logits": auxiliary}
        settings["transform_input"] = False
    module: nn.Module = builder(weights=None, **settings)
    if state is not None:
        own, given = _classes(module, module.state_dict()), _classes(module, state)
        if given not in (None, own):
            module = builder(weights=None, num_classes=given, **settings)
    return module


def _classes(module: nn.Module, state: dict[str, Tensor]) -> int | None:
    """How many classes the weights tell apart: the width of the network's last parameter."""
    *_, last = (name for name, _ in module.named_parameters())
    return int(state[last].shape[0]) if last in state and state[last].dim() else None


def _random(seed: int) -> Provenance:
    return Provenance(source=f"random weights, seed {seed}", sha256=RANDOM, random=True)


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
    known = {found.name: found for found in traced}
    layers: list[Layer] = []
    for index, name in enumerate(names, start=1):
        if name not in known:
            raise UsageError(f"layer {name!r} makes no map of the image; name a layer before it")
        found = known[name]
        if found.calls > 1:
            raise UsageError(
                f"layer {name!r} is used {found.calls} times in one pass, so that its units are "
                "not one thing; name the block around it"
            )
        layers.append(Layer(name, index, found.channels, found.height, found.width, found.field))
    if not layers:
        raise UsageError("no layers to show; name some with --layers")
    return tuple(layers)
