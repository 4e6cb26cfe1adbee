"""From a file to the picture that a viewer shows, or a clear refusal.

Around Pillow's decoders stands what strangers' files need: only formats whose size can be known
before anything is unpacked, told by their content; nothing opened but regular files; a bound on
pixels and on the work that they can ask for; and every colour mode brought to 8-bit RGB.

| the file holds | the picture shows |
|---|---|
| 16-bit greys | their upper 8 bits, rounded: scaled, not clipped |
| 32-bit whole numbers or floats | 0 (or the least, if negative) as black, the largest as white |
| floats from 0 to 1 | shares of white; what is not a number is black |
| transparency | laid over white |
| an animation, several pages | the first |
| CMYK, YCbCr, palettes, LA | as RGB |
| a colour profile | as sRGB: see ``profiles.py`` |
"""

from __future__ import annotations

import logging
import mmap
import os
import stat
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BufferedReader
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from generator.errors import ImagesError
from generator.images.formats import HEAD, form_of, learn_heic
from generator.images.profiles import converted
from generator.records.taken import PICTURES

MEGAPIXELS = 64  # a large camera's photograph, and at most a gigabyte while it is unpacked
SCANS = 20  # passes over all pixels that a progressive JPEG may ask for; encoders write up to 18
# Of the pixels that others may have: these decoders keep several copies.
HOLDS = {"WEBP": 5 / 8, "AVIF": 5 / 8, "HEIF": 5 / 8}
BAND = 1_000_000  # numbers are scaled so many at a time: doubles take eight times the room
STRIP, TILE = 278, (322, 323)  # tags of TIFF: rows of a strip, width and height of a tile
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
# What is wrong with a file is told once, by us; a thousand damaged ones must not fill the screen.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)
_silence = Lock()


def decode(path: Path, megapixels: int = MEGAPIXELS, upright: bool = True) -> Image.Image:
    """The picture in ``path`` as RGB, upright, in sRGB's colours.

    Without ``upright`` its pixels lie as they do in the file, whatever the camera says of them.
    Raises ImagesError with the reason when the file is not a regular one of a format that
    ``formats.py`` knows, is damaged or cut short, or holds more than ``megapixels`` million pixels.
    """
    # Some decoders set room aside while a file is opened; that must not go far beyond the limit.
    Image.MAX_IMAGE_PIXELS = megapixels * 1_000_000
    try:
        with open_regular(path) as file, _opened(file) as opened:
            check_size(opened, megapixels)
            if opened.format in ("JPEG", "MPO"):
                check_scans(opened, file, megapixels)
            if opened.format == "PNG":
                _check_sums(file)
            with _quiet(opened):
                opened.load()
            check_size(opened, megapixels)
            picture = to_srgb(opened)
            if upright:
                picture = _upright(picture, opened)
            picture.info.pop("icc_profile", None)  # from here on all colours are sRGB's
            return picture
    except ImagesError as error:
        raise ImagesError(f"{path.name}: {error}") from error
    except UnidentifiedImageError as error:
        raise ImagesError(f"{path.name}: is not a {PICTURES} image") from error
    except Image.DecompressionBombError as error:
        raise ImagesError(f"{path.name}: is more than {megapixels} million pixels") from error
    except MemoryError as error:
        raise ImagesError(f"{path.name}: asks for more memory than there is") from error
    except OSError as error:
        reason = error.strerror or f"is damaged ({_first_line(error)})"
        raise ImagesError(f"{path.name}: {reason}") from error
    except Exception as error:  # there is no end to what a damaged file raises
        raise ImagesError(f"{path.name}: is damaged ({_first_line(error)})") from error


def _opened(file: BufferedReader) -> Image.Image:
    """A picture whose pixels are not unpacked yet, by the one decoder that its content asks for."""
    form = form_of(file.read(HEAD))
    file.seek(0)
    if form is None:
        raise UnidentifiedImageError
    if form == "HEIF":
        learn_heic()
    return Image.open(file, formats=(form,))


def open_regular(path: Path) -> BufferedReader:
    """A file for reading; ImagesError for a device, a socket or a pipe, which are never opened.

    Raises OSError when there is no such file, or it may not be read.
    """
    _refuse_special(path.stat())
    # Should it have become a pipe since, opening it must not wait for somebody to write.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    try:
        _refuse_special(os.fstat(file.fileno()))
    except ImagesError:
        file.close()
        raise
    return file


