"""The whole lesson as a learner takes it: wrong and right answers, hints, ticks, other versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from reading import outline

from browser.hands import Finger, Hand, Keys, Mouse
from browser.screens import PHONE, Reader

PARTS = [page.removesuffix(".md") for page in outline()[:-1]]
QUIZZES = {"quiz-output-shape": "shape", "quiz-parameters": "parameters", "quiz-sharing": "sharing"}
STAY = 2_000  # milliseconds; for less the end of a page must be in sight
ADDRESSES = ["" if part == "index" else f"{part}/" for part in PARTS]
# What the scripts of the page take for right, to be typed in by the test. Whether it *is* right
# is the business of test_quizzes.py.
QUESTIONS = """async () => {
    const root = document.querySelector("script[src*='assets/js/quiz.js']").src;
    const { makeQuiz, judge } = await import(new URL("questions.js", root));
    const { dataOf } = await import(new URL("formulas.js", root));
    const quiz = document.querySelector(".quiz");
    const { kind, parts } = dataOf(quiz);
    return makeQuiz(kind, Number(quiz.dataset.seed), parts);
}"""


def tick(page: Any, part: str) -> Any:
    """The tick of a part in the side bar."""
    number = PARTS.index(part)
    return page.locator(".md-nav--primary a > .tick").nth(number)


def is_done(page: Any, part: str) -> bool:
    return "is-done" in (tick(page, part).get_attribute("class") or "")


def read_to_the_end(page: Any, part: str, hand: Hand) -> None:
    hand.end(page)
    for _ in range(200):  # until the page has seen that its end is in sight, and how long
        page.clock.fast_forward(STAY)
        if is_done(page, part):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{part} is not done")


def answer(form: Any, values: list[int], hand: Hand = Mouse()) -> None:  # noqa: B008
    for field, value in zip(form.locator("input").all(), values, strict=True):
        hand.write(field, str(value))
    hand.press(form.get_by_role("button", name="Check"))


def take_quiz(page: Any, hand: Hand) -> None:
    """Each question once wrongly, with its first hint, and then rightly."""
    questions = page.evaluate(QUESTIONS)
    assert len(questions) >= 3
    for number, question in enumerate(questions):
        form = page.locator(".quiz .question").nth(number)
        feedback = form.locator(".feedback")
        right = question["answer"]
        slips = (
            (question["say"], [mine if value is None else value for value, mine in both])
            for question in question["slips"]
            for both in [list(zip(question["values"], right, strict=True))]
        )
        say, wrong = next(slip for slip in slips if slip[1] != right)
        answer(form, wrong, hand)
        assert say in feedback.inner_text()
        assert form.locator(".steps").is_hidden()
        hand.press(form.get_by_role("button", name="Hint"))
        assert form.locator(".hints li").all_inner_texts() == [question["hints"][0]]
        answer(form, right, hand)
        assert feedback.inner_text().startswith("Right")
        assert form.locator(".steps").is_visible()
    assert "passed" in page.locator(".quiz-result").inner_text()


@pytest.mark.parametrize("hand", [Mouse(), Finger(), Keys()], ids=["mouse", "phone", "keyboard"])
def test_from_the_first_page_to_the_practice(hand: Hand, reader: Reader) -> None:
    """The page's clock is put on, so that nobody waits while the end of a page is looked at."""
    page = reader(ADDRESSES[0], **hand.settings)
    page.clock.install()
    for number, part in enumerate(PARTS):
        assert not is_done(page, part)
        count = page.locator(".lesson-count").inner_text()
        assert count == f"Part {number + 1} of {len(PARTS)}, {number} done"
        if part in QUIZZES:
            hand.end(page)
            page.wait_for_timeout(500)
            page.clock.fast_forward(STAY)
            assert not is_done(page, part)  # a quiz is done when it is passed, not when it is read
            take_quiz(page, hand)
            assert is_done(page, part)
        else:
            read_to_the_end(page, part, hand)
        if number + 1 < len(PARTS):
            hand.press(page.locator(".md-footer__link--next"))
            page.wait_for_url(f"**/{ADDRESSES[number + 1]}")
    page.reload()
    assert [part for part in PARTS if not is_done(page, part)] == []
    assert page.locator(".lesson-count").inner_text().endswith(f"{len(PARTS)} done")
    hand.press(page.locator(".md-footer__link--prev"))
    page.wait_for_url(f"**/{ADDRESSES[-2]}")
    assert is_done(page, PARTS[0])


