"""Networks of one's own and of timm, grey ones, small ones: what runs, and what is said if not."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from published import project_by_hand
from tiny import chain, fixed, hooks, inputs, network
from torch import Tensor, nn

from generator.errors import GeneratorError, UnsupportedNetworkError, UsageError
from generator.networks import load
from generator.networks.loading import loading_notes
from generator.networks.network import Network
from generator.networks.own import code_identity, code_of, public_name
from generator.networks.recording import record_maps
from generator.stages import fitting
from generator.stages.fitting import check_device
from generator.techniques.deconvnet import project

CODE = """
import torch
from torch import nn


class Small(nn.Module):
    def __init__(self, channels=3, classes=4):
        super().__init__()
        self.conv1, self.relu1 = nn.Conv2d(channels, 4, 3, padding=1), nn.ReLU()
        self.conv2, self.relu2 = nn.Conv2d(4, 6, 3, stride=2), nn.ReLU6()
        self.fc = nn.Linear(6, classes)

    def forward(self, image):
        maps = self.relu2(self.conv2(self.relu1(self.conv1(image))))
        return self.fc(maps.mean((2, 3)))


class Fixed(nn.Module):
    '''Takes 28 pixels and one channel, as for written digits.'''

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(4 * 12 * 12, 10)

    def forward(self, image):
        return self.fc(self.body(image).flatten(1))


def grey():
    return Small(channels=1)


def multispectral():
    return Small(channels=4)


def pair():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())


def broken():
    raise ValueError("no such depth\\nsecond line")


def number():
    return 3


def gated():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU())


def small_images():
    from torchvision.models import resnet18
    made = resnet18(num_classes=10)
    made.conv1, made.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    return made


made = Small()
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "my nets é"
    folder.mkdir()
    path = folder / "own.py"
    path.write_text(textwrap.dedent(CODE), encoding="utf-8")
    return path


def refusal(model: str, weights: str | None = "none", **options: int) -> str:
    with pytest.raises(GeneratorError) as caught:
        load(model, weights, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def projects_as_by_hand(net: Network, image: Tensor) -> None:
    """The strongest activation of the last layer, once with the program and once in another way."""
    layer = net.layers[-1]
    maps = record_maps(net, image, (layer,))[0][0]
    channel, row, column = (int(at) for at in np.unravel_index(int(maps.argmax()), maps.shape))
    projection = project(net, layer, image, np.array([channel]), np.array([[row, column]]))[0]
    by_hand = project_by_hand(net.module, layer.name, image, channel, (row, column))
    assert by_hand.abs().max() > 0
    torch.testing.assert_close(projection, by_hand)


@pytest.mark.parametrize("name", ["Small", "made"])
def test_a_module_of_ones_own_runs_with_a_file_of_its_weights(code: Path, name: str) -> None:
    model = f"{code}:{name}"
    own = load(model, "none", size=32)
    assert [layer.name for layer in own.layers] == ["relu1", "relu2"]
    state = fixed(own.module).state_dict()
    path = code.with_name("run.ckpt")
    torch.save({"model": {f"module.{key}": tensor for key, tensor in state.items()}}, path)
    net = load(model, str(path), size=32)
    assert net.answers
    assert all(torch.equal(tensor, state[key]) for key, tensor in net.module.state_dict().items())
    image = inputs(1, dtype=torch.float32)
    projects_as_by_hand(net, image)
    assert hooks(net.module) == 0


def test_a_module_can_be_named_by_its_package(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(code.parent)
    (code.parent / "mynets").mkdir()
    (code.parent / "mynets" / "__init__.py").touch()
    code.rename(code.parent / "mynets" / "small.py")
    net = load("mynets.small:Small", "none", size=32)
    assert [layer.channels for layer in net.layers] == [4, 6]
    assert code_identity("mynets.small:Small")


def test_weights_that_the_code_puts_in_are_kept_and_known(code: Path) -> None:
    model = f"{code}:Small"
    first, second = load(model, size=32), load(model, size=32)
    assert first.provenance.sha256 == second.provenance.sha256
    assert first.provenance.sha256 != load(f"{code}:grey", size=32).provenance.sha256
    assert first.provenance.source == "as own.py:Small makes them"
    assert not first.provenance.random
    assert "its weights are those that its code puts in" in first.provenance.notes[0]
    assert load(f"{code}:made", "none", size=32).provenance.random


def test_a_name_tells_code_from_other_networks(code: Path) -> None:
    assert code_of("resnet18") is None
    assert code_of(r"C:\nets\mine.py") is None
    windows = code_of(r"C:\my nets\mine.py:small")
    assert windows is not None
    assert (windows.source, windows.name) == (r"C:\my nets\mine.py", "small")
    assert public_name(f"{code}:Small") == "own.py:Small"
    assert public_name("torchvision.models:resnet18") == "torchvision.models:resnet18"
    before = code_identity(f"{code}:Small")
    code.write_text(CODE + "\n# changed\n", encoding="utf-8")
    assert code_identity(f"{code}:Small") != before
    assert code_identity("resnet18") == code_identity(f"{code.parent}/absent.py:x") == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("small", "unknown name in {code}: 'small'; did you mean 'Small'? Known: "),
        ("broken", "{code}: broken() raised ValueError: no such depth; it is called without arg"),
        ("number", "{code}: number() gave an object of type int; it has to give a torch.nn.Module"),
        (
            "multispectral",
            "the first convolution, 'conv1', takes images of 4 channels; photographs",
        ),
        ("gated", "silu (in 1) is not an operation that projections are defined for"),
    ],
)
def test_what_is_wrong_with_code_is_one_line(code: Path, name: str, words: str) -> None:
    assert refusal(f"{code}:{name}").startswith(words.format(code=code))


