"""How a network is trained: every number, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run; all of them are written beside the weights."""

    epochs: int = 240
    # A GPU takes as long to be told what to do in a step as it needs for so many images.
    batch_size: int = 1024
    # The highest learning rate: that of He and others 2016 for 256 images, in proportion to the
    # batch (Goyal and others 2017).
    peak_rate: float = 0.4
    warm_up: float = 0.1  # share of all steps in which the rate climbs to its peak
    momentum: float = 0.9  # Nesterov's form
    # On the weights of convolutions and linear layers alone: biases and normalisations have no
    # size to be kept small.
    weight_decay: float = 5e-4
    # A normalised layer doesn't care for the size of its weights, so what decays is whatever no
    # gradient keeps up: the grain that a first-layer filter has from its random beginning. Over
    # these steps 5e-4 would leave a tenth of it; 5e-3 leaves none.
    first_decay: float = 5e-3
    label_smoothing: float = 0.1  # keeps a small network from being sure of 200 classes
    # Side of the images as a share of full size, each for as many epochs. On a processor smaller
    # ones first, 0.5 and 0.75, save two fifths of the time, and what is learnt from them stays
    # useful (Howard 2018, fast.ai's DAWNBench entry). The last is that which the network is for.
    sizes: tuple[float, ...] = (1.0,)
    # Random crops (Szegedy and others 2015, section 6), milder than theirs from 0.08: so small a
    # network has enough to do with these.
    least_area: float = 0.3
    most_stretch: float = 1.25  # width to height of a crop, at most, or at least its inverse
    # A batch is mixed as often as this: each image becomes one of two, and so does its answer,
    # either blended (mixup, Zhang and others 2018) or one pasted into the other (CutMix, Yun and
    # others 2019). Not so in the last epochs, where the network learns what it is used on.
    mixed: float = 0.5
    mixed_until: float = 0.85  # share of all steps
    mixup: float = 0.2  # how even the blends are, the parameter of their Beta distribution
    jitter: float = 0.2  # brightness, contrast and saturation: a factor of up to 1 more or less
    # The shipped weights are an average in which each step weighs a thousandth less than the
    # next, so over the last ten epochs (Polyak and Juditsky 1992).
    averaging: float = 0.999
    seed: int = 0
    # Epochs after which the convolutions are kept, for the picture of features forming
    # (Zeiler and Fergus, figure 4); 0 is the network before training, the last is always kept.
    snapshots: tuple[int, ...] = (0, 1, 2, 5, 15)
    measured_every: int = 10  # accuracy is measured after every so many epochs, and at the last

    @property
    def kept(self) -> tuple[int, ...]:
        """The epochs whose convolutions are kept, in order."""
        return tuple(sorted({e for e in self.snapshots if e < self.epochs} | {self.epochs}))

    def measures(self, epoch: int) -> bool:
        """Whether accuracy is measured after this epoch, the first being 1."""
        return epoch in self.kept or epoch % self.measured_every == 0

    def size(self, epoch: int, full: int) -> int:
        """Side in pixels of the images of this epoch, the first being 1; ``full`` is the last."""
        return round(full * self.sizes[(epoch - 1) * len(self.sizes) // self.epochs])

    def mixes(self, step: int, steps: int) -> bool:
        """Whether the images of this step may be mixed, the first of ``steps`` being 0."""
        return step < self.mixed_until * steps

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of a step, the first of ``steps`` being 0: up, then down, both even."""
        done, top = (step + 1) / (steps + 1), self.warm_up
        return self.peak_rate * (done / top if done < top else (1 - done) / (1 - top))
