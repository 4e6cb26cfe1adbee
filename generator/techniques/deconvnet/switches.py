"""Switches of max-pooling where torch's own will not do.

After a ReLU many windows hold nothing but zeros. What comes down to such a window goes on, too, so
it matters which of its places counts as the largest: here and on a processor the first. GPUs need
not agree.
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import Tensor

from generator.networks.windows import ConvWindow, Edges

NO_EDGES: Edges = ((0, 0), (0, 0))


def first_switches(activation: Tensor, window: ConvWindow, after: torch.Size) -> Tensor:
    """Where each window's largest activation is, the first of equal ones, row by row.

    ``activation`` (N, C, H, W), ``after`` (N, C, h, w) the pooled map's shape, ``window`` as in
    ``random_switches``. Gives (N, C, h, w) int64, places in the flattened map.
    """
    height, width = activation.shape[2:]
    device = activation.device
    most = activation.new_full(after, -torch.inf)
    places = torch.zeros(after, dtype=torch.int64, device=device)
    down, across = (
        [
            torch.arange(count, device=device) * stride - padding + dilation * step
            for step in range(kernel)
        ]
        for count, (kernel, stride, padding, dilation) in zip(after[2:], window, strict=True)
    )
    for rows, columns in itertools.product(down, across):
        inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
        place = rows.clamp(0, height - 1)[:, None] * width + columns.clamp(0, width - 1)
        here = activation.flatten(2)[:, :, place]  # (N, C, h, w)
        larger = (here > most) & inside
        most = torch.where(larger, here, most)
        places = torch.where(larger, place, places)
    return places


def random_switches(
    before: torch.Size,
    after: torch.Size,
    window: ConvWindow,
    random: torch.Generator,
    edges: Edges = NO_EDGES,
) -> Tensor:
    """A place picked at random in each max-pooling window, never in its padding.

    ``before`` (N, C, H, W) and ``after`` (N, C, h, w) are the maps' shapes, ``window`` is
    kernel, stride, padding and dilation down and across; ``edges`` are places at the map's
    sides that an operation before has put there as padding. Gives (N, C, h, w) int64, places in
    the flattened map, as max-pooling numbers them.
    """
    axes: list[Tensor] = []
    for axis, (kernel, stride, padding, dilation), (low, high) in zip(
        (2, 3), window, edges, strict=True
    ):
        shape = [1, 1, 1, 1]
        shape[axis] = after[axis]
        start = torch.arange(after[axis]).view(shape) * stride - padding
        # The first and the last place of the window that lie in the map.
        first = (max(low, 0) - start).clamp(min=0).add(dilation - 1) // dilation
        last = ((before[axis] - 1 - max(high, 0) - start) // dilation).clamp(max=kernel - 1)
        picked = torch.rand(after, generator=random) * (last - first + 1)
        axes.append(start + dilation * (first + picked.long()))
    return axes[0] * before[3] + axes[1]


def unpool(activation: Tensor, pooled: Tensor, places: Tensor) -> Tensor:
    """``pooled`` (N, C, h, w), which goes back to ``places`` of ``activation`` (N, C, H, W)."""
    result: Tensor = _Unpool.apply(activation, pooled, places)
    return result


class _Unpool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, activation: Tensor, pooled: Tensor, places: Tensor) -> Tensor:
        ctx.save_for_backward(places)
        ctx.shape = activation.shape
        return pooled.detach().clone()

    @staticmethod
    def backward(ctx: Any, reconstruction: Tensor) -> tuple[Tensor, None, None]:
        (places,) = ctx.saved_tensors
        flat = reconstruction.new_zeros(*ctx.shape[:2], ctx.shape[2] * ctx.shape[3])
        flat.scatter_add_(2, places.flatten(2), reconstruction.flatten(2))
        return flat.view(ctx.shape), None, None
