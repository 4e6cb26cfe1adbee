"""Networks of other makers: a module of one's own by its code, or one of timm's by its name.

No torch until one is built: what names them also keys a warm build.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import UsageError, unknown

if TYPE_CHECKING:
    from torch import nn

TIMM = "timm/"


@dataclass(frozen=True)
class Code:
    """Where the code of a network is: ``source`` a file or a module, ``name`` what makes it."""

    source: str
    name: str

    @property
    def path(self) -> Path | None:
        """The file, where the source is one."""
        return Path(self.source) if self.source.endswith(".py") else None


def code_of(model: str) -> Code | None:
    """What ``package.module:callable`` or ``file.py:callable`` names; None for another name.

    >>> code_of("nets/mine.py:small")
    Code(source='nets/mine.py', name='small')
    """
    source, colon, name = model.rpartition(":")
    return Code(source, name) if colon and source and name.isidentifier() else None


def public_name(model: str) -> str:
    """What a network is called on a page: of a file of one's own its name, not where it lies.

    >>> public_name("/home/anna/nets/mine.py:small")
    'mine.py:small'
    """
    code = code_of(model)
    return f"{code.path.name}:{code.name}" if code and code.path else model


def code_identity(model: str) -> str:
    """What tells whether the code of a network has changed; empty for networks known by name.

    Of code of one's own, the hash of the file that is named: what that file imports is not
    looked at. Of timm, its version.
    """
    if model.startswith(TIMM):
        try:
            return version("timm")
        except PackageNotFoundError:
            return ""
    code = code_of(model)
    if code is None:
        return ""
    try:
        path = code.path
        if path is None:
            _look_here()
            spec = importlib.util.find_spec(code.source)
            path = Path(spec.origin) if spec and spec.origin else None
        return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""
    except (ImportError, OSError, ValueError):
        return ""  # building it says what is wrong


def build_own(code: Code) -> nn.Module:
    """The network that the callable makes, called without arguments; a module that is there too.

    Runs the code, which is the user's own. Raises UsageError where that fails.
    """
    from torch import nn  # noqa: PLC0415

    made = _named(code)
    if not isinstance(made, nn.Module):
        try:
            made = made()
        except Exception as error:  # code of the user's may raise anything
            raise UsageError(
                f"{code.source}: {code.name}() raised {_reason(error)}; it is called without "
                "arguments and has to give a network"
            ) from error
    if not isinstance(made, nn.Module):
        raise UsageError(
            f"{code.source}: {code.name}() gave an object of type {type(made).__name__}; it has "
            "to give a torch.nn.Module"
        )
    return made


def _named(code: Code) -> Any:
    path = code.path
    if path is not None and not path.is_file():
        raise UsageError(f"{path}: no such file; give --model FILE.py:CALLABLE that exists")
    try:
        module = _imported(path) if path else _module(code.source)
    except (Exception, SystemExit) as error:
        raise UsageError(f"{code.source}: can't be imported ({_reason(error)})") from error
    if not hasattr(module, code.name):
        public = [
            name for name, value in vars(module).items() if callable(value) and name[0] != "_"
        ]
        raise unknown(f"name in {code.source}:", code.name, public)
    return getattr(module, code.name)


def _imported(path: Path) -> Any:
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # as when Python runs the file: what lies beside it is found
    name = f"own_network_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look a class's module up
    spec.loader.exec_module(module)
    return module


def _module(name: str) -> Any:
    _look_here()
    return importlib.import_module(name)


def _look_here() -> None:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))


def _reason(error: BaseException) -> str:
    first = str(error).splitlines()[:1]
    return f"{type(error).__name__}: {first[0]}" if first else type(error).__name__


@dataclass(frozen=True)
class Preset:
    """How a network's maker prepares its images: pixels, constants, and how they are scaled."""

    size: int
    resize: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: str


def build_timm(name: str) -> tuple[nn.Module, Preset]:
    """One of timm's networks with random weights, and how timm prepares its images.

    Raises UsageError where timm is not installed or has no such network.
    """
    try:
        timm: Any = importlib.import_module("timm")
    except ImportError as error:
        raise UsageError(
            f"timm/{name} needs timm; install it: pip install 'visualizing-cnns[timm]'"
        ) from error
    plain = name.partition(".")[0]
    if not timm.is_model(plain):
        raise unknown("network of timm's", plain, timm.list_models())
    try:
        module = timm.create_model(name, pretrained=False)
    except Exception as error:  # an unknown tag, or settings that this network does not take
        raise UsageError(f"timm/{name}: timm can't build it ({_reason(error)})") from error
    settings = timm.data.resolve_data_config({}, model=module)
    size = int(settings["input_size"][-1])
    ways = {"bilinear", "bicubic"}
    return module, Preset(
        size=size,
        resize=round(size / float(settings.get("crop_pct") or 1)),
        mean=tuple(settings["mean"]),
        std=tuple(settings["std"]),
        interpolation=settings["interpolation"] if settings["interpolation"] in ways else "bicubic",
    )
