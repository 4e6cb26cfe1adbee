"""What a unit may be called: each name against all others, against its rivals, and wider names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from generator.images.stimuli import CONCEPTS
from generator.measure.answers import Answers
from generator.measure.families import OTHER, SAME, UNTAUGHT, ClassAnswers, preferring
from generator.measure.names import NAMED, NAMES, SHAPES, WIDER, wider
from generator.measure.naming import TIER, Verdict, add_names, offers_of, verdicts
from generator.measure.telling import NEAR, STRONGEST, TURNS, Told, tell_names
from generator.records import Claim, Taught

SEEDS, UNITS = 80, 6
PLACE = {name.label: number for number, name in enumerate(NAMES)}
FACES = ("face", "dog face", "bird face")


def answers(seed: int, likes: dict[int, tuple[str, ...]] | None = None, ties: int = 0) -> Answers:
    """One layer that answers at random, but for units that answer more to some concepts."""
    random = np.random.default_rng(seed)
    concepts = np.tile(np.array(CONCEPTS), SEEDS)
    values = random.random((len(concepts), UNITS))
    if ties:
        values = np.floor(values * ties)
    for unit, liked in (likes or {}).items():
        values[:, unit] += np.isin(concepts, liked)
    angles = random.uniform(-90, 90, len(concepts))
    seeds = np.repeat(np.arange(SEEDS), len(CONCEPTS))
    layer = (values.astype(np.float32),)
    return Answers(concepts, seeds, angles, layer, layer)


def found(likes: dict[int, tuple[str, ...]]) -> dict[str, Verdict]:
    return verdicts(tell_names(answers(0, likes), 0), tell_names(answers(1), 0))


def test_every_rival_is_drawn_has_a_reason_and_is_no_member() -> None:
    assert tuple(name.label for name in NAMED) == SHAPES
    assert len({name.label for name in NAMES}) == len(NAMES)
    for name in NAMES:
        assert name.rivals
        for rival, reason in name.rivals:
            assert rival in CONCEPTS
            assert rival not in name.members
            assert reason
    sizes = [len(name.members) for name in WIDER]
    assert sizes == sorted(sizes)  # the first that fits is the narrowest
    assert all("dog face" in name.members for name in wider("dog face"))


@pytest.mark.parametrize("label", ["wheel", "faces of people, dogs and birds"])
def test_scores_are_those_of_scikit_learn_also_with_ties(label: str) -> None:
    known = answers(3, {2: ("wheel", "face")}, ties=5)
    name, told = NAMES[PLACE[label]], tell_names(known, 0)[PLACE[label]]
    held_out = ~known.choosing
    concepts, values = known.concepts[held_out], known.values[0][held_out]
    for row, against in enumerate(told.against):
        own = (against,) if against in name.members else name.members
        if against and against not in name.members:
            others = concepts == against
        else:
            others = ~np.isin(concepts, name.members)
        mine = np.isin(concepts, own)
        part = mine | others
        for unit in range(UNITS):
            truth = roc_auc_score(mine[part], values[part, unit])
            assert told.held_out[row, unit] == pytest.approx(truth)
        assert (told.positives[row] == mine.sum()).all()
        assert (told.negatives[row] == others.sum()).all()


def test_the_share_shown_counts_the_strongest_drawings() -> None:
    known = answers(0, {1: ("circle",)})
    shown = tell_names(known, 0)[PLACE["circle"]].shown
    assert shown[:, 1].tolist() == [1, 1]
    rows = np.flatnonzero(~known.choosing)
    for unit in range(UNITS):
        first = rows[np.argsort(-known.values[0][rows, unit])[:STRONGEST]]
        assert shown[1, unit] == pytest.approx((known.concepts[first] == "circle").mean())


def test_a_wider_name_is_given_only_where_all_of_it_is_among_the_strongest_drawings() -> None:
    label = "closed outlines, round or square"
    known = answers(0, {0: ("circle", "rectangle"), 1: ("circle", "rectangle")})
    values = known.values[0].copy()
    values[known.concepts == "circle", 1] += 0.9  # a reader sees circles alone
    known = replace(known, values=(values,))
    told = tell_names(known, 0)[PLACE[label]]
    assert told.shown[:, :2].tolist() == [[1, 1], [1, 1]]
    assert (told.rarest[:, 0] > 0.2).all()
    assert told.rarest[:, 1].tolist() == [0, 0]
    passed = verdicts(tell_names(known, 0), tell_names(answers(1), 0))[label].passed
    assert passed[:, :2].tolist() == [[True, False], [True, False]]


def test_a_texture_may_be_told_by_the_mean_of_the_map_and_nothing_else_may() -> None:
    known = answers(0)
    (means,) = answers(5, {0: ("stripes",), 1: ("wheel",)}).means
    both = tell_names(replace(known, means=(means,)), 0)
    stripes, wheel = both[PLACE["stripes"]], both[PLACE["wheel"]]
    assert stripes.spread[0]
    assert stripes.held_out[0, 0] > 0.95
    assert not wheel.spread.any()
    np.testing.assert_allclose(wheel.held_out, tell_names(known, 0)[PLACE["wheel"]].held_out)


def test_a_line_is_told_by_those_near_the_angle_that_suits_the_unit() -> None:
    known = answers(0)
    values = known.values[0].copy()
    apart = np.abs(known.angles - TURNS[4]) % 180
    near = (known.concepts == "line") & (np.minimum(apart, 180 - apart) <= NEAR)
    values[near, 2] += 1
    told = tell_names(replace(known, values=(values,)), 0)[PLACE["line"]]
    assert told.held_out[0, 2] == pytest.approx(1)
    assert told.positives[0, 2] == (near & ~known.choosing).sum()
    assert told.held_out[0].argmax() == 2


def test_a_unit_is_called_by_what_it_tells_from_every_rival() -> None:
    names = found({0: ("dog face",), 1: FACES, 2: ("circle", "wheel"), 3: ("circle", "pebbles")})
    claims: list[list[Claim]] = [[] for _ in range(UNITS)]
    add_names(names, claims)
    held = [[claim.label for claim in unit if claim.held] for unit in claims]
    assert held[0] == ["dog face"]
    assert held[1] == ["faces of people, dogs and birds"]
    assert held[2] == ["round outlines, empty or with spokes"]
    assert held[4:] == [[], []]
    assert [len(unit) for unit in claims[4:]] == [1, 1]  # what stood out most, as not held
    (claim,) = (claim for claim in claims[1] if claim.held)
    assert claim.tests is not None
    assert claim.tests.members == FACES
    assert claim.tests.shown == 1
    assert all(test.held for test in claim.tests.against)


def test_a_place_goes_to_the_narrowest_name_and_claims_what_its_unit_holds() -> None:
    offers = offers_of(found({0: ("dog face",), 1: FACES}), UNITS)
    choosing = offers["dog face"].choosing
    assert np.argsort(-choosing)[:2].tolist() == [0, 1]
    assert choosing[0] - TIER >= choosing[1] - TIER / 2 >= TIER / 2
    assert offers["dog face"].claims[0].label == "dog face"
    assert offers["bird face"].claims[1].label == "faces of people, dogs and birds"
    assert not offers["wheel"].claims[int(offers["wheel"].choosing.argmax())].held


def classes(*names: str, scores: list[list[float]], complete: bool = True) -> ClassAnswers:
    few = np.array(scores)
    labels = np.argsort(-few, axis=1, kind="stable")
    ordered = np.take_along_axis(few, labels, axis=1)
    return ClassAnswers(names, labels, ordered, 1.5, complete)


def test_among_units_with_a_name_the_family_decides_and_then_how_narrow_the_name_is() -> None:
    scores = [[1.0, 3.0], [1.8, 2.0], [2.0, 1.0], [2.0, 1.0]]
    known = classes("beagle", "black widow", scores=scores)
    offered = np.array([2 * TIER + 1.9, TIER + 0.1, TIER + 1.9, 2 * TIER + 0.1])
    better = preferring(offered, known, ["dog face"], TIER)
    assert better.argsort().tolist() == [0, 1, 2, 3]


def test_the_family_of_a_bicycle_are_things_whose_wheels_are_seen() -> None:
    known = classes("trolleybus", "jinrikisha", scores=[[3.0, 1.0], [1.0, 3.0]])
    assert known.in_family(["bicycle"]).tolist() == [0, 1.5]
    assert known.in_family(["wheel"]).tolist() == [1.5, 1.5]
    assert known.in_family(["dog face", "circle"]).tolist() == [0, 0]


def test_of_the_units_that_hold_a_family_the_one_that_holds_most_of_it_goes_first() -> None:
    scores = [[2.0, 1.9, 1.0], [1.7, 1.0, 3.0], [2.5, 2.5, 1.0]]
    known = classes("beagle", "collie", "black widow", scores=scores)
    assert known.in_family(["dog face"]).tolist() == pytest.approx([0.9, 0.2, 2.0])
    better = preferring(np.full(3, TIER + 0.5), known, ["dog face"], TIER)
    assert better.argsort().tolist() == [1, 0, 2]


def test_a_unit_without_a_name_gets_no_place_for_its_family() -> None:
    known = classes("beagle", "black widow", scores=[[1.0, 3.0], [1.8, 2.0], [2.0, 1.0]])
    nameless = np.full(3, TIER / 8)
    assert (preferring(nameless, known, ["dog face"], TIER) == nameless).all()
    assert preferring(nameless, None, ["dog face"], TIER) is nameless


def test_the_units_that_claim_a_class_of_the_family_come_first_to_last() -> None:
    def own(label: str, held: bool = True, kind: str = "class") -> list[Claim]:
        return [Claim(kind, label, 2.0, 1.5, held)]

    scores = [[1.8, 1.0, 1.0], [2.5, 1.0, 1.0], [1.0, 1.0, 3.0], [2.0, 1.0, 1.0], [1.9, 1.0, 1.0]]
    known = classes("beagle", "collie", "black widow", scores=scores)
    claims = [
        own("beagle"),
        own("beagle"),
        own("black widow"),
        own("beagle", held=False),
        own("beagle", kind="concept"),
    ]
    assert known.claiming(["dog face"], claims) == [1, 0]
    assert known.claiming(["circle"], claims) == []
    of_open_images = classes("Dog", "Bird", "Collie", scores=[[1.8, 1.0, 1.0], [1.0, 2.5, 1.0]])
    animals = [own("Dog"), own("Bird")]
    assert of_open_images.claiming(["dog face"], animals) == [0]
    assert of_open_images.claiming(["bird face"], animals) == [1]


def test_photographs_confirm_a_name_contradict_it_or_were_never_taught() -> None:
    known = classes("beagle", "black widow", scores=[[1.0, 3.0], [1.8, 2.0], [1.0, 1.2]])

    def own(label: str, held: bool = True) -> list[Claim]:
        return [Claim("class", label, 2.0, 1.5, held)]

    spiders, beagles, nothing = own("black widow"), own("beagle"), own("beagle", held=False)
    verdicts_ = [known.taught(["dog face"], claims) for claims in (spiders, beagles, nothing, [])]
    assert verdicts_ == [
        Taught(OTHER, "black widow", 2.0, 1.5),
        Taught(SAME, "beagle", 2.0, 1.5),
        None,  # no class stands out
        None,
    ]
    assert known.taught(["dog face"], own("dogs")) == Taught(SAME, "dogs", 2.0, 1.5)
    assert known.taught(["bicycle"], beagles) == Taught(UNTAUGHT)
    assert known.taught(["circle"], spiders) is None
    assert replace(known, complete=False).taught(["bicycle"], nothing) is None
    wide = known.taught(["bird face", "dog face"], beagles)
    assert wide is not None
    assert wide.label == "beagle"  # a wider name has the families of all that it stands for


def test_what_was_told_keeps_its_shape() -> None:
    for name, told in zip(NAMES, tell_names(answers(0), 0), strict=True):
        assert isinstance(told, Told)
        assert told.choosing.shape == told.held_out.shape == (len(told.against), UNITS)
        assert len(told.against) == 1 + len(name.rivals) + (len(name.members) if name.wide else 0)
