"""A labelled data set, decoded once into an array that lies on disk."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps
from tqdm import tqdm

from generator.errors import ImagesError
from generator.images.decode import decode

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class Split:
    """Photographs (N, S, S, 3) uint8 RGB, rows downwards, and their labels (N,) int64."""

    pixels: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]


@dataclass(frozen=True)
class LabelledPhotographs:
    """A data set: two splits and, for each class, its folder name and its words."""

    train: Split
    validation: Split
    classes: tuple[str, ...]
    words: tuple[str, ...]


def load_photographs(folder: Path, size: int, cache: Path) -> LabelledPhotographs:
    """The data set under ``folder``, every image ``size`` pixels square.

    Reads ``train/CLASS/**`` and ``val/CLASS/**``, and Tiny ImageNet's own layout
    (``val/images`` with ``val/val_annotations.txt``, words in ``words.txt``). Decoded
    arrays are kept in ``cache`` and used again while the list of files is the same.

    Raises ImagesError when a split is missing, when val/ holds a class that train/ lacks, or
    for an image that can't be decoded.
    """
    train_files = _by_folder(folder / "train")
    classes = tuple(sorted({name for _, name in train_files}))
    annotations = folder / "val" / "val_annotations.txt"
    if annotations.exists():
        with annotations.open(newline="") as rows:
            named = list(csv.reader(rows, delimiter="\t"))
        val_files = sorted((folder / "val" / "images" / row[0], row[1]) for row in named)
    else:
        val_files = _by_folder(folder / "val")
    stray = sorted({name for _, name in val_files} - set(classes))
    if stray:
        raise ImagesError(f"{folder / 'val'} holds class {stray[0]!r}, which train/ lacks; add it")
    return LabelledPhotographs(
        train=_decode(train_files, classes, size, cache / "train"),
        validation=_decode(val_files, classes, size, cache / "val"),
        classes=classes,
        words=_words(folder / "words.txt", classes),
    )


def held_out(data: LabelledPhotographs, each: int) -> LabelledPhotographs:
    """The last ``each`` training images of every class in the validation images' place.

    Raises ImagesError when a class has no more than those.
    """
    counts = np.bincount(data.train.labels, minlength=len(data.classes))
    if counts.min() <= each:
        poor = data.classes[int(counts.argmin())]
        raise ImagesError(
            f"class {poor!r} has {counts.min()} training images; hold out fewer than those"
        )
    members = (np.flatnonzero(data.train.labels == number) for number in range(len(counts)))
    aside = np.zeros(len(data.train.labels), dtype=np.bool_)
    aside[np.concatenate([rows[-each:] for rows in members])] = True
    parts = (Split(data.train.pixels[part], data.train.labels[part]) for part in (~aside, aside))
    train, validation = parts
    return replace(data, train=train, validation=validation)


def _by_folder(root: Path) -> list[tuple[Path, str]]:
    if not root.is_dir():
        raise ImagesError(f"{root} is missing; a data set needs train/ and val/")
    labelled = [
        (path, path.relative_to(root).parts[0])
        for path in sorted(root.rglob("*"))
        if path.suffix.lower() in SUFFIXES and len(path.relative_to(root).parts) > 1
    ]
    if not labelled:
        raise ImagesError(f"{root} holds no images in class folders; put them in {root}/CLASS/")
    return labelled


def _words(path: Path, classes: tuple[str, ...]) -> tuple[str, ...]:
    """The first name of each class, such as "goldfish" for n01443537."""
    known: dict[str, str] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            key, _, words = line.partition("\t")
            known[key] = words.split(",")[0].strip()
    return tuple(known.get(name, name) for name in classes)


def _decode(
    files: list[tuple[Path, str]], classes: tuple[str, ...], size: int, stem: Path
) -> Split:
    index = {name: number for number, name in enumerate(classes)}
    labels = np.array([index[name] for _, name in files], dtype=np.int64)
    listing = json.dumps({"size": size, "files": [str(path) for path, _ in files]})
    array, record = stem.with_suffix(".npy"), stem.with_suffix(".json")
    if not (array.exists() and record.exists() and record.read_text() == listing):
        stem.parent.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        shape = (len(files), size, size, 3)
        pixels = np.lib.format.open_memmap(array, "w+", dtype=np.uint8, shape=shape)
        for row, (path, _) in enumerate(tqdm(files, desc=f"Decoding {stem.name}", disable=None)):
            fitted = ImageOps.fit(decode(path), (size, size), Image.Resampling.BICUBIC)
            pixels[row] = np.asarray(fitted)
        pixels.flush()
        record.write_text(listing)
    return Split(np.load(array, mmap_mode="r"), labels)
