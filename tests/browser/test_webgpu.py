"""The pages' network on WebGPU, in a Chromium that offers an adapter, be it one without a GPU.

Chromium comes with SwiftShader, which does on the processor what a GPU would do: slowly, but by the
same shaders. Where it isn't offered either, these tests skip.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from live_networks import MADE, made

from browser.agreeing import PAGE as BLANK
from browser.agreeing import compared, photographs, told_of
from browser.conftest import CAMERA, QUIET, ROOT, browser_path
from browser.screens import Reader
from browser.test_your_picture import PAGE as YOURS
from browser.test_your_picture import after, give, picture, shown, start, until
from generator.live.packed import pack
from generator.live.program import program

PHOTOGRAPHS = 3  # an adapter without a GPU takes its time
NEAR = 1e-4  # of the largest number of a map

# Puts WebGPU to work, whether or not it is quicker.
PREPARED = """() => { window.prepared = async (session) => {
  const { WebGPU } = await import("/js/live/webgpu.js");
  session.engine.use(await WebGPU.open(session.network, navigator.gpu));
}; }"""

# For each network how far apart both ways are, as a share of the largest number of a map: of a
# whole pass, of one from the middle with units switched off, and of one after the device is gone.
BOTH = """async (names) => {
  const { Network } = await import("/js/live/network.js");
  const { readProgram } = await import("/js/live/program.js");
  const { WebGPU } = await import("/js/live/webgpu.js");
  const { Engine } = await import("/js/live/engine.js");
  const made = [];
  const { createBuffer } = GPUDevice.prototype;
  let buffers = 0;
  GPUDevice.prototype.createBuffer = function (...given) {
    buffers += 1;
    return createBuffer.apply(this, given);
  };
  for (const name of names) {
    const listed = await (await fetch(`/${name}.json`)).json();
    const numbers = await (await fetch(`/${name}.bin`)).arrayBuffer();
    const program = readProgram(listed, numbers);
    const [plain, network] = [new Network(program), new Network(program)];
    const engine = new Engine(network);
    const webgpu = await WebGPU.open(network, navigator.gpu);
    if (!webgpu) throw new Error(`${name} can't be opened`);
    engine.use(webgpu);
    const apart = () => Math.max(...webgpu.parts.map(({ map }) => {
      const most = plain.maps[map].reduce((all, one) => Math.max(all, Math.abs(one)), 0);
      const far = plain.maps[map].map((one, n) => Math.abs(one - network.maps[map][n]));
      return far.reduce((all, one) => Math.max(all, one), 0) / most;
    }));
    const input = network.maps[0].map((_, n) => 2 * Math.sin(n * n));
    const before = buffers;
    plain.run(input);
    await engine.run(input);
    const found = [apart()];
    const [map] = program.maps;
    const off = new Map([[map, [1, 2]], [program.maps.at(-1), [0]]]);
    plain.run(null, off, plain.maker(map));
    await engine.run(null, off, plain.maker(map));
    found.push(apart());
    const works = engine.name;
    const grown = buffers - before;
    webgpu.end();
    plain.run(null, new Map(), plain.maker(map));
    await engine.run(null, new Map(), plain.maker(map));
    made.push({ found, works, grown, left: engine.name, after: apart() });
  }
  return made;
}"""


@pytest.fixture(scope="module")
def chromium(chromium: Any) -> Iterator[Any]:
    """A second Chromium, whose pages have WebGPU."""
    sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
    browser = chromium.browser_type.launch(
        executable_path=browser_path(chromium.browser_type.executable_path),
        args=[*QUIET, *CAMERA, "--enable-unsafe-webgpu"],
        chromium_sandbox=sandbox,
    )
    yield browser
    browser.close()


@pytest.fixture
def opened(reader: Reader, serve: Callable[[Path], str], tmp_path: Path) -> Callable[[], Any]:
    """A page of the folder ``tmp_path``; skips where it finds no adapter."""

    def read() -> Any:
        page = reader(serve(tmp_path))
        page.evaluate(PREPARED)
        if not page.evaluate("navigator.gpu?.requestAdapter().then(Boolean)"):
            pytest.skip("this Chromium offers no WebGPU adapter, not even one without a GPU")
        return page

    return read


def test_layers_classes_and_projections_agree_with_pytorch(
    opened: Callable[[], Any], tmp_path: Path, tell: Any
) -> None:
    files = told_of(tmp_path, photographs(tmp_path, PHOTOGRAPHS))
    page = opened()
    worst = max(compared(page, recorded) for recorded in files)
    assert page.evaluate("session.engine.name") == "WebGPU"
    tell(f"the network on WebGPU: {len(files)} photographs, at most {worst:.1g} of a map apart")


def test_every_operation_is_that_of_plain_javascript(
    opened: Callable[[], Any], tmp_path: Path, tell: Any
) -> None:
    """With all units and without some; and when the device is lost, plain JavaScript goes on."""
    for name in MADE:
        network = made(name)
        packed = pack(program(network), network.preprocess)
        (tmp_path / f"{name}.json").write_text(json.dumps(packed.listed), encoding="utf-8")
        (tmp_path / f"{name}.bin").write_bytes(packed.numbers)
    (tmp_path / "index.html").write_text(BLANK, encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "assets" / "js", tmp_path / "js")
    page = opened()
    worst = 0.0
    for name, told in zip(MADE, page.evaluate(BOTH, list(MADE)), strict=True):
        assert told["works"] == "WebGPU", name
        assert told["grown"] == 0, f"{name}: new buffers for a picture"
        assert max(told["found"]) <= NEAR, (name, told["found"])
        assert (told["left"], told["after"]) == ("plain JavaScript", 0), name
        worst = max(worst, *told["found"])
    tell(f"WebGPU beside plain JavaScript: {len(MADE)} networks, at most {worst:.1g} apart")


def test_the_page_tries_it_and_says_what_is_at_work(instant_home: str, reader: Reader) -> None:
    """Under the page's security policy, and on while WebGPU is tried."""
    page = reader(instant_home + YOURS)
    page.wait_for_load_state("networkidle")
    start(page)
    for size in (64, 80, 96):
        after(page, partial(give, page, "mine.png", picture(size, size)))
        said = page.inner_text(".live-time")
        assert re.fullmatch(
            r"Worked out here, with (WebGPU|plain JavaScript), in \d+ milliseconds\.", said
        )


