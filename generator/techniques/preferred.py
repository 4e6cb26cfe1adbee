"""Preferred inputs: for each unit the picture that drives it most, found by gradient ascent.

Two ways of looking for it, behind one function:

``Fourier``: C. Olah, A. Mordvintsev and L. Schubert, *Feature Visualization*, Distill 2017
(doi:10.23915/distill.00007). The picture is described by the waves that it is made of, large
waves in large steps (1/f), and by colours that vary independently of one another, so that no
direction of the search is steeper than the others. Between steps it is shifted and scaled a
little, so that only what survives both is kept.

``Pixels``: J. Yosinski, J. Clune, A. Nguyen, T. Fuchs and H. Lipson, *Understanding Neural
Networks Through Deep Visualization*, 2015 (arXiv 1506.06579), section 3. The pixels themselves
are moved, and after each step pulled towards grey, now and then blurred, and set to grey where
they matter least.

Nothing in either depends on the other units of a call: all start from the same noise and are
shifted and scaled alike. The same unit gets the same picture every time; another processor may
round otherwise, and then it differs a little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from generator.networks.network import Network
from generator.networks.operations import Operations, cap_of, rectified
from generator.networks.recording import recording, run
from generator.records import Layer

BATCH = 16  # units at once: more would no longer fit the processor's caches
LEAST = 4  # units in a batch: for fewer, convolutions are summed in another order
LEAK = 0.01  # share that a shut rectifier lets the search through, for as long as a unit is silent
WHOLE_MOVES = 64  # pixels across a picture up to which it is shifted and scaled in full


@dataclass(frozen=True)
class Fourier:
    """Ascent in waves and decorrelated colours, with the reason beside each number."""

    steps: int = 256
    rate: float = 0.05  # of Adam, in units of the decorrelated waves
    shift: float = 1 / 8  # of the picture's side, each way, drawn anew for each step
    scales: tuple[float, float] = (0.8, 1.2)  # least and largest, drawn anew for each step
    swing: float = 0.11  # of the largest wave for a step of one, before the sigmoid
    fall: float = 1.25  # waves move by 1/f to this power: 1 gives more grain than thing, 1.5 fog
    still: float = 0.25  # share of the steps, the last ones, that leave shift and scale out
    noise: float = 0.01  # of the start: next to grey, so that the unit decides
    seed: int = 0


@dataclass(frozen=True)
class Pixels:
    """Ascent in pixels, regularised as in section 3 of Yosinski and others.

    The paper tells what is done and not with which numbers; these were chosen by eye.
    """

    steps: int = 256
    rate: float = 0.5  # largest change of a step, in standard deviations of the input
    decay: float = 0.003  # of the way to grey, in each step
    blur: float = 0.7  # standard deviation in pixels
    every: int = 4  # steps between blurs
    weak: float = 0.1  # share of the pixels that is then set to grey: those of least norm
    idle: float = 0.1  # likewise: those that contribute least
    noise: float = 0.01
    seed: int = 0


@dataclass(frozen=True)
class Canvas:
    """How large a unit's picture is, and which place of the map it makes stands for the unit."""

    side: int
    row: int
    column: int


