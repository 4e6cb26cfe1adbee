"""The projection against a second implementation, and against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
import torchvision
from plain_deconvnet import project_branching, project_chain
from tiny import POOLS, Branching, Functional, Padded, chain, fixed, hooks, inputs, network
from torch import Tensor, nn
from torch.nn import functional

from generator.errors import UnsupportedNetworkError
from generator.networks import load
from generator.networks.network import Network
from generator.networks.preprocessing import Preprocessing
from generator.networks.recording import record_maps
from generator.networks.trace import trace
from generator.records import Layer, Provenance, ReceptiveField
from generator.techniques.deconvnet import project
from generator.techniques.deconvnet.crops import projected

CPU = torch.device("cpu")


def firing(maps: Tensor, count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each of N inputs a unit that fires, and where: (N,) and (N, 2); not the strongest."""
    random = np.random.default_rng(0)
    places = []
    for image in maps[:count].numpy():
        alive = np.argwhere(image > 0)
        places.append(alive[random.integers(len(alive))])
    chosen = np.array(places, dtype=np.int64)
    return chosen[:, 0], chosen[:, 1:]


def check_against_oracle(module: nn.Module, last: str, dtype: torch.dtype) -> None:
    net = network(module, [last])
    module.to(dtype)
    images = inputs(6, dtype=dtype)
    maps = record_maps(net, images)[0].detach().clone()
    channels, positions = firing(maps, len(images))
    ours = project(net, net.layers[0], images, channels, positions).double().numpy()
    for number in range(len(images)):
        unit = (int(channels[number]), int(positions[number, 0]), int(positions[number, 1]))
        if isinstance(module, Branching):
            plain = project_branching(module, last, images[number : number + 1], *unit)
        else:
            assert isinstance(module, nn.Sequential)
            plain = project_chain(module, last, images[number : number + 1], *unit)
        assert np.abs(plain).max() > 1e-3
        tolerance = 1e-12 if dtype == torch.float64 else 2e-5
        np.testing.assert_allclose(
            ours[number], plain, rtol=0, atol=tolerance * np.abs(plain).max()
        )


@pytest.mark.parametrize("pool", POOLS)
def test_every_pool_agrees_with_the_plain_projection(pool: str) -> None:
    check_against_oracle(chain(pool), "relu3", torch.float64)


@pytest.mark.parametrize("last", ["conv1", "relu1", "pool1", "conv2", "relu2", "relu3"])
def test_every_layer_agrees_with_the_plain_projection(last: str) -> None:
    check_against_oracle(chain("overlapping"), last, torch.float64)


@pytest.mark.parametrize("last", ["0", "4", "8"])
def test_padding_of_its_own_on_each_side_agrees_with_the_plain_projection(last: str) -> None:
    module = nn.Sequential(
        *(nn.ZeroPad2d((0, 1, 2, 0)), nn.Conv2d(3, 4, 3, stride=2), nn.ReLU()),
        *(nn.ConstantPad2d((0, 1, 0, 1), -np.inf), nn.MaxPool2d(3, 2)),
        *(nn.ConstantPad2d((1, 2, 0, 1), 0.5), nn.Conv2d(4, 5, 3), nn.ReLU()),
        nn.AvgPool2d(2),
    )
    check_against_oracle(fixed(module), last, torch.float64)


@pytest.mark.parametrize("size", [32, 37, 50])
def test_padding_by_size_gives_the_same_from_what_a_unit_needs_as_from_the_whole(size: int) -> None:
    net = network(Padded(), ["relu3"], size)
    (layer,) = net.layers
    images = inputs(6, size, dtype=torch.float32)
    channels, positions = firing(record_maps(net, images)[0].clone(), 6)
    whole = project(net, layer, images, channels, positions)
    parts = projected(net, layer, channels, np.arange(6), positions, lambda at: images[at])
    for entries, projections, _, corners in parts:
        for entry, part, (top, left) in zip(entries, projections, corners, strict=True):
            expected = torch.zeros(3, size, size)
            expected[:, top : top + part.shape[1], left : left + part.shape[2]] = part
            torch.testing.assert_close(expected, whole[entry])


def test_normalisations_agree_with_the_plain_projection() -> None:
    check_against_oracle(chain("overlapping", norm=True), "relu3", torch.float64)
    check_against_oracle(chain("max", contrast=True), "relu3", torch.float64)


@pytest.mark.parametrize("last", ["joined", "added", "top"])
def test_branches_agree_with_the_plain_projection(last: str) -> None:
    check_against_oracle(Branching(), last, torch.float64)


