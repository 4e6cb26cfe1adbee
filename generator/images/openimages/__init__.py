"""Open Images: photographs that may be shown, with credits for each, chosen by rule.

The first time, images are chosen from the tables of its validation set, fetched, and written
down in a lock. From then on the lock says which they are: what is there is compared with its
hashes, what is missing is fetched, and what has gone or changed is named. Everything is kept in
torch's own cache (``TORCH_HOME``).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from msgspec import structs
from PIL import Image

from generator.errors import ImagesError
from generator.images.collection import Collection, Item
from generator.images.credits import with_own_titles
from generator.images.datasets import datasets_folder
from generator.images.decode import MEGAPIXELS, decode
from generator.images.folder import DIGITS
from generator.images.jpeg import Jpeg, plain_jpeg
from generator.images.openimages.choosing import Chosen, Tables, choose, square
from generator.images.openimages.facts import CLASSES, NAME, TERMS, Addresses, WebTable
from generator.images.openimages.fetching import (
    JPEG,
    ChangedError,
    Fetcher,
    GoneError,
    Manners,
    Wanted,
)
from generator.images.openimages.locking import REMEDY, Choice, Locked, read_lock, write_lock
from generator.records.collections import Credit

__all__ = ["CLASSES", "LOCK", "NAME", "Choice", "Origin", "open_openimages"]

LOCK = "openimages.lock"
FEW = 5  # images that an error names
TURNS = {
    90: Image.Transpose.ROTATE_90,  # Pillow's turns go the same way round: counter-clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True)
class Origin:
    """Where images come from, how servers are asked, and where lock and files lie.

    Another one than the default is for tests.
    """

    addresses: Addresses = field(default_factory=Addresses)
    manners: Manners = field(default_factory=Manners)
    lock: Path = Path(LOCK)
    folder: Path = field(default_factory=lambda: datasets_folder() / NAME)


def open_openimages(
    choice: Choice | None = None,
    update: bool = False,
    megapixels: int = MEGAPIXELS,
    origin: Origin | None = None,
) -> Collection:
    """The images that the lock names; with ``update``, or without a lock, they are chosen anew.

    Raises ImagesError where the lock was made by another ``choice`` (None: whatever it was), where
    images can't be fetched, or where some have gone or changed since.
    """
    origin = origin or Origin()
    if update or not origin.lock.exists():
        images = _lock_anew(choice or Choice(classes=CLASSES), origin, megapixels)
    else:
        made, images = read_lock(origin.lock)
        _check_choice(made, choice, origin.lock)
        _fetch_locked(images, origin)
    return _collection(images, origin.folder, megapixels)


def _check_choice(made: Choice, asked: Choice | None, lock: Path) -> None:
    for name, now in ({} if asked is None else structs.asdict(asked)).items():
        before = getattr(made, name)
        if before != now:
            told = [", ".join(one) if isinstance(one, tuple) else one for one in (before, now)]
            raise ImagesError(
                f"{lock}: was made with {name} = {told[0]}, and now it is {told[1]}; {REMEDY}, or "
                "set it back"
            )


def _lock_anew(choice: Choice, origin: Origin, megapixels: int) -> tuple[Locked, ...]:
    """Choose, fetch, and write the lock; what can't be had is left out and told."""
    fetcher, addresses = Fetcher(origin.manners), origin.addresses
    files: dict[str, Path] = {}
    for name in ("classes", "labels", "metadata", *(["boxes"] if choice.boxes else [])):
        table: WebTable = getattr(addresses, name)
        files[name] = origin.folder / "tables" / table.address.rpartition("/")[2]
        if not files[name].exists():
            try:
                fetcher.one(Wanted(table.address, files[name]))
            except GoneError as error:
                raise ImagesError(
                    f"{table.address}: is not there any more; look for its new place, "
                    "and give --images a folder until then"
                ) from error
    tables = Tables(files["metadata"], files["labels"], files.get("boxes"), files["classes"])
    chosen = choose(choice, tables, addresses)
    if not chosen:
        raise ImagesError(f"{NAME}: no image fits {', '.join(choice.classes)}; name other classes")
    wanted = [Wanted(addresses.image.format(one.id), _file(origin, one.id)) for one in chosen]
    gone = fetcher.all([one for one in wanted if not one.path.exists()], JPEG)
    images: list[Locked] = []
    lost = [one.id for one, file in zip(chosen, wanted, strict=True) if file.address in gone]
    for one in chosen:
        if one.id in lost:
            continue
        path = _file(origin, one.id)
        try:
            images.append(_locked(one, path, megapixels))
        except ImagesError:  # half a file, or no picture at all
            path.unlink()
            lost.append(one.id)
    if lost:
        print(f"{NAME}: left out, since they can't be had: {_named(lost)}", file=sys.stderr)
    if not images:
        raise ImagesError(
            f"{NAME}: none of the images that were chosen can be had; try again later"
        )
    write_lock(origin.lock, choice, tuple(images))
    print(
        f"{origin.lock}: {len(images):,} images of Open Images; commit it, and the same ones make "
        "this collection again",
        file=sys.stderr,
    )
    return tuple(images)


