from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch
from skimage.color import rgb2lab
from sklearn.metrics import roc_auc_score
from torch import nn

from generator.caption.claims import why_not
from generator.measure.claims import named_too
from generator.measure.classes import (
    class_preference,
    shipped_claims,
    shipped_statistics,
    untrained_ratio,
)
from generator.measure.colour import HUES, colour_blob, colour_tuning
from generator.measure.concepts import auroc, interval
from generator.measure.first_layer import Probed, first_layer_offers, line_bar
from generator.measure.imagenet import with_groups
from generator.measure.orientation import (
    ANGLES,
    angle_between,
    grating,
    one_sided,
    orientation_tuning,
    oriented_line,
    swing,
)
from generator.measure.placement import assign, fill_figure, margin, place
from generator.networks.loading import load_network
from generator.networks.network import Network
from generator.networks.preprocessing import Preprocessing
from generator.records import (
    Cell,
    Claim,
    ClassStatistics,
    Detail,
    Layer,
    OrientationTuning,
    Provenance,
    ReceptiveField,
)
from generator.records.hues import hue_name
from generator.records.measured import ClassScore

SIZE, KERNEL = 64, 11


def bank(filters: npt.NDArray[np.float64]) -> Network:
    """A network whose first layer is a given bank of filters (C, 3, K, K)."""
    conv = nn.Conv2d(3, len(filters), KERNEL)
    with torch.no_grad():
        conv.weight.copy_(torch.from_numpy(filters))
        assert conv.bias is not None
        conv.bias.zero_()
    module = nn.Sequential(OrderedDict(conv1=conv, relu1=nn.ReLU())).requires_grad_(False).eval()
    side = SIZE - KERNEL + 1
    layer = Layer("conv1", 1, len(filters), side, side, ReceptiveField(KERNEL, 1, 0))
    preprocess = Preprocessing(SIZE, SIZE, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    source = Provenance("made for the test", "none")
    return Network("bank", module, (layer,), preprocess, source, torch.device("cpu"))


def gabor(angle: float, period: float = 6.0) -> npt.NDArray[np.float64]:
    """Grey stripes along ``angle`` under a Gaussian, no mean. Rows run down, so a line that
    rises to the right at 45 degrees passes through (row -1, column 1)."""
    rows, columns = np.mgrid[:KERNEL, :KERNEL] - KERNEL // 2
    across = columns * np.sin(np.deg2rad(angle)) + rows * np.cos(np.deg2rad(angle))
    wave = np.cos(2 * np.pi * across / period) * np.exp(-(rows**2 + columns**2) / 12)
    return np.repeat((wave - wave.mean())[None], 3, axis=0)


def test_gratings_follow_the_convention_of_the_page() -> None:
    falling = grating(33, -45, period=8, phase=0)
    rising = grating(33, 45, period=8, phase=0)
    middle = 16
    for step in range(-10, 11):  # along its own line a grating does not change
        assert falling[middle + step, middle + step] == pytest.approx(1)
        assert rising[middle - step, middle + step] == pytest.approx(1)
    assert np.ptp(grating(33, 0, 8, 0)[5]) == pytest.approx(0, abs=1e-6)  # level lines
    assert np.ptp(grating(33, 90, 8, 0)[:, 5]) == pytest.approx(0, abs=1e-6)  # upright lines


def test_lines_follow_the_convention_of_the_page_and_are_antialiased() -> None:
    falling = oriented_line(33, -45, width=2, place=0)
    for step in range(-10, 11):
        assert falling[16 + step, 16 + step] == pytest.approx(1)
        assert falling[16 - step, 16 + step] == pytest.approx(0.5 if abs(step) > 2 else 1, abs=0.5)
    level = oriented_line(9, 0, width=2.5, place=1, sign=-1)
    # Centred on row 5 (rows run down, so a place of 1 lies below the middle): it covers that
    # row whole and three quarters of each neighbour.
    assert level[:, 4].tolist() == [0.5, 0.5, 0.5, 0.5, 0.125, 0.0, 0.125, 0.5, 0.5]


def test_a_bank_of_gabor_filters_comes_back_within_two_degrees() -> None:
    angles = np.array([-90.0, -67.5, -45.0, -20.0, 0.0, 12.0, 45.0, 60.0, 81.0])
    network = bank(np.stack([gabor(angle) for angle in angles]))
    tuning = orientation_tuning(network, network.layers[0])
    for measured, angle in zip(tuning.angle, angles, strict=True):
        assert angle_between(np.array([measured]), angle)[0] <= 2
    assert (tuning.selectivity > 0.5).all()


def test_a_unit_that_wants_lines_is_found_by_lines() -> None:
    thin = np.zeros((KERNEL, KERNEL))
    thin[KERNEL // 2] = 1
    thin[KERNEL // 2 - 3 : KERNEL // 2 + 4] -= 1 / 7  # an evenly grey patch leaves it cold
    network = bank(np.repeat(thin[None, None], 3, axis=1))
    tuning = orientation_tuning(network, network.layers[0])
    assert abs(tuning.angle[0]) < 1
    assert tuning.selectivity[0] > 0.4


def test_the_swing_of_a_filter_is_its_curve_against_its_answer_to_noise() -> None:
    random = np.random.default_rng(3).normal(size=(1, 3, KERNEL, KERNEL))
    network = bank(np.concatenate([gabor(30.0)[None], random, np.zeros_like(random)]))
    layer = network.layers[0]
    tuning = orientation_tuning(network, layer)
    swings = swing(network, layer, tuning)
    assert swings[0] > 3 * swings[1] > 0
    assert swings[2] == 0  # a unit that never answers

    # A filter's answers to noise are spread by its norm, and half of them are rectified away.
    conv = network.module.get_submodule(layer.name)
    assert isinstance(conv, nn.Conv2d)
    grey = conv.weight.detach().sum(dim=1).flatten(1).norm(dim=1).numpy()
    deviation = grey * 0.5 / 0.25 / np.sqrt(2)  # black and white are 0.5 off, in units of 0.25
    expected = tuning.curves.std(axis=1)[:2] / deviation[:2]
    np.testing.assert_allclose(swings[:2], expected, rtol=0.15)


def test_a_unit_that_likes_two_orientations_prefers_neither() -> None:
    curves = np.zeros((2, len(ANGLES)))
    curves[0, ANGLES == 30] = 1
    curves[1, ANGLES == 0], curves[1, ANGLES == 60] = 1, 0.9
    tuning = OrientationTuning(np.array([30.0, 28.0]), np.ones(2), curves)
    assert one_sided(tuning).tolist() == [True, False]


def test_only_a_unit_that_lines_drive_claims_a_line() -> None:
    """Three equal filters: what photographs bring each to tells what it is there for."""
    network = bank(np.stack([gabor(45)] * 3))
    (layer,) = network.layers
    lines = orientation_tuning(network, layer)
    best = lines.curves.max(axis=1)
    colours = colour_tuning(network, layer, best)
    probed = Probed.of(network, lines, colours, best * [4.0, 1.25, 1.0])
    assert probed.driven == pytest.approx([0.25, 0.8, 1.0])
    claims: list[list[Claim]] = [[], [], []]
    wall = Probed(lines, colours, np.full(3, 0.1), np.ones(3))
    offers = first_layer_offers(probed, [wall] * 5, claims)
    assert [own[0].held for own in claims] == [False, True, True]
    assert offers["line +45"].choosing.argmax() == 2
    unknown = Probed.of(network, lines, colours)
    assert (unknown.driven == 1).all()
    assert (unknown.swing > 0).all()


def test_the_bar_for_lines_fools_one_search_in_twenty() -> None:
    units, layers = 90, 4000
    random = np.random.default_rng(5)
    bar = line_bar(random.gamma(2.5, 0.3, 5 * units), units)
    near = units // 9  # within 10 degrees of an angle, of 180
    fooled = (random.gamma(2.5, 0.3, (layers, near)).max(axis=1) > bar).mean()
    assert 0.02 < fooled < 0.09
    # Units that prefer no orientation are 0, and take no part.
    half = np.where(random.random(10 * units) < 0.5, 0, random.gamma(2.5, 0.3, 10 * units))
    fewer = random.gamma(2.5, 0.3, (layers, near // 2)).max(axis=1)
    assert 0.02 < (fewer > line_bar(half, units)).mean() < 0.09
    assert line_bar(np.zeros(5), 5) == 0


def colour_filter(red: float, green: float, blue: float) -> npt.NDArray[np.float64]:
    rows, columns = np.mgrid[:KERNEL, :KERNEL] - KERNEL // 2
    disc = np.exp(-(rows**2 + columns**2) / 10)
    return np.stack([red * disc, green * disc, blue * disc])


def test_a_green_blob_is_green_and_not_oriented_and_a_grey_line_is_blind_to_colour() -> None:
    network = bank(np.stack([colour_filter(-1, 2, -1), gabor(30.0), np.zeros((3, KERNEL, KERNEL))]))
    layer = network.layers[0]
    lines = orientation_tuning(network, layer)
    colours = colour_tuning(network, layer, lines.curves.max(axis=1))
    assert hue_name(colours.hue[0]) == "green"
    assert lines.selectivity[0] < 0.1
    assert colours.share[0] > 0.5
    assert colours.share[1] < 0.1
    assert colours.opponent[0] > 0.9  # green, and not its opposite
    assert lines.selectivity[2] == 0  # a unit that never answers prefers nothing
    assert colours.share[2] == 0


def test_light_and_dark_are_told_apart() -> None:
    bright = colour_filter(1, 1, 1)
    network = bank(np.stack([bright, -bright, np.zeros_like(bright)]))
    tuning = colour_tuning(network, network.layers[0], np.ones(3))
    assert tuning.on_off.tolist() == [1, -1, 0]


def test_blobs_of_all_hues_have_the_same_lightness() -> None:
    lightness = [rgb2lab(colour_blob(21, hue, 5.0))[..., 0] for hue in HUES]
    assert np.ptp(lightness) < 1.5  # of 100


def test_hue_names() -> None:
    assert [hue_name(hue) for hue in (24, 57, 90, 162, 205, 246, 300, 340, 2)] == [
        "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "pink",
    ]  # fmt: skip


def test_auroc_by_hand_and_against_scikit_learn() -> None:
    # Positives 3 and 1 against 2 and 0: of four pairs three are in order.
    labels = np.array(["a", "b", "a", "b"])
    assert auroc(np.array([[3.0], [2.0], [1.0], [0.0]]), labels, ["a"]) == pytest.approx(0.75)
    random = np.random.default_rng(0)
    responses = random.integers(0, 6, (90, 4)).astype(float)  # many ties
    names = random.choice(["a", "b", "c"], 90)
    scores = auroc(responses, names, ["a", "c"])
    for column in range(4):
        for number, label in enumerate(["a", "c"]):
            truth = roc_auc_score(names == label, responses[:, column])
            assert scores[column, number] == pytest.approx(truth)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(1)
    labels = np.array(["a"] * 60 + ["b"] * 300)
    truth = 0.7602  # normal deviates one standard deviation apart: Phi(1 / sqrt 2)
    responses = random.normal(size=(360, 500)) + (labels == "a")[:, None]
    low, high = interval(auroc(responses, labels, ["a"])[:, 0], 60, 300)
    covered = np.mean((low <= truth) & (truth <= high))
    assert 0.91 <= covered <= 0.985


def test_a_class_is_chosen_on_one_half_and_reported_on_the_other() -> None:
    choosing = np.array([[1.0, 4.0, 1.0], [0.0, 0.0, 0.0]])
    held_out = np.array([[2.0, 3.0, 1.0], [0.0, 0.0, 0.0]])
    preference = class_preference(np.stack([choosing, held_out]))
    assert preference.best.tolist() == [1, 0]
    assert preference.ratio.tolist() == [1.5, 0.0]  # 3 over a mean of 2; a unit that never fires
    assert preference.classes.tolist() == [[1, 0, 2], [0, 1, 2]]  # best first, by the first half
    assert preference.ratios.tolist() == [[1.5, 1.0, 0.5], [0.0, 0.0, 0.0]]
    strongest = np.array([[[0, 0], [1, 1]], [[1, 0], [1, 0]]])
    statistics = ClassStatistics(tuple("abc"), np.stack([choosing, held_out]), strongest, 9)
    claim, dead = shipped_claims(statistics, 1)
    assert (claim.label, claim.score, claim.detail.shown, claim.held) == ("b", 1.5, 1, True)
    few = [("b", 1.5), ("a", 1.0), ("c", 0.5)]
    assert claim.detail.classes == tuple(ClassScore(*values) for values in few)
    assert not dead.held


def test_a_class_is_claimed_only_where_the_strongest_photographs_show_it() -> None:
    """By hand: six classes, two of them dogs, and the nine strongest photographs of each half."""
    classes = ("beagle", "collie", "goose", "orange", "wok", "desk")
    means = np.ones((2, 5, 6), np.float32)
    means[:, 0, 0] = 3  # stands out, and most of the strongest are of it
    means[:, 1, 2] = 3  # stands out as far, and the strongest are oranges: two of them geese
    means[:, 2, 0] = 3  # stands out, and the strongest are dogs of either kind
    means[:, 3, 0] = 3  # as the first, but on the other half the strongest are something else
    means[:, 4, 4] = 3  # the strongest have too little in common to say what to claim
    choosing = ["000003333", "223333333", "000011111", "000000000", "022334455"]
    held_out = ["000003333", "222233333", "000001111", "222222222", "444443333"]
    strongest = np.array([[list(map(int, unit)) for unit in half] for half in (choosing, held_out)])
    statistics = ClassStatistics(classes, means, strongest.transpose(0, 2, 1), 100)
    claims = shipped_claims(statistics, bar=1.2)
    assert [(claim.label, claim.held) for claim in claims] == [
        ("beagle", True),
        ("orange", False),  # most show it, but its mean does not stand out
        ("dogs", True),
        ("beagle", False),
        ("wok", True),
    ]
    assert [round((claim.detail.shown or 0) * 9) for claim in claims] == [5, 5, 9, 0, 5]
    assert claims[2].score == pytest.approx(2 / (8 / 6))  # the mean of both kinds of dogs
    assert why_not(claims[3]).startswith("Too few of the photographs")


def test_what_units_of_the_bundled_network_are_said_to_like_can_be_seen() -> None:
    network = load_network("zfnet64")
    held = []
    for layer, statistics in zip(network.layers, shipped_statistics(network), strict=True):
        assert statistics is not None
        claims = shipped_claims(statistics, untrained_ratio(network, layer.name))
        names, members = with_groups(statistics.classes)
        for unit, claim in enumerate(claims):
            if claim.held:
                own = members[names.index(claim.label), statistics.strongest[1][:, unit]]
                assert own.sum() >= 5
        held.append(sum(claim.held for claim in claims))
    assert held == sorted(held), "deeper layers know more classes"
    assert held[-1] >= 10


def claim(label: str, score: float, held: bool = True, kind: str = "concept") -> Claim:
    detail = Detail(measure="ratio") if kind == "class" else Detail()
    return Claim(kind, label, score, 0.5, held, detail)


def test_units_are_assigned_together_and_not_one_after_the_other() -> None:
    # Alone, both cells want unit 0; together 0.8 + 0.9 beats 0.9 + 0.1.
    assert assign(np.array([[0.9, 0.8, 0.0], [0.9, 0.1, 0.0]])) == [1, 0]


def test_other_cells_take_the_best_of_each_label_in_turn() -> None:
    claims = [
        [claim("wheel", 0.9)],
        [claim("wheel", 0.8)],
        [claim("face", 0.7)],
        [claim("grid", 0.99, held=False)],
        [claim("face", 0.95)],
    ]
    assert fill_figure([4], claims, 4) == [0, 2, 1, 3]
    assert margin(claim("tench", 2.0, kind="class")) == 0.75
    claims[1].append(claim("tench", 0.6, kind="class"))  # what photographs say comes first
    assert fill_figure([4], claims, 4) == [1, 0, 2, 3]


def test_who_is_shown_is_decided_on_the_other_half_than_what_is_reported() -> None:
    lucky, better = claim("wheel", 0.95), claim("wheel", 0.8)
    claims = [
        [replace(lucky, detail=Detail(chosen=0.7))],
        [replace(better, detail=Detail(chosen=0.9))],
    ]
    assert fill_figure([], claims, 2) == [1, 0]
    assert margin(claims[1][0]) == pytest.approx(0.8)


def test_a_unit_that_earned_a_name_in_the_figure_has_it_everywhere() -> None:
    line = Claim("orientation", "line -40", 1.5, 1.2, True)
    named = replace(line, label="line -45")
    claims = [[line, claim("tench", 2.0, kind="class")], [claim("face", 0.8)], [claim("grid", 0.7)]]
    cells = [
        Cell(1, 1, 0, "line -45", named),
        Cell(1, 2, 1, "dog face", claim("dog face", 0.75)),
        Cell(1, 3, 2, "wheel", claim("wheel", 0.6, held=False)),
    ]
    named_too(cells, claims)
    assert [[claim.label for claim in own] for own in claims] == [
        ["line -45", "tench"],
        ["face", "dog face"],
        ["grid"],
    ]


def test_a_figure_places_named_units_and_leaves_the_dead_out() -> None:
    claims = [[claim("stripes", 0.6)] for _ in range(18)]
    alive = np.ones(18, dtype=bool)
    alive[[3, 17]] = False
    choosing = {cell: np.linspace(0.5, 0.9, 18) for cell in ((1, 2), (2, 2), (4, 4))}
    wanted = {cell: [claim("asked", 0.7) for _ in range(18)] for cell in choosing}
    (rows, columns), cells = place(2, wanted, choosing, claims, alive, {})
    assert (rows, columns, len(cells)) == (4, 4, 16)
    named = {(cell.row, cell.column): cell for cell in cells if cell.wanted}
    assert {cell.wanted for cell in named.values()} == {"stripes", "circle", "rectangle"}
    assert {cell.channel for cell in named.values()} == {14, 15, 16}
    assert len({cell.channel for cell in cells}) == 16
    assert not {3, 17} & {cell.channel for cell in cells}


@pytest.mark.parametrize("drawn", [False, True])
def test_a_place_whose_name_does_not_hold_goes_to_a_unit_that_claims_a_class(drawn: bool) -> None:
    claims = [[claim("circle", 0.6)] for _ in range(18)]
    claims[7] = [claim("grid", 0.6), claim("golden retriever", 6.0, kind="class")]
    choosing = {at: np.eye(18)[number] for number, at in enumerate(((1, 1), (1, 2), (1, 3)))}
    wanted = {at: [claim("asked", 0.7, held=drawn) for _ in range(18)] for at in choosing}
    # Unit 1 stands already where a bird's face is looked for, so dogs go to unit 7.
    photographs = {(1, 1): [1, 7], (1, 2): [1]}
    _, cells = place(5, wanted, choosing, claims, np.ones(18, dtype=bool), photographs)
    dogs = next(cell for cell in cells if cell.wanted == "dog face")
    told = dogs.claim
    assert told is not None
    assert (dogs.channel, told.label, dogs.earned) == (
        (0, "asked", True) if drawn else (7, "golden retriever", False)
    )
    others = [cell.channel for cell in cells if cell.wanted != "dog face"]
    assert others[:2] == [1, 2]
    assert len({cell.channel for cell in cells}) == 12
