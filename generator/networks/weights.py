"""Weights from files and from torchvision, checked before they are used."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlparse

import torch
from torch import Tensor, nn

from generator.errors import WeightsError
from generator.networks.checkpoint import read_content
from generator.networks.identity import file_sha256, ledger_path, recorded_download
from generator.networks.nests import checked_tensors, state_dicts


def read_weights(path: Path) -> dict[str, Tensor]:
    """The state dict in a file of safetensors or ``torch.save``, floats as float32.

    Of several in nests the first that is no average. Raises WeightsError when the file is
    missing, damaged, or holds no state dict.
    """
    state = checked_tensors(state_dicts(read_content(path), path)[0], path)
    return {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in state.tensors.items()
    }


def fill(module: nn.Module, state: dict[str, Tensor], source: str) -> None:
    """Put a state dict into a network: every key, every shape, every number finite, or not at all.

    Raises WeightsError naming the first key that is missing, extra, misshapen or not finite.
    """
    own = module.state_dict()
    counters = {name for name in own if name.endswith("num_batches_tracked")}
    missing = sorted(set(own) - set(state) - counters)
    extra = sorted(set(state) - set(own))
    if missing or extra:
        what = (
            f"lacks {missing[0]!r}" if missing else f"holds {extra[0]!r}, which the network lacks"
        )
        more = len(missing) + len(extra) - 1
        raise WeightsError(
            f"{source} {what}{f' (and {more} more keys differ)' if more else ''}; "
            "give the file that was kept of this network"
        )
    for name, tensor in state.items():
        if tensor.shape != own[name].shape:
            raise WeightsError(
                f"{source}: {name!r} has shape {tuple(tensor.shape)}, the network needs "
                f"{tuple(own[name].shape)}"
            )
        if tensor.is_floating_point() != own[name].is_floating_point():
            raise WeightsError(
                f"{source}: {name!r} holds {str(tensor.dtype).removeprefix('torch.')}, the network "
                f"needs {str(own[name].dtype).removeprefix('torch.')}"
            )
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise WeightsError(f"{source}: {name!r} holds values that are not finite")
    module.load_state_dict({**{name: own[name] for name in counters}, **state})


def download(name: str, url: str) -> Path:
    """Torchvision's weights in torch's cache, downloaded if they are not there yet.

    Torchvision's file names carry eight digits of their SHA-256, which torch checks while it
    downloads. The full hash is recorded on first use and checked on every later one.
    Raises WeightsError when the download fails or a cached file has changed.
    """
    file = Path(urlparse(url).path).name
    path = ledger_path().parent / file
    if not path.exists():
        prefix = path.stem.rpartition("-")[2]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(url, str(path), hash_prefix=prefix)
        except (HTTPException, OSError, RuntimeError) as error:
            raise WeightsError(
                f"{name}: the weights could not be downloaded from {url} ({error}); give a local "
                "file with --weights, or --weights none for random ones"
            ) from error
    digest = file_sha256(path)
    entry = recorded_download(name)
    if entry is None or entry["file"] != file:  # better weights come under a new name
        _record(name, file, digest)
    elif entry["sha256"] != digest:
        raise WeightsError(
            f"{path} has changed since it was first used (SHA-256 {digest}, then "
            f"{entry['sha256']}); delete the file to download it again"
        )
    return path


def _record(name: str, file: str, digest: str) -> None:
    path = ledger_path()
    try:
        ledger = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        ledger = {}
    if not isinstance(ledger, dict):
        ledger = {}
    ledger[name] = {"file": file, "sha256": digest}
    part = path.with_name(f"{path.stem}-{os.getpid()}.part")
    try:
        part.write_text(json.dumps(ledger, indent=2, sort_keys=True), encoding="utf-8")
        os.replace(part, path)
    except OSError:  # a cache that many share may not be written; then nothing is remembered
        with suppress(OSError):
            part.unlink(missing_ok=True)
