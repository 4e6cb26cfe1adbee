"""Which images of Open Images make a collection: by rule, from its tables, the same every time."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import ImagesError, unknown
from generator.images.credits import is_web_address
from generator.images.openimages.facts import (
    CC_BY,
    LEFT,
    LOWER,
    RIGHT,
    UNFIT,
    UPPER,
    Addresses,
    WebTable,
    shows_people,
)
from generator.images.openimages.locking import Choice

THERE = 1.0  # the confidence of a label that people have seen in the image
SMALLEST = 0.2  # of width or height: a smaller box shows little of its thing
Extent = tuple[float, float, float, float]  # left, right, top, bottom, in shares


@dataclass(frozen=True)
class Chosen:
    """An image before it is fetched; ``box`` is its largest thing of its class, as it is turned."""

    id: str
    label: str
    rotation: int
    box: Extent | None
    title: str
    author: str
    address: str


@dataclass(frozen=True)
class Tables:
    """The files that the tables were fetched into."""

    metadata: Path
    labels: Path
    boxes: Path | None
    classes: Path


def choose(choice: Choice, files: Tables, addresses: Addresses) -> list[Chosen]:
    """The images of a collection: those of each class in turn, then as many at random.

    Only CC BY 2.0 with an author, none that people were seen in unless a class of people is asked
    for, none whose photograph has gone from its author's page, each once. Among those that fit,
    the order is that of a hash of seed, class and image, so that one that is lost changes nothing
    else. Raises GeneratorError for a class that there is not, or a table that is not as it has to
    be.
    """
    called = dict(_pairs(files.classes))
    names = {name: label for label, name in called.items()}
    for name in choice.classes:
        if name not in names:
            raise unknown("class of Open Images", name, names)
    wanted = {names[name]: name for name in choice.classes}
    holding: dict[str, set[str]] = {name: set() for name in choice.classes}
    peopled: set[str] = set()
    for row in rows(files.labels, addresses.labels):
        if _number(row["Confidence"]) == THERE:
            if sought := wanted.get(row["LabelName"]):
                holding[sought].add(row["ImageID"])
            if shows_people(called.get(row["LabelName"], "")):
                peopled.add(row["ImageID"])
    known = {row["ImageID"]: row for row in rows(files.metadata, addresses.metadata) if _fits(row)}
    fit = known.keys() - (set() if any(map(shows_people, choice.classes)) else peopled)
    boxes = _largest_boxes(files.boxes, addresses.boxes, wanted) if files.boxes else None
    taken: dict[str, Chosen] = {}
    for name in choice.classes:
        able = (holding[name] & fit) - taken.keys()
        if boxes is not None:
            able = {image for image in able if (image, name) in boxes}
        for image in _first(able, choice.per_class, choice.seed, name):
            box = None if boxes is None else boxes[image, name]
            taken[image] = _chosen(known[image], name, box)
    for image in _first(fit - taken.keys(), len(taken), choice.seed, ""):
        taken[image] = _chosen(known[image], "", None)
    return list(taken.values())


def rows(path: Path, table: WebTable) -> Iterator[dict[str, str]]:
    """The rows of a table by its heads. Raises ImagesError naming the line that is wrong."""
    line = 1
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in table.columns if name not in (reader.fieldnames or ())]
            if missing:
                raise ImagesError(
                    f"{path}: has no column {missing[0]!r}, so it is not what "
                    f"{table.address} held; delete it to fetch it again"
                )
            for row in reader:
                line = reader.line_num
                if None in row or None in row.values():
                    raise csv.Error("too many or too few fields")
                yield row
    except (csv.Error, UnicodeDecodeError) as error:
        raise ImagesError(
            f"{path}, line {line}: is not CSV ({error}); delete it to fetch it again"
        ) from error


def turned(box: Extent, rotation: int) -> Extent:
    """A box in the image once that is turned counter-clockwise.

    >>> turned((0.0, 0.25, 0.5, 1.0), 90)
    (0.5, 1.0, 0.75, 1.0)
    """
    left, right, top, bottom = box
    for _ in range(rotation // 90):
        left, right, top, bottom = top, bottom, 1 - right, 1 - left
    return left, right, top, bottom


def square(box: Extent, width: int, height: int) -> tuple[int, int, int]:
    """Left, top and side in pixels of the square around a box that lies inside the image.

    >>> square((0.5, 1.0, 0.0, 0.5), 200, 100)
    (100, 0, 100)
    """
    left, right, top, bottom = box[0] * width, box[1] * width, box[2] * height, box[3] * height
    side = min(round(max(right - left, bottom - top)), width, height)
    across, down = (
        round((first + last - side) / 2) for first, last in ((left, right), (top, bottom))
    )
    return min(max(across, 0), width - side), min(max(down, 0), height - side), side


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Labels and names of the classes, of a table without heads."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) < 2 or not row[0].startswith("/"):
                raise ImagesError(f"{path}: is no table of classes; delete it to fetch it again")
            yield row[0], row[1]


def _fits(row: Mapping[str, str]) -> bool:
    """Whether an image may be shown, and someone can be named for it."""
    return (
        row["License"] == CC_BY
        and bool(row["Author"].strip())
        and is_web_address(row["OriginalLandingURL"])
        and _number(row["Rotation"]) in (0, 90, 180, 270)
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _largest_boxes(
    path: Path, table: WebTable, wanted: Mapping[str, str]
) -> dict[tuple[str, str], Extent]:
    """By image and class the largest box that is fit to be shown."""
    largest: dict[tuple[str, str], Extent] = {}
    for row in rows(path, table):
        name = wanted.get(row["LabelName"])
        if name is None or any(row[mark] == "1" for mark in UNFIT):
            continue
        box = tuple(_number(row[edge]) or 0.0 for edge in (LEFT, RIGHT, UPPER, LOWER))
        left, right, top, bottom = box
        place = row["ImageID"], name
        if max(right - left, bottom - top) >= SMALLEST and _area(box) > _area(largest.get(place)):
            largest[place] = left, right, top, bottom
    return largest


def _area(box: Sequence[float] | None) -> float:
    return (box[1] - box[0]) * (box[3] - box[2]) if box else 0.0


def _first(images: set[str], count: int, seed: int, name: str) -> list[str]:
    """So many images in the order of the hash, then sorted."""
    order = sorted(
        images, key=lambda image: hashlib.sha256(f"{seed} {name} {image}".encode()).digest()
    )
    return sorted(order[:count])


def _chosen(row: Mapping[str, str], label: str, box: Extent | None) -> Chosen:
    rotation = int(float(row["Rotation"]))
    return Chosen(
        id=row["ImageID"],
        label=label,
        rotation=rotation,
        box=turned(box, rotation) if box else None,
        title=" ".join(row["Title"].split()) or "Untitled",
        author=" ".join(row["Author"].split()),
        address=row["OriginalLandingURL"],
    )