def test_single_precision_agrees_with_the_plain_projection() -> None:
    check_against_oracle(chain("overlapping", norm=True, contrast=True), "relu3", torch.float32)
    check_against_oracle(Branching(), "top", torch.float32)


def by_hand(module: nn.Module, name: str, size: int) -> Network:
    """A network of one colour, whose layer is not traced but said."""
    layer = Layer(name, 1, 1, 1, 1, ReceptiveField(1, 1, 0))
    return Network(
        "by hand", module.requires_grad_(False).eval(), (layer,),
        Preprocessing(size, size, (0, 0, 0), (1, 1, 1)), Provenance("", ""), CPU,
    )  # fmt: skip


def convolution(weight: list[list[list[list[float]]]]) -> nn.Conv2d:
    values = torch.tensor(weight, dtype=torch.float32)
    conv = nn.Conv2d(values.shape[1], values.shape[0], (values.shape[2], values.shape[3]))
    conv.weight.data, conv.bias = values, None
    return conv


def project_one(net: Network, image: list[list[float]], row: int, column: int) -> list[list[float]]:
    pixels = torch.tensor(image, dtype=torch.float32)[None, None]
    result = project(net, net.layers[0], pixels, np.array([0]), np.array([[row, column]]))
    rows: list[list[float]] = result[0, 0].tolist()
    return rows


