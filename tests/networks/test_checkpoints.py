"""Checkpoints as people have them: what is in a file decides, and each sentence is true."""

from __future__ import annotations

import argparse
import tarfile
import warnings
import zipfile
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tiny import fixed
from torch import Tensor, nn
from torchvision import models

from generator.errors import WeightsError
from generator.networks import fitting, nearest
from generator.networks.fitting import Filled, fill_from
from generator.networks.identity import weights_file
from generator.networks.nests import state_dicts
from generator.records.taken import NESTS

State = dict[str, Tensor]


class Small(nn.Module):
    """Two convolutions, a normalisation and a last layer."""

    def __init__(self, classes: int = 4, channels: int = 3) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 4, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1)
        self.fc = nn.Linear(6, classes)
        fixed(self)

    def forward(self, image: Tensor) -> Tensor:
        maps = torch.relu(self.norm1(self.conv1(image)))
        maps = torch.relu(self.conv2(maps))
        answer: Tensor = self.fc(maps.mean((2, 3)))
        return answer


IMAGE = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
TRUTH = Small()


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few networks to compare with, so that a refusal takes no seconds."""
    monkeypatch.setattr(nearest, "known_networks", lambda: ("resnet18", "resnet34"))


def state() -> State:
    return {name: tensor.clone() for name, tensor in TRUTH.state_dict().items()}


def filled(path: Path, part: str = "", module: nn.Module | None = None) -> tuple[nn.Module, Filled]:
    """A network with other weights, and then those of the file."""
    own = fixed(Small() if module is None else module, seed=1)
    filling = fill_from(own, weights_file(f"{path}#{part}" if part else str(path)), "small")
    return own, filling


def saved(path: Path, content: Any, **options: Any) -> Path:
    torch.save(content, path, **options)
    return path


def loads(path: Path, part: str = "") -> Filled:
    """Whether the file makes the network the one that it was saved from."""
    module, filling = filled(path, part)
    assert torch.allclose(module(IMAGE), TRUTH(IMAGE))
    assert not filling.headless
    return filling


def refusal(path: Path, part: str = "", module: nn.Module | None = None) -> str:
    with pytest.raises(WeightsError) as caught:
        filled(path, part, module)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


# By content, not by ending


@pytest.mark.parametrize("name", ["a.pth.tar", "a.ckpt", "a.bin", "a.PTH", "a", "a.safetensors"])
@pytest.mark.parametrize("kind", ["zip", "pickle", "safetensors"])
def test_a_file_is_read_by_what_it_holds(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    if kind == "safetensors":
        save_file(state(), path)
    else:
        saved(path, state(), _use_new_zipfile_serialization=kind == "zip")
    assert loads(path).notes == ()


def test_what_trainers_store_beside_weights_is_passed_over(tmp_path: Path) -> None:
    beside = {
        "args": argparse.Namespace(lr=0.1, out=Path("runs")),
        "config": SimpleNamespace(depth=2),
        "best": np.float64(0.5),
        "curve": np.arange(3.0),
        "optimizer": {"state": {0: {"exp_avg": torch.zeros(4)}}, "param_groups": [{"lr": 0.1}]},
        "history": defaultdict(list, loss=[1.0]),
        "seen": Counter("ab"),
        "last": deque([1, 2]),
        "path": Path("a") / "b",
        "epoch": 3,
    }
    path = saved(tmp_path / "run.ckpt", {**beside, "state_dict": OrderedDict(state())})
    assert loads(path).notes == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, as Keras writes them"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "is a pointer of Git LFS"),
        (b"<!DOCTYPE html><html>", "is a web page, not weights"),
        (b"\n<html>", "is a web page, not weights"),
        (b"\x1f\x8b\x08", "is packed with gzip"),
        (b"(\x00\x00\x00\x00\x00\x00\x00{}", "is cut off"),
        (b"lr: 0.1\nepochs: 90\n", "is neither safetensors nor a file of torch.save"),
        (b"PK\x03\x04 but no more", "can't be read as weights"),
    ],
)
def test_what_is_no_weights_is_told_by_what_it_is(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(content)
    assert words in refusal(path)


def test_archives_of_other_things_are_told(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photographs/a.txt", "a")
    assert "is a zip archive without weights of torch.save in it" in refusal(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch gives TorchScript up
        traced = torch.jit.trace(Small(), IMAGE)  # type: ignore[no-untyped-call]
        torch.jit.save(traced, path)
    assert "is a TorchScript program, which would have to be run" in refusal(path)
    with tarfile.open(path, "w") as archive:
        archive.add(__file__, "a.py")
    assert "is neither safetensors nor a file of torch.save" in refusal(path)
    saved(path, Small())
    assert "holds an object of test_checkpoints.Small, which only code could make" in refusal(path)


# Nests


@pytest.mark.parametrize("nest", NESTS)
def test_weights_are_found_in_the_nests_of_trainers(tmp_path: Path, nest: str) -> None:
    assert loads(saved(tmp_path / "a.pth", {"epoch": 1, nest: state()})).notes == ()


def test_nests_in_nests_are_seen_through(tmp_path: Path) -> None:
    content = {"checkpoint": {"trainer": {"weights": state()}, "step": 5}}
    assert loads(saved(tmp_path / "a.pth", content)).notes == ()


@pytest.mark.parametrize("average", ["ema", "state_dict_ema", "model_ema"])
def test_of_weights_and_their_average_the_weights_are_taken(tmp_path: Path, average: str) -> None:
    other = {name: tensor + 1 for name, tensor in state().items()}
    path = saved(tmp_path / "a.pth", {average: other, "model": state()})
    (note,) = loads(path).notes
    assert note.startswith("a.pth holds several weights that fit; 'model' was taken, and ")
    assert note.endswith(f" --weights a.pth#{average} takes '{average}'")
    module, filling = filled(path, average)
    assert torch.equal(module.state_dict()["conv2.bias"], state()["conv2.bias"] + 1)
    assert filling.notes == ()
    assert loads(path, "model").notes == ()
    assert refusal(path, "modell") == ": holds no weights under 'modell'; it has model, " + average


def test_a_number_sign_in_a_name_is_a_part_of_it(tmp_path: Path) -> None:
    assert loads(saved(tmp_path / "a#1.pth", state())).notes == ()
    loads(saved(tmp_path / "a#2.pth", {"model": state()}), "model")


def test_two_networks_in_one_file_are_told_apart(tmp_path: Path) -> None:
    both = {f"module.encoder_q.{name}": tensor for name, tensor in state().items()}
    both |= {f"module.encoder_k.{name}": tensor + 1 for name, tensor in state().items()}
    path = saved(tmp_path / "a.pth", {"state_dict": both})
    network = loads(path).notes
    assert "'state_dict.module.encoder_q' was taken" in network[0]
    assert "--weights a.pth#state_dict.module.encoder_k takes" in network[0]
    module, _ = filled(path, "state_dict.module.encoder_k")
    assert torch.equal(module.state_dict()["conv2.bias"], state()["conv2.bias"] + 1)


def test_a_nest_that_holds_itself_comes_to_an_end(tmp_path: Path) -> None:
    content: dict[str, Any] = {str(number): {} for number in range(9)}
    for inner in content.values():
        inner.update(content)
    with pytest.raises(WeightsError, match="is not a state dict"):
        state_dicts(content, tmp_path)


# Prefixes


@pytest.mark.parametrize(
    "prefix",
    [
        "module.", "_orig_mod.", "_orig_mod.module.", "module.module.", "model.", "backbone.",
        "encoder.", "net.", "student.trunk.", "0.",
    ],
)  # fmt: skip
def test_a_shared_prefix_is_taken_off(tmp_path: Path, prefix: str) -> None:
    path = saved(tmp_path / "a.pth", {prefix + name: tensor for name, tensor in state().items()})
    assert loads(path).notes == (f"{prefix!r} was taken off the names of the weights",)


def test_a_prefix_that_the_network_has_is_put_before(tmp_path: Path) -> None:
    wrapped = nn.Sequential(OrderedDict(net=Small()))
    own, filling = filled(saved(tmp_path / "a.pth", state()), module=wrapped)
    assert torch.allclose(own(IMAGE), TRUTH(IMAGE))
    assert filling.notes == ("'net.' was put before the names of the weights",)


def test_wrappers_in_the_middle_of_names_are_taken_out(tmp_path: Path) -> None:
    """As a network has them of which some parts alone ran on several GPUs, or were compiled."""
    changed = {
        name.replace("conv1", "conv1.module").replace("norm1", "norm1._orig_mod"): tensor
        for name, tensor in state().items()
    }
    assert "names of wrappers" in loads(saved(tmp_path / "a.pth", changed)).notes[0]


def test_a_head_outside_of_the_prefix_is_found(tmp_path: Path) -> None:
    """A backbone in a larger network."""
    own = {f"backbone.{name}": tensor for name, tensor in state().items() if "fc" not in name}
    own |= {f"head.{name}": tensor for name, tensor in state().items() if "fc" in name}
    network = loads(saved(tmp_path / "a.pth", own)).notes
    assert network == (
        "'backbone.' was taken off the names of the weights",
        "'head.fc' was taken for the last layer, 'fc'",
    )


# Counters, heads, and kinds of numbers


@pytest.mark.parametrize(
    "count", [None, torch.tensor(7), torch.tensor(7.0), torch.tensor([7]), torch.zeros(2)]
)
def test_counters_of_any_form_are_taken_or_left(tmp_path: Path, count: Tensor | None) -> None:
    own = state()
    del own["norm1.num_batches_tracked"]
    if count is not None:
        own["norm1.num_batches_tracked"] = count
    own |= {"total_ops": torch.zeros(1), "conv1.total_params": torch.zeros(1)}
    assert loads(saved(tmp_path / "a.pth", own)).notes == ()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_kinds_of_numbers_are_converted(tmp_path: Path, dtype: torch.dtype) -> None:
    own = {
        name: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for name, tensor in state().items()
    }
    module, _ = filled(saved(tmp_path / "a.pth", own))
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    assert torch.allclose(module(IMAGE), TRUTH(IMAGE), rtol=0.05, atol=0.05)


def test_another_number_of_classes_is_followed(tmp_path: Path) -> None:
    other = fixed(Small(classes=9))
    module, filling = filled(saved(tmp_path / "a.pth", other.state_dict()))
    assert torch.allclose(module(IMAGE), other(IMAGE))
    assert filling == Filled()


def test_a_last_layer_of_another_name_is_taken(tmp_path: Path) -> None:
    """As transfer learning leaves it: dropout and a layer in place of the one layer."""
    own = {name.replace("fc.", "fc.1."): tensor for name, tensor in state().items()}
    network = loads(saved(tmp_path / "a.pth", own))
    assert network.notes == ("'fc.1' was taken for the last layer, 'fc'",)
    del own["fc.1.bias"]
    module, _ = filled(saved(tmp_path / "a.pth", own))
    assert torch.allclose(module(IMAGE), TRUTH(IMAGE) - TRUTH.fc.bias)


LAST = ("fc.weight", "fc.bias")


@pytest.mark.parametrize(
    "change",
    [
        lambda own: [own.pop(name) for name in LAST],
        lambda own: own.update({"fc.weight": torch.zeros(4, 99)}),
        lambda own: own.update({"fc.weight": torch.tensor(1.0)}),
        lambda own: own.update({"fc.weight": torch.full((4, 6), torch.nan)}),
        lambda own: (
            own.update({"fc.0.weight": torch.zeros(5, 6), "fc.2.weight": torch.zeros(4, 5)})
            or [own.pop(name) for name in LAST]
        ),
    ],
    ids=["none", "another width", "no width", "not finite", "two layers"],
)
def test_convolutions_are_shown_without_a_last_layer(
    tmp_path: Path, change: Callable[[State], object]
) -> None:
    own = state()
    change(own)
    module, filling = filled(saved(tmp_path / "a.pth", own))
    assert filling.headless
    assert (
        "the file holds no last layers that fit 'fc', so the network names no" in filling.notes[0]
    )
    assert torch.equal(module.get_parameter("conv2.weight"), TRUTH.conv2.weight)
    assert not module(IMAGE).any()


def test_grey_weights_answer_to_grey_images(tmp_path: Path) -> None:
    grey = fixed(Small(channels=1))
    module, filling = filled(saved(tmp_path / "a.pth", grey.state_dict()))
    assert filling.grey
    plane = IMAGE[:, :1]
    assert torch.allclose(module(plane.expand(-1, 3, -1, -1)), grey(plane), atol=1e-6)


# What does not fit


def test_what_lacks_is_named_and_how_much_fits(tmp_path: Path) -> None:
    own = state()
    del own["conv2.weight"]
    assert refusal(saved(tmp_path / "a.pth", own)) == (
        ": 6 of the 7 tensors that small needs fit; 'conv2.weight' is missing; give --model a "
        "network that has them, as FILE.py:CALLABLE where it is your own"
    )
    own["conv2.weight"] = torch.zeros(6, 4, 5, 5)
    del own["conv2.bias"]
    message = refusal(saved(tmp_path / "a.pth", own))
    assert message.startswith(
        ": 5 of the 7 tensors that small needs fit; 'conv2.weight' has shape (6, 4, 5, 5), the "
        "network needs (6, 4, 3, 3) (and 1 more differ); "
    )


@pytest.mark.parametrize("extra", ["conv3.weight", "conv1.gain.weight", "norm1.shift"])
def test_what_would_change_the_maps_is_not_left_out(tmp_path: Path, extra: str) -> None:
    shape = (6, 6, 3, 3) if extra.startswith("conv3") else (6,)
    path = saved(tmp_path / "a.pth", state() | {extra: torch.zeros(shape)})
    assert f"fit; {extra!r} has no place in the network; " in refusal(path)


def test_values_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    own = state()
    own["conv2.bias"][0] = torch.inf
    path = saved(tmp_path / "a.pth", own)
    assert refusal(path) == ": 'conv2.bias' holds values that are not finite"


def test_whole_numbers_are_no_weights(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pth", state() | {"conv2.bias": torch.zeros(6, dtype=torch.int8)})
    assert "'conv2.bias' holds int8, the network needs float32" in refusal(path)


@pytest.mark.parametrize("prefix", ["", "module."])
def test_the_network_that_weights_look_like_is_named(tmp_path: Path, prefix: str) -> None:
    """The convolutions of a ResNet-18 are all in a ResNet-34's file, and yet it is another."""
    with nearest.Unfilled():
        larger = models.resnet34()
    own = {
        prefix + name: torch.zeros(()).expand(tensor.shape)
        for name, tensor in larger.state_dict().items()
    }
    path = saved(tmp_path / "a.pth", {})
    nests = state_dicts({"model": own}, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "read_content", lambda _: {"model": own})
        patch.setattr(fitting, "checked_tensors", lambda tensors, _: tensors)
        with pytest.raises(WeightsError) as caught, nearest.Unfilled():
            fill_from(models.resnet18(), weights_file(str(path)), "resnet18")
    assert str(caught.value).endswith("these look like a resnet34: give --model resnet34")
    assert "100 of the 100 tensors that resnet18 needs fit; " in str(caught.value)
    assert nearest.nearest(nests, "resnet18") == "resnet34"
    assert nearest.nearest(state_dicts(state(), path), "resnet18") is None