def canvas(layer: Layer, size: int) -> Canvas:
    """The field of a unit and a margin of one stride around it; at most the whole input.

    ``size`` is the side of the network's input. The field lies in the middle, as far as the
    stride allows; in a picture of the whole input the unit is the one in the middle of its map.
    """
    field = layer.field
    side = field.size + 2 * field.stride
    if side >= size:
        return Canvas(size, layer.height // 2, layer.width // 2)
    place = round((field.stride - field.offset) / field.stride)
    return Canvas(side, place, place)


def preferred(
    network: Network,
    layer: Layer,
    channels: Sequence[int],
    settings: Fourier | Pixels,
    colours: npt.NDArray[np.float64] | None = None,
    batch: int = BATCH,
    bar: tqdm[Any] | None = None,
) -> npt.NDArray[np.uint8]:
    """The preferred input of each of ``channels``: (N, side, side, 3) uint8 RGB.

    ``side`` is that of ``canvas``. ``colours`` (3, 3) is the covariance of red, green and blue
    in photographs, which ``Fourier`` takes its independent colours from (None: each by itself).
    ``bar`` is moved on by one for every unit.
    """
    view = canvas(layer, network.size)
    found: list[npt.NDArray[np.uint8]] = []
    for start in range(0, len(channels), batch):
        part = list(channels[start : start + batch])
        full = part + part[-1:] * (LEAST - len(part))
        climb = _Climb(network, layer, view, torch.tensor(full, device=network.device))
        if isinstance(settings, Fourier):
            inputs = _fourier(climb, settings, colours)
        else:
            inputs = _pixels(climb, settings)
        found.append(network.preprocess.display(inputs[: len(part)]))
        if bar is not None:
            bar.update(len(part))
    return np.concatenate(found)


def answers(
    network: Network,
    layer: Layer,
    channels: Sequence[int],
    pictures: npt.NDArray[np.uint8],
    batch: int = 64,
) -> npt.NDArray[np.float32]:
    """What each unit answers to its picture: (N,) float32, zero where it does not fire.

    ``pictures`` (N, side, side, 3) uint8 as ``preferred`` gives them, or read from a file.
    """
    view = canvas(layer, network.size)
    found: list[Tensor] = []
    for start in range(0, len(channels), batch):
        part = torch.tensor(channels[start : start + batch], device=network.device)
        climb = _Climb(network, layer, view, part)
        pixels = torch.from_numpy(pictures[start : start + batch]).to(network.device)
        with torch.no_grad():
            inputs = network.preprocess.normalise(pixels.movedim(3, 1).float() / 255)
            found.append(climb(inputs).clamp(min=0).cpu())
    return torch.cat(found).numpy()


@dataclass(frozen=True)
class _Climb:
    """What is climbed: the answer of one unit to each picture of a batch."""

    network: Network
    layer: Layer
    view: Canvas
    channels: Tensor

    def __call__(self, inputs: Tensor) -> Tensor:
        """(N, 3, side, side) network input to (N,) activations, below zero where they are."""
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        with recording(self.network.module, (self.layer,)) as maps:
            run(self.network.module, inputs)
        rows = torch.arange(len(inputs), device=inputs.device)
        return maps[self.layer.name][rows, self.channels, self.view.row, self.view.column]


def _fourier(climb: _Climb, settings: Fourier, colours: npt.NDArray[np.float64] | None) -> Tensor:
    """(N, 3, side, side) network input, after all steps."""
    device, side = climb.channels.device, climb.view.side
    random = torch.Generator().manual_seed(settings.seed)
    # Details move by so many pixels at the most, also in pictures that are large.
    calm = min(1.0, WHOLE_MOVES / side)
    reach = round(settings.shift * side * calm)
    scales = [1 + (one - 1) * calm for one in settings.scales]
    whole = side + 2 * reach
    steepness = _steepness(whole, settings).to(device)
    mixing = _mixing(colours).to(device)
    start = torch.randn(3, *steepness.shape, 2, generator=random) * settings.noise
    waves = start.repeat(len(climb.channels), 1, 1, 1, 1).to(device).requires_grad_()
    adam = torch.optim.Adam([waves], lr=settings.rate)
    still = round(settings.steps * (1 - settings.still))
    waking = _asleep(climb)

    def picture() -> Tensor:
        spectrum = torch.view_as_complex(waves) * steepness
        planes = torch.fft.irfft2(spectrum, s=(whole, whole), norm="forward")  # (N, 3, S, S)
        mixed = torch.einsum("ij,njyx->niyx", mixing, planes)
        return climb.network.preprocess.normalise(torch.sigmoid(mixed))

    for step in range(settings.steps):
        shift = (torch.randint(0, 2 * reach + 1, (2,), generator=random)).tolist()
        scale = float(torch.empty(()).uniform_(*scales, generator=random))
        if step >= still:
            shift, scale = [reach, reach], 1.0
        inputs = _view(picture(), shift, scale, side)
        with _Redirected(waking):
            found = climb(inputs)
        loss = -_weighted(found, waking).sum()
        waking = _waking(found)
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
    with torch.no_grad():
        return _view(picture(), [reach, reach], 1.0, side)


def _view(pictures: Tensor, shift: Sequence[int], scale: float, side: int) -> Tensor:
    """A window of the pictures, ``side`` pixels wide after scaling by ``scale``."""
    taken = min(round(side / scale), pictures.shape[-1])
    room = pictures.shape[-1] - taken
    top, left = (min(at, room) for at in shift)
    window = pictures[..., top : top + taken, left : left + taken]
    if taken == side:
        return window
    return functional.interpolate(window, (side, side), mode="bilinear", antialias=False)


def _steepness(side: int, settings: Fourier) -> Tensor:
    """(side, side // 2 + 1): how far a step of one moves each wave of a real picture."""
    down, across = torch.fft.fftfreq(side)[:, None], torch.fft.rfftfreq(side)[None]
    waves = side * torch.sqrt(down**2 + across**2)  # how many there are in the picture
    steepness: Tensor = settings.swing * waves.clamp(min=1) ** -settings.fall
    return steepness


def _mixing(colours: npt.NDArray[np.float64] | None) -> Tensor:
    """From colours that vary independently, each alike, to red, green and blue."""
    if colours is None:
        return torch.eye(3)
    values, vectors = np.linalg.eigh(colours)
    root = vectors * np.sqrt(np.clip(values, 0, None) / values.max())
    return torch.from_numpy(root).float()


def _pixels(climb: _Climb, settings: Pixels) -> Tensor:
    """(N, 3, side, side) network input, after all steps; zero there is the mean colour."""
    device, side = climb.channels.device, climb.view.side
    random = torch.Generator().manual_seed(settings.seed)
    start = torch.randn(3, side, side, generator=random) * settings.noise
    inputs = start.repeat(len(climb.channels), 1, 1, 1).to(device)
    limits = torch.tensor([0.0, 1.0], device=device).view(2, 1, 1, 1).expand(2, 3, 1, 1)
    waking = _asleep(climb)
    black, white = climb.network.preprocess.normalise(limits)  # (3, 1, 1) each
    for step in range(1, settings.steps + 1):
        inputs.requires_grad_()
        with _Redirected(waking):
            found = climb(inputs)
        (down,) = torch.autograd.grad(-_weighted(found, waking).sum(), inputs)
        waking = _waking(found)
        slope = -down
        with torch.no_grad():
            largest = slope.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12)
            inputs = (1 - settings.decay) * (inputs + settings.rate * slope / largest)
            if step % settings.every == 0:
                inputs = _blurred(inputs, settings.blur)
                inputs = _greyed(inputs, inputs.norm(dim=1), settings.weak)
                inputs = _greyed(inputs, (inputs * slope).sum(1).abs(), settings.idle)
            inputs = inputs.clamp(black, white)
    return inputs


