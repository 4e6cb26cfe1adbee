"""What a training run leaves for the package: weights, their card, and what units prefer."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from tqdm import tqdm

from generator.errors import ImagesError
from generator.measure.claims import PER_CONCEPT
from generator.measure.classes import SHOWN_BY, class_preference
from generator.measure.kinds import kinds_of, spread_over
from generator.measure.speaking import packed_together
from generator.measure.strongest import strongest_labels
from generator.networks.identity import file_sha256
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.networks.zfnet import ARCHITECTURES, build, fold_batch_norm
from generator.records import Claim
from generator.records.ablation import Effects, GroupEffects
from generator.stages.group_removals import group_effects
from generator.stages.measure import COPIES
from generator.stages.removals import ClassAsked, ImagesByNumber, effects
from generator.train.accuracy import Constants, calibrate, evaluate, normalised
from generator.train.appearance import appearance, claimed, fine_share
from generator.train.loop import Trained
from generator.train.photographs import LabelledPhotographs, Split

OF_GROUPS = 400  # validation images that whole groups of units are removed on


def export(
    model: str,
    data: LabelledPhotographs,
    recipe: Mapping[str, object],
    trained: Trained,
    folder: Path,
    data_name: str,
    device: torch.device,
    per_concept: int = PER_CONCEPT,
    copies: int = COPIES,
) -> dict[str, object]:
    """Write everything that ships with a network into ``folder``; gives the card.

    ``recipe`` are the settings that it was trained with, by name, as the card tells them.
    ``MODEL.safetensors`` (folded weights in half precision), ``MODEL-epochN.safetensors`` (the
    convolutions along the way), ``MODEL-classes.safetensors`` (see ``class_means`` and
    ``strongest_classes``), ``MODEL-ablation.safetensors`` (see ``removals`` and
    ``removed_groups``) and ``MODEL.json``. Accuracy and statistics are measured on the weights
    as written, and so is what figures depend on (see ``appearance``, and ``claimed`` for
    ``per_concept`` and ``copies``).
    """
    smallest = int(np.bincount(data.validation.labels, minlength=len(data.classes)).min())
    if smallest < 2:
        raise ImagesError("a class has fewer than two validation images; add some, or leave it out")
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.half() for name, tensor in trained.weights.items()}
    path = folder / f"{model}.safetensors"
    _save(weights, path)
    for epoch, convolutions in trained.snapshots.items():
        _save(convolutions, folder / f"{model}-epoch{epoch}.safetensors")

    network = _plain(model, data, weights, device)
    top1, top5 = evaluate(network, data.validation, trained.mean, trained.std)
    labels = data.validation.labels
    answers = strongest_activations(network, data.validation, trained.mean, trained.std)
    means = class_means(answers, labels)
    _save(
        class_tensors(means, strongest_classes(answers, labels)),
        folder / f"{model}-classes.safetensors",
    )
    untrained = _untrained(model, data, trained, device)
    before = class_means(
        strongest_activations(untrained, data.validation, trained.mean, trained.std), labels
    )
    count = len(labels)
    card: dict[str, object] = {
        "name": model,
        "trained_on": data_name,
        "training_images": len(data.train.labels),
        "validation_images": count,
        "measured_on": f"the {count:,} validation images of {data_name}",
        "top1": round(top1, 4),
        "top5": round(top5, 4),
        "mean": trained.mean,
        "std": trained.std,
        "recipe": dict(recipe),
        "history": trained.history,
        "trained_with": trained.machines,
        "snapshots": sorted(trained.snapshots),
        "grain": {
            str(epoch): round(float(fine_share(kept["conv1.weight"].float().numpy()).mean()), 4)
            for epoch, kept in trained.snapshots.items()
        },
        "untrained_class_ratio": {
            name: round(float(class_preference(array).ratio.max()), 4)
            for name, array in before.items()
        },
        "versions": {name: version(name) for name in ("torch", "numpy", "pillow")},
        "sha256": file_sha256(path),
        "class_names": data.classes,
        "classes": data.words,
    }
    _write(card, folder / f"{model}.json")
    # Looked at as by anybody who loads what was just written.
    loaded = load_network(model, str(path), str(device))
    units = claimed(loaded, means, per_concept, copies)
    found = packed_together(removals(loaded, data), removed_groups(loaded, data, units.claims))
    _save(
        {name: torch.from_numpy(array) for name, array in found.items()},
        folder / f"{model}-ablation.safetensors",
    )
    card["appearance"] = asdict(appearance(loaded, means, units))
    _write(card, folder / f"{model}.json")
    return card


def strongest_activations(
    network: nn.Module, split: Split, mean: Constants, std: Constants
) -> dict[str, npt.NDArray[np.float32]]:
    """Per convolution (N, C): each unit's strongest activation for each photograph."""
    names = [name for name, part in network.named_children() if isinstance(part, nn.Conv2d)]
    rectifiers = {name: network.get_submodule(name.replace("conv", "relu")) for name in names}
    answers: dict[str, list[Tensor]] = {name: [] for name in names}
    handles = [
        part.register_forward_hook(
            lambda _, __, output, kept=answers[name]: kept.append(output.amax((2, 3)).float().cpu())
        )
        for name, part in rectifiers.items()
    ]
    try:
        _pass_over(network, split, mean, std)
    finally:
        for handle in handles:
            handle.remove()
    return {name: torch.cat(parts).numpy() for name, parts in answers.items()}


