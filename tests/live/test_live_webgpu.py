"""WebGPU or plain JavaScript: which is at work, and that nothing is lost when WebGPU fails.

No graphics processor is needed here: a stand-in takes the place of the browser's, and can do what
real ones do on bad days. tests/browser/test_webgpu.py has one that reckons.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import live_engine
import pytest

# A network that asks for all that a device can be asked for: a convolution, a rectifier, a pool,
# two branches that are joined, a linear layer. The stand-in lets plain JavaScript reckon and notes
# what it was asked; `bad` says what goes wrong.
STAND_IN = """
const [scripts] = process.argv.slice(2);
const { Network } = await import(`${scripts}/network.js`);
const { WebGPU } = await import(`${scripts}/webgpu.js`);
const { Engine } = await import(`${scripts}/engine.js`);
const numbers = (length, seed) => Float32Array.from({ length }, (_, n) => Math.sin(seed + 9 * n));
const usual = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 };
const program = {
  input: [3, 8, 8], maps: [2, 6], output: 7,
  operations: [
    { kind: "convolution", sources: [0], result: 1, shape: [4, 6, 6], kernel: [3, 3], ...usual,
      weights: numbers(108, 1), biases: numbers(4, 2) },
    { kind: "relu", sources: [1], result: 2, shape: [4, 6, 6] },
    { kind: "max-pool", sources: [2], result: 3, shape: [4, 3, 3], kernel: [2, 2],
      stride: [2, 2], padding: [0, 0], dilation: [1, 1] },
    { kind: "convolution", sources: [3], result: 4, shape: [2, 3, 3], kernel: [1, 1], ...usual,
      weights: numbers(8, 3) },
    { kind: "relu", sources: [3], result: 5, shape: [4, 3, 3] },
    { kind: "join", sources: [4, 5], result: 6, shape: [6, 3, 3] },
    { kind: "linear", sources: [6], result: 7, shape: [5], weights: numbers(270, 4) },
  ],
};
const network = new Network(program);
const clock = { now: 0 };
performance.now = () => clock.now;
const plainly = network.run.bind(network);
network.run = (...given) => { clock.now += 10; plainly(...given); };
const noted = { buffers: 0, ended: 0, runs: 0, pipelines: 0 };

class Device {
  limits = { maxBufferSize: 1e9, maxStorageBufferBindingSize: 1e9,
    maxComputeWorkgroupsPerDimension: 65535 };
  queue = {
    writeBuffer: (buffer, at, given) => { buffer.given = given; },
    submit: ([commands]) => commands(),
  };
  buffers = [];
  constructor(bad) {
    this.bad = bad;
    if (bad === "limits") this.limits.maxStorageBufferBindingSize = 512;
    if (bad === "workgroups") this.limits.maxComputeWorkgroupsPerDimension = 4;
  }
  pushErrorScope() {}
  popErrorScope() {
    const message = "not on this device";
    const wrong = this.bad === "memory" || (this.bad === "submit" && noted.runs > 4);
    return Promise.resolve(wrong ? { message } : null);
  }
  createShaderModule({ code }) { return { code }; }
  createComputePipelineAsync() {
    noted.pipelines += 1;
    if (this.bad === "shader") return Promise.reject(new Error("the shader does not compile"));
    return Promise.resolve({ getBindGroupLayout: () => ({}) });
  }
  createBindGroup() { return {}; }
  createBuffer({ size, usage }) {
    noted.buffers += 1;
    const buffer = { size, mapAsync: () => this.read(), unmap() {} };
    buffer.getMappedRange = () => this.answer.buffer;
    this.buffers.push(buffer);
    return buffer;
  }
  createCommandEncoder() {
    const off = new Map();
    const parts = [];
    const joined = new Set();
    let dispatched = 0;
    const pass = { setPipeline() {}, setBindGroup() {}, end() {} };
    pass.dispatchWorkgroups = () => { dispatched += 1; };
    return {
      beginComputePass: () => pass,
      clearBuffer: (buffer, at, size) => {
        const map = this.buffers.indexOf(buffer);
        off.set(map, [...(off.get(map) ?? []), at / size]);
      },
      copyBufferToBuffer: (source, from, to, at, size) => {
        const map = this.buffers.indexOf(to);
        if (map < network.maps.length) joined.add(map);
        else parts.push([this.buffers.indexOf(source), at / 4]);
      },
      finish: () => () => {
        noted.runs += 1;
        this.own ??= new Network(program);
        const began = program.operations.length - dispatched - joined.size;
        this.own.run(this.buffers[0].given ?? null, off, began);
        const length = parts.reduce((sum, [map]) => sum + network.maps[map].length, 0);
        this.answer = new Float32Array(length);
        for (const [map, at] of parts) this.answer.set(this.own.maps[map], at);
        if (this.bad === "numbers") this.answer[7] += 1;
        if (this.bad === "nothing") this.answer.fill(NaN);
      },
    };
  }
  read() {
    const cold = this.bad === "cold" && noted.runs === 1;
    clock.now += this.bad === "slow" ? 11 : this.bad === "very slow" || cold ? 100 : 2;
    if (this.bad === "lost" && noted.runs > 4) return Promise.reject(new Error("lost"));
    return Promise.resolve();
  }
  destroy() { noted.ended += 1; }
}