def _greyed(inputs: Tensor, weights: Tensor, share: float) -> Tensor:
    """The inputs with a ``share`` of their pixels at zero: those of least ``weights`` (N, H, W)."""
    flat = weights.flatten(1)
    count = round(share * flat.shape[1])
    if count == 0:
        return inputs
    bar = flat.kthvalue(count, dim=1).values[:, None, None]
    return inputs * (weights > bar)[:, None]


def _blurred(inputs: Tensor, deviation: float) -> Tensor:
    """(N, C, H, W) through a Gaussian of that standard deviation in pixels, mirrored borders."""
    reach = math.ceil(3 * deviation)
    at = torch.arange(-reach, reach + 1, device=inputs.device)
    bell = torch.exp(-((at / deviation) ** 2) / 2)
    bell = (bell / bell.sum()).expand(inputs.shape[1], 1, 1, -1)
    padded = functional.pad(inputs, (reach,) * 4, mode="reflect")
    across = functional.conv2d(padded, bell, groups=inputs.shape[1])
    return functional.conv2d(across, bell.transpose(2, 3), groups=inputs.shape[1])


def _asleep(climb: _Climb) -> Tensor:
    """(N,) shares that shut rectifiers let through in the first step, when no unit has fired."""
    return torch.full_like(climb.channels, LEAK, dtype=torch.float32)


def _waking(found: Tensor) -> Tensor:
    """(N,) shares that they let through in the step after the one that ``found`` these answers."""
    return (found.detach() == 0) * LEAK


def _weighted(found: Tensor, waking: Tensor) -> Tensor:
    """The answers; those of silent units so that what leaks back is as steep as in firing ones."""
    silent = (found.detach() == 0) & (waking > 0)
    return torch.where(silent, found / waking.clamp(min=LEAK), found)


class _Redirected(Operations):
    """For each picture, the share ``waking`` (N,) of what would open a shut rectifier passes back.

    ===========  =======  ===============================================================
    input        forward  back
    ===========  =======  ===============================================================
    above zero   itself   as it comes
    at a cap     the cap  nothing, as in the gradient: a rectifier with a cap gives no more
    zero, below  zero     a share of what asks for more; what asks for less is dropped
    ===========  =======  ===============================================================

    A unit that answers to nothing would otherwise never begin to climb. The share is little: the
    rectifiers that are open then lead the way, and the last one, which is shut, still lets a
    direction through. With all of it, as Distill's first steps have it, everything that could open
    anything adds up, and every unit of a deep network sets out for the same dark blot.
    """

    def __init__(self, waking: Tensor) -> None:
        super().__init__()
        self._on = bool(waking.any())
        self._waking = waking

    def operation(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if self._on and cap_of(name, args, kwargs) is not None:
            return rectified(name, args, kwargs, self._redirected)
        return func(*args, **kwargs)

    def _redirected(self, activation: Tensor, cap: float) -> Tensor:
        shape = [-1] + [1] * (activation.dim() - 1)
        result: Tensor = _Redirect.apply(activation, self._waking.view(shape), cap)
        return result


class _Redirect(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, activation: Tensor, waking: Tensor, cap: float) -> Tensor:
        ctx.save_for_backward(activation > 0, activation < cap, waking)
        return activation.clamp(min=0, max=cap)

    @staticmethod
    def backward(ctx: Any, down: Tensor) -> tuple[Tensor, None, None]:
        fires, below, waking = ctx.saved_tensors
        # The loss goes down, so what asks for more of the input is negative.
        return torch.where(fires, down * below, down.clamp(max=0) * waking), None, None
