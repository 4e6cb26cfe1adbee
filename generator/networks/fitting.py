"""Puts the weights of a file into a network: all that its maps need, or a sentence that is true."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchvision.models import MNASNet

from generator.errors import WeightsError
from generator.networks.channels import spread_weights
from generator.networks.checkpoint import read_content
from generator.networks.heads import Head, TakenHead, drop_head, fit_head, head_of
from generator.networks.identity import WeightsFile
from generator.networks.keys import Fit, best_fit
from generator.networks.nearest import nearest
from generator.networks.nests import StateDict, checked_tensors, state_dicts
from generator.networks.small_images import adapt
from generator.records.taken import COUNTERS


@dataclass(frozen=True)
class Filled:
    """What became of the weights: ``notes`` say it, a sentence each.

    ``headless``: the file holds no last layers that fit, so the network names no classes.
    ``grey``: its weights are those of a network that takes one channel. ``size``: how many pixels
    across images are for which it was changed, where it was.
    """

    headless: bool = False
    grey: bool = False
    size: int | None = None
    notes: tuple[str, ...] = ()


def fill_from(module: nn.Module, file: WeightsFile, name: str) -> Filled:
    """Read a file and fill the network that goes by ``name`` with it, on the CPU.

    Prefixes and older names are seen through, counters and what has no place are left out, a
    last layer of another width is followed, what was changed for small images is changed, and
    grey-scale weights make the first layer take one channel. Raises WeightsError where a
    convolution or a normalisation lacks its numbers, or where the file holds convolutions that
    the network does not have.
    """
    nests = state_dicts(read_content(file.path), file.path)
    fit = _fit(module, nests, file)
    if isinstance(module, MNASNet) and _first_version(module, fit):
        fit = _fit(module, nests, file)  # its shapes are now those of that version
    checked_tensors(fit.source, file.path)
    tensors = {key: _as_numbers(tensor) for key, tensor in fit.tensors.items()}
    small = adapt(module, tensors, file.path)
    grey = spread_weights(module, tensors)
    head = head_of(module)
    _refuse_others(module, head, fit, tensors, nests, file, name)
    taken = fit_head(module, head, tensors)
    given = taken.tensors
    headless = not given and bool(head.modules)
    state = module.state_dict()
    for key, own in state.items():
        if key in head.names:
            state[key] = given.get(key, own)
        elif key in tensors and tensors[key].numel() == own.numel():
            state[key] = tensors[key].reshape(own.shape).to(own.dtype)
    module.load_state_dict(state)
    if headless:
        drop_head(module, head)
    notes = _notes(module, head, fit, taken, file)
    if small is None:
        return Filled(headless, grey, None, notes)
    return Filled(headless, grey, small.size, (*notes, small.note))


def _fit(module: nn.Module, nests: tuple[StateDict, ...], file: WeightsFile) -> Fit:
    own = {key: tensor.shape for key, tensor in module.state_dict().items()}
    fit = best_fit(own, nests, file.part)
    if fit is None:
        places = ", ".join(nest.place for nest in nests if nest.place) or "no nests"
        raise WeightsError(f"{file.path}: holds no weights under {file.part!r}; it has {places}")
    return fit


def _first_version(module: MNASNet, fit: Fit) -> bool:
    """Torchvision widened the stem of its MNASNets; older files make the network the older one.

    The version stands beside the weights in a file of ``torch.save``; elsewhere their shape tells.
    """
    stem = fit.tensors.get("layers.0.weight")
    version = fit.source.versions.get(fit.prefix.rstrip("."))
    if version is None:
        version = 1 if stem is not None and stem.shape != module.layers[0].weight.shape else 2
    if version != 1 or module.alpha == 1:
        return False
    empty: OrderedDict[str, Tensor] = OrderedDict()
    empty._metadata = {"": {"version": 1}}  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is a newer one, to train anew
        module.load_state_dict(empty, strict=False)
    return True


def _as_numbers(tensor: Tensor) -> Tensor:
    return tensor.detach().float() if tensor.is_floating_point() else tensor


def _refuse_others(
    module: nn.Module,
    head: Head,
    fit: Fit,
    tensors: Mapping[str, Tensor],
    nests: tuple[StateDict, ...],
    file: WeightsFile,
    name: str,
) -> None:
    """WeightsError where these are not the network's: something lacks, differs, or is too much."""
    own = {key: tensor for key, tensor in module.state_dict().items() if isinstance(tensor, Tensor)}
    needed = [key for key in own if key not in head.names and not _counts(key)]
    wrong: list[str] = []
    for key in needed:
        if key not in tensors:
            wrong.append(f"{key!r} is missing")
        elif tensors[key].shape != own[key].shape:
            shapes = tuple(tensors[key].shape), tuple(own[key].shape)
            wrong.append(f"{key!r} has shape {shapes[0]}, the network needs {shapes[1]}")
        elif own[key].is_floating_point() and not tensors[key].is_floating_point():
            kind = str(tensors[key].dtype).removeprefix("torch.")
            wrong.append(f"{key!r} holds {kind}, the network needs float32")
    fitting = len(needed) - len(wrong)
    extra = [key for key in tensors if key not in own and _of_body(module, head, fit, key)]
    wrong += [f"{key!r} has no place in the network" for key in extra]
    if wrong:
        more = f" (and {len(wrong) - 1} more differ)" if len(wrong) > 1 else ""
        raise WeightsError(
            f"{file.path}: {fitting} of the {len(needed)} tensors that {name} needs fit; "
            f"{wrong[0]}{more}; {_advice(nests, file, name)}"
        )
    for key in needed:
        if not bool(torch.isfinite(tensors[key]).all()):
            raise WeightsError(f"{file.path}: {key!r} holds values that are not finite")