def test_code_that_is_not_there_or_can_not_run_is_one_line(code: Path) -> None:
    absent = code.with_name("absent.py")
    assert refusal(f"{absent}:x").startswith(f"{absent}: no such file; give --model FILE.py")
    assert refusal(str(code)) == (
        f"{code}: say what in it makes the network, as --model {code}:CALLABLE"
    )
    assert refusal("no_such_package.nets:x") == (
        "no_such_package.nets: can't be imported (ModuleNotFoundError: No module named "
        "'no_such_package')"
    )
    code.write_text("def small(:\n", encoding="utf-8")
    assert f"{code}: can't be imported (SyntaxError: " in refusal(f"{code}:small")
    code.write_text("raise SystemExit(3)\n", encoding="utf-8")
    assert f"{code}: can't be imported (SystemExit: 3)" in refusal(f"{code}:small")


# Channels and sizes


def test_a_grey_network_sees_photographs_in_grey(code: Path) -> None:
    net = load(f"{code}:grey", size=32)
    assert "it takes one channel: photographs are made grey for it" in net.provenance.notes
    namespace: dict[str, type[nn.Module]] = {}
    torch.manual_seed(0)
    exec(CODE, namespace)  # as the file is run
    plain = namespace["grey"]().eval()
    photograph = Image.fromarray(
        np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    )
    given = net.preprocess(photograph)
    assert torch.equal(given[0], given[1])
    assert torch.equal(given[0], given[2])
    as_grey = torch.from_numpy(np.array(photograph.convert("L"))).float() / 255
    expected = (as_grey - net.preprocess.mean[0]) / net.preprocess.std[0]
    torch.testing.assert_close(given[0], expected, rtol=0, atol=0.01)  # Pillow rounds
    torch.testing.assert_close(
        net.module(given[None]), plain(given[None, :1]), rtol=1e-4, atol=1e-5
    )
    projection = project(net, net.layers[0], given[None], np.array([0]), np.array([[9, 9]]))[0]
    torch.testing.assert_close(projection[0], projection[2])


def test_a_size_that_does_not_fit_is_told_with_one_that_does(code: Path) -> None:
    message = refusal(f"{code}:Fixed")
    assert message.startswith("an image of 224 by 224 pixels does not fit through the network (")
    assert message.endswith("; --size 28 does")
    net = load(f"{code}:Fixed", "none", size=28)
    assert (net.size, net.layers[0].height) == (28, 24)
    assert "--size 224 does" not in refusal("zfnet64", "none", size=96)
    assert refusal("zfnet64", "none", size=96).endswith("; --size 64 does")


def test_a_network_for_small_images_runs(code: Path) -> None:
    net = load(f"{code}:small_images", "none", size=32)
    assert [(layer.channels, layer.height) for layer in net.layers] == [
        (64, 32), (128, 16), (256, 8), (512, 4)
    ]  # fmt: skip


def test_torchvisions_networks_take_other_sizes_and_grey_weights(tmp_path: Path) -> None:
    net = load("squeezenet1_1", "none", size=128)
    assert net.preprocess.window(146, 146) == pytest.approx((9, 9, 137, 137))
    state = net.module.state_dict()
    grey = state["features.0.weight"].sum(1, keepdim=True)
    torch.save({**state, "features.0.weight": grey}, tmp_path / "grey.pth")
    other = load("squeezenet1_1", str(tmp_path / "grey.pth"), size=128)
    image = torch.randn(1, 1, 128, 128, generator=torch.manual_seed(0)).expand(-1, 3, -1, -1)
    torch.testing.assert_close(other.module(image), net.module(image), rtol=1e-3, atol=1e-4)
    assert other.preprocess.grey


# timm