def test_ticks_by_hand_and_starting_over(reader: Reader) -> None:
    page = reader("parameters/")
    page.get_by_label("I have done this part").check()
    assert is_done(page, "parameters")
    assert page.locator("progress").evaluate("bar => bar.value") == 1
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="No", exact=True).click()
    assert is_done(page, "parameters")
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Yes, forget them").click()
    assert not is_done(page, "parameters")
    page.reload()
    assert not is_done(page, "parameters")
    assert page.locator("progress").evaluate("bar => bar.value") == 0


def test_on_a_phone_the_open_part_has_its_tick_too(reader: Reader) -> None:
    page = reader("filters/", size=PHONE, has_touch=True)
    page.get_by_label("I have done this part").check()
    page.evaluate("window.scrollTo(0, 0)")
    page.locator("header label[for=__drawer]").tap()
    ticks = page.locator(".md-nav--primary .tick.is-done:visible")
    ticks.wait_for()
    assert ticks.count() == 1
    assert "Filters" in ticks.locator("xpath=..").inner_text()
    page.goto(page.url.replace("filters/", "intuition/"))
    page.locator("header label[for=__drawer]").tap()
    ticks.wait_for()
    assert ticks.count() == 1
    assert "Filters" in ticks.locator("xpath=..").inner_text()


@pytest.mark.parametrize("kept", ["{", "[1]", '{"done": [7, "filters.md", "gone.md"]}', "null"])
def test_spoilt_ticks_break_nothing(kept: str, reader: Reader) -> None:
    page = reader("filters/")
    page.evaluate("kept => localStorage.setItem('cnn-lesson:progress', kept)", kept)
    page.reload()
    assert is_done(page, "filters") == ("filters.md" in kept)
    assert re.search(r"[01] done$", page.locator(".lesson-count").inner_text())


def test_new_numbers_and_shared_numbers(reader: Reader) -> None:
    page = reader("quiz-output-shape/?numbers=7")
    first = page.locator(".question p").first.inner_text()
    page.reload()
    assert page.locator(".question p").first.inner_text() == first
    page.get_by_role("button", name="New numbers").click()
    assert page.locator(".question p").first.inner_text() != first
    assert page.locator(".question input").first.evaluate(
        "field => field === document.activeElement"
    )
    assert page.url.endswith("quiz-output-shape/")  # a reload does not bring the old ones back


def test_on_a_phone_the_end_of_a_quiz_is_told_where_the_reader_is(reader: Reader) -> None:
    page = reader("quiz-sharing/?numbers=7", size=PHONE, has_touch=True)
    questions = page.evaluate(QUESTIONS)
    for number, question in enumerate(questions):
        form = page.locator(".quiz .question").nth(number)
        for field, value in zip(form.locator("input").all(), question["answer"], strict=True):
            field.fill(str(value))
        check, feedback = form.get_by_role("button", name="Check"), form.locator(".feedback")
        check.tap()
        assert ("passed" in feedback.inner_text()) == (number + 1 == len(questions))
        button = check.bounding_box()
        assert feedback.bounding_box()["y"] < button["y"] + 2 * button["height"]
    fresh, result = (page.locator(".quiz > *").nth(at).bounding_box() for at in (1, 2))
    assert fresh["y"] < result["y"] < fresh["y"] + 2 * fresh["height"]
    assert "passed" in page.locator(".quiz > *").nth(2).inner_text()


