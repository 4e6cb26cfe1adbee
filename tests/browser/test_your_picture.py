"""The page of the reader's own picture, on a small site under its own security policy."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image

from browser.hands import Keys
from browser.screens import Reader
from browser.test_instant import follow

LIGHTEST = 300_000  # bytes before the reader starts, packed as hosts pack them
NARROW = (360, 740)
PAGE = "your-picture/"


def picture(width: int = 120, height: int = 90, kind: str = "PNG", **more: Any) -> bytes:
    pixels = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(pixels).resize((width, height))
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def start(page: Any) -> None:
    page.click(".live-start button")
    page.wait_for_selector(".live[data-frames]")


def until(page: Any, expression: str) -> None:
    """Waits for it; not as Playwright does, whose way the page's policy forbids."""
    for _ in range(400):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


def frames(page: Any) -> int:
    return int(page.get_attribute(".live", "data-frames"))


def after(page: Any, act: Callable[[], object]) -> None:
    """Does something, and waits until the network has answered."""
    before = frames(page)
    act()
    until(page, f"Number(document.querySelector('.live').dataset.frames) > {before}")


def give(page: Any, name: str, content: bytes) -> None:
    files = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files(".live-file", files)


def give_long(page: Any, name: str, length: int) -> None:
    """Chooses a file that the browser makes; to hand it one of that size takes minutes."""
    choose = """([name, length]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(length).fill(255)], name));
      const input = document.querySelector(".live-file");
      input.files = data.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }"""
    page.evaluate(choose, [name, length])


@pytest.fixture
def page(instant_home: str, reader: Reader) -> Any:
    opened = reader(instant_home + PAGE)
    opened.wait_for_load_state("networkidle")
    start(opened)
    return opened


def shown(page: Any) -> list[str]:
    return [str(text) for text in page.locator(".live-bars li:visible").all_inner_texts()]


def test_nothing_is_asked_for_once_the_network_is_there(page: Any, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda call: asked.append(call.url))
    after(page, lambda: give(page, "mine.png", picture()))
    first = shown(page)
    assert len(first) == 5
    after(page, lambda: page.locator(".live-photographs button").nth(1).click())
    assert shown(page) != first
    after(page, lambda: page.locator(".live-layers .live-units button").nth(6).click())
    assert page.inner_text(".live-watched h2").startswith("Layer 2, unit")
    after(page, lambda: page.click("text='Switch it off'"))
    until(page, "document.querySelector('.live-switches p').textContent")
    assert "picked at random" in page.inner_text(".live-switches")
    after(page, lambda: page.click("text='All on again'"))
    after(page, lambda: page.get_by_label("Hide a part").check())
    after(page, lambda: page.get_by_label("Turn").fill("90"))
    after(page, lambda: page.click("text='As it was'"))
    page.click(".live-through summary")
    until(page, "document.querySelector('.live-strip button canvas').width === 32")
    page.locator(".live-strip button").nth(4).click()
    assert page.locator("dialog[open] canvas").is_visible()
    page.click("dialog[open] >> text='Close'")
    page.get_by_label("What it is named").fill("1:3")
    until(page, "document.querySelector('.live-search output').textContent === '1 found'")
    page.click("text='Draw'")
    after(page, lambda: page.locator(".live-drawing").click())
    with page.expect_download() as download:
        page.click("text='Save a still'")
    download.value.save_as(tmp_path / "still.png")
    with Image.open(tmp_path / "still.png") as still:
        assert still.width == 960
    assert [address for address in asked if urlsplit(address).scheme not in ("data", "blob")] == []


def test_it_goes_on_offline(page: Any) -> None:
    page.context.set_offline(True)
    after(page, lambda: give(page, "mine.png", picture()))
    after(page, lambda: page.locator(".live-layers .live-units button").nth(9).click())
    assert len(shown(page)) == 5


