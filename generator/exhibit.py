"""An exhibit: which network looks at which images.

Each setting is one field of ``Exhibit``, with its help, its choices or range and the input of
the stages that it belongs to. The options of the command line, the check of ``exhibits.toml``,
the keys of the stages and the table for maintainers are made from these fields.
"""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from generator.errors import UsageError, unknown
from generator.records import MOST_K, Shortcuts
from generator.records.taken import SIZES

EXHIBITS = Path(__file__).with_name("exhibits.toml")
DEFAULT = "embedded"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # it becomes the name of a folder
MOST_MEGAPIXELS = 1000
MOST_LIVE = 1000  # megabytes: more than any browser would be glad of
FIGURE, ALL, NONE = PREFERRED = ("figure", "all", "none")
FULL, HALF = PRECISION = ("full", "half")
PROCESSOR, DEVICE = DECODE = ("processor", "device")
KINDS = {str: "text", int: "a whole number", bool: "true or false", tuple: "a list of names"}
CHOOSING = ("classes", "per_class", "boxes")  # settings of openimages
EXHIBIT = "exhibit"  # the part of a setting that no stage depends on, only what the manifest says


@dataclass(frozen=True)
class Setting:
    """What is said of a setting wherever it can be given.

    ``part`` is the input of the stages whose key the setting belongs to (see
    ``generator/stages/table.py``), ``exhibit`` where only the manifest tells of it, None where
    nothing that is made depends on it. ``value`` stands for its value in a line of help;
    ``left_out`` says what happens without it, where the default's own value does not. Numbers
    lie between ``least`` and ``most``, both in. ``option`` is the command line's name where it
    is not the field's: of a list that is given one by one.
    """

    help: str
    part: str | None
    value: str = "NAME"
    left_out: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    option: str = ""