def test_a_case_worked_out_by_hand() -> None:
    module = nn.Sequential(convolution([[[[1, 2], [0, -1]]]]), nn.ReLU(), nn.MaxPool2d(2))
    net = by_hand(module, "2", 5)
    image: list[list[float]] = [
        [1, 0, 2, 1, 0],
        [0, 3, 1, 0, 2],
        [2, 1, 0, 4, 1],
        [1, 0, 1, 2, 0],
        [0, 2, 1, 0, 3],
    ]
    # Each place: itself + 2 * right neighbour - lower right neighbour.
    #   1+0-3=-2   0+4-1= 3   2+2-0=4   1+0-2=-1
    #   0+6-1= 5   3+2-0= 5   1+0-4=-3  0+4-1= 3
    #   2+2-0= 4   1+0-1= 0   0+8-2=6   4+2-0= 6
    #   1+0-2=-1   0+2-1= 1   1+4-0=5   2+0-3=-1
    # Rectified and pooled:  max(0,3,5,5)=5 at (1,0), the first of two     max(4,0,0,3)=4 at (0,2)
    #                        max(4,0,0,1)=4 at (2,0)                       max(6,6,5,0)=6 at (2,2)
    maps = record_maps(net, torch.tensor(image, dtype=torch.float32)[None, None])[0]
    assert maps[0, 0].tolist() == [[5, 4], [4, 6]]
    # Back: the value at its switch, times the filter laid there with its corner, sign and all.
    assert project_one(net, image, 0, 1) == [
        [0, 0, 4, 8, 0],
        [0, 0, 0, -4, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    assert project_one(net, image, 0, 0) == [
        [0, 0, 0, 0, 0],
        [5, 10, 0, 0, 0],
        [0, -5, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    assert project_one(net, image, 1, 1) == [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 6, 12, 0],
        [0, 0, 0, -6, 0],
        [0, 0, 0, 0, 0],
    ]


def test_overlapping_windows_add_up_by_hand() -> None:
    """Both windows of three chose the 5 in the middle, and the layer above adds them."""
    module = nn.Sequential(
        convolution([[[[1]]]]), nn.ReLU(), nn.MaxPool2d((1, 3), 2), convolution([[[[1, 2]]]])
    )
    net = by_hand(module, "3", 5)
    # Pooled: 5, 5. Above: 5 + 2 * 5 = 15. Back: 15 and 30, both to the place of the 5.
    assert project_one(net, [[1, 0, 5, 2, 3]], 0, 0) == [[0, 0, 45, 0, 0]]


def test_the_rectification_acts_on_the_reconstruction() -> None:
    """Both maps fired, yet the second brings back a negative reconstruction, which is cut."""
    module = nn.Sequential(
        convolution([[[[1]]], [[[1]]]]), nn.ReLU(), convolution([[[[2]], [[-1]]]]), nn.ReLU()
    )
    # Up: 3 -> (3, 3) -> 2 * 3 - 3 = 3. Down: 3 -> (6, -3) -> (6, 0) -> 6.
    # The gradient would be 3 * (2 - 1) = 3.
    assert project_one(by_hand(module, "3", 1), [[3]], 0, 0) == [[6]]


def test_the_sign_of_the_forward_pass_plays_no_part() -> None:
    """The second map did not fire, yet its reconstruction is positive, and passes."""
    module = nn.Sequential(
        convolution([[[[1]]], [[[-1]]]]), nn.ReLU(), convolution([[[[2]], [[1]]]]), nn.ReLU()
    )
    # Up: 3 -> (3, -3) -> (3, 0) -> 6. Down: 6 -> (12, 6) -> (12, 6) -> 12 - 6 = 6.
    # Guided backpropagation and the gradient would give 12.
    assert project_one(by_hand(module, "3", 1), [[3]], 0, 0) == [[6]]


def test_a_unit_that_did_not_fire_projects_to_nothing() -> None:
    module = nn.Sequential(convolution([[[[-1]]]]), nn.ReLU())
    assert project_one(by_hand(module, "0", 1), [[3]], 0, 0) == [[0]]
    assert project_one(by_hand(module, "1", 1), [[3]], 0, 0) == [[0]]


def test_contrast_normalisation_passes_back_unchanged() -> None:
    contrast = nn.LocalResponseNorm(1, alpha=1.0, beta=1.0, k=0.0)  # x / x ** 2
    module = nn.Sequential(convolution([[[[1]]]]), nn.ReLU(), contrast, convolution([[[[2]]]]))
    # Up: 4 -> 4 / 16 = 1/4 -> 1/2. Down: 1/2 -> 1 -> 1 -> 1, where the gradient has -2 / 16.
    assert project_one(by_hand(module, "3", 1), [[4]], 0, 0) == [[1]]


def test_rectifiers_called_as_functions_are_rectifiers() -> None:
    net, plain = network(Functional(), ["out"]), network(chain(), ["relu3"])
    images = inputs(5, dtype=torch.float32)
    maps = record_maps(plain, images)[0].clone()
    assert torch.equal(record_maps(net, images)[0], maps)
    channels, positions = firing(maps, 5)
    ours = project(net, net.layers[0], images, channels, positions)
    assert torch.equal(ours, project(plain, plain.layers[0], images, channels, positions))
    assert bool(ours.abs().amax(dim=(1, 2, 3)).gt(1e-3).all())


def test_inputs_are_projected_one_by_one() -> None:
    net = network(Branching(), ["added"])
    images = inputs(4, dtype=torch.float32)
    channels, positions = firing(record_maps(net, images)[0].clone(), 4)
    together = project(net, net.layers[0], images, channels, positions)
    assert together.shape == images.shape
    assert together.dtype == torch.float32
    assert not together.requires_grad
    for n in range(4):
        part = slice(n, n + 1)
        alone = project(net, net.layers[0], images[part], channels[part], positions[part])
        torch.testing.assert_close(alone[0], together[n], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("module", "last"),
    [(chain("overlapping"), "relu3"), (Branching(), "top")],
    ids=["chain", "branches"],
)
def test_nothing_lies_outside_the_receptive_field(module: nn.Module, last: str) -> None:
    net = network(module, [last], size=64)
    (layer,) = net.layers
    images = inputs(12, size=64, dtype=torch.float32)
    channels, positions = firing(record_maps(net, images)[0].clone(), 12)
    projections = project(net, layer, images, channels, positions)
    for projection, (row, column) in zip(projections, positions, strict=True):
        left, top, right, bottom = layer.field.box(int(row), int(column))
        inside = torch.zeros(64, 64, dtype=torch.bool)
        inside[max(top, 0) : bottom, max(left, 0) : right] = True
        assert bool(projection[:, inside].any())
        assert not bool(projection[:, ~inside].any())


def test_hooks_and_rules_are_gone_afterwards() -> None:
    module = chain()
    net = network(module, ["relu2"])
    project(net, net.layers[0], inputs(1, dtype=torch.float32), np.array([0]), np.array([[0, 0]]))
    assert hooks(module) == 0
    negative = torch.tensor([-1.0], requires_grad=True)
    torch.relu(negative).sum().backward()  # type: ignore[no-untyped-call]
    assert negative.grad is not None
    assert negative.grad.item() == 0


def test_hooks_and_rules_are_gone_after_an_error() -> None:
    module = chain()
    net = network(module, ["relu2"])
    grey = torch.zeros(1, 1, 32, 32)
    with pytest.raises(RuntimeError, match="channels"):
        project(net, net.layers[0], grey, np.array([0]), np.array([[0, 0]]))
    assert hooks(module) == 0
    with pytest.raises(IndexError):
        project(
            net, net.layers[0], inputs(1, dtype=torch.float32), np.array([99]), np.array([[0, 0]])
        )
    assert hooks(module) == 0
    negative = torch.tensor([-1.0], requires_grad=True)
    torch.relu(negative).sum().backward()  # type: ignore[no-untyped-call]
    assert negative.grad is not None
    assert negative.grad.item() == 0


class FunctionalSilu(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, image: Tensor) -> Tensor:
        return functional.silu(self.conv(image))


@pytest.mark.parametrize(
    ("rectifier", "operation"),
    [
        (nn.Hardtanh(), "hardtanh"),
        (nn.SiLU(), "silu"),
        (nn.LeakyReLU(), "leaky_relu"),
        (nn.Sigmoid(), "sigmoid"),
        (nn.GELU(), "gelu"),
        (nn.Hardswish(), "hardswish"),
        (nn.PReLU(), "prelu"),
        (nn.ELU(), "elu"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_another_rectifier_is_refused_by_name(rectifier: nn.Module, operation: str) -> None:
    module = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Sequential(nn.Conv2d(4, 4, 3), rectifier)
    )
    with pytest.raises(UnsupportedNetworkError, match=rf"^({operation}) \(in 2\.1\)"):
        trace(module, 16, CPU)
    assert hooks(module) == 0


def test_an_operation_is_laid_at_the_door_of_the_module_that_calls_it() -> None:
    module = nn.Sequential(nn.ReLU(), FunctionalSilu())
    with pytest.raises(UnsupportedNetworkError, match=r"^silu \(in 1\)"):
        trace(module, 16, CPU)


def test_a_transformer_is_refused_by_name() -> None:
    module = torchvision.models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=16
    ).eval()
    with pytest.raises(UnsupportedNetworkError, match=r"^\w+ \(in [\w.]+\)"):
        trace(module, 32, CPU)


@pytest.mark.parametrize("name", ["efficientnet_b0"])
def test_networks_with_other_rectifiers_are_refused_on_loading(name: str) -> None:
    with pytest.raises(UnsupportedNetworkError, match=r"^silu \(in features\.0\.2\)"):
        load(name, "none")


def test_what_lies_behind_the_layers_may_be_anything() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Sigmoid())
    net = network(module.requires_grad_(False), ["1"], size=8)
    assert [layer.name for layer in net.layers] == ["1"]
    with pytest.raises(UnsupportedNetworkError, match="sigmoid"):
        trace(module, 8, CPU)


# Rectifiers with a cap


class Capped(nn.Module):
    """Rectifiers with a cap that are called as functions, each in another way."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = capped_chain()

    def forward(self, image: Tensor) -> Tensor:
        part = self.parts.get_submodule
        maps = functional.relu6(part("conv1")(image), inplace=True)
        maps = part("conv2")(functional.max_pool2d(maps, 3, 2, padding=1))
        maps = part("conv3")(functional.hardtanh(maps, 0, 2, True))
        answer: Tensor = part("relu3")(functional.hardtanh_(maps, 0.0, 0.5))
        return answer


def capped_chain() -> nn.Sequential:
    """``chain()`` with caps so low that about as many places lie above them as between."""
    made = chain("overlapping")
    made.relu1, made.relu2, made.relu3 = nn.ReLU6(), nn.Hardtanh(0, 2), nn.Hardtanh(0, 0.5)
    made.get_parameter("conv1.weight").mul_(6)
    return made


@pytest.mark.parametrize("last", ["relu1", "conv2", "relu2", "relu3"])
def test_rectifiers_with_a_cap_agree_with_the_plain_projection(last: str) -> None:
    parts = capped_chain()
    maps = inputs(2, dtype=torch.float32)
    for part in parts:
        maps = part(maps)
        if isinstance(part, nn.Hardtanh):
            for share in (maps == 0, maps == part.max_val, (maps > 0) & (maps < part.max_val)):
                assert share.float().mean() > 0.05
    check_against_oracle(parts, last, torch.float64)


def test_functions_with_a_cap_project_as_modules_do() -> None:
    images = inputs(3, dtype=torch.float32)
    module = Capped()
    by_module = network(module.parts, ["relu3"])
    by_function = network(module, ["parts.relu3"])
    maps = record_maps(by_module, images)[0]
    assert torch.equal(maps, record_maps(by_function, images)[0])
    chosen = firing(maps, len(images))
    projections = [project(net, net.layers[0], images, *chosen) for net in (by_module, by_function)]
    assert projections[0].abs().max() > 0
    assert torch.equal(*projections)


@pytest.mark.parametrize("ends", [(-1.0, 1.0), (0.5, 1.0)])
def test_a_hard_tanh_that_is_no_rectifier_is_refused(ends: tuple[float, float]) -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Hardtanh(*ends))
    with pytest.raises(UnsupportedNetworkError, match=r"hardtanh \(in 1\)"):
        network(module, ["1"])
