"""Makes hostile image files and decodes each, alone in a process with little memory.

    python tests/support/hostile_images.py FOLDER         prints what became of each as JSON
    python tests/support/hostile_images.py FOLDER long    the same, with 64 megapixels besides

Each file comes with what is right: `refused`, the very picture (an array, with how far a lossy
decoder may be from it), or either of both.
"""

from __future__ import annotations

import io
import json
import resource
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.errors import ImagesError
from generator.images.decode import UPRIGHT, decode
from generator.images.formats import learn_heic, reads_heic

Pixels = npt.NDArray[Any]
WIDTH, HEIGHT = 48, 32
PACKING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95},
    "MPO": {"quality": 95},
    "WEBP": {"lossless": True, "exact": True},
}
LOSS = 8  # grey levels that a lossy encoder may be off on average; a wrong picture is 50 off
ROOM = 1_000_000_000  # bytes that a decoder may ask for
FORMS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP", "tif": "TIFF"}
if reads_heic():
    learn_heic()


@dataclass(frozen=True)
class Hostile:
    """A file, and what is right: a refusal, the very ``picture`` (H, W, 3), or either.

    No number of the picture may be further off than ``within``; from a lossy encoder, all of
    them together on average no further than ``near``.
    """

    name: str
    content: bytes
    picture: Pixels | None = None
    may_be_refused: bool = True
    may_be_read: bool = True
    within: int = 0
    near: float = 0


def scene() -> Image.Image:
    """Soft colours that every encoder keeps well, with a corner that tells which way is up."""
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([across * 5, down * 7, 255 - across * 3 - down], axis=2)
    pixels[:12, :12] = (250, 20, 30)
    return Image.fromarray(pixels.astype(np.uint8))


def written(image: Image.Image, form: str, **settings: Any) -> bytes:
    """An image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **{**PACKING.get(form, {}), **settings})
    return buffer.getvalue()


def wholes() -> dict[str, bytes]:
    """The scene in every format that is read, in more than one way of packing."""
    image = scene()
    flat = image.quantize(64)
    return {
        "jpg": written(image, "JPEG"),
        "progressive.jpg": written(image, "JPEG", progressive=True),
        "png": written(image, "PNG"),
        "webp": written(image, "WEBP"),
        "lossy.webp": written(image, "WEBP", lossless=False, quality=95),
        "gif": written(flat, "GIF"),
        "bmp": written(image, "BMP"),
        "tif": written(image, "TIFF"),
        "lzw.tif": written(image, "TIFF", compression="tiff_lzw"),
        "deflate.tif": written(image, "TIFF", compression="tiff_adobe_deflate"),
        "avif": written(image, "AVIF", quality=95, subsampling="4:4:4"),
        **({"heic": written(image, "HEIF", quality=95, chroma=444)} if reads_heic() else {}),
    }


def shown(content: bytes) -> Pixels:
    """What a viewer shows of a whole file."""
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def truncated() -> Iterator[Hostile]:
    """Cut short at every hundredth: the whole picture or none, never one that is half grey."""
    for kind, content in wholes().items():
        whole = shown(content)
        for share in range(100):
            yield Hostile(f"cut-{share:02}.{kind}", content[: len(content) * share // 100], whole)


def flipped() -> Iterator[Hostile]:
    """One bit or a few wrong. A PNG's checksums find them; elsewhere another picture may come."""
    random = np.random.default_rng(0)
    for kind, content in wholes().items():
        for number in range(40):
            damaged = bytearray(content)
            reach = len(content) if number % 2 else min(len(content), 120)
            for place in random.integers(0, reach, 1 + number % 4):
                damaged[place] ^= 1 << int(random.integers(8))
            exact = shown(content) if kind == "png" else None
            yield Hostile(f"flip-{number:02}.{kind}", bytes(damaged), exact)


def png_chunks(content: bytes) -> list[bytes]:
    """The chunks of a PNG, whole."""
    chunks, at = [], 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        chunks.append(content[at : at + 12 + length])
        at += 12 + length
    return chunks


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG with a header of our choice and nothing behind it but these chunks."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", header), *chunks, png_chunk(b"IEND", b""))
    )