def test_a_shown_solution_does_not_pass_a_quiz(reader: Reader) -> None:
    page = reader("quiz-sharing/?numbers=3")
    for number, question in enumerate(page.evaluate(QUESTIONS)):
        form = page.locator(".quiz .question").nth(number)
        if number == 0:
            assert form.get_by_role("button", name="Show the solution").is_hidden()
            hint = form.get_by_role("button", name="Hint")
            for _ in question["hints"]:
                hint.click()
            assert hint.is_disabled()
            assert page.evaluate("document.activeElement.textContent") == "Hint"
            page.keyboard.press("Enter")
            assert form.locator(".hints li").count() == len(question["hints"])
            form.get_by_role("button", name="Show the solution").click()
            assert form.locator(".steps").inner_text() == "\n".join(question["solution"])
        answer(form, question["answer"])
    assert not is_done(page, "quiz-sharing")
    assert "does not count" in page.locator(".quiz-result").inner_text()


def test_the_solution_works_through_the_numbers_of_the_quiz(reader: Reader) -> None:
    page = reader("quiz-parameters/")
    asked = page.locator(".question fieldset > p").all_inner_texts()
    page.get_by_role("link", name="Here is the solution").click()
    page.wait_for_load_state()
    told = page.locator(".worked").inner_text()
    assert all(question in told for question in asked)


def test_an_answer_that_is_no_number_is_asked_for_again(reader: Reader) -> None:
    page = reader("quiz-parameters/")
    form = page.locator(".quiz .question").first
    form.locator("input").fill("many")
    form.get_by_role("button", name="Check").click()
    assert "whole number" in form.locator(".feedback").inner_text()
    assert form.locator("input").get_attribute("aria-invalid") == "true"
    right = page.evaluate(QUESTIONS)[0]["answer"][0]
    form.locator("input").fill(f" {right:,} ")  # as the page itself writes numbers
    form.get_by_role("button", name="Check").click()
    assert form.locator(".feedback").inner_text().startswith("Right")


def test_which_patch_fires_the_unit(reader: Reader) -> None:
    page = reader("")
    for right in (0, 1, 2, 3):
        assert not is_done(page, "index")
        form = page.locator(".patch-quiz .question:visible")
        assert form.count() == 1
        form.get_by_role("button", name="Check").click()
        assert "Choose" in form.locator(".feedback").inner_text()
        if right == 0:  # so the right answer that follows does not count
            wrong = form.locator(".patch-option:not([data-right])").first
            wrong.locator("input").check()
            form.get_by_role("button", name="Check").click()
            assert wrong.get_attribute("data-value") in form.locator(".feedback").inner_text()
        form.locator(".patch-option[data-right] input").check()
        form.get_by_role("button", name="Check").click()
        assert f"{right} right at the first try so far" in form.locator(".feedback").inner_text()
        values = form.locator(".measured").all_inner_texts()
        assert len([value for value in values if value.startswith("answers")]) == 4
        form.get_by_role("button", name="Another one").click()
    assert is_done(page, "index")


def test_with_the_keyboard_alone(reader: Reader) -> None:
    keys = Keys()
    page = reader("")
    quiz = page.locator(".patch-quiz .question:visible")
    keys.reach(quiz.locator("input").first)  # the arrows choose among the four
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        if quiz.locator("[data-right] :checked").count():
            break
    keys.press(quiz.get_by_role("button", name="Check"))
    assert quiz.locator(".feedback").inner_text().startswith("Right")
    page = reader("filters/")
    term = page.locator(".term").first
    keys.reach(term.locator("a"))
    assert term.locator(".card").is_visible()
    page.keyboard.press("Escape")
    assert term.locator(".card").is_hidden()
    chart = page.locator("canvas.map")
    keys.reach(chart)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.locator(".convolution-sum").inner_text().startswith("Row 2, column 2 of")
    page = reader("convolutional-networks/")
    keys.reach(page.locator("input[type=range]"))
    page.keyboard.press("Home")
    assert page.locator(".moving output").inner_text().startswith("Moved by 0 pixels")