@dataclass(frozen=True)
class Exhibit:
    """Settings of one build, with the reason beside each default."""

    name: str
    model: Annotated[
        str,
        Setting(
            "zfnet64, zfnet, any torchvision classification network, timm/NAME where timm is "
            "installed, or your own as FILE.py:CALLABLE or PACKAGE.MODULE:CALLABLE",
            "network",
        ),
    ]
    images: Annotated[
        str,
        Setting(
            "photographs: a folder, whose sub-folders are classes, or one of the words bundled, "
            "imagenette (342 MB, downloaded by torchvision) and openimages (about 2 GB, CC BY)",
            "images",
            "FOLDER",
        ),
    ]
    weights: Annotated[
        str | None,
        Setting(
            "a file of safetensors or torch.save, FILE#NEST where it holds several, or the word "
            "none for random weights",
            "network",
            "FILE",
            "the network's own, downloaded by torchvision if need be",
        ),
    ] = None
    card: Annotated[
        str | None,
        Setting(
            "JSON that names the classes and says mean, std, size and title",
            "network",
            "FILE",
            "the one beside the weights, if there is one",
        ),
    ] = None
    size: Annotated[
        int | None,
        Setting(
            "pixels across the network's input",
            "network",
            "N",
            "as its maker has it",
            least=SIZES[0],
            most=SIZES[1],
        ),
    ] = None
    layers: Annotated[
        tuple[str, ...] | None,
        Setting(
            "modules to show, first to last",
            "network",
            "NAME,NAME",
            "five that stand for the network",
        ),
    ] = None  # the five that stand for its family
    k: Annotated[int, Setting("patches a unit", "k", "N", least=1, most=MOST_K)] = (
        9  # the paper shows nine patches a unit
    )
    device: Annotated[str, Setting("where the network runs: cpu, cuda, cuda:1, mps", EXHIBIT)] = (
        "cpu"  # there is one everywhere
    )
    megapixels: Annotated[
        int,
        Setting(
            "refuse images of more million pixels", "images", "N", least=1, most=MOST_MEGAPIXELS
        ),
    ] = 64  # a large camera's photograph has as many
    strict_images: Annotated[
        bool,
        Setting(
            "end with an error when an image is refused", None, left_out="leave it out and name it"
        ),
    ] = False  # of a million photographs from the web some are always broken
    # Of Open Images, which are chosen by rule. What is chosen stands in a lock.
    classes: Annotated[
        tuple[str, ...] | None,
        Setting("of openimages: its classes", None, "NAME,NAME", "some that the lesson names"),
    ] = None
    per_class: Annotated[
        int,
        Setting(
            "of openimages: images of each class, at most; as many as these together at random",
            None,
            "N",
            least=1,
            most=2000,
        ),
    ] = 60  # some classes have no more
    boxes: Annotated[
        bool,
        Setting(
            "of openimages: cut images of classes to the square around their largest box",
            None,
            left_out="show them whole",
        ),
    ] = False  # networks know whole photographs
    require_credits: Annotated[
        bool,
        Setting(
            "end with an error when a photograph has no credit: author, licence and address, in "
            "credits.csv in the folder of photographs",
            None,
            left_out="count and name those that have none",
        ),
    ] = False  # who looks at photographs alone needs none
    follow_links: Annotated[
        bool,
        Setting(
            "follow links out of the folder, to files and to folders", None, left_out="name them"
        ),
    ] = False  # a link may lead to anything that this machine holds
    # Of the paper's figures 5 and 7, and of the way down of a projection.
    photographs: Annotated[
        tuple[str, ...] | None,
        Setting(
            "photographs that are covered, shifted and turned: names among the images, or files",
            "chosen",
            "NAME",
            "those that the network is surest of",
            option="photograph",
        ),
    ] = None
    square: Annotated[
        int | None,
        Setting(
            "side in pixels of the square that covers them",
            "occluder",
            "N",
            "a quarter of the network's input",
        ),
    ] = None  # the paper names no size
    stride: Annotated[
        int | None,
        Setting(
            "pixels by which the square moves on", "occluder", "N", "what suits the network's input"
        ),
    ] = None  # the paper names none
    # Those of the lesson's figures, since a unit takes a second or more on a processor; all of
    # them is work for a GPU.
    preferred: Annotated[
        str,
        Setting(
            "units that get a preferred input where none ship with the network: figure (those in "
            "the lesson's figures), all (wants a GPU: a unit takes a second or more on a "
            "processor) or none",
            "prebuilt",
            "WHICH",
            choices=PREFERRED,
        ),
    ] = FIGURE
    # Of the scan alone; both others are for GPUs and large collections, and less exact.
    precision: Annotated[
        str,
        Setting(
            "full, or half: the scan's passes with numbers of 16 bits, faster on a GPU and less "
            "exact; the build says by how much",
            "shortcuts",
            "WHICH",
            choices=PRECISION,
        ),
    ] = FULL
    decode: Annotated[
        str,
        Setting(
            "who decodes plain JPEGs for the scan: processor, or device, the one of the network, "
            "whose decoder may round otherwise; the build says what that changes",
            "shortcuts",
            "WHERE",
            choices=DECODE,
        ),
    ] = PROCESSOR
    live: Annotated[
        int,
        Setting(
            "most megabytes (2 ** 20 bytes) of weights that the page Your picture may load; a "
            "network with more is not shipped with the site",
            "shipping",
            "N",
            least=0,
            most=MOST_LIVE,
        ),
    ] = 16  # as much as a page with many photographs

    draft: Annotated[
        bool,
        Setting(
            "a first look in seconds: the scan, and a few units of each layer; nothing is measured "
            "or tested, and the pages say so",
            EXHIBIT,
            left_out="everything",
        ),
    ] = False  # a lesson needs the tests

    @property
    def shortcuts(self) -> Shortcuts:
        """By what its scan may be less exact."""
        return Shortcuts(half=self.precision == HALF, device_jpeg=self.decode == DEVICE)

    def parts(self) -> dict[str, dict[str, Any]]:
        """The values of the settings by the input of the stages that they belong to."""
        parts: dict[str, dict[str, Any]] = {}
        for name, field in settings().items():
            if field.setting.part:
                parts.setdefault(field.setting.part, {})[name] = getattr(self, name)
        return parts


