"""Colours as every viewer shows them: a picture's own profile is brought to sRGB.

A camera or an editor may say in a file what its numbers mean (Display P3, Adobe RGB, the inks of
a press). Networks were trained on sRGB, and pages show it. The work is that of LittleCMS, by
Pillow's ``ImageCms``, with the perceptual intent.

| the file | its colours |
|---|---|
| no profile | are taken for sRGB |
| a profile of RGB, of greys (for 8-bit greys) or of CMYK (for CMYK) | are converted |
| a profile that is sRGB by what it does: no level moves by more than 2 | stay as they are |
| a profile of other colours than the picture has, or a damaged one | are taken for sRGB |
"""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

MOVED = 2  # of 255: what two programs' sRGB profiles differ by, from rounding
LARGEST = 4_000_000  # bytes; those of printing presses have up to two million
SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}  # mode: what its profile says


def converted(picture: Image.Image, profile: object) -> Image.Image | None:
    """A picture of mode RGB, L or CMYK as RGB, by its profile; None where that changes nothing.

    ``profile`` is what Pillow found in the file, bytes or None.
    """
    if not isinstance(profile, bytes) or not 0 < len(profile) <= LARGEST:
        return None
    transform = _to_srgb(profile, picture.mode)
    return None if transform is None else transform.apply(picture)


def changes_colours(picture: Image.Image) -> bool:
    """Whether the profile of a picture, not yet unpacked, changes its colours."""
    profile = picture.info.get("icc_profile")
    return bool(profile) and converted(Image.new(picture.mode, (1, 1)), profile) is not None


@lru_cache(maxsize=16)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if own.profile.xcolor_space != SPACES.get(mode):
            return None
        transform = ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, "RGB")
        if mode != "CMYK" and _moves_nothing(transform, mode):
            return None
    except Exception:  # whatever a damaged profile raises; it is no reason to lose a photograph
        return None
    return transform


def _moves_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tried on a cube of colours, or on all greys."""
    if mode == "L":
        sample = np.arange(256, dtype=np.uint8)[None]
    else:
        levels = np.linspace(0, 255, 9).round().astype(np.uint8)
        sample = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    before = Image.fromarray(sample)
    apart = np.asarray(transform.apply(before)).astype(int) - np.asarray(before.convert("RGB"))
    return bool(np.abs(apart).max() <= MOVED)
