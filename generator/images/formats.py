"""Which picture a file holds, told by its first bytes, whatever its name says."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from generator.errors import ImagesError
from generator.records.taken import OTHER_PICTURES, RAW_PICTURES

HEAD = 64  # bytes that tell it
STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # its form for files of many gigabytes
    (b"MM\0+", "TIFF"),
)
AV1, HEVC = {b"avif", b"avis"}, {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}


def form_of(head: bytes) -> str | None:
    """Pillow's name for the format that begins with these bytes; None for all that is not read.

    >>> form_of(bytes.fromhex("ffd8ffe000104a464946")), form_of(b"<html>")
    ('JPEG', None)
    """
    for start, form in STARTS:
        if head.startswith(start):
            return form
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith(b"BM") and head[6:10] == bytes(
        4
    ):  # reserved; a text that begins so has none
        return "BMP"
    if head[4:8] == b"ftyp":
        end = int.from_bytes(head[:4])
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(end, len(head)), 4))}
        return "AVIF" if brands & AV1 else "HEIF" if brands & HEVC else None
    return None


def why_refused(form: str | None, suffix: str) -> str | None:
    """Why a picture is refused by its format and its name's ending, before it is opened."""
    if suffix in RAW_PICTURES:
        return "is a camera's raw file; convert it to JPEG, or give its JPEG"
    if form == "HEIF" and not reads_heic():
        return "is a HEIC picture, which takes one more package: pip install pillow-heif"
    if form is None and suffix in OTHER_PICTURES:
        return f"is a {suffix} file, which is not read; convert it to PNG or JPEG"
    return None


def reads_heic() -> bool:
    """Whether the package is there that reads HEIC, the format of many phones."""
    return find_spec("pillow_heif") is not None


@cache
def learn_heic() -> None:
    """Have Pillow read HEIC; ImagesError without the package that does."""
    reason = why_refused("HEIF", "")
    if reason:
        raise ImagesError(reason)
    import pillow_heif  # noqa: PLC0415  (an extra)

    pillow_heif.register_heif_opener(thumbnails=False)
