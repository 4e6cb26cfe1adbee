"""Sentences word for word: a change of wording is seen here before a reader sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import samples

from generator import caption
from generator.caption import places, words
from generator.caption.claims import instead
from generator.records import Best, Cell, Claim, Detail, Hierarchy, Taught
from generator.records.measured import Interval

NBSP = "\N{NO-BREAK SPACE}"

WHEEL = Claim(
    "concept",
    "wheel",
    0.9349,
    0.73,
    True,
    Detail(drawings=1700, random=0.73, low=0.905, high=0.961),
)
FACE_MISSED = Claim(
    "concept",
    "face",
    0.759,
    0.75,
    False,
    Detail(drawings=1700, random=0.75, low=0.71, high=0.80),
)
LINE = Claim(
    "orientation",
    "line -45",
    0.938,
    0.4,
    True,
    Detail(angle=-43.2, selectivity=0.81, drawings=36),
)
UPRIGHT = Claim("orientation", "line 90", 0.8, 0.4, True, Detail(angle=-89.8, drawings=36))
LINE_OFF = Claim("orientation", "line +45", 0.62, 0.4, False, Detail(angle=28.0, drawings=36))
GREEN = Claim("colour", "green blob", 0.71, 0.33, True, Detail(hue=141.2))
GREEN_MISSED = Claim("colour", "green blob", 0.9719, 0.9801, False, Detail(hue=232.0))
TERRIER = Claim("class", "Yorkshire terrier", 3.21, 1.6, True, Detail(images=10000))


def named(wanted: str | None, claim: Claim | None, row: int = 2, column: int = 2) -> Cell:
    return Cell(row=row, column=column, channel=142, wanted=wanted, claim=claim)


@pytest.mark.parametrize(
    ("cell", "others", "sentence"),
    [
        (
            named("wheel", WHEEL),
            [WHEEL, TERRIER],
            (
                "Second row, second column: a wheel. Unit 142 picks out a wheel in 93 of 100 pairs"
                f" (95{NBSP}% interval 90 to 97; random weights 73)."
            ),
        ),
        (
            named("line -45", LINE, 1, 1),
            [LINE],
            (
                "Top left: a line at −45°. Unit 142 answers most to lines at −43°, falling to the"
                " right (swing 0.93, measured at 36 angles)."
            ),
        ),
        (
            named("line +45", LINE_OFF, 1, 2),
            [LINE_OFF],
            (
                "First row, second column: a line at +45°, not found. The best candidate, unit"
                " 142, answers most to lines at +28°, rising to the right (swing 0.62, measured at"
                " 36 angles). That angle is too far off for the name. Nothing that we measured"
                " singles it out."
            ),
        ),
        (
            named("green blob", GREEN, 3, 2),
            [GREEN],
            (
                "Third row, second column: a green blob. Unit 142 answers most to a green blob"
                " (share of colour 0.71)."
            ),
        ),
        (
            named("green blob", GREEN_MISSED, 3, 2),
            [GREEN_MISSED, WHEEL],
            (
                "Third row, second column: a green blob, not found. The best candidate, unit 142,"
                " prefers blue to all other colours (share of colour 0.97). The name needs more"
                " than 0.980, and this is 0.971. But it"
                f" picks out a wheel in 93 of 100 pairs (95{NBSP}% interval 90 to 97; random"
                " weights 73)."
            ),
        ),
        (
            named("face", FACE_MISSED, 3, 3),
            [FACE_MISSED, TERRIER],
            (
                "Third row, third column: a face, not found. The best candidate, unit 142, picks"
                f" out a face in 75 of 100 pairs (95{NBSP}% interval 71 to 80; random weights 75)."
                " That is not clearly more than random weights can do. But it prefers Yorkshire"
                " terriers: its strongest activation for them is on average 3.2 times that for all"
                " classes, measured on 10,000 photographs."
            ),
        ),
        (
            named("grid or honeycomb", None, 1, 1),
            [],
            (
                "Top left: a grid or a honeycomb, which this build did not test. You see unit 142."
                " Nothing that we measured singles it out."
            ),
        ),
    ],
)
def test_cell(cell: Cell, others: list[Claim], sentence: str) -> None:
    assert f"{caption.title(cell, 4, 4)}. {caption.verdict(cell, others)}" == sentence


def test_a_cell_that_is_named_for_nothing_has_no_sentence() -> None:
    with pytest.raises(ValueError, match="no concept"):
        caption.title(named(None, TERRIER), 4, 4)


def test_what_did_not_hold_is_never_said_as_if_it_did() -> None:
    for claim in (FACE_MISSED, LINE_OFF, GREEN_MISSED):
        assert f" {claim.label}" not in instead([claim])
        assert caption.missed([claim]).startswith("Tested, but not clear enough: ")
    assert caption.missed([WHEEL, TERRIER]) == ""


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (WHEEL, "Wheel: 93 of 100 pairs (random weights 73)"),
        (LINE, "Lines at −43°: swing 0.93"),
        (UPRIGHT, "Lines at 90°: swing 0.80"),
        (GREEN, "Green blob: share of colour 0.71"),
        (TERRIER, "Prefers Yorkshire terriers: 3.2 times the mean of all classes"),
    ],
)
def test_brief(claim: Claim, words: str) -> None:
    assert caption.brief(claim) == words


def test_a_number_below_its_bar_never_rounds_up_to_it() -> None:
    near = Claim("concept", "cross", 0.7999, 0.8, False)
    assert "79 of 100" in caption.evidence(near)
    assert caption.missed([near]) == "Tested, but not clear enough: cross (79 of 100 pairs)"


def test_network() -> None:
    sentence = caption.network("zfnet64", "Tiny ImageNet", 0.4567, "the 10,000 images", False)
    assert sentence == (
        "The network is zfnet64, the network of Zeiler and Fergus scaled down to 64-pixel images,"
        f" trained on Tiny ImageNet. Its first guess is right for 45.7{NBSP}% of the 10,000 images."
    )


def test_network_of_which_little_is_known() -> None:
    assert caption.network("some_net", None, None, None, False) == (
        "The network is some_net. Its accuracy was not measured here. What it was trained on is"
        " not recorded."
    )


def test_a_network_is_called_as_its_card_says() -> None:
    assert caption.network("mine.py:net", "my garden", None, None, False, "Birds") == (
        "The network is Birds (mine.py:net), trained on my garden. Its accuracy was not measured"
        " here."
    )


def test_torchvisions_networks_have_the_names_of_their_papers() -> None:
    sentence = caption.network("squeezenet1_0", "ImageNet", None, None, False)
    assert sentence.startswith("The network is SqueezeNet (squeezenet1_0), trained on ImageNet.")


@pytest.mark.parametrize(
    ("network", "images", "line"),
    [
        (("alexnet", None, False), ("imagenette", "x"), "AlexNet · Imagenette"),
        (
            ("squeezenet1_0", None, True),
            ("openimages", "x"),
            "SqueezeNet, random weights · Open Images",
        ),
        (
            ("zfnet64", None, False),
            ("bundled", "22 bundled photographs, cut into tiles"),
            "zfnet64 · bundled photographs",
        ),
        (
            ("zfnet64", "Birds", False),
            ("pets", "the folder 'pets'"),
            "Birds · the folder 'pets'",
        ),
    ],
)
def test_the_line_under_a_figure(
    network: tuple[str, str | None, bool], images: tuple[str, str], line: str
) -> None:
    assert caption.made_by(*network, *images) == line


def test_random_weights_are_never_called_trained() -> None:
    sentence = caption.network("alexnet", "ImageNet", 0.5, "anything", True)
    assert "never trained" in sentence
    assert "ImageNet" not in sentence


@pytest.mark.parametrize(
    ("title", "count", "photographs", "sentence"),
    [
        ("22 photographs, cut into tiles", 9474, 22, ("The images are 22 photographs, cut into"
         " tiles: 9,474 images in all.")),
        ("the folder pets", 500, 500, "The images are the folder pets: 500 photographs."),
        ("the folder one", 1, 1, "The images are the folder one: one photograph."),
    ],
)  # fmt: skip
def test_collection(title: str, count: int, photographs: int, sentence: str) -> None:
    assert caption.collection(title, count, photographs) == sentence


def test_text_alternatives() -> None:
    sources = ["Cat"] * 3 + ["Coffee"] * 2 + ["Moon", "Page", "Rocket", "Grass"]
    assert caption.picture("projections", 3, 142, 5.2149, sources) == (
        "Layer 3, unit 142: projections of its nine patches back to pixels, on mid grey. From"
        " Cat (3), Coffee (2), Moon and three others; strongest activation 5.21."
    )
    assert caption.picture("patches", 1, 0, 412.7, ["Cat"]) == (
        "Layer 1, unit 0: the one patch that made it answer most. From Cat; strongest activation"
        " 413."
    )


@pytest.mark.parametrize(
    ("label", "several"),
    [
        ("Yorkshire terrier", "Yorkshire terriers"),
        ("goldfish, Carassius auratus", "goldfish"),
        ("school bus", "school buses"),
        ("tabby, tabby cat", "tabbies"),
        ("monarch, monarch butterfly", "monarchs"),
        ("meat loaf", "meat loaves"),
        ("sandal", "sandals"),
        ("binoculars", "binoculars"),
        ("guacamole", "guacamole"),
        ("pay-phone", "pay-phones"),
        ("albatross", "albatrosses"),
    ],
)
def test_plural(label: str, several: str) -> None:
    assert caption.plural(label) == several


def depths(
    trained: dict[str, tuple[float, ...]], random: float | tuple[float, ...] = 0.57
) -> Hierarchy:
    """Every interval reaches 0.03 to each side; every bar is 0.66."""

    def table(rows: list[tuple[float, ...]]) -> tuple[tuple[Best, ...], ...]:
        return tuple(
            tuple(Best(1, score, score - 0.03, score + 0.03) for score in layer)
            for layer in zip(*rows, strict=True)
        )

    own = list(trained.values())
    chance = random if isinstance(random, tuple) else (random,) * len(own[0])
    bars = ((0.66,) * len(own),) * len(own[0])
    count = {"trained": 200, "random": 50}
    return Hierarchy(tuple(trained), table(own), table([chance] * len(own)), bars, count)


CLEARLY = f"clearly better (their 95{NBSP}% intervals do not overlap)"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(
            depths({"circle": (0.6, 0.8, 0.9), "wheel": (0.6, 0.67, 0.95)}),
            [
                (
                    "Where is each concept clearly above random weights for the first time, and"
                    " with which score out of 100?"
                    " In layer 2, a circle (80); in layer 3, a wheel (95)."
                ),
                (
                    "Over all two concepts, the best units are right in 60, 73 and 92 of 100 pairs"
                    " on average, from layer 1 to layer 3. With random weights it is 57, 57 and"
                    " 57."
                ),
                (
                    f"All two are told apart {CLEARLY} in layer 3 than in layer 1. So here"
                    " deeper layers do tell more of these shapes apart. With random weights none"
                    " of the two get clearly better, so depth alone is not what does it."
                ),
            ],
            id="rising",
        ),
        pytest.param(
            depths({"circle": (0.6, 0.99, 0.8), "wheel": (0.6, 0.8, 0.95), "face": (0.6,) * 3}),
            [
                (
                    "Where is each concept clearly above random weights for the first time, and"
                    " with which score out of 100?"
                    " In layer 2, a circle (99) and a wheel (80). In no layer: a face."
                ),
                (
                    "Over all three concepts, the best units are right in 60, 79 and 78 of 100"
                    " pairs on average, from layer 1 to layer 3. With random weights it is 57, 57"
                    " and 57."
                ),
                (
                    f"Two of the three are told apart {CLEARLY} in layer 3 than in layer 1. So here"
                    " deeper layers do tell more of these shapes apart, though not at every step:"
                    " the average falls from layer 2 to layer 3. Clearly better in an earlier layer"
                    " than in the last: a circle (layer 2). With random weights none of the three"
                    " get clearly better, so depth alone is not what does it."
                ),
            ],
            id="rising, not at every step",
        ),
        pytest.param(
            depths({"circle": (0.9, 0.8), "stripes": (0.9, 0.91)}),
            [
                (
                    "Where is each concept clearly above random weights for the first time, and"
                    " with which score out of 100?"
                    " In layer 1, a circle (90) and stripes (90)."
                ),
                (
                    "Over all two concepts, the best units are right in 90 and 85 of 100 pairs on"
                    " average, from layer 1 to layer 2. With random weights it is 57 and 57."
                ),
                (
                    f"None of the two are told apart {CLEARLY} in layer 2 than in layer 1, one"
                    " clearly worse. So this network does not show that deeper layers tell more of"
                    " these shapes apart. Clearly better in an earlier layer than in the last: a"
                    " circle (layer 1)."
                ),
                (
                    "In layer 1 already a circle (90) and stripes (90) are told apart in 75 of 100"
                    " pairs or more. A unit there sees too little to know a whole shape, so some"
                    " small detail gives these drawings away."
                ),
            ],
            id="not rising",
        ),
        pytest.param(
            depths({"circle": (0.57, 0.58), "wheel": (0.56, 0.57)}),
            [
                "In no layer is one of the two concepts clearly above random weights.",
                (
                    "Over all two concepts, the best units are right in 56 and 57 of 100 pairs on"
                    " average, from layer 1 to layer 2. With random weights it is 57 and 57."
                ),
                (
                    f"None of the two are told apart {CLEARLY} in layer 2 than in layer 1. So this"
                    " network does not show that deeper layers tell more of these shapes apart."
                ),
            ],
            id="random network",
        ),
        pytest.param(
            depths({"circle": (0.6, 0.9), "wheel": (0.6, 0.9)}, (0.5, 0.7)),
            [
                (
                    "Where is each concept clearly above random weights for the first time, and"
                    " with which score out of 100?"
                    " In layer 2, a circle (90) and a wheel (90)."
                ),
                (
                    "Over all two concepts, the best units are right in 60 and 90 of 100 pairs on"
                    " average, from layer 1 to layer 2. With random weights it is 50 and 70."
                ),
                (
                    f"All two are told apart {CLEARLY} in layer 2 than in layer 1. So here"
                    " deeper layers do tell more of these shapes apart. With random weights two get"
                    " clearly better, too: what rises there comes from how the network is built,"
                    " not from training."
                ),
            ],
            id="random weights rise too",
        ),
        pytest.param(
            depths({"wheel": (0.9,)}),
            [
                (
                    "Where is each concept clearly above random weights for the first time, and"
                    " with which score out of 100?"
                    " In layer 1, a wheel (90)."
                )
            ],
            id="one layer",
        ),
    ],
)
def test_depths(found: Hierarchy, told: list[str]) -> None:
    assert caption.depths(found) == told


def test_facts() -> None:
    random = Interval(0.6249, 0.551, 0.694)
    backed = samples.evidence(low=0.905, high=0.961, count=3400, positives=200, random=random)
    assert caption.facts(WHEEL, backed) == [
        ("Result", f"93 of 100 pairs (95{NBSP}% interval 90 to 97)"),
        (
            "Measured on",
            (
                "3,400 drawings, 200 with a wheel, all kept apart from those that the unit was"
                " chosen by"
            ),
        ),
        (
            "Random weights",
            (f"62 of 100 pairs (95{NBSP}% interval 55 to 70) for the unit chosen in the same way"),
        ),
        ("The bar", "low end of the interval (90.5) above 73.0"),
    ]
    plain = samples.evidence(count=36)
    assert caption.facts(LINE, plain) == [
        ("Result", "swing 0.93, selectivity 0.81, at −43°, falling to the right"),
        ("Measured on", "36 angles"),
        ("Interval", "none, because nothing in this test is drawn at random"),
        ("Random weights", "0.400 for the best unit of the layer near this angle"),
        ("The bar", "swing above 0.400, at the angle looked for"),
    ]
    assert caption.facts(GREEN, samples.evidence()) == [
        ("Result", "share of colour 0.71, most for green"),
        ("Interval", "none, because nothing in this test is drawn at random"),
        ("Random weights", "0.330 for the best unit of the layer"),
        ("The bar", "share of colour above 0.330, the right hue, no liking for one angle"),
    ]


def test_a_class_that_labelled_photographs_told_apart() -> None:
    detail = Detail(low=0.81, high=0.95, images=250, random=0.66, measure="auroc")
    claim = Claim("class", "beagle", 0.9, 0.7, True, detail)
    assert caption.evidence(claim) == (
        "picks beagles out of photographs in 90 of 100 pairs"
        " (95\N{NO-BREAK SPACE}% interval 81 to 95; random weights 66)"
    )
    assert caption.brief(claim) == "Prefers beagles: 90 of 100 pairs (random weights 66)"
    assert (
        caption.missed([replace(claim, held=False)])
        == "Tested, but not clear enough: beagles (90 of 100 pairs)"
    )


def test_a_units_numbers_in_words() -> None:
    cold, grey = samples.orientation(angle=-0.0), samples.colour(on_off=-1.0)
    tuned = samples.orientation(angle=-43.4, selectivity=0.939, peak=2.0)
    green = samples.colour(
        hue=141.2, share=0.719, on_off=0.1, opponent=0.95, peak=1.0, compared=True
    )
    assert caption.unit_facts(6.18, 0.4123, tuned, green) == [
        ("Fires for", "41.2\N{NO-BREAK SPACE}% of the images"),
        ("Strongest activation", "6.18"),
        ("Lines", "−43°, falling to the right; selectivity 0.93"),
        ("Colour", "green; share of colour 0.71"),
        ("The opposite colour", "leaves it cold"),
        ("Light or dark", "bright and dark spots alike (+0.10)"),
    ]
    assert [fact for _, fact in caption.unit_facts(None, 0.0, cold, grey)] == [
        "none of the images",
        "answers to no line and no grating",
        "answers to no colour",
        "dark spots (−1.00)",
    ]
    assert caption.unit_row(tuned, green) == ("−43°", "0.93", "green", "0.71", "+0.10", "+0.95")
    assert caption.unit_row(cold, grey) == ("", "", "", "", "−1.00", "")
    # An angle between two that a unit likes is no preference; a share needs something to share.
    two, alone = replace(tuned, single=False), replace(green, compared=False)
    assert [fact for _, fact in caption.unit_facts(1.0, 0.5, two, alone)][2:4] == [
        "several angles; selectivity 0.93",
        "green; to lines and gratings in grey it does not answer at all",
    ]
    assert caption.unit_row(two, alone)[:4] == ("several angles", "0.93", "green", "")
    assert caption.fires(0.00013) == "0.01\N{NO-BREAK SPACE}% of the images"
    assert caption.fires(0.9996) == "99.96\N{NO-BREAK SPACE}% of the images"


def test_the_digits_of_a_narrow_miss_go_on_from_those_before() -> None:
    assert (words.hundredths(0.8099), words.thousandths(0.8099)) == ("0.80", "0.809")


def test_where_photographs_do_not_bear_names_out_the_drawings_do() -> None:
    known = replace(named("wheel", WHEEL, 1, 1), taught=Taught("same", "cars"))
    other = replace(named("wheel", WHEEL, 1, 2), taught=Taught("other", "spiders"))
    advice = "What a name means is plainest in the drawings under it."
    assert places.where_to_look([known, named("face", FACE_MISSED, 3, 3)], 22) == ""
    assert places.where_to_look([named("line -45", LINE, 1, 1)], 22) == ""
    assert places.where_to_look([known, other], 9000) == advice
    assert places.where_to_look([other], 22) == (
        f"The 22 photographs of this build cannot show all that units look for. {advice}"
    )
