"""What surrounds a shape, and the balance that keeps it from giving the shape away.

Every seed owns one scene: place, size, colours, ground, and the mean colour, the contrast and the
edge energy that the finished picture has to reach. The scene does not know the concept, so these
follow one law for all:

    luminance = mean + contrast * standardised(standardised(shape) + ground)

A honeycomb has more edge for its contrast than the picture may have, a blob less. What gives way is
the shape, never the ground: `_balanced` draws it softer or crisper until the target is met, and
where sharpening is not enough it is marbled within its outline. So the ground beside a shape tells
nothing about it, and what remains to tell is the shape, crisp or soft.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage, optimize

from generator.images.stimuli.pen import Placement
from generator.images.stimuli.statistics import slopes

Field = NDArray[np.float32]

SOFT = 0.04  # of the picture's side: the blur that makes a shape soft
CRISPEST = 16.0  # 0 is soft, 1 as drawn
MARBLING = 0.22  # texture within the outline for each step of crispness beyond 1

# Colours without luminance (Rec. 601): the columns of blue- and red-difference.
_CHROMA = np.array([[0.0, -0.344, 1.772], [1.402, -0.714, 0.0]], dtype=np.float32)  # (2, 3)


@dataclass(frozen=True)
class Scene:
    """All that a picture shows besides its shape; the same for every concept of one seed."""

    place: Placement
    mean: float  # luminance, 0 to 1
    contrast: float  # standard deviation of luminance
    edge: float  # edge energy per contrast in a picture of 64 px; falls as 1 / size
    levels: Field  # (3,) luminance of body, dark and light against a ground of 0
    tint: Field  # (2,) mean colour without luminance
    tints: Field  # (3, 2) the inks' colours against the ground's
    shading: Field  # (5, 5) slow variation, to be enlarged
    rim: Field  # (4, 4) what makes the window of an area pattern uneven, to be enlarged
    texture: Field  # (g, g) fine variation, to be enlarged
    mottled: bool  # texture in spots with edges, in place of smooth grain
    shade: float  # amount of shading, in standard deviations of the shape
    grain: float  # amount of texture, in the same unit
    inside: float  # amount of texture on the shape against 1 beside it
    noise: float  # sensor noise, in the same unit, at 64 px
    noise_seed: int
    seed: int


def scene(seed: int, angle: float) -> Scene:
    """Make the scene of a seed, with its shape turned to `angle` degrees."""
    level = _level(seed)
    return replace(level, place=replace(level.place, angle=angle))


@lru_cache(maxsize=16)  # all concepts are drawn of one seed before the next; threads take a few
def _level(seed: int) -> Scene:
    rng = np.random.default_rng(seed)
    u = rng.uniform(size=17)

    def between(k: int, low: float, high: float) -> float:
        return float(low + (high - low) * u[k])

    radius = between(0, 0.33, 0.46)
    room = 0.5 - radius
    place = Placement(
        x=0.5 + between(1, -room, room),
        y=0.5 + between(2, -room, room),
        radius=radius,
        angle=0.0,
        width=between(3, 0.035, 0.06),
        blur=between(4, 0.003, 0.010),
        reach=between(5, 1.25, 2.0),
    )
    sign = 1.0 if u[6] < 0.5 else -1.0
    levels = np.array(
        # Dark and light go by the body, so that a face keeps dark eyes on any ground.
        [sign, sign - (1.5 if sign > 0 else 0.9), sign + (0.7 if sign > 0 else 0.5)],
        dtype=np.float32,
    )
    chroma = _discs(rng, 4)
    coarse = rng.standard_normal((5, 5), dtype=np.float32)
    across, down = rng.uniform(-1.2, 1.2, 2)
    ramp = np.linspace(-1, 1, 5, dtype=np.float32)
    mottled = bool(u[16] < 0.4)
    grid = int(between(7, 18, 28) if mottled else between(7, 36, 60))
    return Scene(
        place=place,
        mean=between(8, 0.40, 0.60),
        contrast=between(9, 0.08, 0.13),
        edge=between(10, 0.31, 0.43),
        levels=levels,
        tint=0.12 * chroma[0],
        tints=0.22 * chroma[1:],
        shading=(0.6 * coarse + across * ramp + down * ramp[:, None]).astype(np.float32),
        rim=rng.standard_normal((4, 4), dtype=np.float32),
        texture=rng.standard_normal((grid, grid), dtype=np.float32),
        mottled=mottled,
        shade=between(11, 0.0, 0.6),
        grain=between(12, 0.04, 0.2),
        inside=between(13, 0.1, 0.8),
        noise=between(14, 0.02, 0.06),
        noise_seed=int(u[15] * 2**32),
        seed=seed,
    )


def _discs(rng: np.random.Generator, count: int) -> Field:
    """Pick points spread evenly over the unit disc, (count, 2)."""
    turn = rng.uniform(0, 2 * math.pi, count)
    reach = np.sqrt(rng.uniform(0, 1, count))
    return np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1).astype(np.float32)


@dataclass(frozen=True)
class _Ground:
    """The fields (H, W) of a scene at one size, which no shape changes; not to be written to."""

    even: Field  # shading and sensor noise, in standard deviations of the shape
    texture: Field  # of standard deviation 1
    rim: Field


@lru_cache(maxsize=16)
def _ground(seed: int, size: int) -> _Ground:
    scene = _level(seed)
    rng = np.random.default_rng(scene.noise_seed)
    texture = _enlarged(scene.texture, size)
    # Noise as fine as the pixels carries edges by the pixel; scaled, it weighs alike at all sizes.
    speck = rng.standard_normal((size, size), dtype=np.float32) * (scene.noise * 64 / size)
    return _Ground(
        even=scene.shade * _enlarged(scene.shading, size) + speck,
        texture=np.tanh(3 * texture) if scene.mottled else texture,
        rim=_enlarged(scene.rim, size),
    )


def compose(scene: Scene, inks: Image.Image, windowed: bool) -> NDArray[np.uint8]:
    """Finish the picture, (size, size, 3) uint8, from the shares of the three inks."""
    size = inks.width
    ground = _ground(scene.seed, size)
    shares = np.asarray(inks, dtype=np.float32) / np.float32(255)  # (H, W, 3)
    if windowed:
        shares *= _window(scene.place, ground.rim, size)[:, :, None]
    cover = np.minimum(shares @ np.ones(3, dtype=np.float32), np.float32(1))
    beside: Field = ground.even + scene.grain * ground.texture * (1 - (1 - scene.inside) * cover)
    marbling: Field = MARBLING * ground.texture * cover
    edge = scene.edge * 64 / size
    shape = np.asarray(shares @ scene.levels, dtype=np.float32)
    luminance = _balanced(shape, marbling, beside, edge)
    luminance = scene.mean + scene.contrast * luminance

    chroma = shares @ scene.tints  # (H, W, 2)
    chroma += scene.tint - np.einsum("hwc->c", chroma) / size**2
    # Colour fades towards black and white, where there is none to be had.
    chroma *= np.clip(4 * luminance * (1 - luminance), 0, 1)[:, :, None]
    pixels = chroma @ _CHROMA + luminance[:, :, None]  # (H, W, 3)
    return np.clip(pixels * 255 + 0.5, 0, 255).astype(np.uint8)


def _enlarged(coarse: Field, size: int) -> Field:
    """Stretch a small field smoothly over the picture, with a standard deviation of 1."""
    picture = Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)
    field = np.asarray(picture, dtype=np.float32)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-3), dtype=np.float32)


def _window(place: Placement, rim: Field, size: int) -> Field:
    """Make a soft-edged patch, (size, size), for patterns that have no end of their own."""
    at = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    far = np.hypot(at[None, :] - place.x, at[:, None] - place.y) / np.float32(place.radius)
    # Slow waves on the rim, so that no pattern wears the outline of a circle.
    t = np.clip((place.reach + 0.2 * rim - far) / 0.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def _balanced(shape: Field, marbling: Field, ground: Field, edge: float) -> Field:
    """The shape on its ground, as crisp as it takes for edge energy to be `edge` times contrast.

    All are (H, W); the result has mean 0 and standard deviation 1. Edge energy per contrast rises
    with crispness, so bisection finds it.
    """
    soft = ndimage.gaussian_filter(shape, SOFT * len(shape), mode="nearest", truncate=3)
    parts = (soft, shape - soft, marbling, ground)
    soft, detail, marbling, ground = (part - part.mean() for part in parts)

    def mixed(crispness: float) -> Field:
        drawn = soft + crispness * detail
        if crispness > 1:
            drawn += (crispness - 1) * marbling
        return np.asarray(drawn / max(_spread(drawn), 1e-3) + ground, dtype=np.float32)

    @cache  # the search asks for its ends again
    def excess(crispness: float) -> float:
        field = mixed(crispness)
        right, down = slopes(field)
        return float(np.sqrt(right * right + down * down).mean()) - edge * _spread(field)

    low, high = (0.0, 1.0) if excess(1.0) > 0 else (1.0, CRISPEST)
    if excess(low) >= 0:
        field = mixed(low)
    elif excess(high) <= 0:
        field = mixed(high)
    else:
        field = mixed(optimize.brentq(excess, low, high, xtol=0.05, rtol=0.02))
    return np.asarray(field / _spread(field), dtype=np.float32)


def _spread(field: Field) -> float:
    """The standard deviation of a field whose mean is 0."""
    return float(np.linalg.norm(field)) / math.sqrt(field.size)
