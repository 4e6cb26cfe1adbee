"""The words of the pages around the lesson, and where *Get help* leads."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fake_course
import pytest
import samples
from fake_store import HOSTILE, make_store
from mkdocs.config import load_config
from reading import outline
from test_pages import DOCS, build, pages_after

from generator import caption, pages
from generator.errors import GeneratorError, UsageError
from generator.pages import course
from generator.pages.glossary import terms
from generator.pages.sources import Sources
from generator.records import Layer, ReceptiveField
from generator.records.course import Filter, ShiftedMaps

NUMBERS = re.compile(r"data-numbers='(.*?)'")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    rendered = pages.render(make_store(tmp_path_factory.mktemp("store"), units=6), DOCS)
    return {uri: page for uri, page in rendered.items() if isinstance(page, str)}


def sources(docs: Path, glossary: str) -> Sources:
    """A folder of documents with a glossary and nothing else."""
    (docs / "templates").mkdir(parents=True)
    (docs / "templates" / "figures.html").write_text("", encoding="utf-8")
    (docs / "glossary.md").write_text(glossary, encoding="utf-8")
    return Sources(docs)


def test_the_tables_hold_every_size_and_every_parameter(made: dict[str, str]) -> None:
    sizes, counts = made["feature-map-sizes.md"], made["parameters.md"]
    for part in fake_course.parts():
        if part.kernel:
            depth, height, width = part.output
            assert f"<strong>{height} × {width} × {depth}</strong>" in sizes
        if part.weights:
            assert f"<strong>{part.weights + part.biases:,}</strong>" in counts
    total = sum(part.weights + part.biases for part in fake_course.parts())
    assert f"All together: <strong>{total:,}</strong>" in counts


def test_a_long_table_is_folded(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["architecture"]["parts"] *= 3

    page = pages_after(tmp_path, change)["feature-map-sizes.md"]
    assert "<summary>The other 12</summary>" in page
    assert page.count("<strong>32 × 32 × 64</strong>") == 3


def without(*names: str) -> Callable[[dict[str, Any]], None]:
    """A network for which the build could not make these parts of the feature maps."""

    def change(manifest: dict[str, Any]) -> None:
        for name in names:
            manifest["featuremaps"][name] = [] if name == "layers" else None
        manifest["quiz"] = []

    return change


def test_pages_do_without_what_another_network_lacks(tmp_path: Path) -> None:
    made = pages_after(tmp_path, without("filters", "moved", "layers"))
    assert "convolution-lab" not in made["filters.md"]
    assert 'class="moving"' not in made["convolutional-networks.md"]
    assert "We measured how well" not in made["convolutional-networks.md"]
    assert "patch-quiz" not in made["index.md"]


def test_a_network_of_one_convolution(tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        del manifest["architecture"]["parts"][1:]
        manifest["layers"] = manifest["layers"][:1]
        manifest["control"] = None

    made = pages_after(tmp_path, change)
    assert "conv2" not in made["convolutions-continued.md"]
    assert "Together they have 3,726,464" in made["parameters.md"]


def of_sizes(*sizes: int, grow: int = 4) -> list[Layer]:
    return [
        Layer(f"conv{index}", index, 4, size, size, ReceptiveField(7 + grow * index, 2, -3))
        for index, size in enumerate(sizes, start=1)
    ]


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        (
            of_sizes(32, 16, 8, 8, 8),
            (
                "The maps get coarser on the way: 32 × 32 places in layer 1, 16 × 16 places in"
                " layer 2 and 8 × 8 places in layers 3, 4 and 5. With each layer, a place has seen"
                " more of the photograph."
            ),
        ),
        (of_sizes(8, 8, grow=0), "How large the maps are: 8 × 8 places in layers 1 and 2."),
        (
            of_sizes(8, 16),
            (
                "How large the maps are: 8 × 8 places in layer 1 and 16 × 16 places in layer 2."
                " With each layer, a place has seen more of the photograph."
            ),
        ),
        (of_sizes(8), "How large the maps are: 8 × 8 places in layer 1."),
    ],
)
def test_how_large_the_maps_are(layers: list[Layer], told: str) -> None:
    assert caption.map_sizes(layers) == told


def test_the_figure_of_the_maps_tells_their_sizes(made: dict[str, str]) -> None:
    sizes = "32 × 32 places in layer 1, 16 × 16 places in layer 2 and 8 × 8 places in layers 3, 4"
    assert sizes in made["intuition.md"]


def follows(layer: int, *values: float, stride: int = 8) -> ShiftedMaps:
    """The first place, one between steps, one after a whole step, and so on in turns."""
    whole = tuple(number % 2 == 0 for number in range(len(values)))
    return samples.shifted(layer=layer, stride=stride, follows=values, whole=whole)


PERFECT = follows(1, 1.0, 1.0, 1.0, stride=2)
FIRST = "In layer 1 the match is 1.00 throughout."
DOWN = f"{FIRST} In the deeper layers shown, it goes down"
STEPS = "A deep layer moves in steps of 8 pixels, and it also feels the edge of the picture."
END = "So its map does not follow to the letter."


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        (
            [PERFECT, follows(3, 1.0, 0.766, 0.869), follows(5, 1.0, 0.866, 0.946)],
            (
                f"{DOWN} to 0.87 in layer 3 for moves by whole steps of the layer, and to 0.77 in"
                f" layer 3 for moves between its steps. {STEPS} {END}"
            ),
        ),
        (
            [PERFECT, follows(3, 1.0, 0.9, 0.999)],
            f"{DOWN} to 0.90 in layer 3 for moves between its steps. {STEPS} {END}",
        ),
        (
            [PERFECT, follows(4, 1.0, 0.5, stride=1)],
            (
                f"{DOWN} to 0.50 in layer 4 for moves between its steps. A deep layer also feels"
                f" the edge of the picture. {END}"
            ),
        ),
        (
            [follows(1, 1.0, 0.9, 1.0), follows(2, 1.0, 1.0)],
            (
                "In layer 1 the match goes down to 0.90. In the deeper layers shown it is 1.00"
                " throughout, too."
            ),
        ),
        ([PERFECT], FIRST),
    ],
)
def test_how_well_the_maps_follow(layers: list[ShiftedMaps], told: str) -> None:
    assert caption.following(layers) == told


def test_the_page_tells_the_worst_match(made: dict[str, str]) -> None:
    page = made["convolutional-networks.md"]
    assert "it goes down to 0.97 in layer 5 for moves by whole steps" in page


def test_scripts_get_numbers_and_never_markup(made: dict[str, str]) -> None:
    count = 0
    for uri, page in made.items():
        for text in NUMBERS.findall(page):
            json.loads(text)
            assert "<" not in text, uri
            count += 1
        assert HOSTILE not in page
    assert count > 5


def test_one_answer_worked_out_by_hand() -> None:
    pixels = (((255, 255, 0),) * 2,) * 2
    bank = samples.filters(mean=(0.5, 0.5, 0.5), std=(0.5, 0.25, 1.0), pixels=pixels)
    unit = Filter(0, (((1.0,),), ((2.0,),), ((4.0,),)), 0.25)
    # (1 - 0.5) / 0.5 = 1, (1 - 0.5) / 0.25 = 2, (0 - 0.5) / 1 = -0.5
    assert course.filter_answer(bank, unit, 1, 1) == pytest.approx(1 * 1 + 2 * 2 + 4 * -0.5 + 0.25)


def test_a_card_says_what_the_glossary_says(made: dict[str, str], tmp_path: Path) -> None:
    glossary = terms(sources(tmp_path, made["glossary.md"]))
    assert {"stride", "padding", "unit", "receptive field", "feature map", "switch"} <= set(
        glossary
    )
    cards = re.findall(
        r'href="([^"]+)" aria-describedby="(term-\d+)">[^<]+</a><span class="card" role="tooltip"'
        r' id="(term-\d+)" data-search-exclude><strong>([^<]+)</strong> ([^<]+)</span>',
        "".join(made.values()),
    )
    assert len(cards) > 20
    for link, described, own, name, text in cards:
        known = glossary[name.lower()]
        assert text.replace("&#39;", "'") == known.text
        assert link.endswith(f"glossary/&#35;{known.anchor}")
        assert described == own


LINKED = re.compile(r'<span class="term"><a href="[^"]*glossary/&#35;([a-z-]+)"')


def test_every_term_has_its_card_in_the_lesson(made: dict[str, str], tmp_path: Path) -> None:
    known = {term.anchor for term in terms(sources(tmp_path, made["glossary.md"])).values()}
    lesson = {uri: LINKED.findall(made[uri]) for uri in outline() if uri != "glossary.md"}
    assert known == {anchor for linked in lesson.values() for anchor in linked}
    assert {"unit", "feature-map", "projection", "receptive-field", "switch"} <= set(
        lesson["index.md"]
    )
    for uri in ("how-we-know.md", "paper-figures.md", "layers/1.md", "layers/5.md"):
        lesson[uri] = LINKED.findall(made[uri])
    for uri, linked in lesson.items():
        assert linked, f"{uri}: none of its terms has a card"
        assert len(linked) == len(set(linked)), f"{uri}: a term has its card where it comes first"


def test_an_unknown_term_names_the_nearest(tmp_path: Path) -> None:
    def words(name: str) -> Any:
        manifest = pages.load_manifest(make_store(tmp_path / "store", units=2))
        docs = sources(tmp_path / "docs", (DOCS / "glossary.md").read_text())
        return course.Course(manifest, docs, "a.md", True).term(name)

    with pytest.raises(UsageError, match="did you mean 'stride'"):
        words("strude")


def test_a_term_without_a_meaning_is_refused(tmp_path: Path) -> None:
    source = "# Glossary\n\n## Stride { #stride }\n\nSteps.\n\n## Padding\n\nZeros.\n"
    with pytest.raises(GeneratorError, match="each term needs an anchor"):
        terms(sources(tmp_path, source))


def test_every_page_says_what_it_rests_on(made: dict[str, str]) -> None:
    for uri in outline():
        sources = made[uri].partition("## Sources")[2]
        assert re.search(r"arxiv\.org/abs/\d{4}\.\d{4,5}|doi\.org/10\.", sources), uri


PLACES = {
    "as set": (
        {"HELP_URL": "https://help.test/new?title={title}&body={version}%20{page}"},
        "https://help.test/new?title=Quiz%3A%20sharing&body=0.1.0%20quiz.md",
    ),
    "discussions": (
        {"HELP_URL": "", "GITHUB_REPOSITORY": "someone/lesson"},
        (
            "https://github.com/someone/lesson/discussions/new?category=q-a"
            "&title=Quiz%3A%20sharing%20(0.1.0)&body=quiz.md"
        ),
    ),
    "forum": ({}, "https://stats.stackexchange.com/questions/tagged/conv-neural-network"),
}


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No place to ask, and no repository that would have one."""
    for name in ("HELP_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("kind", PLACES)
def test_where_get_help_leads(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables, link = PLACES[kind]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    config = load_config(str(DOCS.parent / "mkdocs.yml"))
    config.extra["lesson_version"] = "0.1.0"
    page = {"title": "Quiz: sharing", "file": {"src_uri": "quiz.md"}}
    end = config.theme.get_env().get_template("partials/lesson-end.html")
    made = html.unescape(end.render(config=config, page=page, nav=SimpleNamespace(items=[{}])))
    assert f'<a href="{link}"' in made
    assert "<strong>Quiz: sharing</strong>, version 0.1.0" in made
    assert ("This lesson has no place of its own to ask." in made) == (kind == "forum")


@pytest.mark.usefixtures("nowhere")
def test_help_gets_the_page_and_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/lesson")
    done = build(make_store(tmp_path / "store", units=6), tmp_path / "site")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "site" / "quiz-sharing" / "index.html").read_text(encoding="utf-8")
    place = "https://github.com/someone/lesson/discussions/new?category=q-a"
    told = "&title=Quiz%3A%20parameter%20sharing%20(0.1.0)&body=quiz-sharing.md"
    assert f'href="{place}{told}"' in html.unescape(page)
    assert "<strong>Quiz: parameter sharing</strong>, version 0.1.0" in page