@contextmanager
def deep(home: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """The site at ``home`` once more, further down on another address; and what ends that one."""

    class Deeper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                answer = urlopen(home + self.path.removeprefix("/a/version/"))
            except HTTPError as error:
                self.send_error(error.code)
                return
            with answer:
                self.send_response(200)
                for name in ("Content-Type", "Content-Security-Policy", "Content-Length"):
                    self.send_header(name, answer.headers[name])
                self.end_headers()
                self.wfile.write(answer.read())

        def log_message(self, *said: object) -> None:
            """No line a request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Deeper)
    Thread(target=server.serve_forever, daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    yield f"http://127.0.0.1:{server.server_port}/a/version/", end
    end()


def test_once_loaded_it_opens_without_a_network_and_old_builds_leave_nothing(
    instant_home: str, reader: Reader
) -> None:
    with deep(instant_home) as (home, end):
        page = reader(home + PAGE)
        page.wait_for_load_state("networkidle")
        older, other = f"visualizing-cnns {home} old", f"visualizing-cnns {home}0.1/ a"
        for name in (older, other, "not ours"):
            page.evaluate("name => caches.open(name).then(() => null)", name)
        start(page)
        kept = page.evaluate("caches.keys()")
        assert older not in kept
        assert {other, "not ours"} < set(kept)
        assert len(kept) == 3
        end()
        page.reload()
        page.wait_for_load_state("networkidle")
        start(page)
        after(page, lambda: give(page, "mine.png", picture()))
        after(page, lambda: page.locator(".live-layers .live-units button").nth(9).click())
        assert len(shown(page)) == 5
        scopes = "navigator.serviceWorker.getRegistrations().then(all => all.map(one => one.scope))"
        assert page.evaluate(scopes) == [home]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.txt", b"no picture at all", "notes.txt is not a picture that this browser can"),
        ("torn.png", picture()[:200], "torn.png is not a picture"),
        ("big.jpg", 50_000_001, "big.jpg has 50 MB. Choose a picture of at most 50 MB."),
    ],
)
def test_what_is_no_picture_gets_one_line_and_the_page_goes_on(
    page: Any, name: str, content: bytes | int, said: str
) -> None:
    if isinstance(content, int):
        give_long(page, name, content)
    else:
        give(page, name, content)
    until(page, "document.querySelector('.live-said').textContent")
    assert page.inner_text(".live-said").startswith(said)
    after(page, lambda: give(page, "mine.png", picture()))
    assert page.inner_text(".live-said") == ""


def test_a_picture_can_be_pasted_and_dropped(page: Any) -> None:
    """Chromium gives no file to a test's clipboard, so the event is made by hand."""
    hand = """([bytes, kind]) => {
      const data = new DataTransfer();
      const file = new File([Uint8Array.from(bytes)], "mine.png", { type: "image/png" });
      data.items.add(file);
      const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
        : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector(".live-picture").dispatchEvent(event);
    }"""
    for kind in ("paste", "drop"):
        given = [list(picture(64, 64 + len(kind))), kind]
        after(page, partial(page.evaluate, hand, given))


def test_the_cameras_light_is_off_once_the_page_is_left(page: Any) -> None:
    page.evaluate("""() => {
      const give = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      window.streams = [];
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await give(wanted);
        window.streams.push(stream);
        return stream;
      };
    }""")
    assert page.evaluate("navigator.mediaDevices !== undefined")
    before = frames(page)
    page.click("text='Camera'")
    until(page, f"Number(document.querySelector('.live').dataset.frames) > {before} + 5")
    ended = "window.streams.flatMap((s) => s.getTracks()).map((t) => t.readyState)"
    assert page.evaluate(ended) == ["live"]
    page.evaluate("window.stayed = true")
    follow(page, "About this build", "**/about/")
    until(page, f"({ended}).every((one) => one === 'ended')")
    assert len(page.evaluate("window.streams")) == 1
    follow(page, "Your picture", f"**/{PAGE}")
    start(page)  # anew, from the start
    page.click("text='Camera'")
    until(page, "window.streams.length === 2")
    page.click("text='Stop the camera'")
    until(page, f"({ended}).every((one) => one === 'ended')")


def test_a_refused_camera_gets_one_line(page: Any) -> None:
    page.evaluate("""() => {
      const refuse = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      navigator.mediaDevices.getUserMedia = refuse;
    }""")
    page.click("text='Camera'")
    until(page, "document.querySelector('.live-said').textContent")
    assert page.inner_text(".live-said").startswith("The camera was refused.")
    assert page.get_by_text("Stop the camera").count() == 0


def test_keys_alone_reach_all_of_it(page: Any) -> None:
    keys = Keys()
    keys.press(page.locator(".live-photographs button").nth(1))
    box = page.get_by_label("Hide a part")
    keys.reach(box)
    after(page, lambda: page.keyboard.press("Space"))
    keys.reach(page.locator(".live-picture"))
    pixels = "document.querySelector('.live-picture canvas').toDataURL()"
    before = page.evaluate(pixels)
    after(page, lambda: page.keyboard.press("ArrowRight"))
    assert page.evaluate(pixels) != before
    keys.press(page.locator(".live-layers .live-units button").nth(5))
    page.wait_for_selector(".live-watched:not([hidden])")
    keys.press(page.get_by_text("Switch it off", exact=True))
    page.wait_for_selector(".live-switches:not([hidden])")


def test_a_unit_in_the_address_is_watched(instant_home: str, reader: Reader) -> None:
    page = reader(instant_home + PAGE + "#watch=3:7")
    page.wait_for_load_state("networkidle")
    start(page)
    page.wait_for_selector(".live-watched:not([hidden])")
    assert page.inner_text(".live-watched h2") == "Layer 3, unit 7"
    href = page.get_attribute(".live-watched p a", "href")
    assert href.endswith("layers/3/#unit-7")


def test_units_off_are_silent_and_come_back(page: Any) -> None:
    before = shown(page)
    after(page, lambda: page.locator(".live-layers .live-units button").nth(1).click())
    after(page, lambda: page.click("text='Switch it off'"))
    assert "It is switched off." in page.inner_text(".live-watched")
    assert shown(page) != before
    after(page, lambda: page.click(".live-off button"))
    assert shown(page) == before
    assert page.locator(".live-switches").is_hidden()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    instant_home: str, reader: Reader, violations: Callable[[Any], list[str]], dark: bool
) -> None:
    page = reader(instant_home + PAGE, dark=dark)
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    start(page)
    after(page, lambda: page.locator(".live-layers .live-units button").nth(6).click())
    after(page, lambda: page.click("text='Switch it off'"))
    page.click(".live-through summary")
    assert violations(page) == []


