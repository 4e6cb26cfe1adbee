"""Plain JPEGs decoded where the network runs, through torchvision; nvJPEG on a GPU of Nvidia's.

Workers read the files ahead and look at their headers. What ``jpeg.py`` calls plain is decoded
here, many files in one call, and scaled on the device; all else went through ``decode.py`` in
the worker. A file that fails here is decoded there after all, so that its word is the last.

The pictures need not be those of ``decode.py`` to the last level: decoders differ in how they
round, and in how they spread the colours, which most JPEGs hold at half the size.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Protocol

import torch
from PIL import Image
from torch import Tensor

from generator.errors import UsageError
from generator.images.batches import Batch, Encoded, Preparation, Reader
from generator.images.collection import Collection
from generator.images.decode import silenced

PIXELS = 64_000_000  # decoded in one call: 200 megabytes
KINDS = ("cpu", "cuda")  # of devices that torchvision decodes on


class Scaling(Preparation, Protocol):
    """A network's preprocessing that works on a device too."""

    def resampled(self, picture: Tensor) -> Tensor:
        """(S, S, 3) uint8 of an RGB picture (3, H, W) uint8, on its device."""


def check_decoder(collection: Collection, device: torch.device) -> None:
    """UsageError where a collection has no JPEG files, or a device decodes none."""
    remedy = "leave out --decode device"
    if collection.jpeg is None:
        raise UsageError(f"{collection.title}: are not files that a device could decode; {remedy}")
    if device.type not in KINDS:
        raise UsageError(f"torchvision decodes no JPEGs on {device}, only on cuda; {remedy}")
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(file, "JPEG")
    try:
        _decode([torch.frombuffer(bytearray(file.getvalue()), dtype=torch.uint8)], device)
    except (ImportError, AttributeError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(
            f"torchvision decodes no JPEGs on {device} ({reason}); {remedy}"
        ) from error


def decoded(
    made: Iterable[Batch], collection: Collection, preprocess: Scaling, device: torch.device
) -> Iterator[Batch]:
    """Batches with their files decoded, in the order of their images.

    The pixels of a batch that held files are on ``device``.
    """
    careful = Reader(collection, preprocess)
    for batch in made:
        yield _complete(batch, batch.encoded, careful, preprocess, device)


def _complete(
    batch: Batch,
    encoded: Encoded | None,
    careful: Reader,
    preprocess: Scaling,
    device: torch.device,
) -> Batch:
    if encoded is None:
        return batch
    pictures = {
        index: pixels.to(device) for index, pixels in zip(batch.good, batch.pixels, strict=True)
    }
    reasons = dict(batch.reasons)
    for index, picture in zip(encoded.indices, decoded_pictures(encoded, device), strict=True):
        if picture is not None:
            pictures[index] = preprocess.resampled(picture)
            continue
        pixels = careful.pixels(index)
        if isinstance(pixels, str):
            reasons[index] = pixels
        else:
            pictures[index] = torch.from_numpy(pixels).to(device)
    good = [index for index in batch.indices if index in pictures]
    stacked = torch.stack([pictures[index] for index in good]) if good else batch.pixels
    reasons = {index: reasons[index] for index in batch.indices if index in reasons}
    return replace(batch, good=good, reasons=reasons, pixels=stacked, encoded=None)


def decoded_pictures(encoded: Encoded, device: torch.device) -> Iterator[Tensor | None]:
    """Each file as (3, H, W) uint8 on the device; None where its decoder fails.

    So many are decoded at once as have ``PIXELS`` together.
    """
    files = torch.split(encoded.content, encoded.lengths)
    part: list[int] = []
    pixels = 0
    for number, (width, height) in enumerate(encoded.sizes):
        if part and pixels + width * height > PIXELS:
            yield from _part(encoded, files, part, device)
            part, pixels = [], 0
        part.append(number)
        pixels += width * height
    yield from _part(encoded, files, part, device)


def _part(
    encoded: Encoded, files: tuple[Tensor, ...], part: list[int], device: torch.device
) -> Iterator[Tensor | None]:
    made = _all_or_each([files[number] for number in part], device)
    for number, picture in zip(part, made, strict=True):
        width, height = encoded.sizes[number]
        right = picture is not None and picture.shape == (3, height, width)
        yield picture if right else None


def _all_or_each(files: list[Tensor], device: torch.device) -> list[Tensor | None]:
    """A call with one bad file gives nothing for the others; then each has a call of its own."""
    try:
        return [*_decode(files, device)]
    except RuntimeError:
        if len(files) == 1:
            return [None]
        return [picture for file in files for picture in _all_or_each([file], device)]


def _decode(files: list[Tensor], device: torch.device) -> list[Tensor]:
    # Imported here because torchvision means to hand its decoders over to another library; the
    # rest of the program needs none of them.
    from torchvision.io import ImageReadMode, decode_jpeg  # noqa: PLC0415

    if device.type == "cuda":
        # torchvision decodes on a stream of its own, into memory that torch may have taken from a
        # tensor which work on this one still reads.
        torch.cuda.current_stream(device).synchronize()
    # On a processor it is libjpeg, which writes what it thinks of a file to standard error.
    with silenced() if device.type == "cpu" else nullcontext():
        made: Any = decode_jpeg(files, mode=ImageReadMode.RGB, device=device)
    return list(made)
