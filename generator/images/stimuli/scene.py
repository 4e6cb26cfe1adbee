"""What surrounds a shape, and the balance that keeps it from giving the shape away.

Every seed owns one scene: place, size, colours, texture, and the mean colour, the contrast and the
edge energy that the finished picture has to reach. The scene does not know the concept, so these
follow one law for all; `compose` then mixes shape, shading and texture until the targets are met:

    luminance = mean + contrast * standardised(shape + shading + texture)

| the shape alone has       | e.g.             | what the mix adds to meet the target         |
|---------------------------|------------------|----------------------------------------------|
| too little edge per       | blob, line       | fine texture, more than the least amount     |
| contrast                  |                  |                                              |
| too much edge per         | honeycomb, grid  | slow shading, which is contrast without edge |
| contrast                  |                  |                                              |

The price: sparse shapes stand on grainier grounds than dense ones (the median gradient, not the
mean, still tells blobs from the rest), so a unit that likes grain is to be checked against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.images.stimuli.pen import Place
from generator.images.stimuli.statistics import slopes

Field = NDArray[np.float32]

# Colours without luminance (Rec. 601): the columns of blue- and red-difference.
_CHROMA = np.array([[0.0, -0.344, 1.772], [1.402, -0.714, 0.0]], dtype=np.float32)  # (2, 3)


@dataclass(frozen=True)
class Scene:
    """All that a picture shows besides its shape; the same for every concept of one seed."""

    place: Place
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
    shade: float  # least amount of shading, in standard deviations of the shape
    grain: float  # least amount of texture, in the same unit
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
    place = Place(
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
        edge=between(10, 0.28, 0.40),
        levels=levels,
        tint=0.12 * chroma[0],
        tints=0.22 * chroma[1:],
        shading=(0.6 * coarse + across * ramp + down * ramp[:, None]).astype(np.float32),
        rim=rng.standard_normal((4, 4), dtype=np.float32),
        texture=rng.standard_normal((grid, grid), dtype=np.float32),
        mottled=mottled,
        shade=between(11, 0.0, 0.4),
        grain=between(12, 0.03, 0.12),
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

    speck: Field
    shading: Field
    texture: Field
    rim: Field


@lru_cache(maxsize=16)
def _ground(seed: int, size: int) -> _Ground:
    scene = _level(seed)
    rng = np.random.default_rng(scene.noise_seed)
    texture = _enlarged(scene.texture, size)
    return _Ground(
        # Noise as fine as the pixels carries edges by the pixel; scaled, it weighs alike at all
        # sizes.
        speck=rng.standard_normal((size, size), dtype=np.float32) * (scene.noise * 64 / size),
        shading=_enlarged(scene.shading, size),
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
    shape = shares @ scene.levels  # (H, W)
    shape /= max(float(shape.std()), 1e-3)
    texture = ground.texture.copy()
    texture *= 1 - (1 - scene.inside) * np.minimum(shares.sum(axis=2), 1)
    texture /= max(float(texture.std()), 1e-3)
    specked = np.asarray(shape + ground.speck, dtype=np.float32)
    luminance = _balanced(scene, specked, ground.shading, texture, scene.edge * 64 / size)
    luminance = scene.mean + scene.contrast * luminance

    chroma = shares @ scene.tints  # (H, W, 2)
    chroma += scene.tint - chroma.mean(axis=(0, 1))
    # Colour fades towards black and white, where there is none to be had.
    chroma *= np.clip(4 * luminance * (1 - luminance), 0, 1)[:, :, None]
    pixels = chroma @ _CHROMA + luminance[:, :, None]  # (H, W, 3)
    return np.clip(pixels * 255 + 0.5, 0, 255).astype(np.uint8)


def _enlarged(coarse: Field, size: int) -> Field:
    """Stretch a small field smoothly over the picture, with a standard deviation of 1."""
    picture = Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)
    field = np.asarray(picture, dtype=np.float32)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-3), dtype=np.float32)


def _window(place: Place, rim: Field, size: int) -> Field:
    """Make a soft-edged patch, (size, size), for patterns that have no end of their own."""
    at = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    far = np.hypot(at[None, :] - place.x, at[:, None] - place.y) / np.float32(place.radius)
    # Slow waves on the rim, so that no pattern wears the outline of a circle.
    t = np.clip((place.reach + 0.2 * rim - far) / 0.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def _balanced(scene: Scene, shape: Field, shading: Field, texture: Field, edge: float) -> Field:
    """Mix the three so that edge energy is `edge` times contrast; mean 0, standard deviation 1.

    Edge energy per contrast rises with texture and falls with shading, so at most one of the two
    is raised above its least amount, and bisection finds how far.
    """
    base = shape + scene.shade * shading + scene.grain * texture
    extra = texture if _edge_per_contrast(base) < edge else shading
    low, high = 0.0, 1.6
    bx, by = slopes(base)
    ex, ey = slopes(extra)
    ex0, both = float(extra.var()), float((base * extra).mean() - base.mean() * extra.mean())
    own = float(base.var())
    for _ in range(9):
        amount = (low + high) / 2
        gx, gy = bx + amount * ex, by + amount * ey
        energy = float(np.sqrt(gx * gx + gy * gy).mean())
        ratio = energy / math.sqrt(own + 2 * amount * both + amount * amount * ex0)
        if (ratio < edge) == (extra is texture):
            low = amount
        else:
            high = amount
    mixed = base + np.float32((low + high) / 2) * extra
    return np.asarray((mixed - mixed.mean()) / mixed.std(), dtype=np.float32)


def _edge_per_contrast(field: Field) -> float:
    gx, gy = slopes(field)
    return float(np.sqrt(gx * gx + gy * gy).mean()) / max(float(field.std()), 1e-3)