def swapped() -> Iterator[Hostile]:
    """Chunks and segments in another order, twice, or left out."""
    content = written(scene(), "PNG")
    whole = shown(content)
    big = written(
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 300, 3), np.uint8)), "PNG"
    )
    for kind, file, right in (("small", content, whole), ("noise", big, shown(big))):
        parts = png_chunks(file)
        for first in range(len(parts)):
            for second in range(first):
                order = list(parts)
                order[first], order[second] = order[second], order[first]
                yield Hostile(
                    f"swap-{kind}-{first}-{second}.png", file[:8] + b"".join(order), right
                )
            rest = parts[:first] + parts[first + 1 :]
            yield Hostile(f"lost-{kind}-{first}.png", file[:8] + b"".join(rest), right)
            twice = parts[: first + 1] + parts[first:]
            yield Hostile(f"twice-{kind}-{first}.png", file[:8] + b"".join(twice), right)
    content = written(scene(), "JPEG")
    segments, at = [], 2
    while content[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        segments.append(content[at : at + 2 + length])
        at += 2 + length
    for first in range(len(segments)):
        rest = segments[:first] + segments[first + 1 :]
        yield Hostile(f"lost-{first}.jpg", content[:2] + b"".join(rest) + content[at:])
        order = [segments[first], *rest]
        yield Hostile(f"first-{first}.jpg", content[:2] + b"".join(order) + content[at:])


def forged() -> Iterator[Hostile]:
    """Headers that promise what is not there, and little files that ask for much."""
    for width, height in ((65500, 65500), (2**31 - 1, 1), (1, 2**31 - 1), (8001, 8001), (0, 5)):
        data = png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        yield Hostile(f"huge-{width}-{height}.png", png(width, height, data), may_be_read=False)
        if width < 65536 and height < 65536:
            forged_jpeg = bytearray(written(scene(), "JPEG"))
            at = forged_jpeg.index(b"\xff\xc0")
            forged_jpeg[at + 5 : at + 9] = struct.pack(">HH", height, width)
            yield Hostile(f"huge-{width}-{height}.jpg", bytes(forged_jpeg), may_be_read=False)
            gif = bytearray(written(scene().quantize(4), "GIF"))
            gif[6:10] = struct.pack("<HH", width, height)
            yield Hostile(f"screen-{width}-{height}.gif", bytes(gif), may_be_read=not width)
            at = gif.index(b",")
            gif[at + 5 : at + 9] = struct.pack("<HH", width, height)
            cleared = bytes(gif[:at]) + b"!\xf9\x04\x08\0\0\0\0" + bytes(gif[at:])
            yield Hostile(f"frame-{width}-{height}.gif", cleared, may_be_read=not width)
            canvas = b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0"
            canvas += struct.pack("<I", (width - 1) % 2**24)[:3] + struct.pack("<I", height - 1)[:3]
            body = written(scene(), "WEBP")[12:]
            riff = b"RIFF" + struct.pack("<I", len(canvas + body) + 4) + b"WEBP" + canvas + body
            yield Hostile(f"canvas-{width}-{height}.webp", riff, may_be_read=False)
        bmp = bytearray(written(scene(), "BMP"))
        bmp[18:26] = struct.pack("<ii", width, -height)
        yield Hostile(f"huge-{width}-{height}.bmp", bytes(bmp), may_be_read=False)
    for depth, colour in ((3, 2), (16, 3), (8, 1), (8, 7), (1, 6)):
        data = png_chunk(b"IDAT", zlib.compress(b"\0" * 200))
        yield Hostile(
            f"depth-{depth}-{colour}.png",
            png(4, 4, data, depth=depth, colour=colour),
            may_be_read=False,
        )
    bomb = zlib.compress(b"\0" * 300_000_000)
    rows = png_chunk(b"IDAT", zlib.compress(b"\0" * 13 * 4))
    yield Hostile("text-bomb.png", png(4, 4, png_chunk(b"zTXt", b"k\0\0" + bomb), rows))
    yield Hostile("itext-bomb.png", png(4, 4, png_chunk(b"iTXt", b"k\0\1\0\0\0" + bomb), rows))
    yield Hostile("profile-bomb.png", png(4, 4, png_chunk(b"iCCP", b"k\0\0" + bomb), rows))
    yield Hostile("data-bomb.png", png(4, 4, png_chunk(b"IDAT", bomb)))
    yield Hostile(
        "data-too-short.png",
        png(400, 400, png_chunk(b"IDAT", zlib.compress(b"\0" * 100))),
        may_be_read=False,
    )
    jpeg = written(Image.new("L", (4000, 4000)), "JPEG", progressive=True)
    at = jpeg.rfind(b"\xff\xda")
    yield Hostile("scans.jpg", jpeg[:-2] + jpeg[at:-2] * 4000 + jpeg[-2:], may_be_read=False)
    yield from forged_tiffs()


def tiff(width: int, height: int, *more: tuple[int, int, int, int], loop: bool = False) -> bytes:
    """A TIFF of 8-bit greys with tags of our choice (tag, type, count, value)."""
    tags = {256: (4, 1, width), 257: (4, 1, height), 258: (3, 1, 8), 259: (3, 1, 1)}
    tags |= {262: (3, 1, 1), 273: (4, 1, 8), 277: (3, 1, 1), 279: (4, 1, width * height % 2**32)}
    tags |= {tag: (kind, count, value) for tag, kind, count, value in more}
    data = b"\x80" * min(width * height, 4096)
    directory = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHII", tag, *tags[tag]) for tag in sorted(tags)
    )
    where = 8 + len(data)
    return b"II*\0" + struct.pack("<I", where) + data + directory + struct.pack("<I", where * loop)