def halves(labels: npt.NDArray[np.integer]) -> tuple[list[npt.NDArray[np.int64]], ...]:
    """The rows of every other photograph of each class, by class, and those of the rest."""
    members = [np.flatnonzero(labels == number) for number in range(int(labels.max()) + 1)]
    return tuple([rows[half::2] for rows in members] for half in (0, 1))


def class_means(
    answers: Mapping[str, npt.NDArray[np.float32]], labels: npt.NDArray[np.integer]
) -> dict[str, npt.NDArray[np.float32]]:
    """Per convolution (2, C, classes): mean over a class of each unit's strongest activation.

    From ``answers`` (N, C) to photographs with ``labels`` (N,), over either half of each class.
    """
    both = halves(labels)
    return {
        name: np.stack(
            [np.stack([values[rows].mean(axis=0) for rows in half], axis=1) for half in both]
        )
        for name, values in answers.items()
    }


def strongest_classes(
    answers: Mapping[str, npt.NDArray[np.float32]], labels: npt.NDArray[np.integer]
) -> dict[str, npt.NDArray[np.int64]]:
    """Per convolution (2, S, C): the classes of what each unit answers to most in either half."""
    rows = [np.concatenate(half) for half in halves(labels)]
    return {
        name: np.stack([strongest_labels(values[half], labels[half]) for half in rows])
        for name, values in answers.items()
    }


def class_tensors(
    means: Mapping[str, npt.NDArray[np.float32]], strongest: Mapping[str, npt.NDArray[np.int64]]
) -> dict[str, Tensor]:
    """Both as they ship: means in half precision, classes by number in 16 bits."""
    tensors = {name: torch.from_numpy(array).half() for name, array in means.items()}
    classes = {
        SHOWN_BY.format(name): torch.from_numpy(array).to(torch.int16)
        for name, array in strongest.items()
    }
    return tensors | classes


def removals(network: Network, data: LabelledPhotographs) -> Effects:
    """What each class loses without units of the last shown layer, over the validation images."""
    split = data.validation
    count = len(data.classes)
    asked = [
        ClassAsked.one(number, np.flatnonzero(split.labels == number)) for number in range(count)
    ]
    return effects(network, network.layers[-1], asked, _inputs(network, split))


def removed_groups(
    network: Network, data: LabelledPhotographs, claims: Sequence[Sequence[Sequence[Claim]]]
) -> GroupEffects | None:
    """What is lost without all units of a kind, by what the units of each layer claim.

    Over a part of the validation images, as many of each class; None without any such group.
    """
    split = data.validation
    images = spread_over(split.labels, OF_GROUPS)
    kinds = [kinds_of(layer) for layer in claims]
    return group_effects(network, kinds, images, split.labels[images], _inputs(network, split))


def _inputs(network: Network, split: Split) -> ImagesByNumber:
    """Images of a split as the network is given them."""

    def inputs(numbers: npt.NDArray[np.int64]) -> Tensor:
        pixels = torch.from_numpy(np.array(split.pixels[numbers])).to(network.device)
        return network.preprocess.normalise(pixels.permute(0, 3, 1, 2).float() / 255)

    return inputs


def _pass_over(
    network: nn.Module, split: Split, mean: Constants, std: Constants, batch_size: int = 250
) -> None:
    device = next(network.parameters()).device
    starts: Sequence[int] = range(0, len(split.labels), batch_size)
    with torch.inference_mode():
        for start in tqdm(starts, desc="Measuring classes", disable=None):
            pixels = torch.from_numpy(np.array(split.pixels[start : start + batch_size]))
            network(normalised(pixels.to(device), mean, std))


def _plain(
    model: str, data: LabelledPhotographs, weights: dict[str, Tensor], device: torch.device
) -> nn.Sequential:
    network = build(ARCHITECTURES[model], len(data.classes)).to(device)
    network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return network.eval()


def _untrained(
    model: str, data: LabelledPhotographs, trained: Trained, device: torch.device
) -> nn.Sequential:
    """The network before training, its maps normalised as they were when training began.

    Without that, most of its units would hardly ever fire, and a unit that fires for three
    photographs seems very choosy.
    """
    network = build(ARCHITECTURES[model], len(data.classes), batch_norm=True).to(device)
    network.load_state_dict(trained.snapshots[0], strict=False)
    calibrate(network, data.train, trained.mean, trained.std)
    return _plain(model, data, fold_batch_norm(network), device)


def _write(card: dict[str, object], path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(part, path)


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    part = path.with_suffix(".part")
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, part)
    os.replace(part, path)
