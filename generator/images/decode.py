"""From a file to the picture that a viewer shows, or a clear refusal."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from generator.errors import ImagesError

FORMATS = ("JPEG", "PNG", "WEBP")  # by content, whatever the name says
MAX_PIXELS = 64_000_000


def decode(path: Path) -> Image.Image:
    """The picture in ``path`` as RGB, upright.

    The camera's orientation is applied, transparency laid over white, 16-bit greys scaled to
    8 bits, and of an animation the first frame taken. Raises ImagesError with the reason when
    the file is not one of ``FORMATS``, is damaged or cut short, or holds more than
    ``MAX_PIXELS``.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise ImagesError(
                        f"{path.name}: {opened.width} by {opened.height} pixels are more than "
                        f"{MAX_PIXELS // 1_000_000} million"
                    )
                opened.load()
                return to_rgb(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError as error:
        raise ImagesError(f"{path.name}: is not a JPEG, PNG or WebP image") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ImagesError(f"{path.name}: is too large when unpacked") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ImagesError(f"{path.name}: {reason}") from error


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode that Pillow reads from ``FORMATS`` as 8-bit RGB."""
    if image.mode.startswith("I"):
        levels = np.asarray(image).astype(np.float64) / 257
        image = Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        image = Image.alpha_composite(white, rgba)
    return image.convert("RGB")
