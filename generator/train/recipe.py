"""How a network is trained: every number, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run; all of them are written beside the weights."""

    epochs: int = 15
    batch_size: int = 256
    peak_rate: float = 0.1  # highest learning rate of the one-cycle schedule (Smith 2018)
    warm_up: float = 0.15  # share of all steps in which the rate climbs to its peak
    momentum: float = 0.9  # Nesterov's form
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1  # keeps a small network from being sure of 200 classes
    crop_padding: int = 6  # pixels of reflection around an image, out of which crops are cut
    seed: int = 0
    # Epochs after which the convolutions are kept, for the picture of features forming
    # (Zeiler and Fergus, figure 4); 0 is the network before training, the last is always kept.
    snapshots: tuple[int, ...] = (0, 1, 2, 5)

    @property
    def kept(self) -> tuple[int, ...]:
        """The epochs whose convolutions are kept, in order."""
        return tuple(sorted({e for e in self.snapshots if e < self.epochs} | {self.epochs}))