@dataclass(frozen=True)
class SettingField:
    """A setting with what its field in ``Exhibit`` says: type, and default or none."""

    name: str
    kind: type
    required: bool
    default: Any
    setting: Setting

    @property
    def option(self) -> str:
        """How the command line calls it."""
        return "--" + (self.setting.option or self.name).replace("_", "-")

    @property
    def otherwise(self) -> str:
        """What happens where it is left out, in words."""
        return self.setting.left_out or str(self.default)


@cache
def settings() -> dict[str, SettingField]:
    """Every setting by its name in an exhibit, in the order of the fields."""
    hints = get_type_hints(Exhibit, include_extras=True)
    fields: dict[str, SettingField] = {}
    for field in dataclasses.fields(Exhibit):
        if get_origin(hints[field.name]) is Annotated:
            kind, setting = get_args(hints[field.name])
            if isinstance(kind, UnionType):  # ``| None``
                kind = get_args(kind)[0]
            required = field.default is dataclasses.MISSING
            fields[field.name] = SettingField(
                field.name, get_origin(kind) or kind, required, field.default, setting
            )
    return fields


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
        own = ("weights", "card", "size", "layers", "square", "stride")
        given = {**dict.fromkeys(own), **given}
    if given.get("weights", exhibit.weights) != exhibit.weights:
        given = {"card": None, **given}  # of other weights
    if given.get("images", exhibit.images) != exhibit.images:
        chosen = {name: settings()[name].default for name in CHOOSING}
        given = {"photographs": None, **chosen, **given}  # of other images
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
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in settings():
            raise unknown(f"key in {where}:", key, settings())
        values[key] = _value(value, settings()[key], where)
    for key, field in settings().items():
        if field.required and key not in table:
            raise UsageError(f"{where}: {key} is missing")
    return _checked(Exhibit(name=name, **values), where)


def _value(value: Any, field: SettingField, where: str) -> Any:
    """A value of TOML as the field has it; UsageError for one of another type."""
    listed = isinstance(value, list) and all(isinstance(name, str) for name in value)
    if field.kind is tuple and listed:
        return tuple(value)
    if type(value) is not field.kind:
        raise UsageError(f"{where}: {field.name} is {value!r}; give {KINDS[field.kind]}")
    return value


def _checked(exhibit: Exhibit, where: str) -> Exhibit:
    """The exhibit, or UsageError for a value that could never be used."""
    if not NAME.fullmatch(exhibit.name):
        raise UsageError(f"{where}: an exhibit's name is letters, digits, - and _")
    for name, field in settings().items():
        value, setting = getattr(exhibit, name), field.setting
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and "\0" in text:
                raise UsageError(f"{where}: {name} holds a character that no name can hold")
        if setting.choices and value not in setting.choices:
            raise unknown(f"value of {name} in {where}:", value, setting.choices)
        least, most = setting.least, setting.most
        bounded = least is not None and most is not None and value is not None
        if bounded and not least <= value <= most:
            raise UsageError(f"{where}: {name} is {value}; give a number from {least} to {most}")
    for name, one in (("layers", "layer"), ("classes", "class")):
        listed = getattr(exhibit, name)
        if listed is not None and len(set(listed)) != max(1, len(listed)):
            what = f"names a {one} twice" if listed else f"names no {one}"
            raise UsageError(f"{where}: {name} {what}; name each {one} that is wanted once")
    return _at_home(exhibit)


def _at_home(exhibit: Exhibit) -> Exhibit:
    """With the home folder in place of a ``~`` that a path begins with, as shells have it."""
    paths = {
        key: os.path.expanduser(text)  # noqa: PTH111  a path may end in #NEST
        for key in ("model", "weights", "card", "images")
        if (text := getattr(exhibit, key)) is not None
    }
    photographs = exhibit.photographs
    if photographs is not None:
        photographs = tuple(map(os.path.expanduser, photographs))
    return dataclasses.replace(exhibit, **paths, photographs=photographs)
