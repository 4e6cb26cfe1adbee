"""Each page of the lesson can be read by a learner of fifteen, in a few minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import Prose, grade, outline, syllables

HIGHEST, LESSON = 9.0, 8.0  # grade; the tour is the heart of the lesson
MINUTES = {"index.md": 12.0}  # with all that is folded away
MOST_MINUTES = 5.0
WORDS_A_MINUTE = 200


def built(site: Path, page: str) -> Path:
    stem = page.removesuffix(".md")
    return site / "index.html" if stem == "index" else site / stem / "index.html"


def test_the_formula_gives_published_grades() -> None:
    """Two sentences whose counts can be checked by hand."""
    assert [syllables(word) for word in ("cat", "filter", "padding", "photograph")] == [1, 2, 2, 3]
    value, words = grade(["The cat sat on the mat."])
    assert words == 6
    assert value == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    value, words = grade(["A filter slides over the photograph. It makes a map!"])
    assert words == 10
    assert value == pytest.approx(0.39 * 5 + 11.8 * 14 / 10 - 15.59)


def test_only_prose_is_read() -> None:
    page = (
        "<nav><p>No.</p></nav><article><p>One <code>two</code> three"
        '<span class="card">no</span>.</p><img src="x"><table><td><p>no</p></td></table>'
        '<ul><li>Four.</li></ul><h2 id="sources">S</h2><p>No.</p></article>'
    )
    assert Prose(page).paragraphs[:3] == ["", "One  three.", ""]
    assert "".join(Prose(page).paragraphs) == "One  three.Four."


def test_every_page_is_short_and_plain(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, hard = [], []
    for page in outline():
        text = built(site, page).read_text(encoding="utf-8")
        value, words = grade(Prose(text).paragraphs)
        minutes = words / WORDS_A_MINUTE
        rows.append(f"{page:<36} {value:5.1f} {words:6d} {minutes:6.1f}")
        highest = LESSON if page == "index.md" else HIGHEST
        if value > highest or minutes > MINUTES.get(page, MOST_MINUTES):
            hard.append(rows[-1])
        assert 'id="sources"' in text, f"{page}: says nothing of its sources"
    with capsys.disabled():
        print(f"\n{'page':<36} {'grade':>5} {'words':>6} {'min':>6}", *rows, sep="\n")
    assert hard == []
