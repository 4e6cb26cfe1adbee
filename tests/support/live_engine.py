"""The network of the pages, run in node: the same modules as in the browser, fed by files."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from generator.live.packed import Packed

SCRIPTS = Path(__file__).parents[2] / "docs" / "assets" / "js" / "live"
Array = npt.NDArray[np.float32]
Unit = tuple[int, int, int, int]  # layer from 0, channel, row, column

RUN = """
import { readFileSync, writeFileSync } from "node:fs";
const [scripts, folder] = process.argv.slice(2);
const { readProgram } = await import(`${scripts}/program.js`);
const { Network } = await import(`${scripts}/network.js`);
const bytes = (name) => {
  const file = readFileSync(`${folder}/${name}`);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
};
const said = JSON.parse(readFileSync(`${folder}/asked.json`, "utf8"));
const listed = JSON.parse(readFileSync(`${folder}/program.json`, "utf8"));
const network = new Network(readProgram(listed, bytes("weights.bin")));
const { maps } = network.program;
const inputs = new Float32Array(bytes("inputs.f32"));
const length = network.maps[0].length;
const out = [];
for (let at = 0; at < inputs.length; at += length) {
  network.run(inputs.subarray(at, at + length));
  for (const map of maps) out.push(...network.maps[map]);
  out.push(...network.classes());
  for (const [layer, channel, row, column] of said.units) {
    out.push(...network.project(maps[layer], channel, row, column));
  }
}
writeFileSync(`${folder}/out.f32`, Float32Array.from(out));
"""


@dataclass(frozen=True)
class Answers:
    """What the pages' network says of one input.

    ``maps`` of each layer, flat; ``classes``, probabilities; ``projections`` (3, S, S).
    """

    maps: tuple[Array, ...]
    classes: Array
    projections: tuple[Array, ...]


def node() -> str:
    """Node, or a skipped test."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("no node on this machine; the pages' scripts are tried in it")
    return path


def run_script(source: str, folder: Path, *arguments: str) -> str:
    """What a script prints; AssertionError with its complaints where it fails."""
    path = folder / "script.mjs"
    path.write_text(source, encoding="utf-8")
    command = [node(), str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answers(
    packed: Packed, inputs: Array, sizes: tuple[int, ...], units: list[Unit], folder: Path
) -> list[Answers]:
    """For each input (3, S, S): all maps, the classes, and the projections of ``units``.

    ``sizes`` are the lengths of the layers' maps and of the list of classes.
    """
    folder.mkdir(exist_ok=True)
    (folder / "program.json").write_text(json.dumps(packed.listed), encoding="utf-8")
    (folder / "weights.bin").write_bytes(packed.numbers)
    (folder / "asked.json").write_text(json.dumps({"units": units}), encoding="utf-8")
    np.ascontiguousarray(inputs, dtype="<f4").tofile(folder / "inputs.f32")
    run_script(RUN, folder, SCRIPTS.as_uri(), str(folder))
    out = np.fromfile(folder / "out.f32", dtype="<f4").reshape(len(inputs), -1)
    read = []
    for row in out:
        *maps, classes, rest = np.split(row, np.cumsum(sizes))
        back = rest.reshape(len(units), *inputs.shape[1:])
        read.append(Answers(tuple(maps), classes, tuple(back)))
    return read
