"""Training: stochastic gradient descent that can be stopped at any step and goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from generator.networks.zfnet import ARCHITECTURES, build, fold_batch_norm
from generator.train.accuracy import calibrate, evaluate
from generator.train.checkpoint import NAME, Checkpoint, Progress, identity
from generator.train.feed import TrainingFeed
from generator.train.photographs import LabelledPhotographs
from generator.train.recipe import Recipe

SAVED_EVERY = 120.0  # seconds: what a cut costs at most; a checkpoint is written in a tenth of one


@dataclass(frozen=True)
class Trained:
    """A finished run: folded weights, kept convolutions by epoch, and a row per epoch."""

    weights: dict[str, Tensor]
    snapshots: dict[int, dict[str, Tensor]]
    history: tuple[dict[str, float], ...]
    machines: tuple[str, ...]  # what it ran on, in turn
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def fit(
    model: str, data: LabelledPhotographs, recipe: Recipe, run: Path, device: torch.device
) -> Trained:
    """Train ``model`` from scratch, or go on from the step that ``run`` holds.

    All that is random in a step follows from the seed and the step's number, so that a run that
    was cut ends with the same weights as one that wasn't. What comes out are averaged weights
    after the last epoch; accuracies on the way choose nothing.

    Raises UsageError when ``run`` was begun with another recipe or other images.
    """
    torch.manual_seed(recipe.seed)
    network = build(ARCHITECTURES[model], len(data.classes), batch_norm=True)
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = AveragedModel(network, multi_avg_fn=_average(recipe))
    optimiser = torch.optim.SGD(
        _groups(network, recipe), lr=0.0, momentum=recipe.momentum, nesterov=True
    )
    kept = Checkpoint(run / NAME, identity(model, data, recipe), network, optimiser, averaged)
    progress = kept.load() or Progress({0: _convolutions(network)})
    course = _Course(data, recipe, network, optimiser, averaged, TrainingFeed(data, recipe, device))
    steps, mean, std = course.feed.steps, course.feed.mean, course.feed.std
    machine, saved = _machine(device), time.perf_counter()
    if progress.step < recipe.epochs * steps and machine not in progress.machines:
        progress.machines.append(machine)
    while (epoch := progress.step // steps + 1) <= recipe.epochs:
        began = time.perf_counter()
        bar = tqdm(total=steps, initial=progress.step % steps, desc=f"Epoch {epoch}", disable=None)
        while progress.step // steps + 1 == epoch:
            if time.perf_counter() - saved > SAVED_EVERY:
                saved = began = _clocked(progress, began)
                kept.save(progress)
            progress.loss += course.step(progress.step)
            progress.step += 1
            bar.update()
        bar.close()
        _clocked(progress, began)
        _end_epoch(course, epoch, progress)
    kept.save(progress)
    usable = course.usable()
    # A run may end on another machine than it came to its last step on.
    progress.snapshots[recipe.epochs] = _convolutions(usable)
    weights = fold_batch_norm(usable)
    history, machines = tuple(progress.history), tuple(progress.machines)
    return Trained(weights, progress.snapshots, history, machines, mean, std)


@dataclass(frozen=True)
class _Course:
    """All that a step needs."""

    data: LabelledPhotographs
    recipe: Recipe
    network: nn.Sequential
    optimiser: torch.optim.Optimizer
    averaged: AveragedModel
    feed: TrainingFeed

    def step(self, number: int) -> Tensor:
        """One step; gives the sum of its images' losses, for which nothing has waited."""
        inputs, targets = self.feed.batch(number)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate(number, self.recipe.epochs * self.feed.steps)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        # A GPU takes the quickest way to convolve, found by trying.
        with torch.backends.cudnn.flags(enabled=True, benchmark=True):
            with torch.autocast(inputs.device.type, torch.bfloat16):
                logits = _logits(self.network, inputs)
            smoothing = self.recipe.label_smoothing
            loss = functional.cross_entropy(logits.float(), targets, label_smoothing=smoothing)
            loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.averaged.update_parameters(self.network)
        return loss.detach().double() * len(inputs)

    def usable(self) -> nn.Sequential:
        """The averaged network with statistics of its own."""
        averaged = self.averaged.module
        assert isinstance(averaged, nn.Sequential)
        calibrate(averaged, self.data.train, self.feed.mean, self.feed.std)
        return averaged


def _end_epoch(course: _Course, epoch: int, progress: Progress) -> None:
    """Measure and keep what the recipe wants of this epoch, and begin the next."""
    recipe, data = course.recipe, course.data
    loss = float(progress.loss) / len(data.train.labels)
    row = {"epoch": epoch, "loss": round(loss, 4), "seconds": round(progress.seconds, 1)}
    row["size"] = recipe.size(epoch, data.train.pixels.shape[1])
    told = f"epoch {epoch}: {row['size']} pixels, {row['seconds']:.0f} s, loss {loss:.3f}"
    if recipe.measures(epoch):
        usable = course.usable()
        feed = course.feed
        row["top1"], row["top5"] = evaluate(usable, data.validation, feed.mean, feed.std)
        told += f", top-1 {row['top1']:.2%}, top-5 {row['top5']:.2%}"
        if epoch in recipe.kept:
            progress.snapshots[epoch] = _convolutions(usable)
    tqdm.write(told)
    progress.history.append(row)
    progress.loss = progress.seconds = 0.0


def _logits(network: nn.Sequential, inputs: Tensor) -> Tensor:
    """The network's answer to images that may be smaller than it is made for.

    The last maps are then stretched to the size that the first linear layer is made for.
    """
    parts = dict(network.named_children())
    names = list(parts)
    flat = names.index("flatten")
    maps: Tensor = network[:flat](inputs)
    linear = next(part for part in parts.values() if isinstance(part, nn.Linear))
    side = round((linear.in_features / maps.shape[1]) ** 0.5)
    if maps.shape[2] != side:
        maps = functional.adaptive_avg_pool2d(maps, side)
    answer: Tensor = network[flat:](maps)
    return answer


def _groups(network: nn.Sequential, recipe: Recipe) -> list[dict[str, object]]:
    """The parameters, each with the decay that the recipe has for its kind."""
    kinds: tuple[list[Tensor], ...] = ([], [], [])
    first, others, free = kinds
    for name, parameter in network.named_parameters():
        kind = first if name == "conv1.weight" else others if parameter.dim() > 1 else free
        kind.append(parameter)
    decays = ((first, recipe.first_decay), (others, recipe.weight_decay), (free, 0.0))
    return [{"params": parameters, "weight_decay": decay} for parameters, decay in decays]


def _average(
    recipe: Recipe,
) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """How each step goes into the average: at first, where all changes fast, it counts more."""

    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], done: Tensor | int) -> None:
        count = float(done)
        decay = min(recipe.averaging, (1 + count) / (10 + count))
        torch._foreach_lerp_(list(averaged), list(current), 1 - decay)

    return update


def _machine(device: torch.device) -> str:
    """What a run's numbers are worked out with."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return f"torch {torch.__version__.partition('+')[0]} on {name}"


def _clocked(progress: Progress, began: float) -> float:
    """Count the seconds since ``began``, once all steps are done; gives what the clock says."""
    progress.loss = float(progress.loss)
    now = time.perf_counter()
    progress.seconds += now - began
    return now


def _convolutions(network: nn.Sequential) -> dict[str, Tensor]:
    """The folded convolutions in half precision, which is plenty for looking at them."""
    folded = fold_batch_norm(network)
    return {name: tensor.half() for name, tensor in folded.items() if name.startswith("conv")}
