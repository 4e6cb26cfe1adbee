"""In Chromium, from a file to every answer: the pages' network is PyTorch's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from browser.conftest import ROOT
from browser.screens import Reader
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
COMPARE = """async ({ name, sizes, unit }) => {
  const { openFile } = await import("/js/live/opening.js");
  const { Session } = await import("/js/live/session.js");
  const { readProgram } = await import("/js/live/program.js");
  const read = async (file) => (await fetch(`/${file}`)).arrayBuffer();
  if (!window.session) {
    const listed = await (await fetch("/program.json")).json();
    window.session = new Session(readProgram(listed, await read("weights.bin")));
  }
  const { session } = window;
  const picture = await openFile(new File([await read(name)], name));
  const { classes, look } = session.show({ picture, unit });
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


def odd_files(folder: Path) -> list[str]:
    """Grey, see-through, turned by its camera, of one pixel, and panoramas either way."""
    random = np.random.default_rng(2)
    coarse = random.integers(0, 256, (9, 12, 4), dtype=np.uint8)
    photograph = Image.fromarray(coarse).resize((240, 180), Image.Resampling.BICUBIC)
    plain = photograph.convert("RGB")
    plain.convert("L").save(folder / "grey.png")
    photograph.save(folder / "alpha.png")
    plain.convert("P").save(folder / "palette.png")
    plain.crop((0, 0, 1, 1)).save(folder / "pixel.png")
    plain.resize((700, 40)).save(folder / "panorama.png")
    plain.resize((40, 500)).save(folder / "tower.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    plain.save(folder / "turned.jpg", quality=95, subsampling=0, exif=turned)
    plain.save(folder / "plain.jpg", quality=90)
    return [path.name for path in sorted(folder.iterdir())]


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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Told]]:
    """A folder with the network, the scripts, and files with what PyTorch says of each."""
    folder = tmp_path_factory.mktemp("agrees")
    names = odd_files(folder)
    network, collection = load("zfnet64"), open_collection("bundled")
    largest: dict[int, int] = {}
    for number, item in enumerate(collection.items):
        largest.setdefault(item.source, number)
    for source, number in largest.items():
        collection[number].save(folder / f"photograph-{source}.png")
        names.append(f"photograph-{source}.png")
    packed = pack(program(network), network.preprocess)
    (folder / "program.json").write_text(json.dumps(packed.listed), encoding="utf-8")
    (folder / "weights.bin").write_bytes(packed.numbers)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "assets" / "js", folder / "js")
    return folder, [record(network, folder / name) for name in names]


def test_every_layer_the_classes_and_projections_agree(
    told: tuple[Path, list[Told]], serve: Callable[[Path], str], reader: Reader, tell: Any
) -> None:
    folder, files = told
    page = reader(serve(folder))
    worst = 0.0
    for recorded in files:
        result = page.evaluate(COMPARE, vars(recorded))
        *maps, classes, projection = result
        kinds = [*(f"layer {number}" for number in range(1, len(maps) + 1)), "classes"]
        if recorded.name not in TIES:
            kinds.append("projection")
            assert projection[1] > 0, recorded.name
        for kind, (apart, most, _) in zip(kinds, result, strict=False):
            assert apart <= NEAR * most, f"{recorded.name}, {kind}: {apart / most:.2g} apart"
            worst = max(worst, apart / most if most else 0)
        assert classes[2] == recorded.first, recorded.name
    tell(f"the network in Chromium: {len(files)} files, at most {worst:.1g} of a map apart")
