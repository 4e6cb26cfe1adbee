"""Reads a file of weights by what it holds, whatever it is called, and runs no code of it."""

from __future__ import annotations

import pickle
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch.serialization import safe_globals

from generator.errors import WeightsError
from generator.records.taken import NO_WEIGHTS, WEIGHTS_FILES

SAFETENSORS, ZIP, PICKLE = WEIGHTS_FILES


class Beside:
    """Stands for a value that a trainer put beside the weights; it keeps nothing of it."""

    def __new__(cls, *_: object, **__: object) -> Beside:
        """An empty stand-in, whatever the value was made from."""
        return super().__new__(cls)

    def __setstate__(self, _: object) -> None:
        pass


def _table(*_: object) -> dict[Any, Any]:
    return {}


def _row(*_: object) -> list[Any]:
    return []


# Harmless types that trainers store beside weights, by the names that pickles give them. None of
# them is made: a stand-in takes the place of each. All other types end the reading.
BESIDE: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(
        (
            "argparse.Namespace",
            "types.SimpleNamespace",
            "datetime.date",
            "datetime.datetime",
            "datetime.timedelta",
            "decimal.Decimal",
            "uuid.UUID",
            "numpy.dtype",
            "numpy.ndarray",
            "numpy.core.multiarray.scalar",
            "numpy._core.multiarray.scalar",
            "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct",
            *(
                f"{module}.{kind}"
                for module in ("pathlib", "pathlib._local")
                for kind in ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path")
            ),
        ),
        Beside,
    ),
    # What these are made of or filled with, as Python 3 and Python 2 name it.
    **{
        f"{module}.{kind}": stand_in
        for module in ("builtins", "__builtin__")
        for kind, stand_in in (
            *(("list", _row), ("dict", _table), ("int", Beside), ("float", Beside)),
            *(("str", Beside), ("bool", Beside), ("tuple", Beside), ("complex", Beside)),
            *(("slice", Beside), ("range", Beside), ("bytearray", Beside)),
        )
    },
    "collections.defaultdict": _table,
    "lightning_fabric.utilities.data.AttributeDict": _table,
    "lightning.fabric.utilities.data.AttributeDict": _table,
    "pytorch_lightning.utilities.parsing.AttributeDict": _table,
    "collections.deque": _row,
}


def read_content(path: Path) -> Any:
    """What a file of safetensors or of ``torch.save`` holds: tensors on the CPU, in their nests.

    Pickles are read with ``weights_only``, which runs no code of the file's. Raises WeightsError
    when the file is missing, damaged, of another kind, or holds objects that are not weights.
    """
    try:
        if not path.is_file():
            raise WeightsError(f"{path}: no such file; give --weights a file that exists")
        kind = kind_of(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WeightsError(f"{path}: {reason}; give --weights a file that exists") from error
    try:
        if kind == SAFETENSORS:
            return load_file(path)
        names: list[Any] = [(own, name) for name, own in BESIDE.items()]
        # By its path torch would go by the file's ending.
        with path.open("rb") as file, warnings.catch_warnings(), safe_globals(names):
            warnings.simplefilter("ignore")  # of pickles of other protocols
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(f"{path}: {_not_run(error)}") from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # there is no end to what a damaged pickle raises
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsError(f"{path}: can't be read as weights ({reason})") from error


def kind_of(path: Path) -> str:
    """How a file holds its weights, by its first bytes; WeightsError for one that holds none."""
    with path.open("rb") as file:
        start = file.read(64)
    for mark, words in NO_WEIGHTS.items():
        if start.lstrip().startswith(mark):
            raise WeightsError(f"{path}: {words}")
    if not start:
        raise WeightsError(f"{path}: is empty; copy or download it again")
    size = int.from_bytes(start[:8], "little")
    if start[8:9] == b"{" and size <= path.stat().st_size - 8:
        return SAFETENSORS
    if start.startswith(b"PK"):
        return _zip(path)
    if start.startswith(b"\x80"):
        return PICKLE
    cut = start[8:9] == b"{" and size < 100_000_000  # a header longer than the file
    what = "is cut off" if cut else "is neither safetensors nor a file of torch.save"
    raise WeightsError(f"{path}: {what}; give a file that holds a network's weights")


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.rpartition("/")[2] for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise WeightsError(f"{path}: can't be read as weights ({error}); copy it again") from error
    if "constants.pkl" in names:
        raise WeightsError(
            f"{path}: is a TorchScript program, which would have to be run; save the network's "
            "state_dict() alone"
        )
    if "data.pkl" not in names:
        raise WeightsError(f"{path}: is a zip archive without weights of torch.save in it")
    return ZIP


def _not_run(error: pickle.UnpicklingError) -> str:
    """Why a pickle was not read to its end."""
    match = re.search(r"GLOBAL ([\w.<>]+)", str(error))
    if match:
        return (
            f"holds an object of {match.group(1)}, which only code could make, and is not run; "
            "save the network's state_dict() alone"
        )
    return "holds more than weights, or is damaged, and is not run; save the state_dict() alone"
