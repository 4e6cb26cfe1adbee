"""JPEGs so plain that any decoder shows their picture, and all that is not left to ``decode.py``.

A decoder on a GPU knows nothing of what strangers' files need: it may turn nothing upright, take
a picture's colours for others, or fill up what was cut off. So it only gets files of which this
is certain beforehand:

| of the file | it is |
|---|---|
| content | a JPEG from its first byte on, one picture, well-formed up to its end mark |
| kind | baseline or progressive, 8 bits |
| colours | greys, or YCbCr by every sign that there is: numbers of the channels, Adobe's mark |
| profile | none, or one that changes no colour |
| size | within the limits of ``decode.py``, also for the passes over its pixels |
| orientation | upright: no EXIF, or EXIF that can be read and asks for no turn |
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from generator.images.decode import MEGAPIXELS, ORIENTATION, check_scans, check_size, open_regular
from generator.images.profiles import changes_colours

BYTES = 8_000_000  # a batch of files lies in memory at once; a larger one is the processor's work
START, END, SCAN, BASELINE, PROGRESSIVE = 0xD8, 0xD9, 0xDA, 0xC0, 0xC2
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # those three are tables
ALONE = {0x01, START, *range(0xD0, 0xD8)}  # markers without content, at home elsewhere
# In the data of a scan a byte of 255 is followed by 0, or is a mark to start anew from.
AFTER_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)


@dataclass(frozen=True)
class Jpeg:
    """The content of a plain JPEG file, up to its end mark, and the picture's size in pixels."""

    content: bytes
    width: int
    height: int


def plain_jpeg(path: Path, megapixels: int = MEGAPIXELS) -> Jpeg | None:
    """A file that the table above describes; None for any other, whatever is wrong with it."""
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > BYTES:
                return None
            with Image.open(file, formats=("JPEG",)) as head:
                check_size(head, megapixels)
                check_scans(head, file, megapixels)
                if not (head.format == "JPEG" and _colours(head) and _upright(head)):
                    return None
                if changes_colours(head):
                    return None
                size = head.size
                file.seek(0)
                content = file.read()
        end = _end(content)
        return None if end is None else Jpeg(content[:end], *size)
    except Exception:  # whatever it is, the other decoder finds it too, and says so
        return None


def _colours(head: Image.Image) -> bool:
    if head.mode == "L":
        return True
    layers: Sequence[tuple[int, ...]] = getattr(head, "layer", ())
    ycbcr = [layer[0] for layer in layers] == [1, 2, 3]
    return head.mode == "RGB" and ycbcr and head.info.get("adobe_transform", 1) == 1


def _upright(head: Image.Image) -> bool:
    return bool(head.getexif().get(ORIENTATION, 1) == 1)


def _end(content: bytes) -> int | None:
    """Behind the end mark; None for what is not one baseline or progressive picture."""
    if content[:2] != bytes((0xFF, START)):
        return None
    at, frames, scans = 2, 0, 0
    while content[at : at + 1] == b"\xff" and at + 1 < len(content):
        kind, at = content[at + 1], at + 2
        if kind == END:
            return at if frames == 1 and scans else None
        if kind in ALONE or (kind in FRAMES and kind not in (BASELINE, PROGRESSIVE)):
            return None
        frames += kind in FRAMES
        length = int.from_bytes(content[at : at + 2], "big")
        if length < 2:
            return None
        at += length
        if kind == SCAN:
            scans += 1
            match = AFTER_DATA.search(content, at)
            if match is None:
                return None
            at = match.start()
    return None