def _refuse_special(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ImagesError("is not a regular file")


def check_size(image: Image.Image, megapixels: int) -> None:
    """ImagesError for a picture, not yet unpacked, of more than so many million pixels."""
    most = megapixels * HOLDS.get(image.format or "", 1)
    if image.width * image.height > most * 1_000_000:
        raise ImagesError(f"{image.width} by {image.height} pixels are more than {most:g} million")
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return
    width, height = (tags.get(tag, 1) for tag in TILE)
    for room in (width * height, min(tags.get(STRIP, 1), image.height) * image.width):
        if room > megapixels * 1_000_000:
            raise ImagesError(f"its parts unpack to more than {megapixels} million pixels")


def check_scans(image: Image.Image, file: BufferedReader, megapixels: int) -> None:
    """Refuse a JPEG whose few bytes would have its pixels gone over hundreds of times.

    In a JPEG's data a byte of 255 is followed by 0, so that a marker is never anything else.
    """
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        allowed = SCANS * megapixels * 1_000_000 // max(1, image.width * image.height)
        count = at = 0
        while (at := content.find(b"\xff\xda", at)) >= 0:
            count, at = count + 1, at + 2
            if count > allowed:
                raise ImagesError(f"goes over its pixels more than {allowed} times")


def _check_sums(file: BufferedReader) -> None:
    """Refuse a PNG whose pixels are not those that were written, which Pillow lets pass."""
    with (
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        memoryview(content) as view,
    ):
        at = len(b"\x89PNG\r\n\x1a\n")
        while at + 12 <= len(view):
            end = at + 12 + int.from_bytes(content[at : at + 4])
            kind = content[at + 4 : at + 8]
            if end > len(view) or kind == b"IEND":
                return
            if kind.isupper():  # without these there is no picture
                with view[at + 4 : end - 4] as data:
                    right = zlib.crc32(data) == int.from_bytes(content[end - 4 : end])
                if not right:
                    raise ImagesError("is damaged (a checksum is wrong)")
            at = end


def _quiet(image: Image.Image) -> AbstractContextManager[None]:
    """Without what libtiff writes to standard error by itself."""
    parts = getattr(image, "tile", None) or [("",)]
    return silenced() if parts[0][0] == "libtiff" else nullcontext()


@contextmanager
def silenced() -> Iterator[None]:
    """Without what a decoder's library writes to standard error by itself, past Python.

    For as long as that takes, what other threads write there is lost as well.
    """
    with _silence:
        kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nothing)


def _upright(picture: Image.Image, opened: Image.Image) -> Image.Image:
    """The picture as its camera was held.

    Not ``ImageOps.exif_transpose``, which writes the metadata anew and fails where they are
    damaged; that is no reason to lose a photograph. Pillow turns a TIFF by itself.
    """
    try:
        turn = UPRIGHT.get(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # metadata too damaged to be read say nothing
        return picture
    return picture if turn is None else picture.transpose(turn)


def to_srgb(image: Image.Image) -> Image.Image:
    """Any mode as 8-bit RGB, with the colours that the file's own profile means."""
    profile = image.info.get("icc_profile")
    if image.mode in ("L", "CMYK") and not image.has_transparency_data:
        own = converted(image, profile)
        if own is not None:
            return own
    picture = to_rgb(image)
    if image.mode in ("L", "LA", "La", "I", "F", "CMYK") or image.mode.startswith("I;16"):
        return picture
    return converted(picture, profile) or picture


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode that Pillow reads as 8-bit RGB, its numbers taken for sRGB."""
    if image.mode.startswith("I;16"):
        clear = image.info.get("transparency")
        return _grey(image, lambda levels: _sixteen_bits(levels, clear))
    if image.mode in ("I", "F"):
        low, high = _extent(image)
        return _grey(image, lambda numbers: _stretched(numbers, low, high))
    if image.mode == "La":  # its greys are multiplied with their opacity
        image = image.convert("LA")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        over = Image.new("RGB", image.size, "white")
        over.paste(image, mask=image.getchannel("A"))
        return over
    return image.convert("RGB")


Samples = npt.NDArray[np.float64]


def _grey(image: Image.Image, scale: Callable[[Samples], Samples]) -> Image.Image:
    """A picture of numbers as greys; ``scale`` brings them to 0 to 255."""
    greys = np.empty((image.height, image.width), dtype=np.uint8)
    for top, numbers in _bands(image):
        greys[top : top + len(numbers)] = scale(numbers).round().clip(0, 255).astype(np.uint8)
    return Image.fromarray(greys).convert("RGB")


def _bands(image: Image.Image) -> Iterator[tuple[int, Samples]]:
    """Top row and numbers of a few rows at a time."""
    height = max(1, BAND // max(1, image.width))
    for top in range(0, image.height, height):
        band = image.crop((0, top, image.width, min(top + height, image.height)))
        yield top, np.asarray(band).astype(np.float64)


def _sixteen_bits(levels: Samples, clear: object) -> Samples:
    """0 to 65535 as 0 to 255; the one level that is transparent becomes white."""
    greys = levels / 257
    return np.where(levels == clear, 255.0, greys) if isinstance(clear, int) else greys


def _extent(image: Image.Image) -> tuple[float, float]:
    """The numbers that are shown black and white."""
    low, high = 0.0, -np.inf
    for _, numbers in _bands(image):
        finite = numbers[np.isfinite(numbers)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if image.mode == "F" and low >= 0 and high <= 1:
        return 0.0, 1.0
    return low, high


def _stretched(numbers: Samples, low: float, high: float) -> Samples:
    shares = (numbers - low) / (high - low) if high > low else np.zeros_like(numbers)
    return np.nan_to_num(shares, nan=0.0, posinf=1.0, neginf=0.0) * 255


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