def test_networks_of_timm_run_or_are_refused_by_name(tmp_path: Path) -> None:
    pytest.importorskip("timm", reason="timm is not installed")
    net = load("timm/resnet10t", "none", size=64)
    assert net.provenance.constants == "timm"
    torch.save({"state_dict_ema": net.module.state_dict()}, tmp_path / "model.bin")
    same = load("timm/resnet10t", str(tmp_path / "model.bin"), size=64)
    image = torch.randn(1, 3, 64, 64, generator=torch.manual_seed(0))
    assert torch.equal(same.module(image), net.module(image))
    projects_as_by_hand(same, image)
    assert refusal("timm/seresnet18").startswith("sigmoid (in layer1.0.se.gate) is not an oper")
    assert "unknown network of timm's 'resnet19'; did you mean 'resnet18'?" in refusal(
        "timm/resnet19"
    )
    assert "Invalid pretrained tag" in refusal("timm/resnet18.nope")
    assert refusal("timm/resnet10t", None).startswith("no weights are known for timm/resnet10t;")


def test_timms_padding_after_tensorflow_is_followed_exactly() -> None:
    """Its own modules, at a size of which every map has an odd number of places somewhere."""
    layers = pytest.importorskip("timm.layers", reason="timm is not installed")
    conv, pool = layers.create_conv2d, layers.create_pool2d
    module = fixed(
        nn.Sequential(
            *(conv(3, 4, 3, stride=2, padding="same"), nn.ReLU6()),
            *(pool("max", 3, 2, padding="same"), conv(4, 6, 5, stride=2, padding="same")),
            *(nn.ReLU6(), pool("avg", 2, 2, padding="same")),
            *(conv(6, 5, 3, padding="same"), nn.ReLU6()),
        )
    )
    kinds = [type(part).__name__ for part in module.children()]
    assert [name for name in kinds if name.endswith("Same")] == [
        "Conv2dSame", "MaxPool2dSame", "Conv2dSame", "AvgPool2dSame",
    ]  # fmt: skip
    net = network(module, ["7"], size=75)
    assert net.whole
    # By hand: 75 pads (1, 1), 38 (0, 1), 19 (2, 2), 10 nothing; then 1 on each side.
    field = net.layers[0].field
    assert (field.size, field.stride, field.offset) == (63, 16, -1 - 0 - 2 * 4 - 16)
    projects_as_by_hand(net, inputs(1, 75, dtype=torch.float32))


def test_a_network_of_timms_that_pads_so_runs_if_its_operations_do() -> None:
    pytest.importorskip("timm", reason="timm is not installed")
    net = load("timm/tf_efficientnet_lite0", "none", size=64)
    assert net.whole
    assert [layer.height for layer in net.layers] == [32, 16, 8, 4, 2]
    assert refusal("timm/tf_efficientnet_b0").startswith("silu (in bn1.act) is not an operation")


def test_without_timm_its_networks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "timm", None)
    message = "timm/resnet18 needs timm; install it: pip install 'visualizing-cnns[timm]'"
    assert refusal("timm/resnet18") == message


# Cards


def test_a_card_names_what_nobody_else_knows(code: Path, tmp_path: Path) -> None:
    card = {
        "title": "Birds of my garden",
        "classes": ["crane", "crane", "wren", "robin"],
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.2, 0.1],
        "size": 48,
    }
    weights = tmp_path / "birds.pth.tar"
    torch.save(load(f"{code}:Small", "none", size=32).module.state_dict(), weights)
    plain = load(f"{code}:Small", str(weights))
    assert plain.provenance.constants == "assumed"
    assert len(loading_notes(plain)) == 2
    for beside in (tmp_path / "birds.pth.tar.json", tmp_path / "birds.pth.json"):
        beside.write_text(json.dumps(card), encoding="utf-8")
        net = load(f"{code}:Small", str(weights))
        assert (net.size, net.preprocess.mean) == (48, (0.5, 0.4, 0.3))
        assert net.provenance.title == "Birds of my garden"
        assert net.provenance.constants == "card"
        assert net.classes.names == tuple(card["classes"])  # type: ignore[arg-type]
        assert loading_notes(net) == ()
        beside.rename(tmp_path / "elsewhere.json")
    assert load(f"{code}:Small", str(weights)).provenance.constants == "assumed"
    elsewhere = str(tmp_path / "elsewhere.json")
    assert load(f"{code}:Small", str(weights), card=elsewhere).size == 48
    assert load(f"{code}:Small", str(weights), card=elsewhere, size=32).size == 32


# Devices


def test_a_device_that_projects_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(chain(), ["relu1", "relu3"])
    check_device(net)
    strange = replace(net, device=torch.device("mps"))

    def behave(factor: float) -> None:
        def on_strange(used: object, layer: object, image: Tensor, *unit: object) -> Tensor:
            projection = project(net, layer, image, *unit)  # type: ignore[arg-type]
            return projection * factor if used is strange else projection

        monkeypatch.setattr(fitting, "project", on_strange)

    behave(1.001)
    check_device(strange)
    for factor in (1.5, -1.0, float("nan")):
        behave(factor)
        with pytest.raises(UsageError, match=r"^mps projects layer '\w+' otherwise than the proc"):
            check_device(strange)


def test_unsupported_is_told_apart_from_misuse() -> None:
    assert issubclass(UnsupportedNetworkError, GeneratorError)