def forged_tiffs() -> Iterator[Hostile]:
    """Tags that lie about sizes, counts, compression and places."""
    grey = np.full((32, 48, 3), 128, dtype=np.uint8)
    yield Hostile("plain.tif", tiff(48, 32), grey, may_be_refused=False)
    yield Hostile("loop.tif", tiff(48, 32, loop=True), grey, may_be_refused=False)
    for width, height in ((65500, 65500), (2**32 - 1, 2**32 - 1), (0, 0), (8001, 8001)):
        yield Hostile(f"huge-{width}-{height}.tif", tiff(width, height), may_be_read=False)
    for side in (60_000, 2**31 - 16):
        tiles = [(322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, 8), (325, 4, 1, 1000)]
        for packing in (1, 5, 7, 8):
            content = tiff(48, 32, *tiles, (259, 3, 1, packing))
            yield Hostile(f"tile-{side}-{packing}.tif", content, may_be_read=False)
    for packing in (2, 3, 4, 5, 6, 7, 8, 32773, 34712, 34925, 50000, 50001, 65535):
        content = tiff(48, 32, (259, 3, 1, packing), (278, 4, 1, 2**32 - 1))
        yield Hostile(f"packing-{packing}.tif", content)
    for tag in (258, 273, 277, 278, 279, 284, 320, 330, 339, 700, 34665, 34675, 274):
        yield Hostile(f"count-{tag}.tif", tiff(48, 32, (tag, 4, 2**31 - 1, 2**31 - 1)))
        yield Hostile(f"value-{tag}.tif", tiff(48, 32, (tag, 3, 1, 60_000)))


