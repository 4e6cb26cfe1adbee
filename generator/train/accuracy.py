"""How good a network is on images that it was not trained on."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from generator.train.photographs import Split

Constants = tuple[float, float, float]
CALIBRATION = 5_000  # photographs that set the normalisations of a network


def evaluate(
    network: nn.Module, split: Split, mean: Constants, std: Constants, batch_size: int = 500
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


def calibrate(network: nn.Module, split: Split, mean: Constants, std: Constants) -> None:
    """Set every batch normalisation to what whole, unchanged images give it.

    Averaged weights, or weights that have never been trained, have no statistics of their own;
    and those of crops at another size are not those of the images that a network is used on.
    """
    normalisations = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
    momenta = [part.momentum for part in normalisations]
    for part in normalisations:
        part.reset_running_stats()
        part.momentum = None  # average over all batches alike
    network.train()
    device = next(network.parameters()).device
    every = split.pixels[:: max(1, len(split.labels) // CALIBRATION)]
    with torch.no_grad():
        for start in range(0, len(every), 250):
            pixels = torch.from_numpy(np.array(every[start : start + 250])).to(device)
            network(normalised(pixels, mean, std))
    for part, momentum in zip(normalisations, momenta, strict=True):
        part.momentum = momentum
    network.eval()


def normalised(pixels: Tensor, mean: Constants, std: Constants) -> Tensor:
    """(N, S, S, 3) uint8 to (N, 3, S, S) float32 in channels-last order."""
    scale = torch.tensor(std, device=pixels.device) * 255
    shift = torch.tensor(mean, device=pixels.device) * 255
    return ((pixels.float() - shift) / scale).permute(0, 3, 1, 2)