def _locked(one: Chosen, path: Path, megapixels: int) -> Locked:
    """What the lock says of an image that is here; ImagesError for one that is no picture."""
    width, height = _upright(path, one.rotation, megapixels).size
    return Locked(
        id=one.id,
        sha256=_digest(path),
        label=one.label,
        rotation=one.rotation,  # type: ignore[arg-type]  # one of those that it may be
        cut=square(one.box, width, height) if one.box else None,
        title=one.title,
        author=one.author,
        address=one.address,
    )


def _fetch_locked(images: Sequence[Locked], origin: Origin) -> None:
    """Have every image of the lock, as it was. Raises ImagesError naming those that are not."""
    wanted = {
        image.id: Wanted(
            origin.addresses.image.format(image.id), _file(origin, image.id), image.sha256
        )
        for image in images
    }
    missing = {
        name: one
        for name, one in wanted.items()
        if not one.path.exists() or _digest(one.path) != one.sha256
    }
    if not missing:
        return
    missed = Fetcher(origin.manners).all(list(missing.values()), JPEG)
    told = []
    for kind, words in ((GoneError, "gone"), (ChangedError, "changed")):
        names = [name for name, one in missing.items() if isinstance(missed.get(one.address), kind)]
        if names:
            told.append(
                f"{len(names):,} of its {len(images):,} images have {words}: {_named(names)}"
            )
    if told:
        raise ImagesError(f"{origin.lock}: {'; '.join(told)}; {REMEDY}")


@dataclass(frozen=True)
class _Opener:
    """Opens an image as it is turned; a worker process is handed it."""

    folder: Path
    megapixels: int
    ids: tuple[str, ...]
    rotations: tuple[int, ...]

    def __call__(self, item: Item) -> Image.Image:
        image = _upright(self.path(item), self.rotations[item.source], self.megapixels)
        if not item.side:
            return image
        return image.crop((item.left, item.top, item.left + item.side, item.top + item.side))

    def plain(self, item: Item) -> Jpeg | None:
        """The file of an image that is shown as it lies, for decoders on a device."""
        as_it_lies = not item.side and not self.rotations[item.source]
        return plain_jpeg(self.path(item), self.megapixels) if as_it_lies else None

    def path(self, item: Item) -> Path:
        """Where its file lies."""
        return self.folder / "images" / f"{self.ids[item.source]}.jpg"


def _collection(images: Sequence[Locked], folder: Path, megapixels: int) -> Collection:
    classes = tuple(dict.fromkeys(image.label for image in images if image.label))
    items, hashes = [], []
    whole = hashlib.sha256()
    for number, image in enumerate(images):
        name = f"{image.label}/{image.id}.jpg" if image.label else f"{image.id}.jpg"
        label = classes.index(image.label) if image.label else -1
        items.append(Item(name, label, number, *(image.cut or (0, 0, 0))))
        content = f"{image.sha256} {image.rotation} {image.cut or ''}"
        whole.update(f"{name}\0{content}\n".encode())
        hashes.append(hashlib.sha256(content.encode()).hexdigest()[:DIGITS].encode())
    whose = {
        number: Credit(image.title, image.author, TERMS, image.address, items[number].name)
        for number, image in enumerate(images)
    }
    rotations = tuple(int(image.rotation) for image in images)
    opener = _Opener(folder, megapixels, tuple(image.id for image in images), rotations)
    return Collection(
        name=NAME,
        title=f"photographs of Open Images, of {len(classes)} classes and at random",
        sha256=whole.hexdigest(),
        items=tuple(items),
        opener=opener,
        classes=classes,
        sources=len(items),
        per_source=1,
        credits=with_own_titles(whose, {item.name: item.source for item in items}),
        hashes=np.array(hashes, dtype=f"S{DIGITS}"),
        jpeg=opener.plain,
    )


def _upright(path: Path, rotation: int, megapixels: int) -> Image.Image:
    """A picture as its author meant it, whatever its camera wrote into the file."""
    image = decode(path, megapixels, upright=False)
    return image.transpose(TURNS[rotation]) if rotation else image


def _file(origin: Origin, image: str) -> Path:
    return origin.folder / "images" / f"{image}.jpg"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _named(images: Sequence[str]) -> str:
    more = f" and {len(images) - FEW:,} more" if len(images) > FEW else ""
    return f"{', '.join(images[:FEW])}{more}"
