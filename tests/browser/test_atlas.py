"""The atlas as a reader uses it: a shared address, the keyboard, a filter, a phone, no scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from browser.screens import PHONE, Reader
from generator.pages.unit_data import INDEX

UNIT = "layers/3/#unit-42"
TITLE = "#unit-panel-title"


def shown(page: Any) -> str:
    """Which unit the heading of the open panel names, once it is there."""
    page.wait_for_selector("dialog[open] .unit-body:not([aria-busy]) > *")
    return str(page.inner_text(TITLE)).partition(": ")[0]


def leave(page: Any) -> None:
    """Closes the panel; all that closing does to focus and address is done when this returns.

    It waits in ways that a page's security policy allows: `wait_for_function` is none of them.
    """
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog .unit-body > *", state="detached")
    page.wait_for_url(lambda address: not urlsplit(address).fragment)


def visible(page: Any) -> list[str]:
    """The units whose tiles are on the page, in their order."""
    return [
        str(name).strip()
        for name in page.eval_on_selector_all(
            ".tiles > .tile:not([hidden]) .tile-title", "all => all.map((one) => one.textContent)"
        )
    ]


def told(page: Any) -> str:
    return str(page.inner_text(".filter output"))


@pytest.fixture(scope="session")
def units(site: Path) -> list[dict[str, Any]]:
    """What the site itself says of the units of layer 3."""
    paths = (site / "layers" / "3").glob("unit-*.json")
    data = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return sorted(data, key=lambda unit: unit["channel"])


def test_a_shared_address_opens_its_unit(reader: Reader, units: list[dict[str, Any]]) -> None:
    page = reader(UNIT)
    assert shown(page) == "Layer 3, unit 42"
    unit = units[42]
    assert page.locator("dialog .top li").count() == len(unit["top"])
    first = page.locator("dialog .top li").first
    assert unit["top"][0]["photograph"] in first.inner_text()
    assert unit["top"][0]["said"] in first.inner_text()
    # The box lies where the numbers say, on the small picture of the whole photograph.
    left, top, right, bottom = unit["top"][0]["box"]
    width, height = unit["top"][0]["whole"]["of"]
    whole, box = (first.locator(part).bounding_box() for part in (".whole img", ".field"))
    assert box["x"] - whole["x"] == pytest.approx(left / width * whole["width"], abs=1.5)
    assert box["y"] - whole["y"] == pytest.approx(top / height * whole["height"], abs=1.5)
    assert box["width"] == pytest.approx(max(4, (right - left) / width * whole["width"]), abs=1.5)
    assert box["height"] == pytest.approx(
        max(4, (bottom - top) / height * whole["height"]), abs=1.5
    )
    for _, fact in unit["facts"]:
        assert fact in page.inner_text("dialog dl")
    assert page.inner_text(TITLE) == unit["title"]
    curves = [unit[test]["peak"] > 0 for test in ("orientation", "colour")]
    assert page.locator("dialog .tuning").count() == sum(curves)
    assert page.locator("dialog .concepts tbody tr").count() == len(unit["concepts"])
    rows = page.locator("dialog .unit-classes tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        [score["name"], score["said"]] for score in unit["classes"]["scores"]
    ]


def test_what_can_be_kept_is_there(reader: Reader) -> None:
    page = reader(UNIT)
    shown(page)
    links = page.locator("dialog .take a")
    kept = [links.nth(at).get_attribute("download") for at in range(links.count())]
    assert kept == [
        "layer-3-unit-42-projections.webp",
        "layer-3-unit-42-patches.avif",
        "layer-3-unit-42-preferred.avif",
        "layer-3-unit-42-drawings.webp",
        "layer-3-unit-42.json",
        None,
        None,
    ]
    assert page.locator("dialog .take .share").get_attribute("href") == page.url
    assert "/your-picture/#watch=3:42" in page.locator("dialog .take .watch").get_attribute("href")
    for at in range(links.count()):
        assert page.request.get(links.nth(at).get_attribute("href")).ok


def test_patches_from_the_middle_are_asked_for_when_wanted(reader: Reader) -> None:
    page = reader()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url + UNIT)
    shown(page)
    assert not [url for url in asked if "/spread-" in url]
    page.click("dialog .middle summary")
    page.wait_for_function(
        "[...document.querySelectorAll('.middle img')].length === 3 &&"
        "[...document.querySelectorAll('.middle img')].every((one) => one.naturalWidth)"
    )
    assert len({url for url in asked if "/spread-" in url}) == 1
    assert "90th percentile" in page.inner_text(".middle")


def test_closing_a_unit_that_the_filter_hides_leads_to_the_filter(reader: Reader) -> None:
    page = reader("layers/3/?find=wheel")
    page.wait_for_function("document.querySelector('.tile[hidden]')")
    hidden = page.locator(".tile[hidden] h3").first.get_attribute("id")
    opened = reader(f"{page.url}#{hidden}")
    assert shown(opened).endswith(f" {str(hidden).removeprefix('unit-')}")
    leave(opened)
    assert opened.evaluate("document.activeElement.name") == "find"


def test_back_and_forward_lead_from_unit_to_unit(reader: Reader) -> None:
    page = reader("layers/3/")
    page.click("text='Unit 5'")
    assert shown(page) == "Layer 3, unit 5"
    assert page.url.endswith("layers/3/#unit-5")
    page.go_back()
    page.wait_for_selector("dialog:not([open])", state="attached")
    page.wait_for_function("!document.querySelector('.unit-body > *')")
    page.go_forward()
    assert shown(page) == "Layer 3, unit 5"
    leave(page)
    assert page.url.endswith("layers/3/")


def test_closing_leaves_no_trace_in_the_history(reader: Reader) -> None:
    page = reader("about/")
    page.goto(page.url.replace("about/", "layers/3/"))
    for unit in ("Unit 5", "Unit 6"):
        page.click(f"text='{unit}'")
        shown(page)
        page.click("dialog button[aria-label=Close]")
        page.wait_for_function("location.hash === ''")
    page.go_back()
    page.wait_for_url("**/about/")


def test_the_keyboard_alone_is_enough(reader: Reader) -> None:
    page = reader("layers/3/")
    page.focus("h3#unit-0 a")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    columns = page.evaluate(
        "getComputedStyle(document.querySelector('.tiles')).gridTemplateColumns.split(' ').length"
    )
    there = page.evaluate("document.activeElement.hash")
    assert there == f"#unit-{1 + columns}"
    page.keyboard.press("Enter")
    assert shown(page) == f"Layer 3, unit {1 + columns}"
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"location.hash === '#unit-{2 + columns}'")
    assert shown(page) == f"Layer 3, unit {2 + columns}"
    page.keyboard.press("End")
    assert page.inner_text("dialog .place") == "192 of 192"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")  # there is none before the first
    assert shown(page) == "Layer 3, unit 0"
    for _ in range(12):  # the focus stays inside
        page.keyboard.press("Tab")
        assert page.evaluate(
            "!document.hasFocus() || document.activeElement === document.body"
            " || !!document.activeElement.closest('dialog')"
        )
    leave(page)
    assert page.evaluate("document.activeElement.hash") == "#unit-0"


def test_a_filter_finds_words_and_keeps_them_in_the_address(
    reader: Reader, units: list[dict[str, Any]], site: Path
) -> None:
    index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    (layer,) = (entry for entry in index["layers"] if entry["layer"] == 3)
    named = {at for at, (_, *names) in enumerate(index["labels"]) if "circle" in str(names).lower()}
    circles = [channel for channel, *_, labels in layer["units"] if named & set(labels)]
    assert 0 < len(circles) < len(units)
    page = reader("layers/3/")
    page.fill("[name=find]", "Circle")
    page.wait_for_function("location.search === '?find=Circle'")
    page.wait_for_function(
        f"document.querySelector('.filter output').textContent.startsWith('{len(circles)} ')"
    )
    assert visible(page) == [f"Unit {channel}" for channel in circles]
    page.click(".tile:not([hidden]) h3 a")
    assert shown(page) == f"Layer 3, unit {circles[0]}"
    assert page.inner_text("dialog .place") == f"1 of {len(circles)}"
    assert page.url.endswith(f"?find=Circle#unit-{circles[0]}")
    # The same address, opened by someone else.
    again = reader(page.url)
    assert shown(again) == f"Layer 3, unit {circles[0]}"
    assert again.input_value("[name=find]") == "Circle"
    leave(again)
    assert visible(again) == [f"Unit {channel}" for channel in circles]
    again.fill("[name=find]", "")
    again.wait_for_function("location.search === ''")
    again.wait_for_function(
        "document.querySelector('.filter output').textContent.startsWith('192 ')"
    )


@pytest.mark.parametrize(
    ("choice", "number"),
    [
        ("selectivity", lambda unit: unit["orientation"]["selectivity"]),
        ("colour", lambda unit: unit["colour"]["share"] * unit["colour"]["compared"]),
        ("fires", lambda unit: unit["fires"]),
        ("score", lambda unit: max(concept["score"] for concept in unit["concepts"])),
    ],
)
def test_tiles_can_be_sorted(
    choice: str,
    number: Callable[[dict[str, Any]], float],
    reader: Reader,
    units: list[dict[str, Any]],
) -> None:
    page = reader(f"layers/3/?sort={choice}")
    page.wait_for_function("document.querySelector('.tile h3').textContent !== 'Unit 0'")
    order = [int(name.split()[1]) for name in visible(page)]
    assert sorted(order) == list(range(len(units)))
    numbers = [round(number(units[channel]), 3) for channel in order]
    assert numbers == sorted(numbers, reverse=True)


def test_the_kinds_of_a_filter(reader: Reader, units: list[dict[str, Any]]) -> None:
    page = reader("layers/3/")
    for kind in ("class", "concept"):
        page.select_option("[name=kind]", kind)
        expected = sum(
            any(claim["held"] and claim["kind"] == kind for claim in unit["claims"])
            for unit in units
        )
        page.wait_for_function(
            f"document.querySelector('.filter output').textContent === '{expected} of 192 units'"
        )
    page.select_option("[name=kind]", "dead")
    dead = sum(unit["dead"] for unit in units)
    page.wait_for_function(
        f"document.querySelector('.filter output').textContent === '{dead} of 192 units'"
    )
    assert len(visible(page)) == dead


def test_units_are_found_across_layers(reader: Reader, site: Path) -> None:
    index = json.loads((site / "units.json").read_text(encoding="utf-8"))
    near = {
        number
        for number, (kind, name, _) in enumerate(index["labels"])
        if kind == "orientation" and name.endswith(("−35°", "−40°", "−45°", "−50°", "−55°"))
    }
    lines = {f"Layer 1, unit {row[0]}" for row in index["layers"][0]["units"] if near & {*row[-1]}}
    assert len(lines) > 1
    page = reader("units/?find=−45&kind=orientation")
    page.wait_for_selector(".finder .tile")
    assert set(visible(page)) == lines
    page.select_option("[name=kind]", "")
    page.fill("[name=find]", "circle")
    page.wait_for_function("location.search === '?find=circle'")
    assert {name.split(",")[0] for name in visible(page)} > {"Layer 3"}
    page.select_option("[name=layer]", "5")
    assert {name.split(",")[0] for name in visible(page)} == {"Layer 5"}
    name = visible(page)[0]
    page.click(".finder .tile-title a")
    assert shown(page) == name
    page.go_back()
    page.wait_for_selector(".finder .tile")
    assert page.input_value("[name=find]") == "circle"
    assert page.input_value("[name=layer]") == "5"
    assert visible(page)[0] == name


def test_a_class_is_found_by_its_group(reader: Reader, site: Path) -> None:
    labels = json.loads((site / "units.json").read_text())["labels"]
    birds = [name for _, name, group in labels if group == "birds"]
    assert any("bird" not in bird for bird in birds)
    page = reader("units/?find=bird&kind=class")
    page.wait_for_selector(".finder .tile")
    told = page.locator(".finder .tile-name").all_inner_texts()
    assert told
    assert all(any(bird in text for bird in [*birds, "Birdhouses"]) for text in told)


def test_more_units_are_a_press_away(reader: Reader) -> None:
    page = reader("units/")
    page.wait_for_selector(".finder .tile")
    few = page.locator(".finder .tile").count()
    page.click("text='Show more'")
    assert page.locator(".finder .tile").count() == 2 * few
    assert told(page) == "704 of 704 units"


def test_the_search_of_the_site_finds_units_by_their_labels(reader: Reader, site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    entries = [
        entry for entry in index["docs"] if re.search(r"layers/3/#unit-\d+$", entry["location"])
    ]
    assert len(entries) == 192
    assert not [entry for entry in index["docs"] if "numbers/" in entry["location"]]
    page = reader("about/")
    page.click(".md-search__input")
    page.locator(".md-search__input").press_sequentially("wheel")
    link = page.wait_for_selector(".md-search-result__link[href*='#unit-']", state="attached")
    address = link.get_attribute("href")
    opened = reader(page.evaluate("(one) => one.href", link))
    layer, unit = re.search(r"layers/(\d)/.*#unit-(\d+)", address).groups()  # type: ignore[union-attr]
    assert shown(opened) == f"Layer {layer}, unit {unit}"


def test_the_search_of_the_site_knows_a_minus(reader: Reader, site: Path) -> None:
    page = reader("about/")
    field = page.locator(".md-search__input")
    field.click()
    field.press_sequentially("-45")
    page.wait_for_selector(".md-search-result__link", state="attached")
    assert field.input_value() == "−45"
    links = page.locator(".md-search-result__link").evaluate_all(
        "all => all.map((one) => one.pathname.slice(1) + one.hash)"
    )
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    with_it = {
        entry["location"] for entry in index["docs"] if "−45" in entry["title"] + entry["text"]
    }
    assert {link.split("?")[0] for link in links} & with_it
    assert {page for page, _, _ in (link.partition("#") for link in links)} <= {
        page.partition("#")[0] for page in with_it
    }


def test_on_a_phone_a_swipe_moves_on(reader: Reader) -> None:
    page = reader("layers/3/", size=PHONE, has_touch=True, is_mobile=True)
    page.tap("text='Unit 5'")
    assert shown(page) == "Layer 3, unit 5"
    box = page.locator("dialog").bounding_box()
    assert (box["width"], box["height"]) == PHONE
    grids = page.locator("dialog .grid img")
    assert grids.first.bounding_box()["width"] > 300
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= PHONE[0]

    def swipe(start: int, end: int) -> None:
        page.evaluate(
            """([start, end]) => {
              const on = document.querySelector(".unit-body");
              const at = (x) => new Touch({ identifier: 1, target: on, clientX: x, clientY: 400 });
              const send = (name, touches, x) => on.dispatchEvent(new TouchEvent(name,
                { bubbles: true, touches, changedTouches: [at(x)] }));
              send("touchstart", [at(start)], start);
              send("touchend", [], end);
            }""",
            [start, end],
        )

    swipe(300, 100)
    page.wait_for_function("location.hash === '#unit-6'")
    assert shown(page) == "Layer 3, unit 6"
    swipe(100, 300)
    page.wait_for_function("location.hash === '#unit-5'")
    swipe(200, 220)  # too short to be meant
    assert page.evaluate("location.hash") == "#unit-5"

    def touch_action() -> set[str]:
        style = page.locator(".unit-body").evaluate("e => getComputedStyle(e).touchAction")
        return set(style.split())

    assert touch_action() == {"pan-y", "pinch-zoom"}
    browser = page.context.new_cdp_session(page)
    browser.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    page.wait_for_function("visualViewport.scale === 2")
    page.wait_for_selector(".unit-panel.zoomed")
    assert touch_action() == {"auto"}
    swipe(300, 100)  # moves the enlarged page about
    swipe(100, 300)
    swipe(300, 100)
    assert page.evaluate("location.hash") == "#unit-5"
    browser.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1})
    page.wait_for_selector(".unit-panel:not(.zoomed)")
    swipe(300, 100)
    page.wait_for_function("location.hash === '#unit-6'")


def test_pointing_at_a_tile_marks_it_everywhere(reader: Reader) -> None:
    page = reader(UNIT)
    shown(page)
    grid = page.locator("dialog .grid").first
    box = grid.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    marks = page.locator("dialog .grid > .mark")
    assert marks.count() == 2
    for at in range(2):
        style = marks.nth(at).get_attribute("style")
        assert "--row: 1" in style
        assert "--column: 2" in style
    assert "marked" in page.locator("dialog .top li").nth(5).get_attribute("class")
    page.mouse.move(0, 0)
    assert marks.count() == 0


def test_without_scripts_every_unit_opens_in_place(reader: Reader, site: Path) -> None:
    page = reader("layers/3/", javascript=False)
    page.click("text='Unit 5'")
    assert page.url.endswith("#unit-5")
    opened = page.locator(".opened:visible")
    assert opened.count() == 1
    links = [opened.locator("a").nth(at) for at in range(opened.locator("a").count())]
    assert [link.inner_text().strip() for link in links] == [
        "Projections",
        "Photographs",
        "Preferred input",
        "Drawings",
        "Around the 90th, 75th and 50th percentile of its answers, from left to right",
        "Numbers as JSON",
    ]
    for link in links:
        assert page.request.get(page.url.split("#")[0] + link.get_attribute("href")).ok
    page.goto(page.url.split("#")[0] + "numbers/")
    assert page.locator(".unit-numbers tbody tr").count() == 192
    page.goto(page.url.replace("layers/3/numbers/", "units/"))
    assert page.locator(".found-where tbody a").count() > 100


def test_without_scripts_a_unit_fits_a_phone(reader: Reader) -> None:
    page = reader("layers/3/#unit-5", javascript=False, size=PHONE)
    pictures = page.locator(".opened:visible .full")
    assert pictures.count() == 5
    for picture in pictures.all():
        box = picture.bounding_box()
        assert box["x"] + box["width"] <= PHONE[0]


def test_no_picture_of_a_closed_unit_is_asked_for(reader: Reader) -> None:
    page = reader("about/", javascript=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url.replace("about/", "layers/3/"))
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/sheets-" in url]
    assert not [url for url in asked if "/figures-" in url]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("address", ["layers/4/#unit-7", "units/?find=wheel", "layers/2/numbers/"])
def test_axe_finds_nothing(
    address: str, dark: bool, reader: Reader, violations: Callable[[Any], list[str]]
) -> None:
    page = reader(address, dark=dark)
    if "#" in address:
        shown(page)
        page.click("dialog .middle summary")
        page.wait_for_selector(".middle img")
    elif "find" in address:
        page.wait_for_selector(".finder .tile")
    assert violations(page) == []


@pytest.mark.parametrize("view", ["projections", "preferred", "drawings"])
def test_a_wall_shows_all_units_in_another_view(view: str, reader: Reader) -> None:
    page = reader(f"layers/3/?show={view}")
    assert page.locator(".filter select[name=show]").input_value() == view
    walls = json.loads(page.locator(".atlas").get_attribute("data-walls"))
    sheet = int(page.locator(".atlas").get_attribute("data-sheet"))
    for channel in (0, sheet - 1, sheet, 191):
        image = page.locator(f".tile:has(#unit-{channel}) .glimpse img")
        assert image.get_attribute("src") == walls[view][channel // sheet]
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
    page.locator(".filter select[name=show]").select_option("photographs")
    assert "show" not in page.url
    first = page.locator(".tile:has(#unit-0) .glimpse img")
    assert first.get_attribute("src") == walls["photographs"][0]


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_where_photographs_show_little_the_preferred_inputs_come_first(
    javascript: bool, reader: Reader
) -> None:
    """The bundled photographs have no dogs, so those of layer 5 would show none."""
    for index, view in ((3, "photographs"), (5, "preferred")):
        page = reader(f"layers/{index}/", javascript=javascript)
        walls = json.loads(page.locator(".atlas").get_attribute("data-walls"))
        first = page.locator(".tile:has(#unit-0) .glimpse img")
        assert first.get_attribute("src") == walls[view][0]
        assert ("preferred input" in first.get_attribute("alt")) == (view == "preferred")
    if not javascript:
        return
    choice = page.locator(".filter select[name=show]")
    assert choice.input_value() == "preferred"
    choice.select_option("photographs")
    assert "show=photographs" in page.url
    page.reload()
    assert choice.input_value() == "photographs"
    assert first.get_attribute("src") == walls["photographs"][0]


@pytest.mark.parametrize("view", ["preferred", "drawings"])
def test_find_a_unit_shows_other_views_too(view: str, reader: Reader) -> None:
    page = reader(f"units/?show={view}&layer=5")
    source = page.locator(".finder .glimpse img").first.get_attribute("src")
    assert view in source
    page.fill("[name=find]", "face")
    page.wait_for_function("location.search.includes('find=face')")
    assert f"show={view}" in page.url
