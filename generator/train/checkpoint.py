"""Where a training run has got to, on disk: all that it needs to go on, and no images."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from generator.errors import UsageError
from generator.train.photographs import LabelledPhotographs
from generator.train.recipe import Recipe

NAME = "checkpoint.pt"


@dataclass
class Progress:
    """What has been done of a run, beside the weights themselves.

    ``step`` counts steps over all epochs. ``loss`` sums the loss over the images of the epoch
    that is under way, ``seconds`` is the time it has had; ``history`` is a row an epoch that is
    over, ``snapshots`` the convolutions that were kept, ``machines`` what the run ran on.
    """

    snapshots: dict[int, dict[str, Tensor]]
    step: int = 0
    loss: float | Tensor = 0.0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    machines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Checkpoint:
    """A run's state on disk and in memory: the one is made the other by ``save`` and ``load``."""

    path: Path
    run: dict[str, Any]  # what has to be the same for the run to be the same
    network: nn.Module
    optimiser: torch.optim.Optimizer
    averaged: AveragedModel

    def save(self, progress: Progress) -> None:
        """Write everything, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        state = {
            "run": self.run,
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "averaged": dict(self.averaged.named_parameters()),
            "averages": int(self.averaged.n_averaged),
            "progress": vars(progress),
        }
        torch.save(state, part)
        os.replace(part, self.path)

    def load(self) -> Progress | None:
        """Read back what ``save`` wrote; None where nothing was.

        Raises UsageError for a run with other settings or other images.
        """
        if not self.path.exists():
            return None
        state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        if state.get("run") != self.run:
            raise UsageError(
                f"{self.path} was begun with other settings or other images; give those again, "
                "or another --out"
            )
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        with torch.no_grad():
            for name, parameter in self.averaged.named_parameters():
                parameter.copy_(state["averaged"][name])
        self.averaged.n_averaged.fill_(state["averages"])
        return Progress(**state["progress"])


def identity(model: str, data: LabelledPhotographs, recipe: Recipe) -> dict[str, Any]:
    """What has to be the same for a run to be the same: network, recipe, classes and labels."""
    return {
        "model": model,
        "recipe": asdict(recipe),
        "classes": list(data.classes),
        "labels": sha256(data.train.labels.tobytes()).hexdigest(),
    }
