"""The projection once more, written layer by layer for one image: slow, plain, in numpy.

Follows section 2.1 of Zeiler and Fergus (arXiv 1311.2901) word for word: unpool with the
switches, rectify, filter with the flipped filters. No automatic differentiation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from tiny import Branching
from torch import Tensor, nn
from torch.nn import functional

Array = npt.NDArray[np.float64]


def rectify(reconstruction: Array) -> Array:
    return np.maximum(reconstruction, 0)


def unfilter(reconstruction: Array, conv: nn.Conv2d, below: tuple[int, ...]) -> Array:
    """Flipped filters over the reconstruction (O, h, w), back to the map below (I, H, W).

    A stride spreads the reconstruction out; the padding is cut off at the end.
    """
    weight = conv.weight.double().numpy()  # (O, I, k, k)
    kernel, stride, padding = conv.kernel_size[0], conv.stride[0], int(conv.padding[0])
    out, height, width = reconstruction.shape
    _, rows, columns = below
    spread = np.zeros((out, rows + 2 * padding + kernel - 1, columns + 2 * padding + kernel - 1))
    for row in range(height):
        for column in range(width):
            at = kernel - 1 + row * stride, kernel - 1 + column * stride
            spread[:, at[0], at[1]] = reconstruction[:, row, column]
    flipped = weight[:, :, ::-1, ::-1]
    result = np.zeros((weight.shape[1], rows + 2 * padding, columns + 2 * padding))
    for row in range(result.shape[1]):
        for column in range(result.shape[2]):
            window = spread[:, row : row + kernel, column : column + kernel]
            result[:, row, column] = np.einsum("oij,ocij->c", window, flipped)
    return result[:, padding : padding + rows, padding : padding + columns]


def windows(
    below: tuple[int, ...], above: tuple[int, ...], pool: nn.MaxPool2d | nn.AvgPool2d
) -> list[tuple[int, int, slice, slice]]:
    """Row and column of each pooled place, and the rows and columns of the map that it pools."""
    kernel, stride, padding = (int(v) for v in (pool.kernel_size, pool.stride, pool.padding))  # type: ignore[arg-type]
    spans = []
    for row in range(above[1]):
        for column in range(above[2]):
            top, left = row * stride - padding, column * stride - padding
            rows = slice(max(top, 0), min(top + kernel, below[1]))
            spans.append((row, column, rows, slice(max(left, 0), min(left + kernel, below[2]))))
    return spans


def unpool(reconstruction: Array, below: Array, pool: nn.MaxPool2d) -> Array:
    """Each value goes to the place that was largest in its window, the first of equals."""
    result = np.zeros_like(below)
    for row, column, rows, columns in windows(below.shape, reconstruction.shape, pool):
        for channel in range(below.shape[0]):
            window = below[channel, rows, columns]
            down, across = divmod(int(window.argmax()), window.shape[1])
            place = (channel, rows.start + down, columns.start + across)
            result[place] += reconstruction[channel, row, column]
    return result


def unaverage(reconstruction: Array, below: tuple[int, ...], pool: nn.AvgPool2d) -> Array:
    """Each value is shared out evenly over its window."""
    result = np.zeros(below)
    kernel = int(pool.kernel_size)  # type: ignore[arg-type]
    for row, column, rows, columns in windows(below, reconstruction.shape, pool):
        result[:, rows, columns] += reconstruction[:, row, column, None, None] / kernel**2
    return result


def unnormalise(reconstruction: Array, norm: nn.BatchNorm2d) -> Array:
    assert norm.running_var is not None
    gain = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    scaled: Array = reconstruction * gain.numpy()[:, None, None]
    return scaled


def back_through(part: nn.Module, reconstruction: Array, below: Array) -> Array:
    """One layer down; ``below`` is the map that the layer was given on the way up."""
    if isinstance(part, nn.Conv2d):
        return unfilter(reconstruction, part, below.shape)
    if isinstance(part, nn.ReLU) or (isinstance(part, nn.Hardtanh) and part.min_val == 0):
        return rectify(reconstruction)
    if isinstance(part, nn.MaxPool2d):
        return unpool(reconstruction, below, part)
    if isinstance(part, nn.AvgPool2d):
        return unaverage(reconstruction, below.shape, part)
    if isinstance(part, nn.ConstantPad2d):  # nn.ZeroPad2d, too
        left, _, top, _ = part.padding
        return reconstruction[:, top : top + below.shape[1], left : left + below.shape[2]]
    assert isinstance(part, nn.BatchNorm2d | nn.LocalResponseNorm), part
    return unnormalise(reconstruction, part) if isinstance(part, nn.BatchNorm2d) else reconstruction


def only(maps: Array, channel: int, row: int, column: int) -> Array:
    """The map with all activations set to zero but one."""
    kept = np.zeros_like(maps)
    kept[channel, row, column] = max(maps[channel, row, column], 0)
    return kept


def numbers(maps: Tensor) -> Array:
    array: Array = maps[0].double().numpy()
    return array


def project_chain(
    parts: nn.Sequential, last: str, image: Tensor, channel: int, row: int, column: int
) -> Array:
    """A unit of layer ``last`` in a chain, for one image (1, 3, H, W): (3, H, W)."""
    way: list[tuple[nn.Module, Array]] = []
    maps = image
    with torch.no_grad():
        for name, part in parts.named_children():
            way.append((part, numbers(maps)))
            maps = part(maps)
            if name == last:
                break
    reconstruction = only(numbers(maps), channel, row, column)
    for part, below in reversed(way):
        reconstruction = back_through(part, reconstruction, below)
    return reconstruction


def project_branching(
    net: Branching, last: str, image: Tensor, channel: int, row: int, column: int
) -> Array:
    """A unit of ``joined``, ``added`` or ``top`` of ``tiny.Branching``."""
    with torch.no_grad():
        stem = functional.relu(net.stem(image))
        pooled = net.pool(stem)
        branches = [
            functional.relu(conv(maps))
            for conv, maps in ((net.narrow, stem), (net.wide, stem), (net.pooled, pooled))
        ]
        joined = torch.cat(branches, 1)
        first = functional.relu(net.norm1(net.first(joined)))
        added = functional.relu(joined + net.norm2(net.second(first)))
        shrunk = net.shrink(added)
        top = functional.relu(net.last(shrunk))

    reconstruction = only(
        numbers({"joined": joined, "added": added, "top": top}[last]), channel, row, column
    )
    if last == "top":
        reconstruction = unfilter(rectify(reconstruction), net.last, numbers(shrunk).shape)
        reconstruction = unaverage(reconstruction, numbers(added).shape, net.shrink)
    if last in ("top", "added"):
        reconstruction = rectify(reconstruction)
        inner = unnormalise(reconstruction, net.norm2)
        inner = rectify(unfilter(inner, net.second, numbers(first).shape))
        inner = unfilter(unnormalise(inner, net.norm1), net.first, numbers(joined).shape)
        reconstruction = reconstruction + inner  # along the shortcut, and through the block
    shape = numbers(stem).shape
    narrow, wide, narrowest = (rectify(part) for part in np.split(reconstruction, [3, 6]))
    down = unfilter(narrow, net.narrow, shape) + unfilter(wide, net.wide, shape)
    down += unpool(unfilter(narrowest, net.pooled, shape), numbers(stem), net.pool)
    return unfilter(rectify(down), net.stem, numbers(image).shape)
