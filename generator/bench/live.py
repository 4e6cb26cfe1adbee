"""The network in a page: a picture through all of it and back, in Chromium on one core.

Beside it, in turn, PyTorch's forward pass on one core. The browser has no GPU to help it, and a
camera of its own that shows a moving pattern. Only the row about WebGPU lets the browser have what
it finds; where that is no GPU, Chromium's own SwiftShader does on the processor what one would do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import torch

from generator.bench.rows import PAIRS, Row, Sizes, seconds, spread
from generator.images import BUNDLED, open_collection
from generator.live.packed import pack
from generator.live.program import program
from generator.networks.loading import load_network
from generator.networks.network import Network

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "docs" / "assets" / "js"
NETWORK = "zfnet64"  # the one that ships, whatever the other rows are about
FRAMES = 500  # over which memory is watched
SETTLED = 100  # frames after which it should have what it needs
WATCHED = 5  # seconds that the camera is watched for
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-gpu",
    "--js-flags=--expose-gc",
)
WITH_WEBGPU = ("--enable-unsafe-webgpu",)
TITLES = {
    "live-picture": "a picture through the network in Chromium, from its pixels to all answers",
    "live-forward": "the pass in Chromium / PyTorch's forward pass, both on one core",
    "live-projection": "a projection from the last layer / the pass, both in Chromium",
    "live-camera": "pictures of a camera that are worked out in a second",
    "live-memory": "memory of the page after 500 pictures / after 100",
    "live-webgpu": "the pass on WebGPU / in plain JavaScript, both in Chromium",
}

# A photograph of 640 by 480 pixels, as from a camera, and the unit that answers it most.
PAGE = """<!doctype html><title>bench</title><script type="module">
import { Client } from "/js/live/client.js";
import { Camera } from "/js/live/camera.js";
const read = async (name) => (await fetch(name)).arrayBuffer();
const listed = await (await fetch("program.json")).json();
let heard = null;
const client = new Client((answer) => heard?.(answer), (error) => { throw error; });
await client.ask("load", { listed, numbers: await read("weights.bin") });
const pixels = new Uint8Array(await read("photograph.rgb"));
const picture = () => ({ width: 640, height: 480, pixels: pixels.slice() });
const layer = listed.maps.length - 1;
const { values } = await client.ask("show", { picture: picture() });
const unit = { layer, channel: values[layer].indexOf(Math.max(...values[layer])) };
window.once = async (looking) => {
  const question = { picture: picture(), unit: looking ? unit : null };
  const start = performance.now();
  const { forward, back } = await client.ask("show", question);
  return { whole: performance.now() - start, forward, back };
};
window.camera = async (milliseconds) => {
  const camera = new Camera();
  let frames = 0;
  heard = () => (frames += 1);
  await camera.start((shown) => client.show({ picture: shown }), () => !client.busy);
  await new Promise((done) => setTimeout(done, 1000));
  const [before, start] = [frames, performance.now()];
  await new Promise((done) => setTimeout(done, milliseconds));
  const rate = (1000 * (frames - before)) / (performance.now() - start);
  camera.stop();
  return rate;
};
window.ready = true;
</script>"""

# The same network twice, without a worker between: on WebGPU and in plain JavaScript. `adapter`
# is what the browser says of the one that it found, or null.
WEBGPU_PAGE = """<!doctype html><title>bench</title><script type="module">
import { Network } from "/js/live/network.js";
import { readProgram } from "/js/live/program.js";
import { WebGPU } from "/js/live/webgpu.js";
const read = async (name) => (await fetch(name)).arrayBuffer();
const listed = await (await fetch("program.json")).json();
const network = new Network(readProgram(listed, await read("weights.bin")));
const maps = network.maps.map((map) => map.slice());
const webgpu = await WebGPU.open(network, navigator.gpu);
const timed = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const { vendor, architecture } = webgpu?.device.adapterInfo ?? {};
window.adapter = webgpu && `${vendor} ${architecture}`;
window.both = async () => {
  maps[0].forEach((_, n) => (maps[0][n] = Math.random()));
  const plain = await timed(() => network.run(maps[0]));
  return [await timed(() => webgpu.run(maps, new Map(), 0)), plain];
};
window.ready = true;
</script>"""


def rows(sizes: Sizes) -> Iterator[Row]:
    """A row for each title, or why it can't be had here."""
    reason = _missing()
    if reason:
        for name, title in TITLES.items():
            yield Row(name, title, reason=reason)
        return
    network = load_network(NETWORK)
    with TemporaryDirectory() as place, _served(Path(place), network) as home:
        with _page(home, FLAGS) as page:
            yield from _timed(network, page, sizes.pairs)
            rate = page.evaluate(f"camera({1000 * WATCHED})")
            details = {"seconds": WATCHED}
            title = TITLES["live-camera"]
            yield Row("live-camera", title, spread([rate]), "a second", at_least=5, details=details)
            yield _growth(page, max(2, FRAMES * sizes.pairs // PAIRS))
        with _page(home + "webgpu.html", WITH_WEBGPU) as page:
            yield _webgpu(page, sizes.pairs)


def _timed(network: Network, page: Any, pairs: int) -> Iterator[Row]:
    """A pass here and a pass there, in turn; both on one core."""
    inputs = torch.zeros(1, 3, network.size, network.size)
    inputs = inputs.to(memory_format=torch.channels_last)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        times = []
        with torch.inference_mode():
            for number in range(10 * pairs + 5):
                there = page.evaluate("once(true)")
                here = 1000 * seconds(lambda: network.module(inputs))
                if number >= 5:  # the first ones are compiled as they run
                    times.append((there, here))
    finally:
        torch.set_num_threads(threads)
    details = {"pictures": len(times)}
    whole = spread([there["whole"] for there, _ in times])
    yield Row("live-picture", TITLES["live-picture"], whole, "ms", at_most=150, details=details)
    for name, values, most in (
        ("live-forward", [there["forward"] / here for there, here in times], 8.0),
        ("live-projection", [there["back"] / there["forward"] for there, _ in times], 1.5),
    ):
        yield Row(name, TITLES[name], spread(values), at_most=most, details=details)


def _webgpu(page: Any, pairs: int) -> Row:
    """A pass on WebGPU and one in plain JavaScript, in turn; the title names the adapter."""
    title, adapter = TITLES["live-webgpu"], page.evaluate("adapter")
    if not adapter:
        return Row("live-webgpu", title, reason="this Chromium offers no WebGPU adapter")
    times = [page.evaluate("both()") for _ in range(2 * pairs + 2)][2:]  # the first ones warm up
    typical = {"webgpu ms": [here for here, _ in times], "plain ms": [there for _, there in times]}
    details = {
        "adapter": adapter,
        "pictures": len(times),
        **{name: spread(taken)["median"] for name, taken in typical.items()},
    }
    ratios = spread([here / there for here, there in times])
    named = title.replace("WebGPU", f"WebGPU ({adapter})")
    return Row("live-webgpu", named, ratios, details=details)


def _growth(page: Any, frames: int) -> Row:
    """Memory of the browser's processes for pages at the end, over that once all was there."""
    title, details = TITLES["live-memory"], {"pictures": frames}
    settled = frames * SETTLED // FRAMES
    for _ in range(settled):
        page.evaluate("once(true)")
    before = _memory(page)
    if not before:
        return Row("live-memory", title, reason="this system does not tell what a process holds")
    for _ in range(frames - settled):
        page.evaluate("once(true)")
    growth = spread([_memory(page) / before])
    return Row("live-memory", title, growth, at_most=1.1, details=details)


def _memory(page: Any) -> int:
    """Kilobytes that the processes of pages hold, after a collection; 0 where nobody tells."""
    page.evaluate("gc()")
    for worker in page.workers:
        worker.evaluate("gc()")
    session = page.context.browser.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")["processInfo"]
    held = 0
    for process in told:
        status = Path("/proc", str(process["id"]), "status")
        if process["type"] == "renderer" and status.is_file():
            match = re.search(r"VmRSS:\s+(\d+)", status.read_text(encoding="ascii"))
            held += int(match[1]) if match else 0
    return held


def _missing() -> str:
    """Why there is nothing to time with; empty where there is."""
    try:
        import playwright  # noqa: F401, PLC0415
    except ImportError:
        return 'Playwright is not installed (pip install -e ".[test]")'
    if not SCRIPTS.is_dir():
        return "the site's sources are not beside the package"
    return "" if _browser() else "no Chromium on this machine"


def _browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def _page(address: str, flags: tuple[str, ...]) -> Iterator[Any]:
    """A page in a browser of its own, once the network is loaded."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    sandbox = not hasattr(os, "geteuid") or os.geteuid() != 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_browser(), args=list(flags), chromium_sandbox=sandbox
        )
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("window.ready")
        yield page
        browser.close()


@contextmanager
def _served(folder: Path, network: Network) -> Iterator[str]:
    """The scripts, the network and the page, at an address of this machine."""
    packed = pack(program(network), network.preprocess)
    (folder / "program.json").write_text(json.dumps(packed.listed), encoding="utf-8")
    (folder / "weights.bin").write_bytes(packed.numbers)
    photograph = open_collection(BUNDLED).whole(0).resize((640, 480))
    (folder / "photograph.rgb").write_bytes(photograph.tobytes())
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "webgpu.html").write_text(WEBGPU_PAGE, encoding="utf-8")
    shutil.copytree(SCRIPTS, folder / "js")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *said: Any) -> None:
            """No line a request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
