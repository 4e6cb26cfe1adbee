"""Training: stochastic gradient descent that can be stopped and goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from generator.errors import UsageError
from generator.networks.zfnet import ARCHITECTURES, build, fold_batch_norm
from generator.train.photographs import LabelledPhotographs, Split
from generator.train.recipe import Recipe


@dataclass(frozen=True)
class Trained:
    """A finished run: folded weights, kept convolutions by epoch, and a row per epoch."""

    weights: dict[str, Tensor]
    snapshots: dict[int, dict[str, Tensor]]
    history: tuple[dict[str, float], ...]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def fit(
    model: str, data: LabelledPhotographs, recipe: Recipe, run: Path, device: torch.device
) -> Trained:
    """Train ``model`` from scratch, or go on from the last epoch that ``run`` holds.

    Raises UsageError when ``run`` was begun with another recipe or other images.
    """
    torch.manual_seed(recipe.seed)
    network = build(ARCHITECTURES[model], len(data.classes), batch_norm=True)
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.SGD(
        network.parameters(),
        lr=recipe.peak_rate,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
        nesterov=True,
    )
    steps = -(-len(data.train.labels) // recipe.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        recipe.peak_rate,
        total_steps=recipe.epochs * steps,
        pct_start=recipe.warm_up,
        cycle_momentum=False,
    )
    mean, std = _channel_statistics(data.train.pixels)
    snapshots: dict[int, dict[str, Tensor]] = {0: _convolutions(network)}
    history: list[dict[str, float]] = []

    checkpoint = run / "checkpoint.pt"
    if checkpoint.exists():
        state: dict[str, Any] = torch.load(checkpoint, map_location=device, weights_only=True)
        *_, last = state["network"].values()
        begun = (state["model"], state["recipe"], state["schedule"]["total_steps"], len(last))
        if begun != (model, asdict(recipe), recipe.epochs * steps, len(data.classes)):
            raise UsageError(
                f"{checkpoint} was begun with other settings or other images; give those again, "
                "or another --out"
            )
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        snapshots, history = state["snapshots"], state["history"]

    for epoch in range(len(history) + 1, recipe.epochs + 1):
        torch.manual_seed(recipe.seed * 10_007 + epoch)  # dropout after a resumption, too
        started = time.perf_counter()
        loss = _one_epoch(network, data.train, recipe, epoch, optimiser, schedule, mean, std)
        top1, top5 = evaluate(network, data.validation, mean, std)
        row = {"epoch": epoch, "loss": loss, "top1": top1, "top5": top5}
        row["seconds"] = round(time.perf_counter() - started, 1)
        history.append(row)
        tqdm.write(f"epoch {epoch}: loss {loss:.3f}, top-1 {top1:.2%}, top-5 {top5:.2%}")
        if epoch in recipe.kept:
            snapshots[epoch] = _convolutions(network)
        _save(
            checkpoint,
            model=model,
            recipe=asdict(recipe),
            network=network.state_dict(),
            optimiser=optimiser.state_dict(),
            schedule=schedule.state_dict(),
            snapshots=snapshots,
            history=history,
        )
    return Trained(fold_batch_norm(network), snapshots, tuple(history), mean, std)


def evaluate(
    network: nn.Module,
    split: Split,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
    batch_size: int = 500,
) -> tuple[float, float]:
    """Top-1 and top-5 accuracy in 0 to 1: one forward pass an image, float32, no cropping."""
    network.eval()
    device = next(network.parameters()).device
    hits = np.zeros(2)
    with torch.inference_mode():
        for start in range(0, len(split.labels), batch_size):
            pixels = torch.from_numpy(np.array(split.pixels[start : start + batch_size]))
            labels = torch.from_numpy(split.labels[start : start + batch_size]).to(device)
            logits = network(normalised(pixels.to(device), mean, std))
            best = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels[:, None]
            hits += [float(best[:, 0].sum()), float(best.sum())]
    top1, top5 = (hits / len(split.labels)).tolist()
    return top1, top5


def _one_epoch(
    network: nn.Module,
    split: Split,
    recipe: Recipe,
    epoch: int,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    mean: tuple[float, float, float],
    std: tuple[float, float, float],
) -> float:
    network.train()
    device = next(network.parameters()).device
    random = np.random.default_rng((recipe.seed, epoch))
    steps = -(-len(split.labels) // recipe.batch_size)
    bar = tqdm(_batches(split, recipe, random), total=steps, desc=f"Epoch {epoch}", disable=None)
    total = 0.0
    for pixels, labels in bar:
        inputs = normalised(torch.from_numpy(pixels).to(device), mean, std)
        targets = torch.from_numpy(labels).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            logits = network(inputs)
        loss = functional.cross_entropy(
            logits.float(), targets, label_smoothing=recipe.label_smoothing
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        total += float(loss.detach()) * len(labels)
        bar.set_postfix(loss=f"{float(loss.detach()):.3f}", refresh=False)
    return total / len(split.labels)


def _batches(
    split: Split, recipe: Recipe, random: np.random.Generator
) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]]:
    """The split in random order, each image shifted and flipped at random.

    Reading at indices reflected at the border is a crop out of the image with a reflected
    margin, without making the margin.
    """
    order = random.permutation(len(split.labels))
    size, pad = split.pixels.shape[1], recipe.crop_padding
    for start in range(0, len(order), recipe.batch_size):
        rows = order[start : start + recipe.batch_size]
        shift = random.integers(-pad, pad + 1, (2, len(rows), 1))
        at = np.abs(np.arange(size) + shift)  # (2, N, S)
        at = np.where(at >= size, 2 * (size - 1) - at, at)
        flip = random.random(len(rows)) < 0.5
        at[1, flip] = at[1, flip, ::-1]
        images = split.pixels[rows]  # (N, S, S, 3)
        images = images[np.arange(len(rows))[:, None, None], at[0][:, :, None], at[1][:, None, :]]
        yield images, split.labels[rows]


def normalised(
    pixels: Tensor, mean: tuple[float, float, float], std: tuple[float, float, float]
) -> Tensor:
    """(N, S, S, 3) uint8 to (N, 3, S, S) float32 in channels-last order."""
    scale = torch.tensor(std, device=pixels.device) * 255
    shift = torch.tensor(mean, device=pixels.device) * 255
    return ((pixels.float() - shift) / scale).permute(0, 3, 1, 2)


def _channel_statistics(
    pixels: npt.NDArray[np.uint8],
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Mean and standard deviation of each colour over every tenth photograph, in 0 to 1."""
    sample = np.asarray(pixels[::10]).reshape(-1, 3) / np.float32(255)
    mean, std = sample.mean(0, dtype=np.float64), sample.std(0, dtype=np.float64)
    return (
        (round(float(mean[0]), 4), round(float(mean[1]), 4), round(float(mean[2]), 4)),
        (round(float(std[0]), 4), round(float(std[1]), 4), round(float(std[2]), 4)),
    )


def _convolutions(network: nn.Sequential) -> dict[str, Tensor]:
    """The folded convolutions in half precision, which is plenty for looking at them."""
    folded = fold_batch_norm(network)
    return {name: tensor.half() for name, tensor in folded.items() if name.startswith("conv")}


def _save(path: Path, **state: object) -> None:
    """Write a checkpoint whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)