@pytest.mark.parametrize("address", [*ADDRESSES, "glossary/"])
def test_on_a_phone(address: str, reader: Reader) -> None:
    page = reader(address, size=PHONE, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    shown = page.locator(".term:visible")
    if shown.count():
        before = page.url
        term, card = shown.first.locator("a"), shown.first.locator(".card")
        term.tap()
        assert card.is_visible()
        box = card.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert page.url == before
        term.tap()
        page.wait_for_url("**/glossary/#*")


@pytest.mark.parametrize(("quiz", "kind"), QUIZZES.items())
def test_without_scripts_every_question_and_solution_can_be_read(
    quiz: str, kind: str, reader: Reader
) -> None:
    page = reader(f"{quiz}/", javascript=False)
    asked = page.locator("strong").filter(has_text=re.compile(r"^Question \d+\.$"))
    numbers = [int(text.split()[1][:-1]) for text in asked.all_inner_texts()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 2
    for question in asked.all():
        assert question.is_visible()
        assert "?" in question.locator("xpath=..").inner_text()
    assert page.locator(".quiz").is_hidden()
    assert page.locator(".lesson-done").is_hidden()
    page.goto(page.url.replace(quiz, f"{quiz}-solution"))
    for number in numbers:
        told = page.locator("strong").filter(has_text=f"Question {number}:")
        assert told.count() == 1
        assert told.is_visible()


def told_of(page: Any) -> dict[str, Any]:
    """What a lab says and shows: its sentence, its bars' words, and how long they are."""
    lab = page.locator(".lab")
    bars = lab.locator(".bars > div")
    return {
        "said": lab.locator(":is(.lab-still, .lab-answer):visible").inner_text(),
        "bars": bars.all_inner_texts(),
        "lengths": [
            float(bar.evaluate("e => getComputedStyle(e).getPropertyValue('--share')"))
            * bar.bounding_box()["width"]
            for bar in bars.locator(".bar").all()
        ],
    }


def test_without_scripts_the_other_pages_tell_what_they_show(reader: Reader) -> None:
    page = reader("filters/", javascript=False)
    assert page.locator(".lab-still").is_visible()
    page = reader("convolutional-networks/", javascript=False)
    assert page.locator(".moving-still").is_visible()
    assert page.locator(".lab-controls").is_hidden()
    for address in ("feature-map-sizes/", "convolutions-continued/", "parameters/"):
        still, live = (told_of(reader(address, javascript=on)) for on in (False, True))
        assert still["said"].endswith(live["said"])
        assert still["bars"] == live["bars"]
    assert len(still["bars"]) == 3
    assert still["lengths"] == pytest.approx(live["lengths"], abs=1)
    page = reader("", javascript=False)
    quiz = page.locator(".patch-quiz")
    questions = quiz.locator(".question")
    assert questions.count() > 1
    for question in questions.all():
        assert question.locator(".patch-option").first.is_visible()
        question.locator("summary").click()
        assert question.locator(".answer p").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("address", [*[address for address in ADDRESSES if address], "glossary/"])
def test_axe_finds_nothing(
    address: str, dark: bool, reader: Reader, violations: Callable[[Any], list[str]]
) -> None:
    page = reader(address, dark=dark)
    if page.locator(".quiz:not(.worked) .question").count():
        form = page.locator(".quiz .question").first
        answer(form, [1] * form.locator("input").count())
        form.get_by_role("button", name="Hint").click()
    if page.locator(".term:visible").count():
        page.locator(".term:visible a").first.focus()
    if page.locator(".convolution-lab").count():
        page.get_by_text("The numbers at this place").click()
    assert violations(page) == []
