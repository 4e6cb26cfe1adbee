"""An exhibit: which network looks at which images."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import UsageError, unknown
from generator.records import MOST_K, Shortcuts

EXHIBITS = Path(__file__).with_name("exhibits.toml")
DEFAULT = "embedded"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # it becomes the name of a folder
MOST_MEGAPIXELS = 1000
FIGURE, ALL, NONE = PREFERRED = ("figure", "all", "none")
FULL, HALF = PRECISION = ("full", "half")
PROCESSOR, DEVICE = DECODE = ("processor", "device")
CHOICES = {"preferred": PREFERRED, "precision": PRECISION, "decode": DECODE}


@dataclass(frozen=True)
class Exhibit:
    """Settings of one build, with the reason beside each default."""

    name: str
    model: str
    images: str
    weights: str | None = None  # the network's own
    layers: tuple[str, ...] | None = None  # the five that stand for its family
    k: int = 9  # the paper shows nine patches a unit
    device: str = "cpu"  # there is one everywhere
    megapixels: int = 64  # larger images are refused: a large camera's photograph has as many
    strict_images: bool = False  # of a million photographs from the web some are always broken
    follow_links: bool = False  # a link may lead to anything that this machine holds
    # Of the paper's figures 5 and 7, and of the way down of a projection.
    photographs: tuple[str, ...] | None = None  # those that the network is surest of
    square: int | None = None  # a quarter of the input: the paper names no size
    stride: int | None = None  # the square's steps: the paper names none
    # Which units get a preferred input where none ship: those of the lesson's figures, since a
    # unit takes a second or more on a processor; all of them is work for a GPU.
    preferred: str = FIGURE
    # Of the scan alone; both others are for GPUs and large collections, and less exact.
    precision: str = FULL
    decode: str = PROCESSOR

    @property
    def shortcuts(self) -> Shortcuts:
        """By what its scan may be less exact."""
        return Shortcuts(half=self.precision == HALF, device_jpeg=self.decode == DEVICE)


def load_exhibit(name: str, path: Path = EXHIBITS) -> Exhibit:
    """The exhibit of that name; UsageError for an unknown name, key or type of value."""
    tables = _read(path)
    if name not in tables:
        raise unknown("exhibit", name, tables)
    return _exhibit(name, tables[name], path)


def with_options(exhibit: Exhibit, **options: Any) -> Exhibit:
    """The exhibit with every option that is not None in place of its own."""
    given = {key: value for key, value in options.items() if value is not None}
    if given.get("model", exhibit.model) != exhibit.model:
        # Another network's weights and layers say nothing about this one.
        given = {"weights": None, "layers": None, "square": None, "stride": None, **given}
    if given.get("images", exhibit.images) != exhibit.images:
        given = {"photographs": None, **given}  # of other images
    return _checked(dataclasses.replace(exhibit, **given), "the options")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path.name}: can't be read ({error})") from error


def _exhibit(name: str, table: Any, path: Path) -> Exhibit:
    where = f"{path.name}, [{name}]"
    if not isinstance(table, dict):
        raise UsageError(f"{where}: is not a table; write [{name}] and its keys below")
    kinds = {
        **dict.fromkeys(("model", "images", "weights", "device", *CHOICES), str),
        **dict.fromkeys(("layers", "photographs"), list),
        **dict.fromkeys(("k", "megapixels", "square", "stride"), int),
        "strict_images": bool,
        "follow_links": bool,
    }
    for key, value in table.items():
        if key not in kinds:
            raise unknown(f"key in {where}:", key, kinds)
        if not isinstance(value, kinds[key]) or isinstance(value, bool) != (kinds[key] is bool):
            raise UsageError(f"{where}: {key} is {value!r}; it takes a {kinds[key].__name__}")
    for key in ("model", "images"):
        if key not in table:
            raise UsageError(f"{where}: {key} is missing")
    lists: dict[str, tuple[str, ...] | None] = {}
    for key in ("layers", "photographs"):
        names = table.get(key)
        if names is not None and not all(isinstance(one, str) for one in names):
            raise UsageError(f"{where}: {key} takes a list of names")
        lists[key] = None if names is None else tuple(names)
    return _checked(Exhibit(**{**table, "name": name, **lists}), where)


def _checked(exhibit: Exhibit, where: str) -> Exhibit:
    """The exhibit, or UsageError for a value that could never be used."""
    if not NAME.fullmatch(exhibit.name):
        raise UsageError(f"{where}: an exhibit's name is letters, digits, - and _")
    texts = (exhibit.model, exhibit.images, exhibit.weights or "", exhibit.device)
    if any("\0" in text for text in texts):
        raise UsageError(f"{where}: holds a character that no name can hold")
    for key, known in CHOICES.items():
        if getattr(exhibit, key) not in known:
            raise unknown(f"value of {key} in {where}:", getattr(exhibit, key), known)
    if not 1 <= exhibit.k <= MOST_K:
        raise UsageError(f"{where}: k is {exhibit.k}; give a number from 1 to {MOST_K}")
    if not 1 <= exhibit.megapixels <= MOST_MEGAPIXELS:
        raise UsageError(
            f"{where}: megapixels is {exhibit.megapixels}; give a number from 1 to "
            f"{MOST_MEGAPIXELS}"
        )
    layers = exhibit.layers
    if layers is not None and len(set(layers)) != max(1, len(layers)):
        what = "names a layer twice" if layers else "names no layer"
        raise UsageError(f"{where}: layers {what}; name each layer that is to be shown once")
    return exhibit
