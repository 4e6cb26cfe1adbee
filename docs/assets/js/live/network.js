// A network at work: from a picture to all maps and the classes, and from one activation back.

import { directConvolution } from "./direct.js";
import * as pointwise from "./pointwise.js";
import { pool } from "./pools.js";
import { count } from "./program.js";
import { transposedConvolution } from "./backward.js";
import { suits, winogradConvolution } from "./winograd.js";

/** @typedef {import("./program.js").Program} Program */
/** @typedef {import("./program.js").Operation} Operation */

/**
 * An operation that is ready to run. `back` adds what comes from above to what lies below.
 * @typedef {object} Ready
 * @property {(inputs: Float32Array[], output: Float32Array) => void} forward
 * @property {(above: Float32Array, belows: Float32Array[], inputs: Float32Array[]) => void} back
 */

/** Units that are switched off, by the number of their map. @typedef {Map<number, number[]>} Off */

export class Network {
  /** @param {Program} program */
  constructor(program) {
    this.program = program;
    const { operations } = program;
    /** @type {number[][]} */
    this.shapes = [program.input];
    for (const step of operations) this.shapes[step.result] = step.shape;
    /** The numbers of each map, from the latest run. */
    this.maps = this.shapes.map((shape) => new Float32Array(count(shape)));
    this.ready = operations.map((step) => ready(step, this.shapes));
    /** @type {Float32Array[]} */
    this.ways = []; // what came back to each map
  }

  /**
   * All maps for an input; with `first` only what the operation of that number and those behind it
   * make. Units that are `off` answer nothing.
   * @param {Float32Array | null} input (3, rows, columns); null: the one of the latest run
   * @param {Off} [off]
   * @param {number} [first]
   */
  run(input, off = new Map(), first = 0) {
    if (input) this.maps[0].set(input);
    this.program.operations.forEach((step, at) => {
      if (at < first) return;
      const map = this.maps[step.result];
      this.ready[at].forward(step.sources.map((source) => this.maps[source]), map);
      const area = map.length / step.shape[0];
      for (const channel of off.get(step.result) ?? []) {
        map.fill(0, channel * area, (channel + 1) * area);
      }
    });
  }

  /** The number of the operation that makes a map. @param {number} map */
  maker(map) {
    return this.program.operations.findIndex((step) => step.result === map);
  }

  /** The share of each class, by softmax. */
  classes() {
    const said = this.maps[this.program.output];
    const most = said.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = said.map((one) => Math.exp(one - most));
    const all = powers.reduce((a, b) => a + b, 0);
    return powers.map((one) => one / all);
  }

  /**
   * One activation of a map of the latest run projected back to the input: (3, rows, columns), in
   * units of activation (generator/techniques/deconvnet.py).
   * @param {number} map
   * @param {number} channel
   * @param {number} row
   * @param {number} column
   */
  project(map, channel, row, column) {
    if (!this.ways.length) this.ways = this.maps.map(({ length }) => new Float32Array(length));
    const [, rows, columns] = this.shapes[map];
    const at = (channel * rows + row) * columns + column;
    const { operations } = this.program;
    const last = this.maker(map);
    for (const way of this.ways) way.fill(0);
    const reached = new Set([map]);
    this.ways[map][at] = Math.max(0, this.maps[map][at]);
    for (let n = last; n >= 0; n -= 1) {
      const { sources, result } = operations[n];
      if (!reached.has(result)) continue;
      const below = sources.map((source) => this.ways[source]);
      const inputs = sources.map((source) => this.maps[source]);
      this.ready[n].back(this.ways[result], below, inputs);
      sources.forEach((source) => reached.add(source));
    }
    return this.ways[0].slice();
  }
}

/** @returns {never} */
function noWayBack() {
  throw new Error("no projection leads through the last part of a network");
}

/**
 * @param {Operation} step
 * @param {number[][]} shapes
 * @returns {Ready}
 */
function ready(step, shapes) {
  const source = shapes[step.sources[0]];
  switch (step.kind) {
    case "convolution": {
      const make = suits(step) ? winogradConvolution : directConvolution;
      const forward = make(step, source);
      /** @type {ReturnType<typeof transposedConvolution> | undefined} */
      let back; // made when the first projection asks
      return {
        forward: ([input], output) => forward(input, output),
        back: (above, [below]) => (back ??= transposedConvolution(step, source))(above, below),
      };
    }
    case "linear": {
      const forward = pointwise.linear(step);
      return { forward: ([input], output) => forward(input, output), back: noWayBack };
    }
    case "relu":
      return {
        forward: ([input], output) => pointwise.rectify(input, output, step.cap),
        back: (above, [below]) => pointwise.rectifyBack(above, below),
      };
    case "max-pool":
    case "average-pool":
    case "adaptive-average-pool":
    case "adaptive-max-pool": {
      const { forward, back } = pool(step, source);
      return {
        forward: ([input], output) => forward(input, output),
        back: (above, [below], [input]) => back(above, below, input),
      };
    }
    case "add":
      return {
        forward: pointwise.add,
        back: (above, belows) => belows.forEach((below) => pointwise.passBack(above, below)),
      };
    case "join":
      return { forward: pointwise.join, back: pointwise.joinBack };
    case "scale": {
      const { forward, back } = pointwise.scale(step);
      return {
        forward: ([input], output) => forward(input, output),
        back: (above, [below]) => back(above, below),
      };
    }
    case "contrast": {
      const forward = pointwise.contrast(step, source);
      return {
        forward: ([input], output) => forward(input, output),
        back: (above, [below]) => pointwise.passBack(above, below),
      };
    }
    default:
      throw new Error(`${step.kind} is no operation that this page knows`);
  }
}