@pytest.fixture
def at_work(instant_home: str, reader: Reader) -> Any:
    """The page with WebGPU at work, also where plain JavaScript is quicker."""
    page = reader(instant_home + YOURS)
    if not page.evaluate("navigator.gpu?.requestAdapter().then(Boolean)"):
        pytest.skip("this Chromium offers no WebGPU adapter, not even one without a GPU")

    def kept(route: Any) -> None:
        body = route.fetch().text()
        slow, slower = " || (trial > 0 && other > SLOW * plain)", "other < plain"
        for rule, other in ((slow, ""), (slower, "true")):
            assert body.count(rule) == 1
            body = body.replace(rule, other)
        route.fulfill(body=body, content_type="text/javascript")

    page.evaluate("delete Navigator.prototype.serviceWorker")  # it would come before the route
    page.route("**/live/engine.js", kept)
    page.wait_for_load_state("networkidle")
    start(page)
    choices = page.locator(".live-photographs button")
    for number in range(100):
        after(page, choices.nth(1 - number % 2).click)
        if "with WebGPU" in page.inner_text(".live-time"):
            return page
    raise AssertionError("WebGPU was never put to work")


def test_with_webgpu_at_work_the_page_is_as_without(at_work: Any) -> None:
    """Units off, the comparison with others, a unit's projection; and on after a crash."""
    page = at_work
    button = page.locator(".live-layers .live-units button").nth(1)
    after(page, button.click)
    before = shown(page)
    after(page, lambda: page.click("text='Switch it off'"))
    without = shown(page)
    assert without != before
    until(page, "document.querySelector('.live-switches p').textContent")
    told = page.inner_text(".live-switches p")
    after(page, lambda: page.get_by_label("Hide a part").check())
    covered = shown(page)
    assert "with WebGPU" in page.inner_text(".live-time")

    page.context.browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
    after(page, lambda: page.get_by_label("Hide a part").uncheck())
    assert "with plain JavaScript" in page.inner_text(".live-time")
    assert page.inner_text(".live-said") == ""
    assert shown(page) == without
    after(page, lambda: page.get_by_label("Hide a part").check())
    assert shown(page) == covered
    after(page, lambda: page.get_by_label("Hide a part").uncheck())
    after(page, lambda: page.click("text='All on again'"))
    assert shown(page) == before
    assert "picked at random" in told