const browser = (bad) => ({
  requestAdapter: async () => {
    if (bad === "refused") throw new Error("refused");
    if (bad === "no adapter") return null;
    return { requestDevice: async () => {
      if (bad === "no device") throw new Error("no device");
      return new Device(bad);
    } };
  },
});
const input = numbers(192, 5);
const told = (...given) => console.log(JSON.stringify(given));
"""


def stand_in(script: str, folder: Path) -> Any:
    """What ``script`` tells, run behind the stand-in."""
    return json.loads(
        live_engine.run_script(STAND_IN + script, folder, live_engine.SCRIPTS.as_uri())
    )


@pytest.mark.parametrize(
    ("bad", "ended"),
    [
        ("no adapter", 0),
        ("refused", 0),
        ("no device", 0),
        ("limits", 1),
        ("workgroups", 1),
        ("shader", 1),
        ("memory", 1),
    ],
)
def test_what_cannot_be_opened_is_left_and_given_back(bad: str, ended: int, tmp_path: Path) -> None:
    script = f"""
    const opened = await WebGPU.open(network, browser("{bad}"));
    told(opened, noted.ended, await WebGPU.open(network, undefined));
    """
    assert stand_in(script, tmp_path) == [None, ended, None]


def test_an_operation_that_shaders_lack_leaves_plain_javascript(tmp_path: Path) -> None:
    script = """
    program.operations[6].kind = "something new";
    told(await WebGPU.open(network, browser("")), noted.ended);
    """
    assert stand_in(script, tmp_path) == [None, 1]


@pytest.mark.parametrize(
    ("bad", "name", "runs"),
    [
        ("", "WebGPU", 4),
        ("cold", "WebGPU", 4),
        ("slow", "plain JavaScript", 4),
        ("very slow", "plain JavaScript", 2),
        ("numbers", "plain JavaScript", 1),
        ("nothing", "plain JavaScript", 1),
    ],
)
def test_webgpu_is_kept_where_it_is_quicker_and_right(
    bad: str, name: str, runs: int, tmp_path: Path
) -> None:
    script = f"""
    const engine = new Engine(network);
    await engine.run(input);
    const before = network.maps.map((map) => [...map]);
    await engine.choose(await WebGPU.open(network, browser("{bad}")));
    const same = JSON.stringify(network.maps.map((map) => [...map])) === JSON.stringify(before);
    told(engine.name, noted.runs, noted.ended, same);
    """
    ended = 0 if name == "WebGPU" else 1
    assert stand_in(script, tmp_path) == [name, runs, ended, True]


@pytest.mark.parametrize("bad", ["lost", "submit"])
def test_a_device_that_fails_in_the_middle_leaves_the_same_numbers(
    bad: str, tmp_path: Path
) -> None:
    """The fifth run fails, which begins in the middle and has units switched off."""
    script = f"""
    const engine = new Engine(network);
    await engine.run(input);
    await engine.choose(await WebGPU.open(network, browser("{bad}")));
    const names = [engine.name];
    const off = new Map([[2, [1]], [6, [0, 3]]]);
    const first = network.maker(2);
    await engine.run(null, off, first);
    names.push(engine.name);
    const whole = new Network(program);
    whole.run(input, off);
    const apart = network.maps.map((map, n) =>
      Math.max(...map.map((one, at) => Math.abs(one - whole.maps[n][at]))));
    await engine.run(null, new Map(), first);
    whole.run(input);
    const after = whole.maps[7].every((one, n) => one === network.maps[7][n]);
    told(names, Math.max(...apart), noted.ended, noted.runs, after);
    """
    assert stand_in(script, tmp_path) == [["WebGPU", "plain JavaScript"], 0, 1, 5, True]


def test_buffers_and_pipelines_are_made_once(tmp_path: Path) -> None:
    script = """
    const engine = new Engine(network);
    const webgpu = await WebGPU.open(network, browser(""));
    engine.use(webgpu);
    const { buffers, pipelines } = noted;
    for (let n = 0; n < 50; n += 1) {
      await engine.run(numbers(192, n), new Map([[2, [n % 4]]]));
      await engine.run(null, new Map(), 3);
    }
    const whole = new Network(program);
    whole.run(numbers(192, 49), new Map([[2, [1]]]));
    const same = whole.maps[7].every((one, n) => one === network.maps[7][n]);
    told(noted.buffers - buffers, noted.pipelines - pipelines, pipelines, noted.runs, same);
    """
    # Convolution, rectifier, pool, linear: what is alike is compiled once.
    assert stand_in(script, tmp_path) == [0, 0, 4, 100, True]