def odd() -> Iterator[Hostile]:
    """Every mode and format that is read: the very picture that a viewer shows."""
    image = scene()
    right = np.asarray(image)

    def exact(name: str, content: bytes, picture: Pixels, within: int = 0) -> Hostile:
        return Hostile(name, content, picture, may_be_refused=False, within=within)

    def near(name: str, content: bytes, picture: Pixels, lossy: bool = True) -> Hostile:
        return Hostile(name, content, picture, may_be_refused=False, near=LOSS * lossy)

    def greys(levels: Pixels) -> Pixels:
        return np.repeat(np.asarray(levels).round().astype(np.uint8)[:, :, None], 3, axis=2)

    for kind, content in wholes().items():
        lossy = kind in ("jpg", "progressive.jpg", "lossy.webp", "gif", "avif", "heic")
        yield near(f"whole.{kind}", content, right, lossy)
    for turn, how in UPRIGHT.items():
        exif = Image.Exif()
        exif[0x0112] = turn
        for ending in ("png", "webp", "tif", "jpg"):
            content = written(image, FORMS[ending], exif=exif)
            turned = np.asarray(image.transpose(how))
            yield near(f"turned-{turn}.{ending}", content, turned, ending == "jpg")
    levels = np.linspace(0, 65535, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype(np.uint16)
    for ending in ("png", "tif"):
        deep = Image.fromarray(levels)
        yield exact(f"deep.{ending}", written(deep, FORMS[ending]), greys(levels / 257))
    clear = Image.fromarray(np.where(levels > 60_000, 9, levels).astype(np.uint16))
    over = np.where(levels > 60_000, 255, levels / 257)
    yield exact("deep-clear.png", written(clear, "PNG", transparency=9), greys(over))
    shares = (levels / 65535).astype(np.float32)
    yield exact("shares.tif", written(Image.fromarray(shares), "TIFF"), greys(shares * 255), 1)
    for low, high in ((-3.0, 5.0), (0.0, 1e30), (100.0, 9000.0)):
        numbers = (shares * (high - low) + low).astype(np.float32)
        black = min(low, 0.0)
        expected = greys((numbers - black) / (high - black) * 255)
        yield exact(f"float-{high}.tif", written(Image.fromarray(numbers), "TIFF"), expected, 1)
    broken = shares.copy()
    broken[0, :3] = np.nan, np.inf, -np.inf
    expected = greys(shares * 255)
    expected[0, :3] = np.array([[0], [255], [0]])
    yield exact("not-numbers.tif", written(Image.fromarray(broken), "TIFF"), expected, 1)
    whole = Image.fromarray((shares * 2_000_000_000).astype(np.int32))
    yield exact("whole-numbers.tif", written(whole, "TIFF"), greys(shares * 255), 1)
    grey = image.convert("L")
    for ending, form in FORMS.items():
        content = written(grey, form)
        yield near(f"grey.{ending}", content, greys(np.asarray(grey)), ending == "jpg")
    bits = grey.point(lambda level: 255 * (level > 128), mode="1")
    for ending in ("png", "tif", "bmp", "gif"):
        yield exact(f"bits.{ending}", written(bits, FORMS[ending]), np.asarray(bits.convert("RGB")))
    flat = image.quantize(16)
    for ending in ("png", "tif", "bmp", "gif"):
        yield exact(
            f"palette.{ending}", written(flat, FORMS[ending]), np.asarray(flat.convert("RGB"))
        )
    flat_rgb = np.asarray(flat.convert("RGB")).copy()
    flat_rgb[np.asarray(flat) == 3] = 255
    for ending in ("png", "gif"):
        yield exact(
            f"palette-clear.{ending}", written(flat, FORMS[ending], transparency=3), flat_rgb
        )
    alpha = np.dstack([right, np.full((HEIGHT, WIDTH), 255, np.uint8)])
    alpha[:, ::2, 3] = 51
    over = right.copy().astype(float)
    over[:, ::2] = 255 - (255 - over[:, ::2]) / 5
    see = Image.fromarray(alpha)
    for ending in ("png", "webp", "tif"):
        yield exact(f"alpha.{ending}", written(see, FORMS[ending]), over.round(), 1)
    la = Image.merge("LA", [grey, see.getchannel("A")])
    expected = np.asarray(grey).astype(float)
    expected[:, ::2] = 255 - (255 - expected[:, ::2]) / 5
    for ending in ("png", "tif"):
        yield exact(f"grey-alpha.{ending}", written(la, FORMS[ending]), greys(expected), 1)
    inks = image.convert("CMYK")
    for ending in ("jpg", "tif"):
        content = written(inks, FORMS[ending])
        yield near(f"inks.{ending}", content, right, ending == "jpg")
    frames = [
        image,
        image.transpose(Image.Transpose.ROTATE_180),
        Image.new("RGB", image.size, "red"),
    ]
    for ending in ("gif", "png", "webp", "tif"):
        content = written(frames[0], FORMS[ending], save_all=True, append_images=frames[1:])
        yield near(f"moving.{ending}", content, right, ending == "gif")
    several = written(frames[0], "MPO", save_all=True, append_images=frames[1:])
    yield near("several.jpg", several, right)
    for form, ending in (("PNG", "jpg"), ("JPEG", "png"), ("TIFF", "webp"), ("GIF", "tif")):
        yield near(f"claims-{form}.{ending}", written(image, form), right, form in ("JPEG", "GIF"))
    lab = Image.new("LAB", (8, 8), (128, 128, 128))
    yield Hostile("lab.tif", written(lab, "TIFF"))
    for form in ("PPM", "ICO", "EPS", "PDF", "TGA", "PCX", "SGI", "XBM", "JPEG2000", "DDS"):
        try:
            content = written(bits if form == "XBM" else image, form)
        except (OSError, KeyError):
            continue  # this Pillow can't write it
        yield Hostile(f"other-{form}.jpg", content, may_be_read=False)
    for name, content in (
        ("empty", b""),
        ("zeros", bytes(4096)),
        ("text", b"<html>no</html>" * 99),
    ):
        yield Hostile(f"{name}.png", content, may_be_read=False)


def large() -> Iterator[Hostile]:
    """As much as is allowed, in the ways that take most memory."""
    exif = Image.Exif()
    exif[0x0112] = 6
    packings: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("CMYK", "JPEG", {"progressive": True}),
        ("RGB", "JPEG", {"progressive": True, "exif": exif}),
        ("RGBA", "PNG", {}),
        ("LA", "PNG", {}),
        ("P", "PNG", {"transparency": 0}),
        ("F", "TIFF", {}),
        ("I;16", "PNG", {}),
        ("RGB", "WEBP", {"method": 0}),
        ("P", "GIF", {}),
    )
    for mode, form, settings in packings:
        name = f"large-{mode.replace(';', '')}.{form.lower()}"
        side = 6300 if form == "WEBP" else 8000
        content = written(Image.new(mode, (side, side)), form, **settings)
        yield Hostile(name, content, may_be_refused=False)


