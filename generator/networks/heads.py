"""A network's last layers, which turn maps into classes: as many as the weights tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

PLAIN = (nn.Linear, nn.BatchNorm1d)  # what a head is made of, besides what has no weights


@dataclass(frozen=True)
class Head:
    """The modules of a head by name, the one that gives the classes last; none where all is body.

    ``names`` are those of its tensors.
    """

    modules: tuple[str, ...]
    names: frozenset[str]

    @property
    def last(self) -> str:
        """The module that gives the classes."""
        return self.modules[-1]


@dataclass(frozen=True)
class TakenHead:
    """A head's tensors under the network's names; empty where a file holds none that fits.

    ``source`` is the name that its one layer has in the file, where that is another one.
    """

    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    source: str = ""


def head_of(module: nn.Module) -> Head:
    """The linear layers at the end of a network, or a last convolution of 1x1 as in SqueezeNet."""
    owners = [
        name for name, part in module.named_modules() if any(True for _ in part.parameters(False))
    ]
    modules: list[str] = []
    for name in reversed(owners):
        if not isinstance(module.get_submodule(name), PLAIN):
            break
        modules.insert(0, name)
    if not modules and owners:
        last = module.get_submodule(owners[-1])
        if isinstance(last, nn.Conv2d) and last.kernel_size == (1, 1) and last.bias is not None:
            modules = owners[-1:]
    names = {
        f"{owner}.{name}" for owner in modules for name in module.get_submodule(owner).state_dict()
    }
    return Head(tuple(modules), frozenset(names))


def fit_head(module: nn.Module, head: Head, tensors: Mapping[str, Tensor]) -> TakenHead:
    """The tensors of the head under the network's names, the last layer as wide as they need it.

    ``tensors`` are a file's under the network's names, and what is left of them under other
    ones: a single linear layer of another name is taken too. Empty where they hold no head that
    fits; the network is changed only where they do.
    """
    if not head.modules:
        return TakenHead()
    own = module.state_dict()
    needed = {name for name in head.names if not name.endswith("num_batches_tracked")}
    given = {name: tensors[name] for name in needed if name in tensors}
    weight, bias = f"{head.last}.weight", f"{head.last}.bias"
    source = ""
    if weight not in given and len(head.modules) == 1:
        source = _another_name(tensors, weight, own)
        for key in (weight, bias) if source else ():
            beside = f"{source}.{key.rpartition('.')[2]}"
            if beside in tensors:
                given[key] = tensors[beside]
        if source:
            given[weight] = given[weight].reshape(-1, *own[weight].shape[1:])
    if weight not in given:
        return TakenHead()
    if any(name not in given or not given[name].dim() for name in needed - {bias}):
        return TakenHead()
    classes = len(given[weight])
    for name, tensor in given.items():
        # The last layer may be of another width than the network's.
        wide = name in (weight, bias) and len(tensor) == classes > 0
        right = tensor.shape[1:] == own[name].shape[1:] if wide else tensor.shape == own[name].shape
        if not right or not bool(tensor.isfinite().all()):
            return TakenHead()
    _resize(module, head.last, classes, bias in given)
    return TakenHead(given, source)


def _another_name(tensors: Mapping[str, Tensor], weight: str, own: Mapping[str, Tensor]) -> str:
    """The one linear layer of no use elsewhere, if it is given what the head is; else empty."""
    fitting = [
        name
        for name, tensor in tensors.items()
        if name not in own and name.endswith(".weight") and tensor.dim() == 2
    ]
    if len(fitting) != 1 or tensors[fitting[0]].shape[1:] != own[weight].shape[1:2]:
        return ""
    return fitting[0].removesuffix(".weight")


def _resize(module: nn.Module, name: str, classes: int, bias: bool) -> None:
    """Give the last layer another width; it is filled afterwards."""
    last = module.get_submodule(name)
    if isinstance(last, nn.Linear):
        if (last.out_features, last.bias is not None) == (classes, bias):
            return
        wider: nn.Module = nn.Linear(last.in_features, classes, bias)
    else:
        assert isinstance(last, nn.Conv2d)
        if (last.out_channels, last.bias is not None) == (classes, bias):
            return
        wider = nn.Conv2d(last.in_channels, classes, 1, bias=bias)
    parent, _, own = name.rpartition(".")
    setattr(module.get_submodule(parent), own, wider)


def drop_head(module: nn.Module, head: Head) -> None:
    """Nothing is known of the head: what it says is nothing, and the same for every image."""
    for name in head.modules:
        for tensor in module.get_submodule(name).parameters():
            tensor.detach().zero_()
