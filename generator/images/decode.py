"""From a file to the picture that a viewer shows, or a clear refusal."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from generator.errors import ImagesError

FORMATS = ("JPEG", "PNG", "WEBP")  # by content, whatever the name says
MAX_PIXELS = 64_000_000
ORIENTATION = 0x0112  # the tag of EXIF, and what turns each of its values upright
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
                return to_rgb(_upright(opened))
    except UnidentifiedImageError as error:
        raise ImagesError(f"{path.name}: is not a JPEG, PNG or WebP image") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ImagesError(f"{path.name}: is too large when unpacked") from error
    except ImagesError:
        raise
    except Exception as error:  # there is no end to what a damaged file raises
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ImagesError(f"{path.name}: {reason}") from error


def _upright(image: Image.Image) -> Image.Image:
    """The image as its camera was held.

    Not ``ImageOps.exif_transpose``, which writes the metadata anew and fails where they are
    damaged; that is no reason to lose a photograph.
    """
    turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    return image if turn is None else image.transpose(turn)


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
