"""Under which of a file's names a network finds its own tensors: nests, prefixes, older names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generator.networks.nests import StateDict
from generator.records.taken import WRAPPERS

# Names that torchvision's own networks had once and its published files still have, as its own
# loaders translate them: those of DenseNets, and of the perceptrons in vision transformers.
OLDER_NAMES = (
    (
        re.compile(r"^(.*denselayer\d+\.(?:norm|conv))\.([12]\.\w+)$"),
        r"\1\2",
    ),
    (re.compile(r"^(.*\.mlp)\.linear_1\.(\w+)$"), r"\1.0.\2"),
    (re.compile(r"^(.*\.mlp)\.linear_2\.(\w+)$"), r"\1.3.\2"),
)
ANCHORS = 4  # of a network's names, by which prefixes are looked for
PREFIXES = 64  # tried at most
SHAPES = Mapping[str, torch.Size]


@dataclass(frozen=True)
class Fit:
    """A file's tensors under the network's names, as far as they fit.

    ``tensors`` are all of ``source``, renamed; ``prefix`` was taken off their names, or put
    before them where ``added``; ``outside`` are those that did not have it. ``others`` are
    places whose weights would fit as well.
    ``convolutions`` and ``all`` count the network's tensors that are there in the right shape:
    those of convolutions, and every one.
    """

    source: StateDict
    tensors: Mapping[str, Tensor]
    prefix: str
    added: bool
    unwrapped: bool
    convolutions: int
    all: int
    outside: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """What the weights go by in the file: their nest and, in it, the prefix."""
        return place_of(self.source, "" if self.added else self.prefix)


def place_of(source: StateDict, prefix: str) -> str:
    """A nest and a prefix in it as one name."""
    return ".".join(part for part in (source.place, prefix.rstrip(".")) if part)


def best_fit(own: SHAPES, nests: Sequence[StateDict], part: str = "") -> Fit | None:
    """The way to name a file's tensors by which most of the network's ``own`` are there.

    Most convolutions first, then most tensors, then the first in the file, with as few changes
    as will do. ``part`` names the nest, the prefix, or both, where a file has several; None when
    there is nothing of that name.
    """
    fits = [fit for source in nests for fit in _fits(own, source) if _asked(fit, part)]
    if not fits:
        return None
    # Of equal ones max() keeps the first.
    best = max(fits, key=lambda fit: (fit.convolutions, fit.all))
    same = _first(own, best)
    others = {
        (fit.source.place if fit.source.place != best.source.place else fit.place): None
        for fit in fits
        if fit.convolutions == best.convolutions > 0 and _first(own, fit) is not same
    }
    return replace(best, others=() if part else tuple(others))


def _first(own: SHAPES, fit: Fit) -> Tensor | None:
    """The tensor of the file that the network's first convolution gets."""
    names = (name for name, shape in own.items() if len(shape) == 4 and name in fit.tensors)
    return next((fit.tensors[name] for name in names), None)


def _asked(fit: Fit, part: str) -> bool:
    return not part or part in (fit.place, fit.source.place, fit.prefix.rstrip("."))


def _fits(own: SHAPES, source: StateDict) -> Iterator[Fit]:
    plain = dict(source.tensors)
    seen: list[tuple[bool, dict[str, Tensor]]] = [(False, plain)]
    bare = _renamed(plain, _unwrapped)
    if bare.keys() != plain.keys():
        seen.append((True, bare))
    for unwrapped, named in list(seen):
        newer = _renamed(named, newer_name)
        if newer.keys() != named.keys():
            seen.append((unwrapped, newer))
    for unwrapped, named in seen:
        for prefix, added in _prefixes(own, named):
            tensors = _prefixed(named, prefix, added)
            shared = [name for name in own if name in tensors and tensors[name].shape == own[name]]
            yield Fit(
                source=source,
                tensors=tensors,
                prefix=prefix,
                added=added,
                unwrapped=unwrapped,
                convolutions=sum(len(own[name]) == 4 for name in shared),
                all=len(shared),
                outside=frozenset(name for name in named if name in tensors)
                if prefix and not added
                else frozenset(),
            )


def _renamed(tensors: Mapping[str, Tensor], rename: Callable[[str], str]) -> dict[str, Tensor]:
    renamed = {rename(name): tensor for name, tensor in tensors.items()}
    return renamed if len(renamed) == len(tensors) else dict(tensors)  # none may be lost


def newer_name(name: str) -> str:
    """Torchvision's name of today for one of its older ones; any other as it is.

    >>> newer_name("features.denseblock1.denselayer2.norm.1.weight")
    'features.denseblock1.denselayer2.norm1.weight'
    """
    for pattern, newer in OLDER_NAMES:
        name = pattern.sub(newer, name)
    return name


def _unwrapped(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in WRAPPERS)


def _prefixes(own: SHAPES, tensors: Mapping[str, Tensor]) -> list[tuple[str, bool]]:
    """No prefix, then those that some names of the file have before a name of the network.

    Then those that the network has before names of the file.
    """
    anchors = _anchors(own)
    taken = _before(tensors, anchors)
    put = _before(own, _anchors({name: tensor.shape for name, tensor in tensors.items()}))
    return [
        ("", False),
        *((prefix, False) for prefix in taken),
        *((prefix, True) for prefix in put),
    ]


def _before(names: Iterable[str], anchors: Sequence[str]) -> list[str]:
    prefixes = {
        name.removesuffix(anchor): None
        for anchor in anchors
        for name in names
        if name.endswith(f".{anchor}")
    }
    return list(prefixes)[:PREFIXES]


def _anchors(shapes: SHAPES) -> list[str]:
    kernels = [name for name, shape in shapes.items() if len(shape) == 4]
    step = max(1, len(kernels) // ANCHORS)
    return kernels[::step][:ANCHORS]


def _prefixed(tensors: Mapping[str, Tensor], prefix: str, added: bool) -> dict[str, Tensor]:
    if added:
        return {f"{prefix}{name}": tensor for name, tensor in tensors.items()}
    # What has the prefix goes before what has the same name without it.
    rest = {name: tensor for name, tensor in tensors.items() if not name.startswith(prefix)}
    own = {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
    return {**rest, **own} if prefix else own