def _of_body(module: nn.Module, head: Head, fit: Fit, key: str) -> bool:
    """Whether a tensor without a place belongs among those that make the maps."""
    if _counts(key) or key in fit.outside or key.lower().startswith("aux"):
        return False
    if fit.tensors[key].dim() == 4:
        return True
    known = {name for name, _ in module.named_modules()}
    parts = key.split(".")[:-1]
    while parts and ".".join(parts) not in known:
        parts.pop()
    place = ".".join(parts)
    # Beside the head, or in it, it is a part of another head.
    return bool(place) and not any(
        module_name == place
        or module_name.startswith(f"{place}.")
        or place.startswith(f"{module_name}.")
        for module_name in head.modules
    )


def _counts(key: str) -> bool:
    return key.rpartition(".")[2] in COUNTERS


def _advice(nests: tuple[StateDict, ...], file: WeightsFile, name: str) -> str:
    like = nearest(nests, name, file.part)
    if like is not None and like != name:
        return f"these look like a {like}: give --model {like}"
    return "give --model a network that has them, as FILE.py:CALLABLE where it is your own"


def _notes(
    module: nn.Module, head: Head, fit: Fit, taken: TakenHead, file: WeightsFile
) -> tuple[str, ...]:
    notes: list[str] = []
    if fit.others:
        own = repr(fit.place) if fit.place else "what is in no nest"
        notes.append(
            f"{file.path.name} holds several weights that fit; {own} was taken, and --weights "
            f"{file.path.name}#{fit.others[0]} takes {_listed(fit.others[:1])}"
        )
    if fit.prefix:
        done = "put before" if fit.added else "taken off"
        notes.append(f"{fit.prefix!r} was {done} the names of the weights")
    if fit.unwrapped:
        notes.append("names of wrappers, such as 'module', were taken out of those of the weights")
    if head.modules and not taken.tensors:
        notes.append(
            f"the file holds no last layers that fit {_listed(head.modules)}, so the network "
            "names no classes, and what rests on its answers is left out"
        )
    elif taken.source:
        notes.append(f"{taken.source!r} was taken for the last layer, {head.last!r}")
    left = [key for key in fit.tensors if _left_out(module, taken, key)]
    if left:
        what = "tensor has" if len(left) == 1 else "tensors have"
        notes.append(
            f"{len(left)} {what} no place in the network and took no part: {_listed(left)}"
        )
    return tuple(notes)


def _left_out(module: nn.Module, taken: TakenHead, key: str) -> bool:
    if _counts(key) or key.lower().startswith("aux"):
        return False
    return key not in module.state_dict() and key.rpartition(".")[0] != taken.source


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    shown = ", ".join(map(repr, names[:3]))
    return shown if len(names) <= 3 else f"{shown}, ..."
