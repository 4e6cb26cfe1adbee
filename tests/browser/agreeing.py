"""Files, what PyTorch says of each, and the pages' network beside it in a browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from browser.conftest import ROOT
from generator.images import open_collection
from generator.images.decode import decode
from generator.live.packed import pack
from generator.live.program import program
from generator.networks import load
from generator.networks.network import Network
from generator.networks.recording import probabilities
from generator.techniques.deconvnet import project

NEAR = 1e-3  # of the largest number of a map
PAGE = '<!doctype html><title>agrees</title><link rel="icon" href="data:,">'
# A picture of one colour gives maps of one number: each window of a pool is a tie, and rounding
# decides which place is the switch. So its projection is left out.
TIES = {"pixel.png"}
# `prepared` may put the session's network to work in another way.
COMPARE = """async ({ name, sizes, unit }) => {
  const { openFile } = await import("/js/live/opening.js");
  const { Session } = await import("/js/live/session.js");
  const { readProgram } = await import("/js/live/program.js");
  const read = async (file) => (await fetch(`/${file}`)).arrayBuffer();
  if (!window.session) {
    const listed = await (await fetch("/program.json")).json();
    window.session = new Session(readProgram(listed, await read("weights.bin")));
    await window.prepared?.(window.session);
  }
  const { session } = window;
  const picture = await openFile(new File([await read(name)], name));
  const { classes, look } = await session.show({ picture, unit });
  const { maps } = session.program;
  const own = [...maps.map((map) => session.network.maps[map]), classes, look.projection];
  const theirs = new Float32Array(await read(`${name}.f32`));
  let at = 0;
  return own.map((one, number) => {
    let apart = 0;
    let most = 0;
    for (let n = 0; n < sizes[number]; n += 1, at += 1) {
      apart = Math.max(apart, Math.abs(one[n] - theirs[at]));
      most = Math.max(most, Math.abs(theirs[at]));
    }
    const first = number === maps.length ? classes.indexOf(Math.max(...classes)) : -1;
    return [one.length === sizes[number] ? apart : NaN, most, first];
  });
}"""


@dataclass(frozen=True)
class Told:
    """What PyTorch says of one file: lengths of the maps, the unit looked at, the first class."""

    name: str
    sizes: tuple[int, ...]
    unit: dict[str, int]
    first: int


def record(network: Network, path: Path) -> Told:
    """Runs a file through PyTorch and writes down beside it all that the page should say."""
    inputs = network.preprocess(decode(path))[None]
    likely, maps = probabilities(network, inputs, network.layers)
    last = maps[-1][0]
    channel = int(last.flatten(1).max(dim=1).values.argmax())
    place = divmod(int(last[channel].argmax()), last.shape[2])
    layer = network.layers[-1]
    back = project(network, layer, inputs, np.array([channel]), np.array([place]))
    arrays = [*(layer_maps[0] for layer_maps in maps), likely[0], back[0]]
    whole = np.concatenate([array.float().numpy().reshape(-1) for array in arrays])
    whole.astype("<f4").tofile(path.with_name(f"{path.name}.f32"))
    unit = {"layer": len(maps) - 1, "channel": channel}
    return Told(path.name, tuple(array.numel() for array in arrays), unit, int(likely[0].argmax()))


def photographs(folder: Path, some: int | None = None) -> list[str]:
    """The largest image of each bundled photograph (of ``some`` of them), as files."""
    collection = open_collection("bundled")
    largest: dict[int, int] = {}
    for number, item in enumerate(collection.items):
        largest.setdefault(item.source, number)
    names = []
    for source, number in list(largest.items())[:some]:
        names.append(f"photograph-{source}.png")
        collection[number].save(folder / names[-1])
    return names


def told_of(folder: Path, names: Iterable[str]) -> list[Told]:
    """Puts the network and the scripts beside the files, and what PyTorch says of each."""
    network = load("zfnet64")
    packed = pack(program(network), network.preprocess)
    (folder / "program.json").write_text(json.dumps(packed.listed), encoding="utf-8")
    (folder / "weights.bin").write_bytes(packed.numbers)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "assets" / "js", folder / "js")
    return [record(network, folder / name) for name in names]


def compared(page: Any, recorded: Told) -> float:
    """How far apart the page's answers to a file are, at most, as a share of their largest."""
    result = page.evaluate(COMPARE, vars(recorded))
    *maps, classes, projection = result
    kinds = [*(f"layer {number}" for number in range(1, len(maps) + 1)), "classes"]
    if recorded.name not in TIES:
        kinds.append("projection")
        assert projection[1] > 0, recorded.name
    worst = 0.0
    for kind, (apart, most, _) in zip(kinds, result, strict=False):
        assert apart <= NEAR * most, f"{recorded.name}, {kind}: {apart / most:.2g} apart"
        worst = max(worst, apart / most if most else 0)
    assert classes[2] == recorded.first, recorded.name
    return worst