def test_a_phone_has_room_for_it(instant_home: str, reader: Reader) -> None:
    page = reader(instant_home + PAGE, size=NARROW, has_touch=True, is_mobile=True)
    page.wait_for_load_state("networkidle")
    start(page)
    after(page, lambda: page.locator(".live-layers .live-units button").nth(6).tap())
    page.locator(".live-through summary").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


def test_without_scripts_there_is_an_example(instant_home: str, reader: Reader) -> None:
    page = reader(instant_home + PAGE, javascript=False)
    assert page.locator(".live-start").is_hidden()
    assert page.locator("noscript > p").first.is_visible()
    assert page.locator(".live-example .live-bars li").count() == 5
    assert page.locator(".live-example img").first.is_visible()


def test_the_page_is_light_before_the_reader_starts(instant_home: str, reader: Reader) -> None:
    page = reader(instant_home + PAGE)
    page.wait_for_load_state("networkidle")
    asked = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    addresses = {instant_home + PAGE, *map(str, asked)}
    weight = 0
    for address in addresses:
        with urlopen(address) as answer:
            content = answer.read()
        packed = re.search(r"\.(avif|webp|png|bin)$", urlsplit(address).path)
        weight += len(content) if packed else len(gzip.compress(content))
    print(f"{len(addresses)} requests, {weight / 1000:.0f} kB")
    assert weight <= LIGHTEST
    assert not any("/live/" in address or ".bin" in address for address in addresses)