def judged(file: Hostile, path: Path) -> dict[str, Any]:
    """What became of a file: read or refused, whether that is right, and how long it took."""
    path.write_bytes(file.content)
    wall, work = time.perf_counter(), time.process_time()
    reason, right = "", file.may_be_read
    try:
        picture = decode(path)
    except ImagesError as error:
        reason = str(error)
        clean = reason.startswith(f"{path.name}: ") and "memory" not in reason
        right = file.may_be_refused and clean and str(path.parent) not in reason
    else:
        if file.picture is not None and right:
            got = np.asarray(picture).astype(int)
            right = got.shape == file.picture.shape
            apart = abs(got - file.picture.astype(int)) if right else np.array(256)
            right = bool(apart.mean() <= file.near if file.near else apart.max() <= file.within)
        right = right and picture.mode == "RGB"
    seconds = min(time.perf_counter() - wall, time.process_time() - work)
    path.unlink()
    return {"name": file.name, "reason": reason, "right": bool(right), "seconds": seconds}


def main(folder: Path, long: bool) -> None:
    """Decode everything; the address space may grow by no more than ``ROOM``."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [truncated, flipped, swapped, forged, odd, *([large] if long else [])]
    reports = []
    for source in sources:
        for file in source():
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            limit = pages * resource.getpagesize() + ROOM
            resource.setrlimit(
                resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1])
            )
            reports.append({"kind": source.__name__, **judged(file, folder / file.name)})
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    print(json.dumps({"files": reports, "peak_mb": round(peak() / 1000)}))


def peak() -> int:
    """Kilobytes that this program held at most.

    `getrusage` would count what the process held before it became this program: all of pytest.
    """
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), long=sys.argv[2:] == ["long"])
